"""MOS708: a way back that ends in front of a file which isn't there."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.headers import FileHeader
from mosaic_lint.facts.rollback_targets import missing_targets
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS708",
    name="missing-rollback-target",
    message="{path} doesn't exist: write the script, or name the one that rolls back",
    subscribes="Header",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    in_markdown=False,
)
def missing_rollback_target(file: FileHeader, context: Context) -> Iterator[Draft]:
    '''
    What:
        An entry of `ROLLBACK_PATH` in a version header that names an `.sql` file which doesn't
        exist, neither seen from the folder of the nearest configuration nor from the
        repository's root.

    Why:
        A rollback is needed in a hurry, at the worst moment to find out that its script was never
        written, or moved.

    Example:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH:
          - Database: migrations/20251103_never_written.sql
        """
        import datetime

    Instead:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH:
          - Database: nothing to do
        """
        import datetime

    Fix safety:
        No fix is offered.

    Limits:
        Whether the script undoes anything isn't looked at. Patterns, variables, placeholders,
        URLs, absolute paths, files that are written (`> dump.sql`) or taken out of git's history
        (`git show`) are left alone.
    '''
    for target in missing_targets(file.header, context.file.project.root):
        yield context.report(target.span, path=target.path)
