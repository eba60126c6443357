"""MOS702: a version header that leaves out what must be there."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.headers import FileHeader
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS702",
    name="incomplete-version-header",
    message="the version header lacks {fields}: add {pronoun}",
    subscribes="Header",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    fix="safe",
    in_markdown=False,
)
def incomplete_version_header(file: FileHeader, context: Context) -> Iterator[Draft]:
    '''
    What:
        A version header that has some of the required fields but not all. One finding names
        those that it lacks. `required-header-fields` lists them; the entry point
        (`version-module`) needs `VERSION` and `SCHEMA_VERSION` alone.

    Why:
        Who has to roll back in a hurry looks for `ROLLBACK_PATH` and for what has changed. A
        header without them only looks as if somebody had thought of it.

    Example:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        """
        import datetime

    Instead:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines

        CHANGES_THIS_VERSION:
          - Hours on public holidays

        ROLLBACK_PATH:
          - Code: git tag backup-20251103-090000
        """
        import datetime

    Fix safety:
        Safe: only a docstring or comments change. Each field is put beside the others in the
        template's order and the header's style, with a TODO for what nobody can know; path, today
        and the name from git's configuration are known. Unsafe where a shell script reads its own
        lines. There is no fix where a raw docstring can't hold a value.

    Limits:
        The finding stands where the header begins: at the docstring's first quote or prefix, or
        at the first comment. A field with nothing behind its name is MOS703's.
    '''
    missing = file.missing
    if missing and len(missing) < len(file.required) and not file.is_migration:
        pronoun = "it" if len(missing) == 1 else "them"
        anchor = file.header.first_line
        yield context.report(
            anchor,
            fix=partial(_repair, file),
            fields=", ".join(missing),
            pronoun=pronoun,
        )


def _repair(file: FileHeader, site: Site) -> Repair:
    from mosaic_lint.fixes.headers import with_missing_fields  # dear, and few want fixes

    return with_missing_fields(file, site)
