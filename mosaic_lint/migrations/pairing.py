"""Which rollback script belongs to which migration."""

from __future__ import annotations

import posixpath
import re
from typing import Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional

from mosaic_lint.migrations.headers import fields_of, said
from mosaic_lint.migrations.names import ScriptName, script_name

_PATH = re.compile(r"[\w./\\-]+")
_SQL = ".sql"
_SCRIPTS = (_SQL, ".sh", ".bash", ".py")

GetText = Callable[[str], Optional[str]]
Exists = Callable[[str], bool]


class Migration(NamedTuple):
    """A migration and its rollback script.

    Args:
        name: its name.
        text: what it says.
        rollback: the path of the script that undoes it; empty where there is none.
    """

    name: ScriptName
    text: str
    rollback: str

    @property
    def is_titled(self) -> bool:
        """Whether its header says that it is a migration."""
        return "MIGRATION" in fields_of(self.text)


def folders(
    paths: Iterable[str], root: str, get_text: GetText, exists: Exists
) -> Iterator[List[Migration]]:
    """The migrations of each folder, in the order in which they are run.

    A script that a migration's header names as its rollback is none, however it is called, unless
    its own header says that it is one.

    Args:
        paths: all files of a project.
        root: the name of the project's folder.
        get_text: reads a file; ``None`` if it can't be read.
        exists: tells whether there is a file.
    """
    found: Dict[str, List[ScriptName]] = {}
    for path in sorted(paths):
        name = script_name(path, root)
        if name is not None and not name.is_rollback:
            found.setdefault(name.folder, []).append(name)
    for names in found.values():
        pairs: List[Migration] = []
        for name in names:
            text = get_text(name.path)
            if text is not None:
                pairs.append(Migration(name, text, _rollback(name, text, exists)))
        undoing = {pair.rollback for pair in pairs}
        yield [pair for pair in pairs if pair.name.path not in undoing or pair.is_titled]


def _rollback(name: ScriptName, text: str, exists: Exists) -> str:
    named = said(fields_of(text).get("ROLLBACK"))
    for path in (*_candidates(name, named), name.rollback):
        if path and path != name.path and exists(path):
            return path
    return ""


def _candidates(name: ScriptName, value: str) -> Iterator[str]:
    """The paths that a header may mean, seen from the script's folder and from the project's."""
    for match in _PATH.finditer(value):
        path = match.group().replace("\\", "/").rstrip(".")
        path = path if path.lower().endswith(_SCRIPTS) else path + _SQL
        for start in (name.folder, ""):
            found = posixpath.normpath(start + path)
            if not found.startswith(("..", "/")):
                yield found
