"""Whether a file's text may hold SQL at all: by its sinks, or by the start of a statement."""

from __future__ import annotations

import re

_SINKS = (".execute", "execute_", "mogrify", "read_sql", "sql(", "import execute")
_GAP = r"(?:\W|\\[nrtfv])+"
_COMMENT = r"\W*(?:/\*|--)"
_OBJECT = (
    rf"(?:{_COMMENT}|{_GAP}(?:(?:temp|temporary|unlogged|unique|or|replace|recursive|foreign|global|local){_GAP})*"
    r"(?:table|index|view|schema|sequence|extension|type|domain|function|procedure|trigger|role"
    r"|user|database|policy|rule|materialized|virtual|aggregate|collation|cast|operator"
    r"|publication|subscription|statistics|server|event|language|owned|default|system|data|column"
    r"|constraint|\{|%))"
)
_STARTS = {
    "select": r"select\b",
    "insert": rf"insert(?:{_COMMENT}|{_GAP}(?:or{_GAP}\w+{_GAP})?into\b)",
    "update": r"update\b.{1,500}?set\b",
    "delete": rf"delete(?:{_COMMENT}|{_GAP}from\b)",
    "create": rf"create{_OBJECT}",
    "alter": rf"alter{_OBJECT}",
    "drop": rf"drop{_OBJECT}",
    "replace": rf"replace(?:{_COMMENT}|{_GAP}into\b)",
    "pragma": rf"pragma(?:{_COMMENT}|{_GAP}\w)",
    "truncate": rf"truncate(?:{_COMMENT}|{_GAP}\w)",
    "tach": rf"(?:at|de)tach(?:{_COMMENT}|{_GAP}\w)",
    "begin": rf"begin(?:{_COMMENT}|{_GAP}(?:immediate|exclusive|deferred)\b)",
}
"""Patterns by a word that each holds; compiled when the word occurs."""
_MAX_LOWERED = 1_000_000  # characters


def mentions_sql(text: str) -> bool:
    """Whether a sink or the start of a statement occurs in a text; over-approximates.

    The statements that start with WITH, VALUES or EXPLAIN hold one of the others, or go into a
    sink.

    Args:
        text: a file of Python.
    """
    if len(text) > _MAX_LOWERED:
        return True
    lowered = text.lower()
    if any(sink in lowered for sink in _SINKS):
        return True
    return any(
        word in lowered and re.search(start, lowered, re.DOTALL) for word, start in _STARTS.items()
    )
