"""What rollbacks leave, by the same pairs of which tests/server asks a real server."""

from __future__ import annotations

from typing import Dict, List, Tuple

import pytest

from mosaic_lint.migrations.pairing import folders
from mosaic_lint.migrations.rollbacks import Left, Rollbacks
from tests.server.rollback_pairs import Pair, pairs

FIRST, SECOND = "migrations/20251101_before.sql", "migrations/20251102_change.sql"
BACK = "migrations/20251102_rollback.sql"


def left_by(files: Dict[str, str]) -> List[Left]:
    """What the rollbacks of a project leave."""
    return [
        left
        for folder in folders(files, "project", files.get, files.__contains__)
        for left in Rollbacks(folder, files.get).left()
    ]


def names(files: Dict[str, str]) -> Tuple[str, ...]:
    """Kind and name of what the rollbacks of a project leave, sorted."""
    return tuple(sorted(f"{left.kind} {left.name}" for left in left_by(files)))


@pytest.mark.parametrize("pair", list(pairs()), ids=lambda pair: pair.name)
def test_a_rollback_leaves_what_is_claimed(pair: Pair) -> None:
    files = {FIRST: pair.before, SECOND: pair.migration, BACK: pair.rollback}
    assert names(files) == pair.left
