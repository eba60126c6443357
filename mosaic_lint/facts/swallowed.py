"""Handlers that swallow a statement's error, so that another statement meets a failed transaction.

For each connection three questions, each answered in time that grows with the function:

* Where do its statements' errors arrive? From the statement to the handlers around it, through
  ``finally`` and ``with``; and on, where a handler raises again.
* What runs then? From the handler's entry to the next statements, but not past what ends the
  transaction.
* Is it sure? Not if a rollback is anywhere on these ways, or if a test asks for the failure.

In doubt nothing is said: the ways that are followed are those that control can really take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, Optional

import libcst as cst

from mosaic_lint.facts.connection_uses import uses_of
from mosaic_lint.facts.db_errors import HandlerNode
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flags import Flags
from mosaic_lint.facts.held import Source, held_of
from mosaic_lint.facts.next_statement import NextStatement
from mosaic_lint.facts.orders import orders_of
from mosaic_lint.facts.transactions import Swallower, Transaction


@dataclass(frozen=True, eq=False)
class SwallowedError:
    """A handler, or ``contextlib.suppress(...)``, that leaves a transaction failed.

    Args:
        node: the clause, or the call of ``suppress``.
        failed: a statement whose error it takes.
        refused: a statement that runs then.
        connection: the connection as it is called there; ``None`` where it has no name.
        is_awaited: whether the connection's methods are awaited.
    """

    node: cst.CSTNode
    failed: cst.CSTNode
    refused: cst.CSTNode
    connection: Optional[str]
    is_awaited: bool


def swallowed_errors(file: File) -> Iterator[SwallowedError]:
    """The fact ``SwallowedError``, once for each handler."""
    found: Dict[int, SwallowedError] = {}
    uses = uses_of(file)
    for source in held_of(file).sources:
        if not uses.has_transactions(source):
            continue
        order = orders_of(file).of(source.function or file.module)
        transaction = Transaction(file, source, uses.of(source), order)
        for swallower in transaction.swallowers():
            refused = _refused(file, transaction, swallower)
            if refused is None:
                continue
            found.setdefault(
                id(swallower.node),
                SwallowedError(
                    node=swallower.node,
                    failed=swallower.failed,
                    refused=refused,
                    connection=_name(file, source),
                    is_awaited=_is_awaited(file, swallower.failed),
                ),
            )
    yield from sorted(found.values(), key=lambda error: file.tree.index(error.node))


def _refused(file: File, transaction: Transaction, swallower: Swallower) -> Optional[cst.CSTNode]:
    """The statement that surely is refused, if there is one."""
    if not transaction.may_refuse(swallower):
        return None
    handler = swallower.node if isinstance(swallower.node, HandlerNode) else None
    flags = Flags(file, swallower.guard, handler, transaction.may_fail)
    return NextStatement(file, transaction, flags, swallower).find()


def _name(file: File, source: Source) -> Optional[str]:
    """What a connection is called in the function that holds it."""
    node = source.node
    if isinstance(node, cst.WithItem):
        return file.code(node.asname.name) if node.asname is not None else None
    if isinstance(node, cst.Param):
        return node.name.value
    holder = file.tree.parent(node)
    while isinstance(holder, cst.Await):
        holder = file.tree.parent(holder)
    if isinstance(holder, cst.Assign) and isinstance(holder.targets[0].target, cst.Name):
        return holder.targets[0].target.value
    return None


def _is_awaited(file: File, statement: cst.CSTNode) -> bool:
    return isinstance(file.tree.parent(statement), cst.Await)
