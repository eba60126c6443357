"""MOS704: a header that was copied from another file, or stayed behind when the file moved."""

from __future__ import annotations

import re
from functools import partial
from typing import Iterator

from mosaic_lint.change import Declined
from mosaic_lint.facts.headers import FileHeader, is_tail
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.header import Field
from mosaic_lint.rule import Context, Draft, rule

_QUOTES = "\"'`"
_PATH = re.compile(r"[^()\[\]<>|]+\.\w{1,4}[\"'`]?")  # with spaces in it, perhaps


@rule(
    code="MOS704",
    name="module-path-mismatch",
    message="the header's MODULE isn't this file's path: write {path}",
    subscribes="Header",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    fix="safe",
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
        Safe: the path from the project's folder is written instead; the rest of the line stays.
        There is no fix where `MODULE` says more than a path.

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
        fix = partial(_repair, file, field)
        yield context.report(field.span, fix=fix, path=file.shown_path)


def _repair(file: FileHeader, field: Field, site: Site) -> Repair:
    if len(field.value.split()) > 1 and not _PATH.fullmatch(field.value):
        raise Declined("MODULE says more than a path")
    from mosaic_lint.fixes.header_fields import module_of  # dear, and few want fixes
    from mosaic_lint.fixes.headers import with_value

    path = module_of(file, site)
    return Repair(f"Write {path}", with_value(field, path, site))
