"""What sqlglot says of a statement. The only module that imports sqlglot.

sqlglot is no validator, and some statements take a parser's process with them; so what is nested
too deep isn't given to it. Whatever it raises means that the statement is opaque.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, FrozenSet, Iterator, Optional

from mosaic_lint.sql.mask import masked
from mosaic_lint.sql.statement import Statement

_MAX_NESTING = 200
_MAX_TOKENS = 20_000
"""A statement with more is data, of which a tree would tell nothing that its tokens don't."""


def tree(statement: Statement) -> Optional[Any]:
    """A statement's tree.

    Returns:
        sqlglot's root node; ``None`` where the statement is opaque.
    """
    if len(statement.tokens) > _MAX_TOKENS or nesting(statement) > _MAX_NESTING:
        return None
    try:
        with _silence():
            return _parse(masked(statement))
    except Exception:  # noqa: MOS302 -- also TypeError and RecursionError mean: opaque
        return None


@lru_cache(maxsize=1)
def _dialect() -> Any:
    from sqlglot.dialects.postgres import Postgres

    return Postgres()


def _parse(text: str) -> Optional[Any]:
    from sqlglot import exp

    roots = _dialect().parse(text)
    if len(roots) != 1 or isinstance(roots[0], (exp.Command, exp.Alias, exp.Column)):
        return None
    return roots[0]


@contextmanager
def _silence() -> Iterator[None]:
    """Keep sqlglot's warnings from the user's terminal."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def nesting(statement: Statement) -> int:
    """How deep a parser may have to descend; over-approximates."""
    depth = deepest = run = 0
    for word in statement.words:
        if word in ("(", "[", "CASE", "{"):
            depth += 1
            deepest = max(deepest, depth + run)
        elif word in (")", "]", "END", "}"):
            depth = max(depth - 1, 0)
        if word in _PREFIXES:
            run += 1
            deepest = max(deepest, depth + run)
        elif word not in ("(", "["):
            run = 0
    return deepest


_PREFIXES = frozenset(("NOT", "-", "+", "~", "@", "SELECT", "EXISTS", "ALL", "UNION", "EXPLAIN"))


def functions(root: Any) -> FrozenSet[int]:
    """The offsets, in the parsed text, of the names of functions that are called."""
    from sqlglot import exp

    return frozenset(
        node.meta["start"]
        for node in root.find_all(exp.Func, exp.Anonymous)
        if "start" in node.meta
    )
