"""Pairs of a migration and its rollback, and what the rollback leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Tuple

try:
    import tomllib
except ImportError:  # Python before 3.11
    import tomli as tomllib

FILE = Path(__file__).parent / "rollbacks.toml"


@dataclass(frozen=True)
class Pair:
    """A claim about a rollback.

    Args:
        name: what is claimed.
        before: what was run earlier.
        migration: the migration.
        rollback: its rollback script.
        left: kind and name of what the rollback leaves, sorted.
        silent: why the linter says nothing of it all the same; empty where it does.
    """

    name: str
    before: str
    migration: str
    rollback: str
    left: Tuple[str, ...]
    silent: str = ""


def pairs() -> Iterator[Pair]:
    """All pairs, in order."""
    for table in tomllib.loads(FILE.read_text(encoding="utf-8"))["pair"]:
        table["left"] = tuple(sorted(table["left"]))
        yield Pair(**{"before": "", **table})
