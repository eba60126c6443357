"""The logger that a place in a file logs through: one that is there, or one that is added."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import FrozenSet, Iterator, List, Optional, Sequence, Tuple, Union

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.bindings import own_nodes
from mosaic_lint.fixes.imports import header, new_import
from mosaic_lint.fixes.lines import NewLine, added, line_below
from mosaic_lint.fixes.logger_values import LoggerValues, logger_maker
from mosaic_lint.fixes.logging_config import configuring_calls, disables
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Function, Syntax
from mosaic_lint.vocabulary import LOG_METHODS

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CHOICES = (ast.If, ast.Try)
_NEW_NAMES = ("logger", "_logger", "module_logger")
_TOO_EARLY = "it runs before the logger exists"


@dataclass(frozen=True)
class Logger:
    """A logger that can be used at a place.

    Args:
        name: the expression for it.
        changes: what makes it, where it isn't there yet.
        is_loguru: whether it is loguru's, which has ``{}`` for arguments and no ``exc_info``.
    """

    name: str
    changes: Changes
    is_loguru: bool = False


def logger_at(site: Site, node: ast.AST) -> Logger:
    """The logger to use at a node.

    Args:
        site: the place of the fix.
        node: a clause or an expression of the file's ``ast``.

    Raises:
        Declined: there is none, and none can be added.
    """
    finder = _Finder(site.syntax, frozenset(site.settings.logger_names), node)
    name = finder.existing()
    if name is None:
        return finder.new()
    return Logger(name, [], is_loguru(site.syntax, name))


def is_loguru(syntax: Syntax, name: str) -> bool:
    """Whether a name is loguru's logger.

    Args:
        syntax: the file.
        name: a name of the module.
    """
    nodes = syntax.bindings(syntax.tree).get(name, ())
    return any(isinstance(node, ast.ImportFrom) and node.module == "loguru" for node in nodes)


class _Finder:
    """The search for a logger that a node can use."""

    def __init__(self, syntax: Syntax, names: FrozenSet[str], node: ast.AST) -> None:
        self._syntax = syntax
        self._tree = syntax.tree
        self._values = LoggerValues(syntax, names)
        self._node = node
        self._scopes = _scopes_around(syntax, node)
        self._module = syntax.bindings(self._tree)

    def existing(self) -> Optional[str]:
        """The nearest logger that surely is bound when the node runs.

        Raises:
            Declined: the module binds it too late.
        """
        return self._in_a_scope() or self._of_the_object() or self._of_the_module()

    def _is_hidden(self, name: str, scope: Optional[ast.AST] = None) -> bool:
        """Whether a scope between the node and another, or the module, binds a name, too."""
        for inner in self._scopes:
            if inner is scope:
                return False
            if name in self._syntax.bindings(inner):
                return True
        return False

    # --- in functions and classes

    def _in_a_scope(self) -> Optional[str]:
        for scope in self._scopes:
            for name, nodes in self._syntax.bindings(scope).items():
                if self._is_local_logger(name, nodes, scope) and not self._is_hidden(name, scope):
                    return name
        return None

    def _is_local_logger(self, name: str, nodes: Sequence[ast.AST], scope: ast.AST) -> bool:
        if not self._values.has_name(name):
            return False
        if isinstance(nodes[0], ast.arg):
            if len(nodes) == 1:
                return _is_always_given(nodes[0], scope)
            nodes = nodes[1:]
        if not all(self._values.is_bound_to(name, node) for node in nodes):
            return False
        return self._is_before(nodes[0])

    def _is_before(self, node: ast.AST) -> bool:
        """Whether the statement around a node has run whenever the place is reached."""
        body, index = self._syntax.block(self._syntax.statement(node))
        around = {id(self._node), *map(id, self._syntax.ancestors(self._node))}
        return any(id(later) in around for later in body[index + 1 :])

    # --- of the object

    def _of_the_object(self) -> Optional[str]:
        """``self.logger``, where ``__init__`` or the class binds it."""
        method = next((scope for scope in self._scopes if isinstance(scope, _FUNCTIONS)), None)
        if method is None or method.name in ("__init__", "__new__") or _is_static(method):
            return None
        owner = self._syntax.parent(method)
        if not isinstance(owner, ast.ClassDef) or not method.args.args:
            return None
        me = method.args.args[0].arg
        if len(self._syntax.bindings(method)[me]) > 1 or self._is_hidden(me, method):
            return None
        starters = [one for one in owner.body if isinstance(one, _FUNCTIONS)]
        starter = next((one for one in starters if one.name == "__init__"), None)
        attribute = self._attribute(starter) if starter is not None else None
        attribute = attribute or self._of_the_class(owner)
        return f"{me}.{attribute}" if attribute else None

    def _of_the_class(self, owner: ast.ClassDef) -> Optional[str]:
        """The attribute that a class's body binds to a logger."""
        for name, nodes in self._syntax.bindings(owner).items():
            if self._values.has_name(name) and len(nodes) == 1:
                is_plain = self._syntax.statement(nodes[0]) in owner.body
                if is_plain and self._values.is_bound_to(name, nodes[0]):
                    return name
        return None

    def _attribute(self, starter: Function) -> Optional[str]:
        """The attribute to which ``__init__`` gives a logger, whatever happens."""
        for statement in starter.body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if (
                        isinstance(target, ast.Attribute)
                        and _is_first_parameter(target.value, starter)
                        and self._values.has_name(target.attr)
                        and self._gives_logger(statement.value, target.attr, starter)
                    ):
                        return target.attr
        return None

    def _gives_logger(self, value: ast.expr, name: str, starter: Function) -> bool:
        if isinstance(value, ast.Name) and self._values.has_name(value.id):
            nodes = self._syntax.bindings(starter).get(value.id, ())
            return len(nodes) == 1 and _is_always_given(nodes[0], starter)
        return self._values.is_logger(value, name)

    # --- of the module

    def _of_the_module(self) -> Optional[str]:
        loggers = [(self._index(self._module[name]), name) for name in self._module_loggers()]
        for index, name in loggers:
            if index is None or self._is_hidden(name):
                continue
            if not self._has_run(index):
                raise Declined(_TOO_EARLY)
            return name
        if any(index is not None for index, _ in loggers):
            raise Declined(f'"{loggers[0][1]}" is something else there')
        return self._from_a_star()

    def _module_loggers(self) -> List[str]:
        """The names of the module's loggers, those that look like it first."""
        found = [
            name
            for name, nodes in self._module.items()
            if name not in self._syntax.global_names
            and all(self._values.is_bound_to(name, node) for node in nodes)
        ]
        return sorted(found, key=lambda name: not self._values.has_name(name))

    def _index(self, nodes: Sequence[ast.AST]) -> Optional[int]:
        """The index of the first statement of the module that surely binds one of the nodes."""
        statements = [self._syntax.statement(node) for node in nodes]
        for index, statement in enumerate(self._tree.body):
            if any(statement is one for one in statements):
                return index
            if isinstance(statement, _CHOICES) and _binds_in_all(statement, statements):
                return index
        return None

    def _has_run(self, index: int) -> bool:
        """Whether a statement of the module has run whenever the node does."""
        statement = self._tree.body[index]
        if self._start >= self._syntax.span(statement).end:
            return True
        return self._is_in_function and not self._calls_before(self._syntax.start(statement))

    @property
    def _start(self) -> int:
        return self._syntax.span(self._node).start

    @property
    def _is_in_function(self) -> bool:
        return any(isinstance(scope, (*_FUNCTIONS, ast.Lambda)) for scope in self._scopes)

    def _calls_before(self, end: int) -> bool:
        """Whether the module calls one of its own functions before an offset."""
        definitions = (*_FUNCTIONS, ast.ClassDef)
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and any(isinstance(one, definitions) for one in self._module.get(node.func.id, ()))
            and self._syntax.span(node).start < end
            for node in own_nodes(self._tree)
        )

    def _from_a_star(self) -> Optional[str]:
        """A logger that the file uses and that ``from common import *`` must bind."""
        if "*" not in self._module:
            return None
        for name in _NEW_NAMES:
            used = any((name, method) in self._syntax.methods for method in LOG_METHODS)
            if used and name not in self._module and not self._is_hidden(name):
                return name
        return None

    # --- a new one

    def new(self) -> Logger:
        """The logger that the module is to get.

        Raises:
            Declined: it would come too late, or its name means something else.
        """
        taken = {*self._module, *self._syntax.global_names}
        name = next((name for name in _NEW_NAMES if name not in taken), None)
        if name is None or self._is_hidden(name):
            raise Declined(f'"{name or _NEW_NAMES[0]}" is something else there')
        above = header(self._tree)
        lines, maker = self._maker(above)
        offset = line_below(self._syntax, above[-1]) if above else lines[0].offset
        configured = self._configured()
        if configured > offset:
            offset = configured
            if self._is_in_function and self._calls_before(offset):
                raise Declined(_TOO_EARLY)
        if not self._is_in_function and self._start < offset:
            raise Declined(_TOO_EARLY)
        logger = NewLine(offset, f"{name} = {maker}(__name__)", above=1, below=1)
        return Logger(name, added(self._syntax, [*lines, logger]))

    def _configured(self) -> int:
        """The offset of the line behind the module's configuration of logging; 0 without one.

        It may disable the loggers that are there already.

        Raises:
            Declined: a function does.
        """
        offset = 0
        for call in configuring_calls(self._syntax):
            statement = self._syntax.statement(call)
            if isinstance(statement, ast.Expr) and statement in self._tree.body:
                offset = line_below(self._syntax, statement)
            elif disables(self._syntax, call):
                raise Declined(f'"{self._syntax.code(call.func)}" would disable a new logger')
        return offset

    def _maker(self, above: List[ast.stmt]) -> Tuple[List[NewLine], str]:
        """The import that is needed, and the function that makes loggers."""
        maker = logger_maker(self._syntax, above)
        if maker is not None:
            return [], maker
        if not all(_imports_logging(node) for node in self._module.get("logging", ())):
            raise Declined('"logging" is something else there')
        return [new_import(self._syntax, "logging")], "logging.getLogger"


