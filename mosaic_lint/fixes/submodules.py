"""The import of a driver's submodule, beside that of the driver."""

from __future__ import annotations

import ast
from typing import FrozenSet, Iterator, List, Sequence, Tuple

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
    found = [node for node in ast.walk(syntax.tree) if _names_bound(node, package)]
    found = [node for node in found if not _is_for_types(syntax, node)]
    scope, statement = _nearest(syntax, site.span, found)
    if isinstance(scope, _FUNCTIONS):
        names = frozenset(bound for node in found for bound in _names_bound(node, package))
        _refuse_uses_elsewhere(syntax, scope, names, name)
    _refuse_other_meaning(syntax, scope, package)
    text = f"import {submodule}"
    return Repair(f'Write "{text}"', _behind(syntax, statement, package, submodule))


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


def _nearest(syntax: Syntax, use: Span, found: Sequence[ast.AST]) -> Tuple[ast.AST, ast.stmt]:
    """The import that the first use sees, and its scope."""
    by_scope = [
        (next(above for above in syntax.ancestors(node) if isinstance(above, _SCOPES)), node)
        for node in found
    ]
    for scope in _functions_around(syntax, use):
        inside = [node for owner, node in by_scope if owner is scope]
        if inside:
            return scope, _plain(scope, inside)
    inside = [node for owner, node in by_scope if owner is syntax.tree]
    if not inside:
        raise Declined("no import statement gives the package")
    return syntax.tree, _plain(syntax.tree, inside)


def _functions_around(syntax: Syntax, use: Span) -> Iterator[ast.AST]:
    """The functions in which an offset lies, innermost first."""
    functions = [node for node in ast.walk(syntax.tree) if isinstance(node, _FUNCTIONS)]
    spans = [(syntax.span(node), index) for index, node in enumerate(functions)]
    inside = [(span, index) for span, index in spans if span.start < use.start < span.end]
    for _, index in sorted(inside, reverse=True):
        yield functions[index]


def _plain(scope: ast.AST, inside: Sequence[ast.AST]) -> ast.stmt:
    """The import that always runs, or the only one."""
    body: List[ast.stmt] = getattr(scope, "body", [])
    always = [node for node in inside if any(node is statement for statement in body)]
    if not always and len(inside) > 1:
        raise Declined("the package is imported in more than one way")
    node = (always or inside)[0]
    assert isinstance(node, ast.stmt)
    return node


def _refuse_uses_elsewhere(
    syntax: Syntax, function: ast.AST, names: FrozenSet[str], attribute: str
) -> None:
    """Decline where code outside of the function would still miss the submodule."""
    inside = {id(node) for node in ast.walk(function)}
    for node in ast.walk(syntax.tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.value, ast.Name)
            and node.value.id in names
            and id(node) not in inside
        ):
            raise Declined("other functions use it, and import the package on their own")


def _refuse_other_meaning(syntax: Syntax, scope: ast.AST, package: str) -> None:
    """Decline where the package's own name, which the import binds, means something else."""
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
