"""Which of several places in a block are always reached after another."""

from __future__ import annotations

import ast
from typing import List, Sequence, TypeVar

from mosaic_lint.fixes.syntax import Syntax

N = TypeVar("N", bound=ast.AST)


def leading(syntax: Syntax, nodes: Sequence[N]) -> List[N]:
    """The nodes that don't follow another one: the first one of each branch.

    Args:
        syntax: the file.
        nodes: expressions of one function, in order of position.
    """
    found: List[N] = []
    for node in nodes:
        if not any(follows(syntax, node, earlier) for earlier in found):
            found.append(node)
    return found


def follows(syntax: Syntax, node: ast.AST, earlier: ast.AST) -> bool:
    """Whether an expression surely runs before another: as a statement that the block goes on from.

    Args:
        syntax: the file.
        node: the later expression.
        earlier: the other one.
    """
    statement = syntax.statement(earlier)
    if getattr(statement, "value", None) is not earlier:
        return False  # perhaps it isn't evaluated
    body, index = syntax.block(statement)
    around = {id(node), *map(id, syntax.ancestors(node))}
    return any(id(later) in around for later in body[index:])
