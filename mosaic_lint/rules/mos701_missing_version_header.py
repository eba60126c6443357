"""MOS701: a file that doesn't say what it is, nor which version."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.headers import FileHeader
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.source import Language


@rule(
    code="MOS701",
    name="missing-version-header",
    message="no version header: write {fields} into {place}",
    subscribes="Header",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    fix="safe",
    in_markdown=False,
)
def missing_version_header(file: FileHeader, context: Context) -> Iterator[Draft]:
    '''
    What:
        A file whose docstring (Python) or first comments (SQL, shell) have none of the required
        fields. `required-header-fields` lists them; the entry point (`version-module`) needs
        `VERSION` and `SCHEMA_VERSION` alone.

    Why:
        When production breaks, nobody can tell which version of the file runs there, what it
        changed, and how to go back.

    Example:
        """Opening hours of the shops."""
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
        Safe: only a docstring or comments change. The header is written from the template: the
        path, the first sentence of the old docstring (or of the first comments) as the purpose,
        the version that they name or 1.0.0, today, the name from git's configuration, and a TODO
        for what nobody can know. The old text stays as it is, with the fields below. A new
        docstring goes below what has to come first, as a `#!` or a licence. In the entry point the
        header says what the constants say.

        Unsafe where the module reads its `__doc__`, which gets longer, or a shell script its own
        lines. There is no fix where a raw docstring can't hold a value, or a noqa on the first
        line would be moved that speaks of the file.

    Limits:
        A file without statements besides a docstring needs no header, and files in `migrations/`
        have another one. Names of fields are in capitals. In Python only the docstring counts: no
        comments, and no f-string.
    '''
    if file.is_migration or not file.required:
        return
    if len(file.missing) == len(file.required):
        is_python = context.file.source.language is Language.PYTHON
        place = "the module's docstring" if is_python else "the comments at its beginning"
        yield context.report(
            Span(0, 0),
            fix=partial(_repair, file),
            fields=", ".join(file.required),
            place=place,
        )


def _repair(file: FileHeader, site: Site) -> Repair:
    from mosaic_lint.fixes.headers import with_missing_fields  # dear, and few want fixes

    return with_missing_fields(file, site)
