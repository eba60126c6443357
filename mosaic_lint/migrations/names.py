"""The names of migrations and of rollback scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Optional

FOLDER = "migrations"

_NAME = re.compile(r"([0-9]{8})_([a-z0-9]+(?:_[a-z0-9]+)*)\.sql")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])")
_ROLLBACK = "rollback.sql"


@dataclass(frozen=True)
class ScriptName:
    """The path of an SQL script in a folder of migrations.

    Args:
        path: relative to the project's folder, with ``/``.
    """

    path: str

    @property
    def folder(self) -> str:
        """The folder's path, with a ``/`` at its end; empty for the project's own folder."""
        return self.path[: self.path.rfind("/") + 1]

    @property
    def file(self) -> str:
        """The file's name."""
        return self.path[self.path.rfind("/") + 1 :]

    @property
    def stem(self) -> str:
        """The file's name without ``.sql``."""
        return self.file[: -len(".sql")]

    @property
    def is_rollback(self) -> bool:
        """Whether it is a rollback script."""
        return self.file.lower().endswith(_ROLLBACK)

    @property
    def is_regular(self) -> bool:
        """Whether the name is a real date and a description in lower snake case."""
        return _NAME.fullmatch(self.file) is not None and self.date is not None

    @property
    def digits(self) -> str:
        """The eight digits that the name starts with; empty if it doesn't."""
        found = _DAY.match(self.file)
        return found.group() if found is not None else ""

    @property
    def date(self) -> Optional[date]:
        """The day that the name starts with; ``None`` where it isn't a real one."""
        return day(self.digits)

    @property
    def rollback(self) -> str:
        """The path of the day's rollback script; empty where the name has no day."""
        return f"{self.folder}{self.digits}_{_ROLLBACK}" if self.digits else ""


def script_name(path: str, root: str = "") -> Optional[ScriptName]:
    """The name of a script that lies directly in a folder of migrations.

    Args:
        path: relative to the project's folder, with ``/``.
        root: the name of the project's folder itself.

    Returns:
        The name; ``None`` for any other file.
    """
    if not path.lower().endswith(".sql"):
        return None
    folders = path.split("/")[:-1]
    if (folders[-1] if folders else root) != FOLDER:
        return None
    return ScriptName(path)


def day(digits: str) -> Optional[date]:
    """The day that eight digits mean; ``None`` where there is no such day."""
    found = _DAY.fullmatch(digits)
    try:
        return date(*map(int, found.groups())) if found is not None else None
    except ValueError:
        return None
