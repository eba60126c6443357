"""Chooses files of the standard library that give the plugin nothing to do."""

from __future__ import annotations

import ast
import re
import sysconfig
import warnings
from dataclasses import dataclass
from pathlib import Path

TRIGGERS = (
    *(b"get_conn", b"psycopg", b"except", b"suppress", b"print", b"logging"),
    *(b"execute", b"mogrify", b"sqlite", b"read_sql", b"sql"),
)
_STATEMENT = re.compile(
    rb"\b(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|WITH|PRAGMA|ATTACH|DETACH"
    rb"|BEGIN|EXPLAIN|TRUNCATE|MERGE|VACUUM)\s"
)
_SKIPPED = frozenset({"__pycache__", "site-packages", "test", "tests", "lib2to3"})


@dataclass(frozen=True)
class Chosen:
    """How much was chosen."""

    files: int
    lines: int


def _is_usable(content: bytes) -> bool:
    """Tell whether a file has no trigger, has lines, and can be parsed."""
    if not content or _STATEMENT.search(content):
        return False
    if any(trigger in content for trigger in TRIGGERS):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(content)
    except (SyntaxError, ValueError):
        return False
    return True


def copy_untriggered(folder: Path, *, lines: int = 10_000) -> Chosen:
    """Copy such files, the first ones by path, until there are `lines` lines."""
    library = Path(sysconfig.get_path("stdlib"))
    files = total = 0
    for source in sorted(library.rglob("*.py"), key=lambda path: path.as_posix()):
        relative = source.relative_to(library)
        if _SKIPPED.intersection(relative.parts):
            continue
        content = source.read_bytes()
        if not _is_usable(content):
            continue
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        files += 1
        total += content.count(b"\n")
        if total >= lines:
            return Chosen(files, total)
    raise RuntimeError(f"{library} has only {total} lines without a trigger")
