"""MOS601: scripts that nothing uses."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import FilePlace
from mosaic_lint.lifecycle.folders import shown
from mosaic_lint.lifecycle.usage import Orphan
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS601",
    name="orphan-script",
    message="nothing names {path}: delete it, move it to scripts/archive/, or list it in "
    "canonical-scripts",
    subscribes="OrphanScript",
    triggers=(),
    stage="project",
    playbook="Pattern 6: script lifecycle",
    in_markdown=False,
)
def orphan_script(orphan: Orphan, context: Context) -> Iterator[Draft]:
    """
    What:
        A file in `scripts/`, or below it, that is neither in `canonical-scripts` nor named by
        another tracked file. A comment that names it is enough; prose and records
        (`.md`, `.txt`, `.html`, logs, `.jsonl`, `.json` but `package.json`) and archived files
        aren't.

    Why:
        Nobody knows whether such a script still works, and somebody will run it one day. Only
        scripts that are in use belong there.

    Example:
        ==> scripts/load_teams.sh <==
        psql "$DATABASE_URL" --file teams.sql
        ==> .github/workflows/ci.yml <==
        jobs: {build: {steps: [{run: python -m build}]}}

    Instead:
        ==> scripts/load_teams.sh <==
        psql "$DATABASE_URL" --file teams.sql
        ==> .github/workflows/ci.yml <==
        jobs: {build: {steps: [{run: bash scripts/load_teams.sh}]}}

    Fix safety:
        No fix is offered.

    Limits:
        Only the folder `scripts` of the project itself is looked at. A name that a program composes
        and a pattern like `scripts/*.sh` name no script: list what they start. Modules that
        others import are in use. Prose, data, hidden files, and what a tool finds by its name
        (`__init__.py`, `Makefile`, tests in a folder `tests`) are no scripts.
    """
    yield context.report(FilePlace(orphan.path, Span(0, 0)), path=shown(orphan.path))
