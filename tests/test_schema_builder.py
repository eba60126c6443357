"""What DDL does to the schema, where no server is needed to say it."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import pytest

from mosaic_lint.schema.builder import SchemaBuilder
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.model import Origin, Schema, Table
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement, read
from tests.growth import calls


def _origin(statement: Statement, index: int) -> Origin:
    start = statement.tokens[index].start
    line = statement.text.count("\n", 0, start) + 1
    return Origin("x.sql", line, start - statement.text.rfind("\n", 0, start))


def _schema(*scripts: str) -> Schema:
    builder = SchemaBuilder()
    for script in scripts:
        builder.run(read(script), _origin)
    return builder.schema()


def _table(*scripts: str, name: str = "t") -> Table:
    table = _schema(*scripts).table(name)
    assert table is not None, _reasons(_schema(*scripts))
    return table


def _reasons(schema: Schema) -> Dict[str, List[str]]:
    return {table.name: [doubt.reason for doubt in table.doubts] for table in schema}


def _types(table: Table) -> List[Tuple[str, str]]:
    return [(column.name, column.type) for column in table.columns]


def test_places() -> None:
    script = """\
CREATE TABLE users (id INT PRIMARY KEY);
CREATE TABLE t (
    id INT PRIMARY KEY,
    user_id INT CONSTRAINT of_user REFERENCES users (id),
    FOREIGN KEY (id) REFERENCES users,
    CONSTRAINT one UNIQUE (user_id)
);
  CREATE INDEX later ON t (user_id)
