"""What sqlglot says of a statement. The only module that imports sqlglot.

sqlglot is no validator, and some statements take a parser's process with them; so what is nested
too deep isn't given to it. Whatever it raises means that the statement is opaque.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, FrozenSet, Iterator, List, Optional

from mosaic_lint.sql.mask import masked
from mosaic_lint.sql.statement import Statement

_MAX_NESTING = 200
_MAX_TOKENS = 20_000
"""A statement with more is data, of which a tree would tell nothing that its tokens don't."""
_MAX_WORK = 100_000


def tree(statement: Statement) -> Optional[Any]:
    """A statement's tree.

    Returns:
        sqlglot's root node; ``None`` where the statement is opaque.
    """
    if len(statement.tokens) > _MAX_TOKENS or nesting(statement) > _MAX_NESTING:
        return None
    if work(statement) > _MAX_WORK:
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
    depth = deepest = run = chain = 0
    before = ""
    for word in statement.words:
        if word == "[":  # a[1][2][3]
            chain = chain + 1 if before == "]" else 0
            deepest = max(deepest, chain)
        before = word
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


def work(statement: Statement) -> int:
    """How many tokens a parser may have to read; over-approximates.

    sqlglot reads ``int(...)`` and ``ARRAY[...]`` as a type first, and again as an expression when
    it isn't one: twice as long for each level.
    """
    total = depth = 0
    opened: List[bool] = []
    before = ""
    for word in statement.words:
        if word in ("(", "["):
            opened.append(word == "[" or before in _types())
            depth += opened[-1]
        elif word in (")", "]") and opened:
            depth -= opened.pop()
        total += 1 << min(depth, 20)
        before = word
    return total


@lru_cache(maxsize=1)
def _types() -> FrozenSet[str]:
    """The last words of what sqlglot knows as types."""
    from sqlglot.dialects.postgres import Postgres

    keywords = Postgres.Tokenizer.KEYWORDS.items()
    types = Postgres.Parser.TYPE_TOKENS
    return frozenset(name.split()[-1] for name, kind in keywords if name and kind in types)


_PREFIXES = frozenset(("NOT", "-", "+", "~", "@", "SELECT", "EXISTS", "ALL", "UNION", "EXPLAIN"))


def functions(root: Any) -> FrozenSet[int]:
    """The offsets, in the parsed text, of the names of functions that are called."""
    from sqlglot import exp

    return frozenset(
        node.meta["start"]
        for node in root.find_all(exp.Func, exp.Anonymous)
        if "start" in node.meta
    )
