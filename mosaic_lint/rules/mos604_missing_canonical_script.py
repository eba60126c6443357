"""MOS604: canonical scripts that don't exist."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import FilePlace
from mosaic_lint.facts.lifecycle import MissingScript
from mosaic_lint.lifecycle.folders import shown
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS604",
    name="missing-canonical-script",
    message='canonical-scripts names "{name}", which doesn\'t exist: write the name that the '
    "script has now, or take it out",
    subscribes="MissingCanonicalScript",
    triggers=(),
    stage="project",
    playbook="Pattern 6: script lifecycle",
    in_markdown=False,
)
def missing_canonical_script(missing: MissingScript, context: Context) -> Iterator[Draft]:
    """
    What:
        `canonical-scripts` or `extend-canonical-scripts` in the project's own configuration names a
        file that doesn't exist.

    Why:
        The list tells people what to run. A script that was renamed there under its old name is
        an orphan, and the list a lie.

    Example:
        ==> pyproject.toml <==
        [tool.mosaic_lint]
        extend-canonical-scripts = ["scripts/rotate_keys.sh"]

    Instead:
        ==> pyproject.toml <==
        [tool.mosaic_lint]
        extend-canonical-scripts = ["scripts/load_teams.sh"]
        ==> scripts/load_teams.sh <==
        psql "$DATABASE_URL" --file teams.sql

    Fix safety:
        No fix is offered.

    Limits:
        The defaults needn't exist. A bare name may lie anywhere but in the archive; a folder or a
        pattern must mean at least one file.
    """
    yield context.report(FilePlace(missing.path, missing.span), name=shown(missing.name))
