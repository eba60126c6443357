"""The lines of new fields: in which order and style, and beside which of a header's own fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, NamedTuple, Optional, Sequence

from mosaic_lint.fixes.header_fields import NewField
from mosaic_lint.header import KNOWN_FIELDS, LIST_FIELDS, Field, Header

_LINE_END = r"(?:\r\n|\r(?!\n)|\n)"
_GAP = re.compile(rf"{_LINE_END}[ \t#*-]*{_LINE_END}")
_LAST_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n)\Z")


@dataclass(frozen=True)
class Style:
    """How a header writes lists.

    Args:
        has_items: whether they are items below the field's name.
        has_gaps: whether an empty line stands above each.
        item: what stands before an item's text.
    """

    has_items: bool = True
    has_gaps: bool = True
    item: str = "  - "


class Slot(NamedTuple):
    """New fields that stand together, and where.

    Args:
        behind: the header's field that they follow.
        before: else the one that they precede.
        fields: in order.
    """

    behind: Optional[Field]
    before: Optional[Field]
    fields: List[NewField]


def ordered(names: Sequence[str], template: Sequence[str]) -> List[str]:
    """Names of fields in the order of a template; others stand before its lists, as given."""
    others = min((i for i, name in enumerate(template) if name in LIST_FIELDS), default=99)
    places = {name: float(index) for index, name in enumerate(template)}
    return sorted(names, key=lambda name: places.get(name, others - 0.5))


def slots(
    header: Header, new: Sequence[NewField], template: Sequence[str] = KNOWN_FIELDS
) -> List[Slot]:
    """Where new fields go among those that a header has, of which there is one at least.

    Args:
        header: the header.
        new: the fields.
        template: the names of fields in the order in which headers have them.
    """
    present = _outer(header)
    names = ordered([*(f.name for f in present), *(f.name for f in new)], template)
    by_name = {field.name: field for field in present}
    missing = {field.name: field for field in new}
    found: List[Slot] = []
    for index, name in enumerate(names):
        if name not in missing:
            continue
        behind = next((by_name[n] for n in reversed(names[:index]) if n in by_name), None)
        before = None if behind is not None else present[0]
        if found and found[-1].behind is behind:
            found[-1].fields.append(missing[name])
        else:
            found.append(Slot(behind, before, [missing[name]]))
    return found


def style_of(header: Header, text: str) -> Style:
    """How a header writes its lists; as the template does where it has none."""
    lists = [f for f in header.fields.values() if f.name in LIST_FIELDS and f.entries]
    if not lists:
        return Style()
    below = [
        f for f in lists if line_start(text, f.name_span.start) != line_start(text, f.span.start)
    ]
    if not below:
        return Style(has_items=False, has_gaps=False)
    first = below[0]
    above = _LAST_LINE.search(text, 0, line_start(text, first.name_span.start))
    has_gap = above is None or not above.group(1).strip(" \t\f-#*=")
    name = text[line_start(text, first.name_span.start) : first.name_span.start]
    item = text[line_start(text, first.span.start) : first.span.start]
    return Style(True, has_gap, item[len(name) :] if item.startswith(name) else Style.item)


def lines_of(
    fields: Sequence[NewField], style: Style, prefix: str, *, follows: bool = False
) -> List[str]:
    """The lines of new fields.

    Args:
        fields: the fields, in order.
        style: how lists are written.
        prefix: what stands before each field's name.
        follows: whether another field stands above.
    """
    lines: List[str] = []
    was_list = False
    for field in fields:
        is_list = field.is_list and style.has_items
        if style.has_gaps and (is_list or was_list) and (lines or follows):
            lines.append(prefix.rstrip())
        if is_list:
            lines.append(f"{prefix}{field.name}:")
            lines += [prefix + style.item + line for line in field.value]
        else:
            lines.append(f"{prefix}{field.name}: {field.value[0]}")
            lines += [f"{prefix}  {line}" for line in field.value[1:]]
        was_list = is_list
    return lines


def value_end(field: Field, text: str) -> int:
    """Where all that a field says ends: behind its last character, or its colon.

    Only a list may go on below an empty line; what is set in from there, an example perhaps, is
    no part of another value.
    """
    end = field.entries[0].span.end if field.entries else 0
    for entry in field.entries[1:]:
        if field.name not in LIST_FIELDS and _GAP.search(text, end, entry.span.start):
            break
        end = entry.span.end
    if end:
        return end
    return text.index(":", field.name_span.end - 1) + 1


def _outer(header: Header) -> List[Field]:
    """The fields that stand in no other field's list, in order."""
    fields = sorted(header.fields.values(), key=lambda field: field.name_span)
    below = [field.depth for field in fields if not _is_first(field, header)]
    return [f for f in fields if _is_first(f, header) or f.depth <= min(below)]


def _is_first(field: Field, header: Header) -> bool:
    """Whether it begins the header, where how deep it stands isn't known."""
    return field.name_span.start <= header.first_line.end


def line_start(text: str, offset: int) -> int:
    """The offset of the first character of the line around an offset."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
