"""Version headers: a new one from the template, more fields, other values."""

from __future__ import annotations

import re
from typing import List

from mosaic_lint.change import Change, Declined
from mosaic_lint.facts.headers import FileHeader
from mosaic_lint.fixes.header_comments import in_comments, written_in_comment
from mosaic_lint.fixes.header_docstring import in_docstring, written_in_docstring
from mosaic_lint.fixes.header_fields import Values, purpose_in
from mosaic_lint.fixes.header_lines import ordered
from mosaic_lint.fixes.header_place import TopOfFile
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.header import KNOWN_FIELDS, Field, header_text
from mosaic_lint.model import Safety, Span
from mosaic_lint.source import Language

_QUOTES = "\"'`"
# A shell script that shows some of its own lines, as its help perhaps.
_READS_ITSELF = re.compile(
    r"(?:\b(?:cat|cut|[ef]?grep|head|sed|tail)\b[^\r\n|;&]*[\"\s]|<\s*\"?"
    r"|\b(?:awk|perl)\b[^\r\n]*['\"]\s+\"?)"  # their own $0 stands in quotes
    r"\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE)"
)


def with_missing_fields(file: FileHeader, site: Site) -> Repair:
    """Write the required fields that a file's header lacks, be it all of them.

    Args:
        file: the file's header.
        site: a place in the file.

    Raises:
        Declined: they can't be written there.
    """
    text, language = site.text, site.source.language
    names = ordered(file.missing, KNOWN_FIELDS)
    values = Values(site, file, _purpose(text, language))
    fields = [values.field(name) for name in names]
    if language is Language.PYTHON:
        changes = in_docstring(text, file.header, fields)
    else:
        changes = in_comments(text, language, file.header, fields)
    is_new = len(names) == len(file.required)
    is_read = (language is Language.SHELL and _READS_ITSELF.search(text) is not None) or (
        language is Language.PYTHON and is_new and "__doc__" in text
    )
    message = "Write a version header" if is_new else f"Write {', '.join(names)}"
    return Repair(message, changes, Safety.UNSAFE if is_read else None)


def with_value(field: Field, value: str, site: Site) -> List[Change]:
    """Change the value of a field that stands on one line.

    Args:
        field: the field, which has a value.
        value: what it is to say.
        site: a place in the file.

    Raises:
        Declined: it can't be written there.
    """
    said = field.entries[0]
    bare = said.text.strip(_QUOTES)
    start = said.text.index(bare)
    return written(said.part(start, start + len(bare)), value, site)


def written(span: Span, value: str, site: Site) -> List[Change]:
    """Change some characters of a header.

    Args:
        span: where they stand.
        value: what comes instead.
        site: a place in the file.

    Raises:
        Declined: it can't be written there.
    """
    text, language = site.text, site.source.language
    if language is Language.PYTHON:
        value = written_in_docstring(text, span.start, value)
    else:
        value = written_in_comment(text, language, span.start, value)
    return [Change(span, value)]


def _purpose(text: str, language: Language) -> str:
    """What a file says that it is for, in its docstring or its first comments."""
    whole = header_text(text, language)
    if language is Language.PYTHON:
        return purpose_in(whole.text)
    if language not in (Language.SQL, Language.SHELL):
        raise Declined("it isn't known how comments are written in such a file")
    described = TopOfFile.of_script(text, language).described
    if not described:
        return ""
    lines = [
        part.text for part in whole.parts if described[0].start <= part.base <= described[-1].end
    ]
    return purpose_in("".join(lines))
