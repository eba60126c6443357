"""MOS603: copies of scripts beside their originals."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import FilePlace
from mosaic_lint.lifecycle.folders import shown
from mosaic_lint.lifecycle.usage import StaleCopy
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS603",
    name="superseded-copy",
    message="{path} is a copy of {original} beside it: keep one of them in scripts/, and delete "
    "the other or move it to scripts/archive/",
    subscribes="SupersededCopy",
    triggers=(),
    stage="project",
    playbook="Pattern 6: script lifecycle",
    in_markdown=False,
)
def superseded_copy(copy: StaleCopy, context: Context) -> Iterator[Draft]:
    """
    What:
        A file in `scripts/` whose name says that it is a copy of the script beside it:
        `load_old.sh`, `load_v2.sh`, `load.sh.bak`, `load_backup.sh`, `copy of load.sh`. It speaks
        instead of MOS601.

    Why:
        Two versions of a script mean that sooner or later the wrong one runs. git keeps the old
        version.

    Example:
        ==> scripts/load.sh <==
        psql "$DATABASE_URL" --file teams.sql
        ==> scripts/load_old.sh <==
        psql "$DATABASE_URL" --command "COPY teams FROM STDIN"
        ==> .github/workflows/ci.yml <==
        jobs: {build: {steps: [{run: bash scripts/load.sh}]}}

    Instead:
        ==> scripts/load.sh <==
        psql "$DATABASE_URL" --file teams.sql
        ==> scripts/archive/load_old.sh <==
        psql "$DATABASE_URL" --command "COPY teams FROM STDIN"
        ==> .github/workflows/ci.yml <==
        jobs: {build: {steps: [{run: bash scripts/load.sh}]}}

    Fix safety:
        No fix is offered.

    Limits:
        Only names tell; contents aren't compared. `db_backup.sh` and `db_copy.sh` beside `db.sh`
        may as well say what they do, and so are copies only where nothing names them. What lies
        beside a script by custom (`load.sh.sha256`, `load.sh.j2`) is no copy. A canonical script
        never is.
    """
    yield context.report(
        FilePlace(copy.path, Span(0, 0)), path=shown(copy.path), original=shown(copy.original)
    )
