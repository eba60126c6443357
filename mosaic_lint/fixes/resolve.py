"""From what a rule says about a repair to the edits of a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List

from mosaic_lint.anchor import Place
from mosaic_lint.change import Change, Declined
from mosaic_lint.fixes.other_uses import check_uses
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Edit, Fix, Safety, Span
from mosaic_lint.source import Language, Source, Unreadable

_LINE_FEED = re.compile(r"(?<!\r)\n")


def resolved(repair: Repair, site: Site, safety: Safety) -> Fix:
    """The fix that a repair is.

    Args:
        repair: the repair.
        site: the place that it is for.
        safety: how safe the rule's fixes are.

    Raises:
        Declined: its place isn't known, or it changes one place twice.
    """
    source, path = site.source, ""
    if repair.path:
        path = str(Path(site.project.root) / repair.path)
        source = _other(path)
    edits = sorted(
        (_edit(change, source, site) for change in repair.changes),
        key=lambda edit: edit.span,
    )
    edits = [edit for edit in edits if source.text[slice(*edit.span)] != edit.text]
    if not edits:
        raise Declined("it would change nothing")
    if any(left.span.end > right.span.start for left, right in zip(edits, edits[1:])):
        raise Declined("it would change the same place twice")
    return Fix(repair.safety or safety, repair.message, tuple(_joined(edits)), path)


def _edit(change: Change, source: Source, site: Site) -> Edit:
    span = change.anchor if isinstance(change.anchor, Span) else site.place(change.anchor)
    if isinstance(change.anchor, Place) and source.language is Language.PYTHON:
        check_uses(span.start, site.syntax)
    text = change.text
    if "\n" in text:
        text = _LINE_FEED.sub(source.line_end_at(span.start), text)
    return Edit(span, text, change.shared)


def _joined(edits: List[Edit]) -> List[Edit]:
    """The edits without two insertions at one place, whose order nobody would know."""
    found: List[Edit] = []
    for edit in edits:
        if found and found[-1].span == edit.span and not (found[-1].shared or edit.shared):
            found[-1] = Edit(edit.span, found[-1].text + edit.text)
        else:
            found.append(edit)
    return found


def _other(path: str) -> Source:
    """Another file than the finding's.

    Raises:
        Declined: it can't be read.
    """
    try:
        with open(path, "rb") as file:
            return Source.from_bytes(path, file.read())
    except (OSError, Unreadable) as error:
        raise Declined(f"{path} can't be read") from error
