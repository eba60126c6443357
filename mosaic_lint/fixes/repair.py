"""What a rule says about the repair of a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional, Sequence

from mosaic_lint.change import Change
from mosaic_lint.model import Safety

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site


@dataclass(frozen=True, eq=False)
class Repair:
    """The changes that repair a finding.

    Args:
        message: what they do, in the imperative.
        changes: not overlapping, in any order.
        safety: how safe they are; as the rule says if ``None``.
        path: the file that they are made in, where it isn't the finding's; relative to the
            project's folder, with ``/``. All anchors are spans of it then.
    """

    message: str
    changes: Sequence[Change]
    safety: Optional[Safety] = None
    path: str = ""


RepairThunk = Callable[["Site"], Repair]
"""Computes a repair when somebody wants it.

Raises:
    Declined: there is none here.
"""
