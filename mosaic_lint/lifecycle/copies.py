"""Copies of scripts that stand beside their originals, by their names."""

from __future__ import annotations

import re
from typing import AbstractSet, Iterator, NamedTuple, Optional, Tuple

_MARKS = r"old|bak|bkp|backup|copy|orig|save|deprecated|obsolete|outdated|superseded|v\d+(?:\.\d+)*"
_BEHIND = re.compile(rf"(?i)(?P<of>.+?)[ _.\-(]+(?P<mark>{_MARKS})[\d _.\-()]*")
_NUMBERED = re.compile(r"(?P<of>.+?) ?(?P<mark>\(\d+\))")
_BEFORE = re.compile(
    r"(?i)(?P<mark>(?:copy|backup)(?: ?\(\d+\))?[ _-]of|old|bak|orig|deprecated|obsolete)[ _-]+"
    r"(?P<of>.+)"
)
_SUFFIX_OF_COPY = re.compile(rf"(?i)(?:{_MARKS})\d*")
_ACTIVITIES = frozenset(("backup", "copy"))

# What stands beside a script and is no copy: x.sh.sha256, x.sh.j2, x.sh.md.
_COMPANIONS = frozenset(
    """md txt rst adoc html log sha1 sha256 sha512 md5 sig asc minisig gpg age enc in j2 jinja
    jinja2 tmpl tpl template erb ejs mustache hbs example sample dist conf cfg ini json yml yaml
    toml env service timer socket desktop plist license lock map bats snap patch diff out err csv
    sql""".split()
)

_LONGEST = 255  # a file's name has no more bytes


class Copy(NamedTuple):
    """What a file's name says.

    Args:
        original: the name of the file that it copies.
        may_be_activity: whether the name may as well say what the script does, as in
            ``db_backup.sh``.
    """

    original: str
    may_be_activity: bool


def copied(name: str, siblings: AbstractSet[str]) -> Optional[Copy]:
    """Tell what a file is a copy of.

    Args:
        name: its name.
        siblings: the names of the scripts in its folder.

    Returns:
        The copy; ``None`` where it isn't one, or its original isn't there.
    """
    if len(name) > _LONGEST:
        return None
    original = _appended(name, siblings)
    if original is not None:
        return Copy(original, False)
    found = _marked(name, siblings)
    if found is not None:
        return found
    stem, dot, suffix = name.rpartition(".")
    if not dot or not _SUFFIX_OF_COPY.fullmatch(suffix):
        return None
    others = sorted(other for other in siblings - {name} if other.rpartition(".")[0] == stem)
    return Copy(others[0], False) if others else None


def _appended(name: str, siblings: AbstractSet[str]) -> Optional[str]:
    """The original of ``deploy.sh.2024`` and ``deploy.sh~``."""
    bare = name.strip("#") if name.startswith("#") else name.rstrip("~")
    if bare != name and bare in siblings:
        return bare
    place = name.find(".", 1)
    while place > 0:
        original, added = name[:place], name[place + 1 :]
        if original in siblings and "." in original.strip("."):
            if added.rpartition(".")[2].lower() not in _COMPANIONS:
                return original
        place = name.find(".", place + 1)
    return None


def _marked(name: str, siblings: AbstractSet[str]) -> Optional[Copy]:
    """The original of ``deploy_old.sh``, ``deploy.sh_old``, ``copy of deploy.sh``."""
    stem, dot, suffix = name.rpartition(".")
    for whole, end in ((name, ""), (stem, dot + suffix)):
        activity = False
        for shorter, mark in _without_marks(whole):
            activity = activity or mark.lower() in _ACTIVITIES
            if shorter + end in siblings:
                return Copy(shorter + end, activity)
    return None


def _without_marks(whole: str) -> Iterator[Tuple[str, str]]:
    """A name with one mark less each time, and the mark."""
    left = whole
    while True:
        match = _BEHIND.fullmatch(left) or _NUMBERED.fullmatch(left) or _BEFORE.fullmatch(left)
        if match is None:
            return
        left = match["of"]
        yield left.rstrip(" _-."), match["mark"]
