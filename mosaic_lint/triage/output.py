"""Suspect stages for output in service code: ``print`` and the root logger."""

from __future__ import annotations

import ast
from typing import Iterator, List, Set, Tuple

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, inner_calls, leaf_nodes, meant
from mosaic_lint.vocabulary import LOG_METHODS

_PRINT = frozenset(("print",))
_GET_LOGGER = frozenset(("getLogger",))


def suspect_prints(table: Table, settings: Settings) -> Suspects:
    """Find what may call ``print``, outside the body of ``if __name__ == "__main__":``."""
    suspects = Suspects()
    names = table.aliases(_PRINT)
    guards = _main_guards(table)
    mentions: List[ast.expr] = [n for n in table.of(ast.Name) if n.id in names]
    mentions += [a for a in table.of(ast.Attribute) if a.attr in names]
    suspects.add(
        node for node in mentions if not any(low <= node.lineno <= high for low, high in guards)
    )
    suspects.keep(function for function in table.of(ast.FunctionDef) if function.name in names)
    return suspects


def _main_guards(table: Table) -> List[Tuple[int, int]]:
    """First and last line of each body of ``if __name__ == "__main__":``."""
    guards = []
    for statement in table.of(ast.If):
        test = statement.test
        if (
            statement.col_offset == 0
            and isinstance(test, ast.Compare)
            and isinstance(test.left, ast.Name)
            and test.left.id == "__name__"
            and isinstance(test.ops[0], ast.Eq)
            and len(test.ops) == 1
            and isinstance(test.comparators[0], ast.Constant)
            and test.comparators[0].value == "__main__"
        ):
            end = statement.body[-1].end_lineno or statement.lineno
            guards.append((statement.body[0].lineno, end))
    return guards


def suspect_root_logger(table: Table, settings: Settings) -> Suspects:
    """Find what may log through the ``logging`` module itself or through the root logger."""
    suspects = Suspects()
    modules = table.aliases(frozenset(("logging",)))
    makers = table.aliases(_GET_LOGGER)
    roots: Set[str] = set()
    for binding in table.bindings():
        if any(_is_root(call, makers) for call in inner_calls(binding.value)):
            roots |= binding.names
    suspects.add(_root_calls(table, makers))
    receivers = table.spread(modules | roots)
    methods = table.spread(_imported_methods(table) | _bound_methods(table, receivers))
    suspects.add(
        attribute
        for attribute in table.of(ast.Attribute)
        if attribute.attr in LOG_METHODS and receivers & meant(attribute.value)
    )
    suspects.add(name for name in table.of(ast.Name) if name.id in methods)
    suspects.add(a for a in table.of(ast.Attribute) if a.attr in methods - LOG_METHODS)
    return suspects


def _root_calls(table: Table, makers: Set[str]) -> Iterator[ast.Call]:
    for call in table.of(ast.Call):
        if _is_root(call, makers):
            yield call


def _is_root(call: ast.Call, makers: Set[str]) -> bool:
    """Whether the call is ``getLogger()`` without a name that is surely one."""
    if not makers & meant(call.func):
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(isinstance(value, ast.Constant) and not value.value for value in values)


def _imported_methods(table: Table) -> Set[str]:
    found: Set[str] = set()
    for imported in table.of(ast.ImportFrom):
        if imported.module == "logging":
            found.update(a.asname or a.name for a in imported.names if a.name in LOG_METHODS)
    return found


def _bound_methods(table: Table, receivers: Set[str]) -> Set[str]:
    """Names for ``logging.error`` and the like."""
    return {
        name
        for binding in table.bindings()
        for leaf in leaf_nodes(binding.value)
        if isinstance(leaf, ast.Attribute)
        and leaf.attr in LOG_METHODS
        and receivers & meant(leaf.value)
        for name in binding.names
    }
