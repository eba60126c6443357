"""The headers of migrations and of rollback scripts."""

from __future__ import annotations

from typing import Mapping, Optional

from mosaic_lint.header import Field, read_header
from mosaic_lint.source import Language

FORWARD = ("MIGRATION", "VERSION", "PHASE", "AUTHOR", "DATE", "ROLLBACK")
"""The fields that a migration's header must have."""
BACKWARD = ("ROLLBACK", "REVERTS", "VERSION")
"""The fields that a rollback script's header must have."""


def fields_of(text: str) -> Mapping[str, Field]:
    """The fields in the header of a script.

    Args:
        text: the script.
    """
    return read_header(text, Language.SQL, (*FORWARD, *BACKWARD)).fields


def said(field: Optional[Field]) -> str:
    """All that a field says, on one line; empty where there is no such field."""
    return " ".join(entry.text for entry in field.entries) if field is not None else ""
