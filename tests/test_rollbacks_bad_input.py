"""Scripts that nobody should write stop nothing, and large ones take no longer than they should."""

from __future__ import annotations

from random import Random
from typing import Callable, Dict, List

import pytest

from tests.growth import calls
from tests.test_rollbacks import BACK, FIRST, SECOND, left_by, names

BROKEN = [
    "", "\0", ";;;", "CREATE", "CREATE TABLE", "CREATE TABLE (", "CREATE TABLE t (", "DROP TABLE",
    "DROP TABLE t,", "ALTER TABLE t ADD", "ALTER TABLE t DROP COLUMN", "CREATE INDEX ON",
    "CREATE VIEW v AS SELECT * FROM", "CREATE VIEW v AS WITH AS ( SELECT", "DO", "DO $$",
    "DO $x$ $", "DO 'DROP TABLE t'", "DO $$ BEGIN CREATE TABLE", "SET search_path",
    "SET search_path =",
    "SET search_path = ''; CREATE TABLE t (id INT); DROP TABLE t", "ROLLBACK; COMMIT; END",
    "ROLLBACK TO x", "BEGIN; BEGIN; SAVEPOINT a; ROLLBACK TO a; ROLLBACK TO a; ROLLBACK",
    "SAVEPOINT a; RELEASE a", "DROP TABLE t, t, t CASCADE", "DROP SCHEMA public, public CASCADE",
    "ALTER SCHEMA public RENAME TO public", "ALTER SCHEMA public RENAME TO other",
    "ALTER TABLE t RENAME TO t", "ALTER TABLE t RENAME a TO a", "ALTER TABLE t SET SCHEMA pg_temp",
    "CREATE TABLE t (a t); DROP TABLE t", "CREATE TABLE t () INHERITS (t)",
    "CREATE TABLE t PARTITION OF t DEFAULT", "ALTER TABLE t ATTACH PARTITION t DEFAULT",
    "CREATE VIEW v AS SELECT * FROM v", "CREATE OR REPLACE VIEW t AS SELECT 1",
    "CREATE SEQUENCE s OWNED BY s.s; ALTER SEQUENCE s OWNED BY NONE", 'DROP TABLE ""',
    'CREATE TABLE "', "CREATE TABLE 'x' (id INT)", "CREATE TABLE t (id INT DEFAULT nextval('",
    "CREATE TABLE t (id INT DEFAULT nextval('a b c'))",
    "CREATE TABLE t (id INT DEFAULT nextval(''))", "COPY t FROM stdin;\n1\tDROP TABLE t\n\\.\n",
    "\\i", "\\if", "\\gexec", "SELECT (((", "SELECT )))",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_broken_scripts_stop_nothing(text: str) -> None:
    sound = "CREATE TABLE u (id INT);\n"
    for files in ((text, sound, ""), (sound, text, text), ("", f"{text};\n{sound}", text)):
        names(*files)


def test_pieces_of_scripts_stop_nothing() -> None:
    random = Random(7)
    words = [*" ; ".join(BROKEN).split(), "t", "u", "v", "(", ")", ",", ".", ";", "CASCADE", "INT"]
    for _ in range(300):
        script = " ".join(random.choices(words, k=60))
        names("CREATE TABLE t (id INT)", script, " ".join(random.choices(words, k=30)))


def test_no_depth_is_too_much() -> None:
    deep = "(" * 20_000
    names("", f"CREATE VIEW v AS SELECT {deep}1{')' * 20_000} FROM t", f"SELECT {deep}")
    chain = [f"CREATE VIEW v{n} AS SELECT * FROM v{n - 1};" for n in range(1, 3_000)]
    assert names("CREATE TABLE v0 (id INT);", "\n".join(chain), "DROP TABLE v0 CASCADE") == ()
    heirs = [f"CREATE TABLE t{n} () INHERITS (t{n - 1});" for n in range(1, 3_000)]
    assert names("CREATE TABLE t0 (id INT);", "\n".join(heirs), "DROP TABLE t0 CASCADE") == ()


def columns(size: int) -> Dict[str, str]:
    added = ", ".join(f"ADD COLUMN c{n} INT" for n in range(size))
    dropped = ", ".join(f"DROP COLUMN c{n} CASCADE" for n in range(size))
    return {SECOND: f"ALTER TABLE t {added}", BACK: f"ALTER TABLE t {dropped}"}


def indexes(size: int) -> Dict[str, str]:
    return {SECOND: "CREATE INDEX ON t (a);\n" * size, BACK: "DROP INDEX t_a_idx;\n" * size}


def keys(size: int) -> Dict[str, str]:
    made = "".join(f"CREATE TABLE t{n} (id INT REFERENCES t);\n" for n in range(size))
    return {SECOND: f"CREATE TABLE t (id INT);\n{made}", BACK: "DROP TABLE t CASCADE"}


def transactions(size: int) -> Dict[str, str]:
    made = "".join(f"BEGIN; CREATE TABLE t{n} (id INT); ROLLBACK;\n" for n in range(size))
    return {SECOND: made, BACK: "BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT;\n" * size}


def migrations(size: int) -> Dict[str, str]:
    made = {f"migrations/{20000101 + n}_t.sql": f"CREATE TABLE t{n} (id INT)" for n in range(size)}
    back = {f"migrations/{20000101 + n}_rollback.sql": "SELECT 1" for n in range(size)}
    return {FIRST: "SELECT 1", **made, **back}


CASES: List[Callable[[int], Dict[str, str]]] = [columns, indexes, keys, transactions, migrations]


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_work_grows_with_the_text(make: Callable[[int], Dict[str, str]]) -> None:
    small, large = make(200), make(1_600)
    left_by(make(10))
    assert calls(lambda: left_by(large)) < 12 * calls(lambda: left_by(small))
