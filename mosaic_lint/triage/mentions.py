"""Whether a file's text may hold SQL at all: by its sinks, or by the start of a statement."""

from __future__ import annotations

import re

_SINKS = (".execute", "execute_", "mogrify", "read_sql", "sql(", "import execute")
_GAP = r"(?:\W|\\[nrt])+"
_OBJECT = (
    rf"{_GAP}(?:(?:temp|temporary|unlogged|unique|or|replace|recursive|foreign|global|local){_GAP})*"
    r"(?:table|index|view|schema|sequence|extension|type|domain|function|procedure|trigger|role"
    r"|user|database|policy|rule|materialized|virtual|aggregate|collation|cast|operator"
    r"|publication|subscription|statistics|server|event|language|owned|default|system|data|column"
    r"|constraint|\{|%)"
)
_STARTS = {
    word: re.compile(pattern, re.DOTALL)
    for word, pattern in (
        ("select", r"\bselect\b"),
        ("insert", rf"\binsert{_GAP}(?:or{_GAP}\w+{_GAP})?into\b"),
        ("update", r"\bupdate\b.{1,500}?\bset\b"),
        ("delete", rf"\bdelete{_GAP}from\b"),
        ("create", rf"\bcreate{_OBJECT}"),
        ("alter", rf"\balter{_OBJECT}"),
        ("drop", rf"\bdrop{_OBJECT}"),
        ("replace", rf"\breplace{_GAP}into\b"),
        ("pragma", rf"\bpragma{_GAP}\w"),
        ("tach", rf"\b(?:at|de)tach{_GAP}\w"),
        ("begin", rf"\bbegin{_GAP}(?:immediate|exclusive|deferred)\b"),
    )
}
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
        word in lowered and start.search(lowered) is not None for word, start in _STARTS.items()
    )
