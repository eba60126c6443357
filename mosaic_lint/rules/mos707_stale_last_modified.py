"""MOS707: a file that was changed, and says that it wasn't."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.stale_dates import StaleDate
from mosaic_lint.fixes.versions import up_to_date
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS707",
    name="stale-last-modified",
    message="the file differs from {revision}, but LAST_MODIFIED is still {value}: write the day "
    "of the change",
    subscribes="StaleDate",
    triggers=("LAST_MODIFIED",),
    stage="text",
    playbook="Section 7: version tracking",
    fix="safe",
    in_markdown=False,
)
def stale_last_modified(stale: StaleDate, context: Context) -> Iterator[Draft]:
    '''
    What:
        A file that differs from git's `HEAD` while the `LAST_MODIFIED` of its header doesn't and
        is older than the change. In the entry point (`version-module`) the constant
        `LAST_MODIFIED` counts instead of the header's field.

    Why:
        Who looks for the cause of a failure begins with what was changed last. A date that
        doesn't move sends them past the file that they are looking for.

    Example:
        ==> api/hours.py in HEAD <==
        """
        MODULE: api/hours.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.1
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: later on Sundays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        OPENS_AT = 9
        ==> api/hours.py <==
        """
        MODULE: api/hours.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.1
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: later on Sundays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        OPENS_AT = 10

    Instead:
        ==> api/hours.py in HEAD <==
        """
        MODULE: api/hours.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.1
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: later on Sundays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        OPENS_AT = 9
        ==> api/hours.py <==
        """
        MODULE: api/hours.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.1
        LAST_MODIFIED: 2026-01-12
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: later on Sundays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        OPENS_AT = 10

    Fix safety:
        Safe: the day is changed to today's; in the entry point both in the constant and in the
        header, so that they agree.

    Limits:
        Where there is no git, no commit, or no such file in it, nothing is said. A change that
        isn't committed was made on the day when the file was saved. Line ends don't make a file
        differ. Files in `migrations/` have another header.
    '''
    yield context.report(
        stale.span,
        fix=partial(up_to_date, stale),
        value=stale.value,
        revision=stale.revision,
    )