"""
    table = _table(script)
    assert table.origins == (Origin("x.sql", 2, 1),)
    assert [column.origin[1:] for column in table.columns] == [(3, 5), (4, 5)]
    assert [(key.name, key.origin[1:]) for key in table.keys] == [
        ("t_pkey", (3, 12)),
        ("one", (6, 20)),
    ]
    assert [(key.name, key.origin[1:]) for key in table.foreign_keys] == [
        ("of_user", (4, 36)),
        ("t_id_fkey", (5, 5)),
    ]
    assert table.indexes[0].origin == Origin("x.sql", 8, 3)


def test_altered_only() -> None:
    schema = _schema("ALTER TABLE t ADD COLUMN a INT UNIQUE; CREATE INDEX ON t (a, b)")
    table = schema.tables["t"]
    assert schema.table("t") is None
    assert not table.origins
    assert not table.doubts
    assert _types(table) == [("a", "integer")]
    assert [key.name for key in table.keys] == ["t_a_key"]
    assert [index.name for index in table.indexes] == ["t_a_b_idx"]


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE t (a INT)",  # twice
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t ADD COLUMN a TEXT",
        "ALTER TABLE t RENAME a TO id",
        "ALTER TABLE t RENAME b TO c",
        "ALTER TABLE t ADD PRIMARY KEY (a)",
        "ALTER TABLE t DROP CONSTRAINT nothing",
        "ALTER TABLE t ALTER COLUMN b TYPE TEXT",
        "ALTER TABLE t ADD UNIQUE (a, b)",
        "ALTER TABLE t ALTER id DROP NOT NULL",
        "ALTER TABLE t SOMETHING",
        "ALTER TABLE t ADD COLUMN b",
        "ALTER TABLE t ADD COLUMN b INT INT",
        "ALTER TABLE t ADD COLUMN user INT",
        "ALTER TABLE t ADD COLUMN b TEXT(",
        "ALTER TABLE t DROP COLUMN a,",
        "ALTER TABLE t RENAME TO other",
        "CREATE INDEX ON t (b)",
        "CREATE INDEX ON t (a) INCLUDE (b)",
        "ALTER TABLE t ADD b TEXT GENERATED ALWAYS AS IDENTITY",
        "CREATE INDEX t_pkey ON t (a)",
        "CREATE INDEX i ON t ()",
        "DROP TABLE t",  # a foreign key needs it
        "DROP INDEX t_pkey",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES other (x)",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES other (a, b)",
        f"ALTER TABLE t {HOLE}",
        f"ALTER TABLE t ADD {HOLE} INT",
        f"ALTER TABLE t ADD COLUMN {HOLE} INT, DROP COLUMN a",
        f"ALTER TABLE t ADD COLUMN b {HOLE}",
        f"ALTER TABLE t ADD COLUMN b INT {HOLE}",
        "DO $$ BEGIN ALTER TABLE t ADD COLUMN b INT, DROP COLUMN a; END $$",
        "DO $$ BEGIN ALTER TABLE t ADD b INT; ALTER TABLE t ALTER a TYPE TEXT; END $$",
        "DO $$ BEGIN EXECUTE 'ALTER TABLE ONLY public.t DROP COLUMN a'; END $$",
        "DO $$ BEGIN CREATE TABLE IF NOT EXISTS t (b INT); END $$",
        "DO $$ BEGIN IF true THEN DROP TABLE IF EXISTS x, t; END IF; END $$",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$",
        "CREATE TABLE t_part PARTITION OF t DEFAULT; ALTER TABLE t DROP COLUMN zz",
        "DROP OWNED BY somebody",
    ],
)
def test_doubts(script: str) -> None:
    start = """CREATE TABLE t (id INT PRIMARY KEY, a INT);
    CREATE TABLE other (t_id INT REFERENCES t)"""
    assert _schema(start).table("t") is not None
    schema = _schema(start, script)
    assert schema.table("t") is None, schema.tables["t"]
    assert schema.tables["t"].origins, "it is still declared"


@pytest.mark.parametrize(
    "script",
    [
        f"ALTER TABLE t ADD COLUMN {HOLE} INT",
        f"ALTER TABLE ONLY t ADD COLUMN IF NOT EXISTS {HOLE}",
        f"ALTER TABLE t ADD COLUMN {HOLE} INT REFERENCES other ON DELETE SET NULL",
        f"ALTER TABLE t ADD COLUMN extra_{HOLE} {HOLE} DEFAULT {HOLE}",
        f"CREATE INDEX {HOLE} ON t (a)",
        f"CREATE INDEX IF NOT EXISTS idx_{HOLE} ON t ({HOLE})",
        f"CREATE UNIQUE INDEX CONCURRENTLY i ON t ({HOLE})",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS {} {}",
        "CREATE INDEX IF NOT EXISTS {name} ON t ({column})",
        "DO $$ BEGIN ALTER TABLE t ADD COLUMN b INT; END $$",
        "DO $$ BEGIN IF x THEN ALTER TABLE t ADD UNIQUE (a); END IF; DROP TABLE u; END $$",
        "DO $$ BEGIN EXECUTE 'ALTER TABLE ONLY public.t ADD COLUMN b INT'; END $$",
        "DO $x$ BEGIN EXECUTE $$CREATE UNIQUE INDEX i ON t (a)$$; END $x$",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN ALTER TABLE t ADD b INT; END $$ LANGUAGE sql",
    ],
)
def test_additions(script: str) -> None:
    schema = _schema("CREATE TABLE t (id INT PRIMARY KEY, a INT)", script)
    table = schema.table("t")
    assert table is not None, "what is known of it holds"
    assert [column.name for column in table.columns] == ["id", "a"]
    assert table.additions, "there may be more"
    assert not table.is_ordered
    after = _schema("CREATE TABLE t (id INT PRIMARY KEY, a INT)", script, "ALTER TABLE t DROP b")
    assert after.table("t") is None, "nobody knows whether it has that column"
    dropped = "ALTER TABLE t DROP CONSTRAINT IF EXISTS x, DROP COLUMN IF EXISTS b"
    assert _schema("CREATE TABLE t (id INT PRIMARY KEY)", script, dropped).table("t") is not None
    back = _schema("CREATE TABLE t (a INT)", f"BEGIN; {script}; ROLLBACK")
    assert not back.tables["t"].additions


@pytest.mark.parametrize(
    ("elements", "columns"),
    [
        (f"id {HOLE}, a INT, b TEXT", ["a", "b"]),
        (f"a INT, {HOLE}", ["a"]),
        (f"{HOLE} INT, a INT", ["a"]),
        (f"a INT, b VARCHAR({HOLE}), c TEXT{HOLE}, d NUMERIC(1, {HOLE}) UNIQUE", ["a"]),
        (f"a INT, CHECK (a IN ({HOLE}, 2)), UNIQUE ({HOLE})", ["a"]),
        (HOLE, []),
    ],
)
def test_unknown_elements(elements: str, columns: List[str]) -> None:
    table = _table(f"CREATE TABLE t ({elements})")
    assert [column.name for column in table.columns] == columns
    assert table.additions
    assert not table.keys


@pytest.mark.parametrize(
    "script",
    [
        f"CREATE TABLE t (a INT) {HOLE}",
        f"CREATE TABLE t (a INT) INHERITS ({HOLE})",
        f"CREATE TABLE t (a INT, {HOLE}",
        f"CREATE TABLE t {HOLE} (a INT)",
        f"CREATE TABLE t (LIKE {HOLE}, a INT)",
        f"CREATE TABLE t AS SELECT {HOLE}",
        f"CREATE TABLE t (a INT, {HOLE}); CREATE TABLE t (b INT)",
    ],
)
def test_unknown_around_elements(script: str) -> None:
    assert _schema(script).table("t") is None


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE IF NOT EXISTS t (b TEXT, PRIMARY KEY (b))",
        "ALTER TABLE t DROP COLUMN IF EXISTS b",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a TEXT UNIQUE",
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS nothing",
        "ALTER TABLE IF EXISTS u ADD COLUMN a INT",
        "DROP TABLE IF EXISTS u",
        "DROP INDEX IF EXISTS nothing",
        "ALTER TABLE t OWNER TO somebody, ENABLE ROW LEVEL SECURITY, SET (fillfactor = 70)",
        "ALTER TABLE t ALTER COLUMN a SET STATISTICS 100",
        "ALTER TABLE t CLUSTER ON t_pkey",
        f"ALTER TABLE {HOLE} ADD COLUMN a INT",
        f"ALTER TABLE t{HOLE} ADD COLUMN a INT",
        f"DROP TABLE {HOLE}",
        f"CREATE TABLE {HOLE}.t (a TEXT)",
        "CREATE TABLE :name (a TEXT); ALTER TABLE :schema.t DROP COLUMN a",
        "CREATE TABLE t:suffix (a INT)",
        "DROP TABLE `t`",
        "DROP TABLE %s",
        "CREATE TEMP TABLE t (b TEXT); ALTER TABLE t DROP COLUMN b; DROP TABLE t",
        "DO $$ BEGIN PERFORM 1 FROM t; UPDATE t SET a = 1; END $$",
        "DO $$ BEGIN ALTER TABLE other_table ADD COLUMN b INT; END $$",
        "COMMENT ON TABLE t IS 'DROP TABLE t'",
        "INSERT INTO t SELECT 1; TRUNCATE t; VACUUM t; LOCK TABLE t",
        "BEGIN; DROP TABLE t CASCADE; ROLLBACK",
        "BEGIN; SAVEPOINT s; ALTER TABLE t DROP a; ROLLBACK TO s; COMMIT",
        "EXPLAIN ANALYZE SELECT * FROM t",
        "GRANT SELECT ON t TO public",
        "CREATE ROLE t; DROP ROLE t; ALTER DATABASE t SET search_path TO x",
        "CREATE POLICY t ON t; ALTER POLICY t ON t RENAME TO u; DROP POLICY t ON t",
        "CREATE TRIGGER t BEFORE INSERT ON t EXECUTE FUNCTION f(); DROP TRIGGER t ON t",
    ],
)
def test_nothing_happens(script: str) -> None:
    start = "CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE INDEX ON t (a)"
    assert _table(start, script) == _table(start)


def test_created_elsewhere() -> None:
    schema = _schema("CREATE TABLE t (a INT, b_id INT REFERENCES b)")
    assert schema.table("t") is not None, "the target may be anybody's"
    assert "b" not in schema.tables


@pytest.mark.parametrize(
    "script",
    ["ALTER TABLE t DROP COLUMN a", "ALTER TABLE t RENAME a TO b", "ALTER TABLE t RENAME TO u",
     "DROP TABLE t", "ALTER TABLE t ALTER a TYPE TEXT", "ALTER TABLE t DROP CONSTRAINT c"],
)  # fmt: skip
def test_change_of_what_isnt_declared(script: str) -> None:
    schema = _schema(script)
    assert schema.tables["t"].doubts
    assert not schema.tables["t"].origins
    if script.endswith("TO u"):
        assert schema.tables["u"].doubts


def test_view_needs_only_what_it_reads() -> None:
    start = """CREATE TABLE t (id INT, name TEXT, a INT); CREATE TABLE u (id INT, name TEXT);
    CREATE VIEW v AS SELECT x.name, u.id FROM t AS x JOIN u ON u.id = x.id WHERE a > 0;"""
    assert _types(_table(start + "ALTER TABLE u DROP name", name="u")) == [("id", "integer")]
    for column in ("id", "name", "a"):
        schema = _schema(start + f"ALTER TABLE t DROP {column}")
        assert schema.tables["t"].doubts, column
    schema = _schema(start + "ALTER TABLE t DROP a CASCADE")
    assert schema.table("t") is not None
    assert not schema.things


def test_sqlites_own_words_declare_a_table_all_the_same() -> None:
    table = _table(
        "CREATE TABLE t (id INTEGER PRIMARY KEY ASC AUTOINCREMENT, n INTEGER(11), d DOUBLE,"
        " at DATETIME) STRICT, WITHOUT ROWID"
    )
    assert _types(table) == [
        ("id", "integer"),
        ("n", "integer"),
        ("d", "double precision"),
        ("at", "datetime"),
    ]
    assert table.columns[0].generated
    assert not _schema("CREATE TABLE t (id INTEGER AUTOINCREMENT)").table("t")


def test_circular_renames() -> None:
    start = "CREATE TABLE a (x INT); CREATE TABLE b (y INT);"
    schema = _schema(start + "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME TO a")
    assert schema.table("a") is None
    assert schema.table("b") is None
    swapped = "ALTER TABLE a RENAME TO c; ALTER TABLE b RENAME TO a; ALTER TABLE c RENAME TO b"
    assert _types(_table(start + swapped, name="a")) == [("y", "integer")]
    assert _types(_table(start + swapped, name="b")) == [("x", "integer")]


def test_recreated_table_is_sure_again() -> None:
    broken = "CREATE TABLE t (a INT); CREATE TABLE t (b INT);"
    assert _schema(broken).table("t") is None
    assert _types(_table(broken + "DROP TABLE t; CREATE TABLE t (c INT)")) == [("c", "integer")]


def test_statement_is_all_or_nothing() -> None:
    schema = _schema("CREATE TABLE t (a INT); ALTER TABLE t ADD b INT, DROP COLUMN c")
    assert _types(schema.tables["t"]) == [("a", "integer")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("int", "integer"),
        ("VarChar ( 20 )", "character varying(20)"),
        ("timestamptz", "timestamp with time zone"),
        ('"timestamptz" (3)', "timestamp(3) with time zone"),
        ("timestamp(9)", "timestamp(6) without time zone"),
        ("interval day to second(3)", "interval day to second(3)"),
        ("pg_catalog.varchar(3)[]", "character varying(3)[]"),
        ("geometry(Point, 4326)", "geometry(Point,4326)"),
        ("gis.geometry", "gis.geometry"),
        ('"Mood"', '"Mood"'),
        ("public.mood[3]", "mood[]"),
        ("bigserial", "bigint"),
        ("double precision", "double precision"),
    ],
)
def test_types(written: str, shown: str) -> None:
    assert _table(f"CREATE TABLE t (a {written})").columns[0].type == shown


BAD = r"""
CREATE
CREATE TABLE
CREATE TABLE t
CREATE TABLE t (
CREATE TABLE t )
CREATE TABLE t (a
CREATE TABLE t (a INT
CREATE TABLE t (,)
CREATE TABLE t (a INT,)
CREATE TABLE t (a INT DEFAULT)
CREATE TABLE t (a INT CHECK)
CREATE TABLE t (CHECK (
CREATE TABLE t (a NUMERIC(
CREATE TABLE t (a INT[
CREATE TABLE t (a INT ARRAY[
CREATE TABLE t (FOREIGN KEY
CREATE TABLE t (UNIQUE (
CREATE TABLE "t
CREATE TABLE ""
CREATE TABLE U&"\zz" (a INT)
CREATE TABLE U&"\+ffffff" (a INT)
CREATE TABLE a.b.c.d (e INT)
CREATE TABLE U&"\d800" (a INT)
CREATE INDEX
CREATE INDEX ON
CREATE INDEX ON t
CREATE INDEX ON t (
CREATE INDEX ON t ((
CREATE INDEX ON t ((a
CREATE INDEX i ON t (a) WHERE
CREATE SCHEMA
CREATE SCHEMA x CREATE
CREATE VIEW
CREATE TYPE
CREATE SEQUENCE s OWNED BY
CREATE TRIGGER x ON
CREATE UNIQUE
ALTER
ALTER TABLE
ALTER TABLE t
ALTER TABLE t ADD
ALTER TABLE t ALTER
ALTER TABLE t ALTER a
ALTER TABLE t ALTER a TYPE
ALTER TABLE t RENAME
ALTER TABLE t RENAME a
ALTER TABLE t RENAME a TO
ALTER TABLE t DROP
ALTER INDEX
ALTER INDEX i RENAME TO
ALTER TYPE
ALTER SEQUENCE s OWNED BY x
DROP
DROP TABLE
DROP TABLE t,
DROP TRIGGER x
SET
SET search_path
SET search_path TO
RESET
DO
DO $$
DO $$ ALTER TABLE
SELECT INTO
SELECT 1 INTO
ROLLBACK TO
SAVEPOINT
RELEASE
BEGIN
COMMIT
ROLLBACK
END
START
ABORT
ROLLBACK PREPARED 'x'
(
)
,
;
CREATE TABLE t (a INT DEFAULT nextval('"'))
CREATE TABLE t (a INT DEFAULT nextval('a.b.c'))
SELECT set_config('search_path',
SELECT set_config(
WITH x AS (SELECT 1) SELECT 1 INTO
CREATE TABLE t (EXCLUDE (
CREATE TABLE t (EXCLUDE USING gist (a WITH
CREATE TABLE t (a INT) AS
ALTER TABLE t ADD UNIQUE USING INDEX
ALTER TABLE t ATTACH PARTITION
ALTER TABLE t SET SCHEMA
CREATE TABLE t (a float(99999999999999999999))
CREATE TABLE t (a numeric(x))
CREATE TABLE t.
CREATE TABLE t (a timestamp(99999999999999999999999))
"""
"""Statements that are no statements, one a line."""
SURROGATES = ("CREATE TABLE t (a \ud800 INT)", "CREATE TABLE \ud800 (a INT UNIQUE)")


@pytest.mark.parametrize("text", [*BAD.strip().splitlines(), *SURROGATES])
def test_bad_input(text: str) -> None:
    for script in (text, f"CREATE TABLE t (a INT); {text}", text.lower(), text + HOLE):
        schema = _schema(script)
        for table in schema:
            assert table.name


def test_every_cut_and_every_swap() -> None:
    text = """CREATE TABLE IF NOT EXISTS "S".t (id SERIAL PRIMARY KEY, a NUMERIC(3, 2) DEFAULT (1)
    CHECK (a > 0) REFERENCES x (y) ON DELETE SET NULL (a), UNIQUE (a) INCLUDE (b), EXCLUDE USING
    gist (a WITH =)) INHERITS (x); ALTER TABLE t ADD COLUMN b INT[]
    ARRAY[3], ALTER a TYPE interval day to
    second(3) USING a::int, DROP CONSTRAINT IF EXISTS x CASCADE; CREATE UNIQUE INDEX i ON t USING
    gin (lower(a) COLLATE "C" ops (x = 1) DESC NULLS LAST, (b + 1)) INCLUDE (c) WITH (d) WHERE e;
    DROP TABLE IF EXISTS a, b.c CASCADE; SET search_path TO a, 'b'; CREATE SCHEMA s CREATE TABLE q
    (a INT) CREATE INDEX ON q (a)"""
    words = text.split()
    for index in range(len(words)):
        _schema(" ".join(words[:index]))
        _schema(" ".join(words[index:]))
        _schema(" ".join((*words[:index], *words[index + 1 :])))
        _schema(" ".join((*words[:index], HOLE, *words[index + 1 :])))
        _schema(" ".join((*words[:index], "(", *words[index:])))


def test_deep_nesting() -> None:
    for text in (
        f"CREATE TABLE t (a INT DEFAULT {'(' * 9_000}1{')' * 9_000})",
        f"CREATE TABLE t (a INT CHECK {'(' * 9_000}a{')' * 9_000})",
        f"CREATE INDEX ON t ({'(' * 9_000}a{')' * 9_000})",
        f"CREATE TABLE t {'(' * 9_000}",
        f"CREATE INDEX ON t ({'(' * 5_000}a{')::x' * 5_000})",
        f"CREATE INDEX ON t (({'CAST(' * 5_000}a{' AS x)' * 5_000}))",
        f"CREATE INDEX ON t (({'CASE WHEN ' * 5_000}a{' THEN 1 END' * 5_000}))",
        f"CREATE VIEW v AS {'SELECT * FROM (' * 5_000}",
        f"CREATE TABLE t (a x{'(' * 9_000}{')' * 9_000})",
        "DO " + "$a$ ALTER TABLE t " * 3_000,
        f"DO {chr(39) * 9_001}",
        "CREATE SCHEMA x " * 3_000,
        f"ALTER TABLE t{'.t' * 9_000} ADD a INT",
    ):
        _calls(text)  # ends, and neither recurses nor raises


@pytest.mark.parametrize(
    "make",
    [
        lambda n: f"CREATE TABLE t ({', '.join(f'c{i} INT UNIQUE' for i in range(n))})",
        lambda n: "CREATE TABLE t (id INT);" + "".join(
            f"ALTER TABLE t ADD c{i} INT;" for i in range(n)),
        lambda n: "".join(f"CREATE TABLE t{i} (a INT);" for i in range(n)),
        lambda n: "".join(f"BEGIN; CREATE TABLE t{i} (a INT); ROLLBACK;" for i in range(n // 2)),
        lambda n: "CREATE TABLE t (a INT);" + "CREATE INDEX ON t (a);" * n,
        lambda n: "CREATE TABLE t (a INT);" + "".join(
            f"CREATE VIEW v{i} AS SELECT a FROM t;" for i in range(n)),
    ],
)  # fmt: skip
def test_linear(make: object) -> None:
    small, large = (_calls(make(size)) for size in (200, 1_600))  # type: ignore[operator]
    assert large < 12 * small


def test_thousands_of_columns() -> None:
    small, large = (_calls(f"CREATE TABLE t ({_columns(size)})") for size in (800, 8_000))
    assert large < 15 * small


def _columns(size: int) -> str:
    return ", ".join(f"column_{i} TEXT NOT NULL DEFAULT ''" for i in range(size))


def _calls(text: str) -> int:
    statements = read(text)

    def work() -> None:
        builder = SchemaBuilder()
        builder.run(statements, lambda statement, index: Origin("x.sql", 1, 1))
        builder.schema()

    return calls(work)


def test_what_isnt_ddl() -> None:
    for text in ("SELECT 1", "INSERT INTO t VALUES (1)", "", "x", "UPDATE t SET a = 1"):
        for statement in read(text):
            assert operations(statement) == ()


def test_unsure_text_makes_doubt() -> None:
    found = read("CREATE TABLE t (a INT)", is_exact=False)
    builder = SchemaBuilder()
    builder.run(found, _origin)
    assert builder.schema().table("t") is None


def test_search_path_ends_with_the_session() -> None:
    schema = _schema("SET search_path TO app; CREATE TABLE t (a INT)", "CREATE TABLE t (b INT)")
    assert sorted(schema.tables) == ["app.t", "t"]
    assert schema.table("public.t") is schema.table("t")


def _thing(schema: Schema, kind: str) -> Optional[str]:
    return next((thing.name for thing in schema.things if thing.kind == kind), None)


def test_things() -> None:
    schema = _schema(
        """CREATE EXTENSION IF NOT EXISTS citext; CREATE FUNCTION f() RETURNS int RETURN 1;
        CREATE TABLE t (a INT); CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f();
        CREATE PROCEDURE p() LANGUAGE sql AS ''; CREATE VIEW "V" AS SELECT 1;
        CREATE TEMP VIEW w AS SELECT 1"""
    )
    assert _thing(schema, "extension") == "citext"
    assert _thing(schema, "function") == "f"
    assert _thing(schema, "procedure") == "p"
    assert _thing(schema, "trigger") == "tr on t"
    assert [thing.name for thing in schema.things if thing.kind == "view"] == ["V"]
