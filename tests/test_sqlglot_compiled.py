"""sqlglot's compiled form and its pure Python lead to the same findings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest

from tests.cli_process import environment

ROOT = Path(__file__).resolve().parents[1]

_FINDINGS = """
import importlib.machinery as machinery
import json, sys, tempfile
from pathlib import Path

if sys.argv[1] == "pure":
    sources = machinery.FileFinder.path_hook((machinery.SourceFileLoader, [".py"]))

    def only_sources(path):
        if Path(path).name != "sqlglot" and "/sqlglot/" not in Path(path).as_posix():
            raise ImportError
        return sources(path)

    sys.path_hooks.insert(0, only_sources)
    sys.path_importer_cache.clear()

sys.path.insert(0, ".")
from tests.fixture import fixtures, sql_fixtures
from tests.test_fixtures import places

found = []
root = Path(tempfile.gettempdir()) / "no-such-project"
for fixture in (*fixtures(), *sql_fixtures()):
    if fixture.file.parent.name[:4] in ("MOS2", "MOS4"):
        found.append([fixture.id, places(fixture, root, triage=False)])

import sqlglot.parser
print(json.dumps({"parser": sqlglot.parser.__file__, "found": found}))
"""


def run(form: str) -> Any:
    """The findings in all SQL fixtures, and where sqlglot's parser lies."""
    done = subprocess.run(
        [sys.executable, "-c", _FINDINGS, form],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def test_findings_are_the_same_with_and_without_the_compiled_form() -> None:
    compiled, pure = run("as installed"), run("pure")
    assert pure["parser"].endswith(".py")
    names: List[str] = [name for name, places in pure["found"] if places]
    assert len(names) > 50
    if compiled["parser"].endswith(".py"):
        pytest.skip("sqlglot[c] isn't installed: nothing to compare the pure form with")
    assert compiled["found"] == pure["found"]
