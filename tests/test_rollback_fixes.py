"""The statements that rollbacks lack, and the place that they get."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import pytest

from tests.cli_process import commit
from tests.project_fixes import repaired
from tests.test_rollbacks import BACK, FIRST, SECOND

AB = "CREATE TABLE a (id INT PRIMARY KEY);\nCREATE TABLE b (id INT);\n"
VIEW = "CREATE TABLE t (id INT);\nCREATE VIEW v AS SELECT id FROM t;\n"


class Case(NamedTuple):
    """A rollback and what becomes of it.

    Args:
        migration: its migration.
        rollback: the script.
        fixed: the script afterwards.
        declined: for each finding that stays why it has no fix.
        before: what was run earlier.
    """

    migration: str
    rollback: str
    fixed: str
    declined: Tuple[str, ...] = ()
    before: str = ""


CASES: Dict[str, Case] = {
    "appended, the last created first": Case(
        AB, "-- Back\n", "-- Back\nDROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;\n"
    ),
    "an empty script": Case(AB, "", "DROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;\n"),
    "no line end at the end": Case(
        AB, "DROP TABLE a;", "DROP TABLE a;\nDROP TABLE IF EXISTS b;"
    ),
    "no semicolon at the end": Case(
        AB + "CREATE TYPE c AS ENUM ();",
        "DROP TABLE a",
        "DROP TABLE a;\nDROP TYPE IF EXISTS c;\nDROP TABLE IF EXISTS b;",
    ),
    "no semicolon before a comment": Case(
        AB, "DROP TABLE a -- all\n", "DROP TABLE a; -- all\nDROP TABLE IF EXISTS b;\n"
    ),
    "comments at the end stay there": Case(
        AB,
        "DROP TABLE a; -- the first\n\n-- Verify: SELECT 1;\n/* end */\n",
        "DROP TABLE a; -- the first\nDROP TABLE IF EXISTS b;\n\n-- Verify: SELECT 1;\n/* end */\n",
    ),
    "a comment that begins on the line": Case(
        AB,
        "DROP TABLE a; /* two\nlines */\n",
        "DROP TABLE a; DROP TABLE IF EXISTS b; /* two\nlines */\n",
    ),
    "a comment in a header that isn't closed": Case(AB, "/* DROP\n", "/* DROP\n", ("end",) * 2),
    "CRLF": Case(
        AB, "DROP TABLE a;\r\n-- end\r\n", "DROP TABLE a;\r\nDROP TABLE IF EXISTS b;\r\n-- end\r\n"
    ),
    "CRLF and no line end at the end": Case(
        AB, "-- x\r\nDROP TABLE a;", "-- x\r\nDROP TABLE a;\r\nDROP TABLE IF EXISTS b;"
    ),
    "in the transaction": Case(
        AB,
        "BEGIN;\n  DROP TABLE a;\n\nCOMMIT;\nSELECT 1;\n",
        "BEGIN;\n  DROP TABLE a;\n  DROP TABLE IF EXISTS b;\n\nCOMMIT;\nSELECT 1;\n",
    ),
    "in the transaction on its line": Case(
        AB, "begin; drop table a; end;", "begin; drop table a; DROP TABLE IF EXISTS b; end;"
    ),
    "behind the transaction where it goes on": Case(
        AB,
        "BEGIN;\nSELECT 1;\nCOMMIT;\nDROP TABLE a;\n",
        "BEGIN;\nSELECT 1;\nCOMMIT;\nDROP TABLE a;\nDROP TABLE IF EXISTS b;\n",
    ),
    "a transaction that isn't closed": Case(
        AB, "BEGIN;\nDROP TABLE a;\n", "BEGIN;\nDROP TABLE a;\nDROP TABLE IF EXISTS b;\n"
    ),
    "a transaction with nothing in it": Case(
        AB,
        "START TRANSACTION;\nCOMMIT;\n",
        "START TRANSACTION;\nDROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;\nCOMMIT;\n",
    ),
    "a transaction that is taken back": Case(
        AB, "BEGIN;\nDROP TABLE a;\nROLLBACK;\n", "BEGIN;\nDROP TABLE a;\nROLLBACK;\n",
        ("takes back", "takes back"),
    ),
    "data of COPY at the end": Case(
        AB,
        "DROP TABLE a;\nCOPY c FROM stdin;\n1\n\\.\n",
        "DROP TABLE a;\nCOPY c FROM stdin;\n1\n\\.\nDROP TABLE IF EXISTS b;\n",
    ),
    "data of COPY before the commit": Case(
        AB,
        "BEGIN;\nDROP TABLE IF EXISTS a;\nCOPY c FROM stdin;\n1\n\\.\n  COMMIT;\n",
        "BEGIN;\nDROP TABLE IF EXISTS a;\nCOPY c FROM stdin;\n1\n\\.\n"
        "  DROP TABLE IF EXISTS b;\n  COMMIT;\n",
        before="CREATE TABLE c (x INT);",
    ),
    "a command of psql": Case(
        AB,
        "\\set ON_ERROR_STOP on\nDROP TABLE IF EXISTS a;\n\\echo done\n",
        "\\set ON_ERROR_STOP on\nDROP TABLE IF EXISTS a;\n\\echo done\n"
        "DROP TABLE IF EXISTS b;\n",
    ),
    "before queries that verify it": Case(
        AB,
        "DROP TABLE b CASCADE;\n\n-- VERIFICATION:\nSELECT EXISTS (\n    SELECT FROM"
        " information_schema.tables\n    WHERE table_name='a'\n); -- Should return: false\n"
        "select to_regclass('b');\n",
        "DROP TABLE b CASCADE;\nDROP TABLE IF EXISTS a;\n\n-- VERIFICATION:\nSELECT EXISTS (\n"
        "    SELECT FROM information_schema.tables\n    WHERE table_name='a'\n);"
        " -- Should return: false\nselect to_regclass('b');\n",
    ),
    "before queries that verify it in a transaction": Case(
        AB,
        "BEGIN;\n  DROP TABLE b;\n  SELECT relname FROM pg_class;\nCOMMIT;\n",
        "BEGIN;\n  DROP TABLE b;\n  DROP TABLE IF EXISTS a;\n  SELECT relname FROM pg_class;\n"
        "COMMIT;\n",
    ),
    "behind queries of other tables": Case(
        AB,
        "DROP TABLE b;\nSELECT count(*) FROM a; -- rows that go\n",
        "DROP TABLE b;\nSELECT count(*) FROM a; -- rows that go\nDROP TABLE IF EXISTS a;\n",
    ),
    "nothing but a query that verifies it": Case(
        AB,
        "SELECT * FROM pg_tables;\n",
        "SELECT * FROM pg_tables;\nDROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;\n",
    ),
    "a command of psql before a query that verifies it": Case(
        AB,
        "DROP TABLE b;\n\\echo Done?\nSELECT * FROM pg_tables;\n",
        "DROP TABLE b;\n\\echo Done?\nSELECT * FROM pg_tables;\nDROP TABLE IF EXISTS a;\n",
    ),
    "every kind": Case(
        "CREATE TABLE a (id INT);\nCREATE TYPE c AS ENUM ('x');\nCREATE DOMAIN d AS INT;\n"
        "CREATE SEQUENCE e;\nCREATE VIEW f AS SELECT 1;\nCREATE MATERIALIZED VIEW g AS SELECT 1;\n"
        "CREATE INDEX ON old (x);\n"
        'ALTER TABLE old ADD h INT, ADD "I" INT;\nCREATE TABLE "J k" ();\n',
        "SELECT 1;\n",
        'SELECT 1;\nDROP TABLE IF EXISTS "J k";\n'
        'ALTER TABLE IF EXISTS old DROP COLUMN IF EXISTS "I";\n'
        "ALTER TABLE IF EXISTS old DROP COLUMN IF EXISTS h;\nDROP INDEX IF EXISTS old_x_idx;\n"
        "DROP MATERIALIZED VIEW IF EXISTS g;\nDROP VIEW IF EXISTS f;\nDROP SEQUENCE IF EXISTS e;\n"
        "DROP DOMAIN IF EXISTS d;\nDROP TYPE IF EXISTS c;\nDROP TABLE IF EXISTS a;\n",
        before="CREATE TABLE old (x INT);",
    ),
    "an index goes with its table": Case(
        "CREATE TABLE a (id INT);\nCREATE INDEX i ON a (id);\n", "", "DROP TABLE IF EXISTS a;\n"
    ),
    "an index goes with its column": Case(
        "ALTER TABLE old ADD y INT;\nCREATE INDEX i ON old (y);\n",
        "",
        "ALTER TABLE IF EXISTS old DROP COLUMN IF EXISTS y;\n",
        before="CREATE TABLE old (x INT);",
    ),
    "views before tables, types behind": Case(
        "CREATE TYPE k AS ENUM ('x');\nCREATE TABLE a (k k);\nCREATE VIEW v AS SELECT k FROM a;\n",
        "",
        "DROP VIEW IF EXISTS v;\nDROP TABLE IF EXISTS a;\nDROP TYPE IF EXISTS k;\n",
    ),
    "a foreign key that came later": Case(
        AB + "ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES d;\n",
        "DROP TABLE b;\n",
        "DROP TABLE b;\nDROP TABLE IF EXISTS a;\n",
        before="CREATE TABLE d (id INT PRIMARY KEY);",
    ),
    "the older needs the newer": Case(
        "CREATE TABLE a (id INT);\nCREATE TABLE b (id INT PRIMARY KEY);\n"
        "ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;\n",
        "",
        "DROP TABLE IF EXISTS a;\nDROP TABLE IF EXISTS b;\n",
    ),
    "each needs the other": Case(
        "CREATE TABLE a (id INT PRIMARY KEY);\nCREATE TABLE b (id INT PRIMARY KEY REFERENCES a);\n"
        "ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b;\n",
        "",
        "",
        ("needs it", "needs it"),
    ),
    "something older needs it": Case(
        "CREATE TYPE k AS ENUM ('x');\nALTER TABLE old ALTER x TYPE k USING 'x';\n",
        "",
        "",
        ("column x of old needs it",),
        before="CREATE TABLE old (x TEXT);",
    ),
    "what is in the way goes first": Case(
        VIEW, "-- t\nDROP TABLE t;\n", "-- t\nDROP VIEW IF EXISTS v;\nDROP TABLE t;\n"
    ),
    "what is in the way of a transaction goes first": Case(
        VIEW + "CREATE TABLE u (id INT);\n",
        "BEGIN;\n    DROP TABLE t;\n    DROP TABLE u;\nCOMMIT;\n",
        "BEGIN;\n    DROP VIEW IF EXISTS v;\n    DROP TABLE t;\n    DROP TABLE u;\nCOMMIT;\n",
    ),
    "what is in the way on the same line": Case(
        VIEW, "BEGIN; DROP TABLE t; END;", "BEGIN; DROP VIEW IF EXISTS v; DROP TABLE t; END;"
    ),
    "two in the way": Case(
        VIEW + "CREATE VIEW w AS SELECT id FROM v;\n",
        "DROP TABLE t;\n",
        "DROP VIEW IF EXISTS w;\nDROP VIEW IF EXISTS v;\nDROP TABLE t;\n",
    ),
    "a table whose key is in the way": Case(
        "CREATE TABLE a (id INT PRIMARY KEY);\nCREATE TABLE b (id INT REFERENCES a);\n",
        "DROP TABLE a;\n",
        "DROP TABLE IF EXISTS b;\nDROP TABLE a;\n",
    ),
    "in the wrong order": Case(
        VIEW, "DROP TABLE t;\nDROP VIEW v;\n", "DROP TABLE t;\nDROP VIEW v;\n", ("in the way",)
    ),
    "in the wrong order in a transaction": Case(
        VIEW,
        "BEGIN;\nDROP TABLE t;\nDROP VIEW v;\nEND;\n",
        "BEGIN;\nDROP TABLE t;\nDROP VIEW v;\nEND;\n",
        ("in the way", "too late"),
    ),
    "in the wrong order in a transaction, guarded": Case(
        VIEW,
        "BEGIN;\nDROP TABLE IF EXISTS t;\nDROP VIEW IF EXISTS v;\nEND;\n",
        "BEGIN;\nDROP VIEW IF EXISTS v;\nDROP TABLE IF EXISTS t;\nDROP VIEW IF EXISTS v;\nEND;\n",
    ),
    "a wrong kind": Case(
        VIEW,
        "BEGIN;\nDROP TABLE IF EXISTS v;\nDROP TABLE IF EXISTS t;\nEND;\n",
        "BEGIN;\nDROP VIEW IF EXISTS v;\nDROP TABLE IF EXISTS v;\nDROP TABLE IF EXISTS t;\nEND;\n",
    ),
    "a schema that isn't empty": Case(
        "CREATE SCHEMA app;\nCREATE TABLE app.a (id INT);\nCREATE TABLE app.b (id INT);\n",
        "BEGIN;\nDROP SCHEMA IF EXISTS app;\nCOMMIT;\n",
        "BEGIN;\nDROP TABLE IF EXISTS app.b;\nDROP TABLE IF EXISTS app.a;\n"
        "DROP SCHEMA IF EXISTS app;\nCOMMIT;\n",
    ),
    "the sequence of a default": Case(
        "CREATE SEQUENCE n;\nCREATE TABLE t (id INT DEFAULT nextval('n'));\n",
        "",
        "DROP TABLE IF EXISTS t;\nDROP SEQUENCE IF EXISTS n;\n",
    ),
    "a byte order mark": Case(
        AB, "\ufeffDROP TABLE a;\n", "DROP TABLE a;\nDROP TABLE IF EXISTS b;\n"
    ),
    "another schema": Case(
        'CREATE TABLE app.a (id INT);\nCREATE TABLE app."B" (id INT);\n',
        "-- x",
        '-- x\nDROP TABLE IF EXISTS app."B";\nDROP TABLE IF EXISTS app.a;',
        before="CREATE SCHEMA app;",
    ),
}  # fmt: skip


def files(case: Case) -> Dict[str, str]:
    return {FIRST: case.before, SECOND: case.migration, BACK: case.rollback}


@pytest.mark.parametrize("name", CASES)
def test_a_rollback_gets_what_it_lacks(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    result = repaired(tmp_path, files(case), "MOS804")
    assert result.texts.get(BACK, case.rollback) == case.fixed
    reasons = [finding.unfixed for finding in result.left]
    assert len(reasons) == len(case.declined)
    assert all(part in reason for part, reason in zip(case.declined, reasons)), reasons


@pytest.mark.parametrize("name", CASES)
def test_nothing_but_statements_is_added(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    after = repaired(tmp_path, files(case), "MOS804").texts.get(BACK, case.rollback)
    position = 0
    for character in case.rollback.lstrip("\ufeff"):
        position = after.index(character, position) + 1


@pytest.mark.parametrize("name", CASES)
def test_one_fix_after_the_other_leads_to_the_same(name: str, tmp_path: Path) -> None:
    """Somebody who applies a part of them only gets nothing worse, and the rest later."""
    case = CASES[name]
    taken: List[str] = []

    def one_more(finding: object) -> bool:
        message = getattr(finding, "message")  # noqa: B009
        if not taken or message == taken[-1]:
            taken[:] = [message]
            return True
        return False

    texts = files(case)
    for number in range(20):
        taken.clear()
        root = tmp_path / str(number)
        result = repaired(root, texts, "MOS804", wanted=one_more)
        if not result.texts:
            break
        texts = {**texts, **result.texts}
    whole = repaired(tmp_path / "whole", files(case), "MOS804")
    assert {f.message for f in result.left} == {f.message for f in whole.left}


def test_two_migrations_with_one_rollback(tmp_path: Path) -> None:
    found = repaired(
        tmp_path,
        {
            "migrations/20251102_a.sql": "CREATE TABLE a (id INT PRIMARY KEY);",
            "migrations/20251102_b.sql": "CREATE TABLE b (id INT REFERENCES a);",
            BACK: "SELECT 1;",
        },
        "MOS804",
    )
    assert found.texts == {BACK: "SELECT 1;\nDROP TABLE IF EXISTS b;\nDROP TABLE IF EXISTS a;"}
    assert (found.left, found.rounds) == ([], 1)


def test_a_fix_that_isnt_wanted_isnt_made(tmp_path: Path) -> None:
    case = Case(AB, "", "")
    found = repaired(tmp_path, files(case), "MOS804", wanted=lambda f: " b" in f.message)
    assert found.texts == {BACK: "DROP TABLE IF EXISTS b;\n"}
    assert len(found.left) == 1


def test_in_a_repository_scripts_are_repaired_before_they_are_added(tmp_path: Path) -> None:
    commit(tmp_path, {FIRST: "", SECOND: AB})
    found = repaired(tmp_path, {SECOND: AB + VIEW, BACK: "DROP TABLE a;\n"}, "MOS804")
    assert found.texts[BACK] == (
        "DROP TABLE a;\nDROP VIEW IF EXISTS v;\nDROP TABLE IF EXISTS t;\nDROP TABLE IF EXISTS b;\n"
    )
    assert not found.left
