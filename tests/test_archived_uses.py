"""What runs an archived script is found where it stands, and what only looks as if isn't."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from mosaic_lint.lifecycle.uses import archived_uses

try:
    import tomllib
except ImportError:  # Python before 3.11
    import tomli as tomllib

DATA = Path(__file__).parent / "data" / "archived_uses.toml"
FILES = (
    "scripts/archive/load.sh",
    "scripts/archive/load.py",
    "scripts/archive/env.sh",
    "scripts/archive/old/load.sh",
    "scripts/load.sh",
)
PATHS = {
    "shell": ("deploy.sh", "scripts/deploy.sh"),
    "beside": ("scripts/deploy.sh",),
    "python": ("ops/deploy.py",),
}


def cases() -> Iterator[Tuple[str, str]]:
    """Each case: a path, and a text with marks around what must be found."""
    groups: Dict[str, Any] = tomllib.loads(DATA.read_text("utf-8"))
    for name, paths in PATHS.items():
        for text in (*groups[name]["runs"], *groups[name]["silent"]):
            yield from ((path, text) for path in paths)
    for path, text in (*groups["other"]["runs"], *groups["other"]["silent"]):
        yield path, text


def found(path: str, text: str) -> List[str]:
    """What is found in a text: its offset and how it is named."""
    uses = archived_uses((path, *FILES), {path: text}.get)
    return [f"{use.span.start} {use.script}" for use in uses]


@pytest.mark.parametrize(("path", "marked"), list(cases()))
def test_what_runs_is_found_where_it_stands(path: str, marked: str) -> None:
    expected = [
        f"{match.start() - 2 * number} {match.group(1)}"
        for number, match in enumerate(re.finditer("«(.*?)»", marked, re.DOTALL))
    ]
    assert found(path, re.sub("[«»]", "", marked)) == expected
