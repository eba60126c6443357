"""The schema as a diagram in Mermaid's language, as GitHub draws it in Markdown.

Mermaid's grammar for these diagrams takes any name of a table in quotes but some characters. Types
and names of columns are words without quotes, so that what isn't one is written as a remark.
"""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Mapping, Sequence, Set

from mosaic_lint.schema.model import Column, ForeignKey, Schema, Table

_MARKED = "marked"
_DOUBTFUL = "doubtful"
_CLASSES = {
    _MARKED: "fill:#ffd7d5,stroke:#cf222e,color:#24292f",
    _DOUBTFUL: "fill:#f6f8fa,stroke:#8c959f,color:#57606a",
}
_NOT_IN_QUOTES = re.compile(r"[\"%\\;#~\x00-\x1f\x7f-\x9f]")
_DIRECTION = re.compile(r"(direction)\s", re.IGNORECASE)
"""What Mermaid takes for a command even in quotes: ``direction TB``."""
_KEY = re.compile(r"[PFU]K(?!\w)", re.ASCII | re.IGNORECASE)
"""Mermaid's own words where a column is described."""


def render(schema: Schema, marks: Mapping[str, Sequence[str]]) -> str:
    """The diagram.

    Args:
        schema: the tables.
        marks: the codes of rules that found something about a table, by its name.
    """
    tables = sorted(schema, key=lambda table: table.name)
    names = _entity_names(tables)
    lines = ["erDiagram"]
    for table in tables:
        lines += _entity(table, names, marks.get(table.name, ()))
    for table in tables:
        lines += [_relation(table, key, names) for key in table.foreign_keys]
    used = {class_ for table in tables for class_ in _classes(table, marks.get(table.name, ()))}
    lines += [f"    classDef {name} {_CLASSES[name]}" for name in sorted(used)]
    return "".join(f"{line}\n" for line in lines)


def _entity_names(tables: Sequence[Table]) -> Dict[str, str]:
    """The name in the diagram of each table, also of those that are only referred to."""
    targets = (key.target for table in tables for key in table.foreign_keys)
    found: Dict[str, str] = {}
    taken: Set[str] = set()
    for name in dict.fromkeys((*(table.name for table in tables), *targets)):
        shown = shorter = _quotable(name) or "_"
        while shown in taken:
            shown = f"{shorter} ({len(taken)})"
        taken.add(shown)
        found[name] = shown
    return found


def _classes(table: Table, codes: Sequence[str]) -> List[str]:
    """The class of a table's box; a finding is more than a doubt."""
    if codes:
        return [_MARKED]
    return [] if table.is_sure else [_DOUBTFUL]


def _entity(table: Table, names: Mapping[str, str], codes: Sequence[str]) -> Iterator[str]:
    shown = names[table.name]
    label = f'["{shown}: {", ".join(codes)}"]' if codes else ""
    classes = "".join(f":::{name}" for name in _classes(table, codes))
    head = f'    "{shown}"{label}{classes}'
    if not table.columns:
        yield head
        return
    yield f"{head} {{"
    for column in table.columns:
        yield f"        {_attribute(table, column)}"
    yield "    }"


def _attribute(table: Table, column: Column) -> str:
    """A column: its type, its name, its keys, and what these don't tell."""
    name = _word(column.name)
    type_ = _word(column.type, also="[]()")
    remarks = [] if name == column.name else [f"named {column.name}"]
    remarks += [] if type_.replace("_", " ") == column.type.replace("_", " ") else [column.type]
    remarks += ["not null"] if column.not_null else []
    keys = ", ".join(_keys(table, column.name))
    remark = f'"{_quotable(", ".join(remarks))}"' if remarks else ""
    return " ".join(part for part in (type_, name, keys, remark) if part)


def _keys(table: Table, column: str) -> Iterator[str]:
    if any(key.primary and column in key.columns for key in table.keys):
        yield "PK"
    if any(column in key.columns for key in table.foreign_keys):
        yield "FK"
    if any(not key.primary and key.columns == (column,) for key in table.keys):
        yield "UK"


def _relation(table: Table, key: ForeignKey, names: Mapping[str, str]) -> str:
    """A foreign key, from the table that it points to."""
    found = [table.column(name) for name in key.columns]
    is_needed = all(column is not None and column.not_null for column in found)
    is_single = any(set(other.columns) <= set(key.columns) for other in table.keys)
    left = "||" if is_needed else "|o"
    right = "o|" if is_single else "o{"
    label = _quotable(", ".join(key.columns)) or "_"
    return f'    "{names[key.target]}" {left}--{right} "{names[table.name]}" : "{label}"'


def _word(name: str, also: str = "") -> str:
    """A name without what no word has in Mermaid: other characters, and a digit to begin with.

    Args:
        name: the name.
        also: characters that are allowed besides.
    """
    kept = (c if c in also or _is_in_words(c) else "_" for c in name)
    word = "".join(kept)
    is_good = word[:1] > "9" and word[:1] not in also and not _KEY.match(word)
    return word if is_good else f"_{word}"


def _is_in_words(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "_"
    return "\u00c0" <= character <= "\uffff" and character.isalnum()


def _quotable(text: str) -> str:
    return _DIRECTION.sub(r"\1_", _NOT_IN_QUOTES.sub("_", text)).strip()
