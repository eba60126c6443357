"""Where a file takes SQLite's driver, or names a database of SQLite's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import libcst as cst

from mosaic_lint.anchor import Anchor
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.facts.texts import texts_of
from mosaic_lint.vocabulary import SQLITE_DRIVERS, SQLITE_URL


@dataclass(frozen=True, eq=False)
class SqliteUse:
    """An import of a driver, or a URL.

    Args:
        anchor: the module's name, or the URL's scheme.
        name: what is written.
    """

    anchor: Anchor
    name: str


_STRINGS = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
_ASKING = frozenset(("startswith", "replace", "removeprefix", "split", "partition", "len"))


def sqlite_uses(file: File) -> Iterator[SqliteUse]:
    """The fact ``SqliteUse``."""
    for plain in file.tree.of(cst.Import):
        for alias in plain.names:
            name = dotted(alias.name)
            if name.partition(".")[0] in SQLITE_DRIVERS:
                yield SqliteUse(alias.name, name)
    for imported in file.tree.of(cst.ImportFrom):
        if imported.module is not None and not imported.relative:
            name = dotted(imported.module)
            if name.partition(".")[0] in SQLITE_DRIVERS:
                yield SqliteUse(imported.module, name)
    yield from _urls(file)


def _urls(file: File) -> Iterator[SqliteUse]:
    for kind in _STRINGS:
        for node in file.tree.of(kind):
            if isinstance(file.tree.parent(node), cst.ConcatenatedString):
                continue
            for text in texts_of(file).of(node)[:1]:
                match = SQLITE_URL.match(text.text)
                if match is not None and not _is_shown(file, node):
                    anchor = text.locate(match.start(1), match.end(1))
                    yield SqliteUse(anchor, match.group(1))


def _is_shown(file: File, node: cst.CSTNode) -> bool:
    """Whether a text is a docstring, is compared, or asked for."""
    parent = file.tree.parent(node)
    while isinstance(parent, (cst.Element, cst.Tuple)):
        parent = file.tree.parent(parent)
    if isinstance(parent, (cst.Expr, cst.Comparison, cst.ComparisonTarget)):
        return True
    if not isinstance(parent, cst.Arg):
        return False
    call = file.tree.parent(parent)
    return isinstance(call, cst.Call) and last_name(call.func) in _ASKING
