"""MOS602: archived scripts that are still run."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import FilePlace
from mosaic_lint.lifecycle.folders import shown
from mosaic_lint.lifecycle.runs import ArchivedUse
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS602",
    name="archived-script-used",
    message="{script} is archived, but runs here: call the script that replaced it, or bring it "
    "back to scripts/",
    subscribes="ArchivedUse",
    triggers=(),
    stage="project",
    playbook="Pattern 6: script lifecycle",
    in_markdown=False,
)
def archived_script_used(use: ArchivedUse, context: Context) -> Iterator[Draft]:
    """
    What:
        Code, configuration or a workflow that runs something in `scripts/archive/`: a command of a
        shell, a recipe, a step of a workflow, an entry of a hook, a process that Python starts, an
        import.

    Why:
        What is archived isn't maintained: nobody tests it, and who cleans up may delete it.

    Example:
        ==> deploy.sh <==
        bash scripts/archive/load_teams.sh
        ==> scripts/archive/load_teams.sh <==
        psql "$DATABASE_URL" --file teams.sql

    Instead:
        ==> deploy.sh <==
        bash scripts/load_teams.sh
        ==> scripts/load_teams.sh <==
        psql "$DATABASE_URL" --file teams.sql

    Fix safety:
        No fix is offered.

    Limits:
        Only what surely runs is reported. Copying, listing, linting and excluding the archive are
        no runs, nor is a comment. A path that a program composes of unknown parts isn't followed.
    """
    yield context.report(FilePlace(use.path, use.span), script=shown(use.script))
