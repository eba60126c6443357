"""MOS704: a header that was copied from another file, or stayed behind when the file moved."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.headers import FileHeader, is_tail
from mosaic_lint.rule import Context, Draft, rule

_QUOTES = "\"'`"


@rule(
    code="MOS704",
    name="module-path-mismatch",
    message="the header's MODULE isn't this file's path: write {path}",
    subscribes="Header",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    in_markdown=False,
)
def module_path_mismatch(file: FileHeader, context: Context) -> Iterator[Draft]:
    '''
    What:
        A `MODULE` in the version header that is neither the file's path nor the end of it, by
        whole names of folders.

    Why:
        The header came along when the file was copied or moved. Whoever searches for the module
        finds two, or none, and version and rollback path are another file's as well.

    Example:
        """
        MODULE: api/orders_of_last_year.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH: git tag backup-20251103-090000
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
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        import datetime

    Fix safety:
        No fix is offered.

    Limits:
        Folders above the project's may be named too, `./` and backslashes don't matter. The
        name of an import (`api.example`) is no path. A text without a file's name, as from
        standard input, is left alone, and so are files in `migrations/`.
    '''
    field = file.header.fields.get("MODULE")
    if field is None or file.is_migration or not file.path:
        return
    value = field.value.strip(_QUOTES)
    if value and not is_tail(value, file.path):
        yield context.report(field.span, path=file.shown_path)
