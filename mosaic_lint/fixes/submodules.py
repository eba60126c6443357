"""The import of a driver's submodule, beside that of the driver."""

from __future__ import annotations

import ast
from typing import Dict, FrozenSet, Iterator, List, Sequence

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.lines import NewLine, added, line_below
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def imported(submodule: str, site: Site) -> Repair:
    """Import a submodule right behind its package.

    Args:
        submodule: its qualified name.
        site: its first use.

    Raises:
        Declined: there is no import of the package beside which it surely belongs.
    """
    package, _, name = submodule.partition(".")
    syntax = site.syntax
    found = [node for node in syntax.all(ast.Import) if _names_bound(node, package)]
    found = [node for node in found if not _is_for_types(syntax, node)]
    names = frozenset(bound for node in found for bound in _names_bound(node, package))
    places = _Places(syntax, found)
    statements = places.of_the_module() or [
        places.nearest(use) for use in _uses(syntax, names, name)
    ]
    if not statements:
        raise Declined("no import statement gives the package")
    changes: Changes = []
    for statement in dict.fromkeys(statements):
        _refuse_other_meaning(syntax, statement, package)
        changes += _behind(syntax, statement, package, submodule)
    return Repair(f'Write "import {submodule}"', changes)


def _uses(syntax: Syntax, names: FrozenSet[str], attribute: str) -> Iterator[ast.AST]:
    for node in syntax.all(ast.Attribute):
        if node.attr == attribute and isinstance(node.value, ast.Name) and node.value.id in names:
            yield node


def _names_bound(node: ast.AST, package: str) -> List[str]:
    """The names that an import gives to the package itself."""
    if not isinstance(node, ast.Import):
        return []
    return [
        alias.asname or package
        for alias in node.names
        if alias.name == package
        or (alias.name.partition(".")[0] == package and alias.asname is None)
    ]


def _is_for_types(syntax: Syntax, node: ast.AST) -> bool:
    """Whether an import stands under ``if TYPE_CHECKING:``."""
    tests = [above.test for above in syntax.ancestors(node) if isinstance(above, ast.If)]
    return any("TYPE_CHECKING" in ast.dump(test) for test in tests)


class _Places:
    """The statements that import the package.

    Args:
        syntax: the file.
        found: all of them that run.
    """

    def __init__(self, syntax: Syntax, found: Sequence[ast.AST]) -> None:
        self._syntax = syntax
        self._by_scope: Dict[int, List[ast.stmt]] = {}
        for node in found:
            assert isinstance(node, ast.stmt)
            scope = next(one for one in syntax.ancestors(node) if isinstance(one, _SCOPES))
            self._by_scope.setdefault(id(scope), []).append(node)

    def of_the_module(self) -> List[ast.stmt]:
        """The one that runs when the module is imported, if there is any."""
        inside = self._by_scope.get(id(self._syntax.tree))
        return [_plain(self._syntax.tree, inside)] if inside else []

    def nearest(self, use: ast.AST) -> ast.stmt:
        """The one of the innermost function around a use."""
        for scope in self._syntax.ancestors(use):
            inside = self._by_scope.get(id(scope))
            if inside and isinstance(scope, _FUNCTIONS):
                return _plain(scope, inside)
        raise Declined("a function uses it and imports the package nowhere")


def _plain(scope: ast.AST, inside: Sequence[ast.stmt]) -> ast.stmt:
    """The import that always runs, or the only one."""
    body: List[ast.stmt] = getattr(scope, "body", [])
    always = [node for node in inside if any(node is statement for statement in body)]
    if not always and len(inside) > 1:
        raise Declined("the package is imported in more than one way")
    return (always or inside)[0]


def _refuse_other_meaning(syntax: Syntax, statement: ast.stmt, package: str) -> None:
    """Decline where the package's own name, which the import binds, means something else."""
    scope = next(one for one in syntax.ancestors(statement) if isinstance(one, _SCOPES))
    nodes = syntax.bindings(scope).get(package, ())
    if any(_names_bound(node, package) for node in nodes):
        return
    if nodes or (scope is not syntax.tree and package in syntax.names(scope)):
        raise Declined(f'"{package}" is something else there')


def _behind(syntax: Syntax, statement: ast.stmt, package: str, submodule: str) -> Changes:
    """The change that adds the import behind that of the package and of lesser submodules."""
    body, index = syntax.block(statement)
    for following in body[index + 1 :]:
        if not isinstance(following, ast.Import) or len(following.names) > 1:
            break
        name = following.names[0].name
        if name.partition(".")[0] != package or name > submodule:
            break
        statement = following
    text = f"import {submodule}"
    end = syntax.span(statement).end
    rest = syntax.text[end : syntax.line_end(end)].strip()
    try:
        indent = syntax.indent(statement)
    except Declined:
        rest = ";"
    if rest and not rest.startswith("#"):
        return [Change(Span(end, end), f"; {text}", shared=True)]
    return added(syntax, [NewLine(line_below(syntax, statement), indent + text)])
