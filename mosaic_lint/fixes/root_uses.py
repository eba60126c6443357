"""What is done through a name of the root logger, besides logging."""

from __future__ import annotations

import ast
from typing import Iterator, List, Tuple, Union

from mosaic_lint.change import Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.vocabulary import LOG_METHODS

_ASKING = frozenset(("isEnabledFor", "getEffectiveLevel"))
_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

Target = Union[ast.Name, ast.Attribute]


class RootUses:
    """The uses of what a call of ``logging.getLogger()`` is bound to.

    Args:
        syntax: the file.
        call: the call.

    Raises:
        Declined: nobody knows what it is bound to.
    """

    def __init__(self, syntax: Syntax, call: ast.Call) -> None:
        self._syntax = syntax
        self._call = call
        self._targets, self._is_certain = self._bound()
        if not self._targets:
            raise Declined("what it is bound to isn't plain")

    def others(self) -> Iterator[ast.expr]:
        """The places where the name is read, and not to log.

        Raises:
            Declined: it may be another logger there.
        """
        for target in self._targets:
            for use in self._uses(target):
                if not self._only_logs(use):
                    if not self._is_certain or not self._is_only_binding(target):
                        raise Declined("the root logger may be configured through it")
                    yield use

    def _bound(self) -> Tuple[List[Target], bool]:
        """What gets the call's value, and whether it never gets anything else."""
        value: ast.AST = self._call
        is_certain = True
        found: List[Target] = []
        for above in self._syntax.ancestors(self._call):
            if isinstance(above, (ast.BoolOp, ast.IfExp)):
                is_certain = False
            elif isinstance(above, ast.NamedExpr):
                found.append(above.target)
            else:
                targets = _assigned(above, value)
                found += [one for one in targets if isinstance(one, (ast.Name, ast.Attribute))]
                return found, is_certain and len(found) >= len(targets)
            value = above
        return found, is_certain

    def _uses(self, target: Target) -> Iterator[ast.expr]:
        if isinstance(target, ast.Attribute):
            yield from self._attributes(target.attr)
            return
        scope = self._scope(target)
        for node in ast.walk(scope):
            if isinstance(node, ast.Name) and node.id == target.id and _is_read(node):
                if self._sees(node, target.id, scope):
                    yield node
        if isinstance(scope, ast.ClassDef):
            yield from self._attributes(target.id)

    def _attributes(self, name: str) -> Iterator[ast.expr]:
        module = self._syntax.bindings(self._syntax.tree)
        for node in self._syntax.all(ast.Attribute):
            if node.attr == name and _is_read(node):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                if not any(isinstance(one, ast.Import) for one in module.get(owner, ())):
                    yield node

    def _scope(self, node: ast.AST) -> ast.AST:
        return next(above for above in self._syntax.ancestors(node) if isinstance(above, _SCOPES))

    def _sees(self, node: ast.AST, name: str, scope: ast.AST) -> bool:
        """Whether a name is that of a scope, and not of one in between."""
        for above in self._syntax.ancestors(node):
            if above is scope:
                return True
            if isinstance(above, _SCOPES) and name in self._syntax.bindings(above):
                return False
        return False

    def _is_only_binding(self, target: Target) -> bool:
        if isinstance(target, ast.Attribute):
            stored = [
                node
                for node in self._syntax.all(ast.Attribute)
                if node.attr == target.attr and not _is_read(node)
            ]
            return len(stored) == 1
        nodes = self._syntax.bindings(self._scope(target)).get(target.id, ())
        return len(nodes) == 1 and target.id not in self._syntax.global_names

    def _only_logs(self, node: ast.expr) -> bool:
        """Whether no more is done than to log, or to ask for the level."""
        above = self._syntax.parent(node)
        if not isinstance(above, ast.Attribute) or above.attr not in LOG_METHODS | _ASKING:
            return node in ast.walk(self._syntax.statement(self._call)) and not self._is_certain
        caller = self._syntax.parent(above)
        return isinstance(caller, ast.Call) and caller.func is above


def _assigned(node: ast.AST, value: ast.AST) -> List[ast.expr]:
    """What a statement gives a value to."""
    if isinstance(node, ast.Assign) and node.value is value:
        return node.targets
    if isinstance(node, ast.AnnAssign) and node.value is value:
        return [node.target]
    return []


def _is_read(node: Union[ast.Name, ast.Attribute]) -> bool:
    return isinstance(node.ctx, ast.Load)
