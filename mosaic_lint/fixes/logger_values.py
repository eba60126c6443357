"""What surely is a logger: by the call that makes it, by its name, by where it is imported from."""

from __future__ import annotations

import ast
from typing import FrozenSet, List, Optional, Sequence, Tuple

from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.vocabulary import LOG_METHODS, LOGGER_MAKERS, LOGGER_NAME

_ADAPTERS = frozenset(("LoggerAdapter",))
_MAX_CHAIN = 10


class LoggerValues:
    """Recognises loggers in the ``ast`` of one file.

    Args:
        syntax: the file.
        names: more names of loggers, from the settings.
    """

    def __init__(self, syntax: Syntax, names: FrozenSet[str]) -> None:
        self._syntax = syntax
        self._names = names

    def has_name(self, name: str) -> bool:
        """Whether a name is one of loggers."""
        return LOGGER_NAME.fullmatch(name) is not None or name in self._names

    def is_bound_to(self, name: str, node: ast.AST) -> bool:
        """Whether what binds a name gives it a logger.

        Args:
            name: the name.
            node: one of its nodes in :meth:`mosaic_lint.fixes.syntax.Syntax.bindings`.
        """
        if isinstance(node, ast.ImportFrom):
            return self._is_imported(name, node)
        value = self._value(node)
        return value is not None and self.is_logger(value, name)

    def _value(self, node: ast.AST) -> Optional[ast.expr]:
        """What an assignment gives to a name, also beside other names."""
        above = self._syntax.parent(node)
        if isinstance(above, (ast.Assign, ast.AnnAssign)) and isinstance(node, ast.Name):
            return above.value
        statement = self._syntax.parent(above) if isinstance(above, ast.Tuple) else None
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Tuple):
            for target, value in zip(above.elts, statement.value.elts):  # type: ignore[union-attr]
                if isinstance(target, ast.Starred) or isinstance(value, ast.Starred):
                    return None
                if target is node:
                    return value
        return None

    def is_logger(self, value: ast.expr, name: str) -> bool:
        """Whether a value is a logger that its name fits.

        Args:
            value: the value.
            name: the name or the attribute that it is bound to.
        """
        for _ in range(_MAX_CHAIN):
            if isinstance(value, ast.BoolOp):
                value = value.values[-1]
            elif isinstance(value, ast.Attribute):
                return self.has_name(name) and "logger" in value.attr.lower()
            elif not isinstance(value, ast.Call):
                return False
            elif _last_name(value.func) in LOGGER_MAKERS:
                return self._is_made_for(value, name)
            elif _last_name(value.func) in _ADAPTERS:
                return self.has_name(name)
            elif isinstance(value.func, ast.Attribute):
                value = value.func.value  # ``get_logger().bind(...)``
                if isinstance(value, ast.Name):
                    return self.has_name(name) and self.has_name(value.id)
            else:
                return False
        return False

    def _is_made_for(self, call: ast.Call, name: str) -> bool:
        """Whether a call of ``getLogger`` makes the logger of the module."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if any(isinstance(one, ast.Name) and one.id == "__name__" for one in given):
            return True
        is_root = all(isinstance(one, ast.Constant) and not one.value for one in given)
        if is_root and _last_name(call.func) == "getLogger" and not self._logs_through(name):
            return False
        return self.has_name(name)

    def _is_imported(self, name: str, node: ast.ImportFrom) -> bool:
        """Whether an import binds a logger, and no module or function of that name."""
        if not self.has_name(name):
            return False
        if self._logs_through(name) or name in self._names:
            return True
        return "logger" in name.lower() and "log" in (node.module or "").rpartition(".")[2]

    def _logs_through(self, name: str) -> bool:
        return any((name, method) in self._syntax.methods for method in LOG_METHODS)


def logger_maker(syntax: Syntax, header: Sequence[ast.stmt]) -> Optional[str]:
    """The function by which a module can make its logger; ``None`` where nothing imports it.

    Args:
        syntax: the file.
        header: the statements that have run when the logger is made.
    """
    found: List[Tuple[int, str, str]] = []
    for statement in header:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name == "logging" and alias.asname:
                    found.append((1, alias.asname, f"{alias.asname}.getLogger"))
                elif alias.name.partition(".")[0] == "logging" and not alias.asname:
                    found.append((0, "logging", "logging.getLogger"))
        elif isinstance(statement, ast.ImportFrom) and statement.module == "logging":
            for alias in statement.names:
                if alias.name == "getLogger":
                    bound = alias.asname or alias.name
                    found.append((2, bound, bound))
    imports = (ast.Import, ast.ImportFrom)
    module = syntax.bindings(syntax.tree)
    for _, name, maker in sorted(found):
        if all(isinstance(node, imports) for node in module[name]):
            return maker
    return None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
