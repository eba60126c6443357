"""Fixtures: real code with the expected findings on its lines.

A trailing comment ``# MOS101: 12`` expects a finding of that code at that column (from 1, in
characters) of the line; ``# MOS101: 12, MOS102: 30`` two; ``# MOS101@-1: 12`` one on the line
above; ``# todo MOS101: 12`` a known miss. These comments are taken away before the file is linted.
Whole-line directives ``#: key = value`` set the linted path, the codes, the lowest Python whose own
``ast`` reads the file, or the configuration. ``#: head = {"new" = "old"}`` makes the project a
repository in whose last commit the file is the same but for these texts. In SQL all of these
begin with ``--``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

try:
    import tomllib
except ImportError:  # Python before 3.11
    import tomli as tomllib

ROOT = Path(__file__).parent / "fixtures"

_ONE = r"MOS\d{3}(?:@[+-]\d+)?: \d+"
_SINGLE = re.compile(r"(?P<code>MOS\d{3})(?:@(?P<shift>[+-]\d+))?: (?P<column>\d+)")


class _Comments(NamedTuple):
    """How a language's comments are read, and where its fixtures lie in a project.

    Args:
        expected: matches expectations.
        directive: matches directives.
        folder: the folder of the path under which they are linted.
    """

    expected: re.Pattern[str]
    directive: re.Pattern[str]
    folder: str


def _comments(mark: str, folder: str) -> _Comments:
    expected = rf"[ \t]*{mark} (?P<todo>todo )?(?P<list>{_ONE}(?:, {_ONE})*)(?=\r?\n|\Z)"
    return _Comments(re.compile(expected), re.compile(rf"(?m)^{mark}: (.+)$"), folder)


_COMMENTS = {
    ".py": _comments("#", "api"),
    ".sql": _comments("--", "db"),
    ".sh": _comments("#", "ops"),
}

Place = Tuple[int, int, str]


@dataclass(frozen=True)
class Fixture:
    """A fixture file.

    Args:
        file: where it lies.
        text: its text without expectations.
        expected: line, column and code of each expected finding, in order.
        todo: the same of known misses.
        path: the path under which it is linted, relative to a project's root.
        select: the codes that it is about.
        python: the lowest Python whose own parser reads it.
        options: its configuration table.
        head: the file's text in the last commit; ``None`` where there is no repository.
    """

    file: Path
    text: str
    expected: Tuple[Place, ...]
    todo: Tuple[Place, ...]
    path: str
    select: Tuple[str, ...]
    python: Tuple[int, int]
    options: Dict[str, Any] = field(default_factory=dict)
    head: Optional[str] = None

    @property
    def id(self) -> str:
        """Its name in a test run."""
        return self.file.relative_to(ROOT).as_posix()


def read(file: Path) -> Fixture:
    """Read a fixture file."""
    raw = file.read_bytes().decode("utf-8")
    comments = _COMMENTS[file.suffix]
    expected: List[Place] = []
    todo: List[Place] = []
    for match in comments.expected.finditer(raw):
        line = raw.count("\n", 0, match.start()) + 1
        for single in _SINGLE.finditer(match.group("list")):
            place = (
                line + int(single.group("shift") or 0),
                int(single.group("column")),
                single.group("code"),
            )
            (todo if match.group("todo") else expected).append(place)
    directives = tomllib.loads("\n".join(comments.directive.findall(raw)))
    major, minor = directives.pop("python", "3.9").split(".")
    text = comments.expected.sub("", raw)
    return Fixture(
        file=file,
        text=text,
        expected=tuple(sorted(expected)),
        todo=tuple(sorted(todo)),
        path=directives.pop("path", f"{comments.folder}/{file.name}"),
        select=tuple(directives.pop("select", [file.parent.name])),
        python=(int(major), int(minor)),
        head=_head(text, directives.pop("head", None)),
        options=directives,
    )


def _head(text: str, replaced: Optional[Dict[str, str]]) -> Optional[str]:
    """A fixture's text with others in the place of some."""
    if replaced is None:
        return None
    for new, old in replaced.items():
        assert new in text, new
        text = text.replace(new, old)
    return text


def fixtures() -> Iterator[Fixture]:
    """All Python fixtures, in order."""
    for file in sorted(ROOT.glob("MOS*/*.py")):
        yield read(file)


def shell_fixtures() -> Iterator[Fixture]:
    """All fixtures in shell, in order."""
    for file in sorted(ROOT.glob("MOS*/*.sh")):
        yield read(file)


def sql_fixtures() -> Iterator[Fixture]:
    """All SQL fixtures, in order."""
    for file in sorted(ROOT.glob("MOS*/*.sql")):
        yield read(file)
