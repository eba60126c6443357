"""What runs an archived script is found where it stands, and what only looks as if isn't."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from mosaic_lint.lifecycle.runs import archived_uses

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
    """What is found in a text: its offset and the characters there."""
    uses = archived_uses((path, *FILES), {path: text}.get)
    return [f"{span.start} {text[span.start : span.end]}" for _, span, _ in uses]


@pytest.mark.parametrize(("path", "marked"), list(cases()))
def test_what_runs_is_found_where_it_stands(path: str, marked: str) -> None:
    expected = [
        f"{match.start() - 2 * number} {match.group(1)}"
        for number, match in enumerate(re.finditer("«(.*?)»", marked, re.DOTALL))
    ]
    assert found(path, re.sub("[«»]", "", marked)) == expected


@pytest.mark.parametrize(
    ("path", "text", "script"),
    [
        ("run.sh", "DIR=scripts/archive\nbash $DIR/load.sh\n", "scripts/archive/load.sh"),
        ("run.sh", "cd scripts/archive && ./load.sh\n", "scripts/archive/load.sh"),
        ("scripts/run.sh", "./archive/load.sh\n", "scripts/archive/load.sh"),
        ("run.sh", '"$ROOT/scripts//archive/load.sh"\n', "scripts/archive/load.sh"),
        ("run.bat", "call scripts\\archive\\load.bat\n", "scripts/archive/load.bat"),
        ("x.toml", '[scripts]\nx = "scripts.archive.load:main"\n', "scripts.archive.load"),
        ("run.py", "from scripts.archive import load\n", "scripts.archive.load"),
        ("scripts/run.py", "from archive.load import main\n", "scripts.archive.load"),
        ("run.py", "run([ROOT / 'scripts' / 'archive' / 'load.sh'])", "scripts/archive/load.sh"),
    ],
)  # fmt: skip
def test_message_names_the_script_by_its_path(path: str, text: str, script: str) -> None:
    uses = archived_uses((path, *FILES), {path: text}.get)
    assert [use.script for use in uses] == [script]
