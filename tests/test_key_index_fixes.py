"""The index of a foreign key in a migration, and the rollback script that must take it along."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Tuple

import pytest

from mosaic_lint.config import build
from mosaic_lint.engine import Mode
from mosaic_lint.fixer import Fixed, fix
from mosaic_lint.source import Source
from tests.project_fixes import repaired
from tests.test_rollbacks import BACK, FIRST, SECOND

BEFORE = "CREATE TABLE houses (id INT PRIMARY KEY);\nCREATE TABLE old (id INT, house INT);\n"
TABLE = "CREATE TABLE IF NOT EXISTS halls (house INT REFERENCES houses);\n"
KEY = "ALTER TABLE old ADD CONSTRAINT k FOREIGN KEY (house) REFERENCES houses;\n"
COLUMN = "ALTER TABLE old ADD COLUMN IF NOT EXISTS inn INT REFERENCES houses;\n"
HALLS = "CREATE INDEX IF NOT EXISTS idx_halls_house ON halls (house);\n"

CASES: Dict[str, Tuple[str, str, str, str]] = {
    "the index goes with its table": (TABLE, "DROP TABLE IF EXISTS halls;", TABLE + HALLS, ""),
    "the index goes with its column": (
        COLUMN,
        "ALTER TABLE old DROP COLUMN IF EXISTS inn;",
        COLUMN + "CREATE INDEX IF NOT EXISTS idx_old_inn ON old (inn);\n",
        "",
    ),
    "no rollback script, so that none is incomplete": (
        KEY, "", KEY + "CREATE INDEX IF NOT EXISTS idx_old_house ON old (house);\n", ""
    ),
    "only the key is dropped": (
        KEY, "ALTER TABLE old DROP CONSTRAINT IF EXISTS k;", KEY, "would have to drop the index"
    ),
    "the index is dropped already": (
        KEY,
        "DROP INDEX IF EXISTS idx_old_house;",
        KEY + "CREATE INDEX IF NOT EXISTS idx_old_house ON old (house);\n",
        "",
    ),
    "the table is left": (TABLE, "SELECT 1;", TABLE, "would have to drop the index"),
}  # fmt: skip


def indexed(root: Path, migration: str, rollback: str) -> Fixed:
    """A migration after its fixes."""
    files = {FIRST: BEFORE, SECOND: migration, **({BACK: rollback} if rollback else {})}
    for path, text in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    source = Source(str(root / SECOND), migration)
    config = build(root, None, {"select": ["MOS402", "MOS806"]}, {})
    return fix(source, config, lambda finding: finding.code == "MOS806", Mode(strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_rollback_takes_the_index_along(name: str, tmp_path: Path) -> None:
    migration, rollback, expected, reason = CASES[name]
    result = indexed(tmp_path, migration, rollback)
    assert result.report.source.text == expected
    reasons = [f.unfixed for f in result.report.findings if f.code == "MOS806"]
    assert [reason in each for each in reasons] == ([True] if reason else [])


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[1]])
def test_no_rollback_becomes_incomplete(name: str, tmp_path: Path) -> None:
    migration, rollback, expected, _ = CASES[name]
    left = []
    for number, text in enumerate((migration, expected)):
        files = {FIRST: BEFORE, SECOND: text, BACK: rollback}
        found = repaired(tmp_path / str(number), files, "MOS804", wanted=lambda finding: False)
        left.append(len(found.left))
    assert left[0] == left[1]


def test_once_the_table_is_dropped_the_index_is_made(tmp_path: Path) -> None:
    files = {FIRST: BEFORE, SECOND: TABLE, BACK: "SELECT 1;"}
    rollback = repaired(tmp_path / "first", files, "MOS804").texts[BACK]
    (tmp_path / "then").mkdir()
    result = indexed(tmp_path / "then", TABLE, rollback)
    assert result.report.source.text == TABLE + HALLS