def _scopes_around(syntax: Syntax, node: ast.AST) -> List[ast.AST]:
    """The scopes in which a node's names are looked up, innermost first, without the module."""
    found: List[ast.AST] = []
    below = node
    for above in syntax.ancestors(node):
        if isinstance(above, (*_FUNCTIONS, ast.ClassDef)):
            if any(below is statement for statement in above.body):
                if not (found and isinstance(above, ast.ClassDef)):
                    found.append(above)
        elif isinstance(above, _COMPREHENSIONS) or (
            isinstance(above, ast.Lambda) and below is above.body
        ):
            found.append(above)
        below = above
    return found


def _is_always_given(node: ast.AST, scope: ast.AST) -> bool:
    """Whether a parameter never is what its default would be."""
    if not isinstance(scope, (*_FUNCTIONS, ast.Lambda)) or not isinstance(node, ast.arg):
        return False
    arguments = scope.args
    by_position = [*arguments.posonlyargs, *arguments.args]
    with_default = by_position[len(by_position) - len(arguments.defaults) :]
    with_default += [
        one for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults) if value is not None
    ]
    packed = (arguments.vararg, arguments.kwarg)
    return not any(node is one for one in (*with_default, *packed))


def _is_static(method: Function) -> bool:
    names = [getattr(one, "id", "") for one in method.decorator_list]
    return "staticmethod" in names or "classmethod" in names


def _is_first_parameter(value: ast.expr, function: Function) -> bool:
    first = function.args.args[0].arg if function.args.args else ""
    return isinstance(value, ast.Name) and value.id == first


def _binds_in_all(choice: Union[ast.If, ast.Try], statements: Sequence[ast.stmt]) -> bool:
    """Whether each way through a statement runs one of others."""
    return all(
        any(inner is one for inner in block for one in statements) for block in _ways(choice)
    )


def _ways(choice: Union[ast.If, ast.Try]) -> Iterator[List[ast.stmt]]:
    yield choice.body
    if isinstance(choice, ast.Try):
        yield from (handler.body for handler in choice.handlers)
    else:
        yield choice.orelse


def _imports_logging(node: ast.AST) -> bool:
    return isinstance(node, ast.Import) and all(
        alias.name.partition(".")[0] == "logging"
        for alias in node.names
        if (alias.asname or alias.name.partition(".")[0]) == "logging"
    )
