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


def names(before: str, migration: str, rollback: str) -> Tuple[str, ...]:
    """Kind and name of what a rollback leaves, sorted."""
    found = left_by({FIRST: before, SECOND: migration, BACK: rollback})
    return tuple(sorted(f"{left.kind} {left.name}" for left in found))


@pytest.mark.parametrize("pair", list(pairs()), ids=lambda pair: pair.name)
def test_a_rollback_leaves_what_is_claimed(pair: Pair) -> None:
    found = names(pair.before, pair.migration, pair.rollback)
    assert found == (() if pair.silent else pair.left)


COOKS = "CREATE TABLE cooks (id INT PRIMARY KEY);\n"
SHIFTS = "CREATE TABLE shifts (id INT REFERENCES cooks);\n"


def told(migration: str, rollback: str) -> List[str]:
    """What is told of a rollback: the name, the reason and the remedy."""
    files = {SECOND: migration, BACK: rollback}
    return [f"{left.name}{left.reason}: {left.remedy}" for left in left_by(files)]


def test_what_is_forgotten_is_to_be_appended() -> None:
    assert told('CREATE TABLE kitchen."Cooks" (id INT)', "") == [
        'kitchen."Cooks": append DROP TABLE IF EXISTS kitchen."Cooks"'
    ]
    assert told('ALTER TABLE cooks ADD "Phone" TEXT', "") == [
        'cooks."Phone": append ALTER TABLE IF EXISTS cooks DROP COLUMN IF EXISTS "Phone"'
    ]


def test_a_refusal_says_what_is_in_the_way() -> None:
    assert told(COOKS + SHIFTS, "DROP TABLE cooks; DROP TABLE shifts;") == [
        "cooks, because the foreign key shifts_id_fkey of shifts needs it: "
        "drop that first, or write CASCADE"
    ]
    counted = "CREATE SEQUENCE n; CREATE TABLE t (id INT DEFAULT nextval('n'));"
    assert told(counted, "DROP SEQUENCE n; DROP TABLE t;") == [
        "n, because the default of the column id of t needs it: drop that first, or write CASCADE"
    ]


def test_a_failed_transaction_says_where_it_fails() -> None:
    back = "BEGIN; DROP TABLE cooks; DROP TABLE shifts; COMMIT;"
    assert told(COOKS + SHIFTS, back)[1] == (
        "shifts, because its transaction fails at the table cooks: "
        "drop first what needs that, or write CASCADE"
    )
