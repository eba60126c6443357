"""What several declarations agree on, and a schema as plain values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mosaic_lint.schema.builder import SchemaBuilder
from mosaic_lint.schema.merge import merged
from mosaic_lint.schema.model import NOTHING, Origin, Schema
from mosaic_lint.schema.store import from_plain, to_plain
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement, read

MIGRATIONS = Path(__file__).parent / "server" / "projects"


def _schema(script: str, path: str = "x.sql") -> Schema:
    def origin_of(statement: Statement, index: int) -> Origin:
        return Origin(path, 1, statement.tokens[index].start + 1)

    builder = SchemaBuilder()
    builder.run(read(script), origin_of)
    return builder.schema()


def _merged(*scripts: str) -> Schema:
    return merged([_schema(script, f"{number}.sql") for number, script in enumerate(scripts)])


def test_nothing_and_one() -> None:
    assert merged([]) == NOTHING
    one = _schema("CREATE TABLE t (a INT)")
    assert merged([one]) == one
    assert merged([NOTHING, one]) == one


def test_only_what_all_agree_on() -> None:
    schema = _merged(
        "CREATE TABLE t (id INT PRIMARY KEY, a TEXT UNIQUE, b INT NOT NULL, c TEXT, only_here INT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT, c VARCHAR, UNIQUE (b))",
    )
    table = schema.table("t")
    assert table is not None
    assert [column.name for column in table.columns] == ["id", "a", "b"]
    assert not table.columns[2].not_null, "only one of them says so"
    assert [(key.columns, key.primary) for key in table.keys] == [(("id",), True)]
    assert [origin.path for origin in table.origins] == ["0.sql", "1.sql"]


@pytest.mark.parametrize(
    ("first", "second", "keys", "indexes"),
    [
        ("UNIQUE (a, b)", "UNIQUE (b, a)", ["t_a_b_key"], []),
        ("UNIQUE (a, b)", "UNIQUE (a)", [], []),
        ("PRIMARY KEY (a)", "UNIQUE (a)", ["t_pkey"], []),
        ("UNIQUE (a)); CREATE UNIQUE INDEX ON t (b", "UNIQUE (b)", [], ["t_b_idx"]),
        ("UNIQUE (b)", "UNIQUE (a)); CREATE UNIQUE INDEX ON t (b", ["t_b_key"], []),
        ("UNIQUE (b)", "UNIQUE (a)); CREATE UNIQUE INDEX ON t (lower(b)", [], []),
        ("UNIQUE (b)", "UNIQUE (a)); CREATE INDEX ON t (b", [], []),
    ],
)
def test_unique_in_any_form(first: str, second: str, keys: list, indexes: list) -> None:  # type: ignore[type-arg]
    columns = "a TEXT NOT NULL, b TEXT NOT NULL"
    schema = _merged(
        f"CREATE TABLE t ({columns}, {first})", f"CREATE TABLE t ({columns}, {second})"
    )
    table = schema.table("t")
    assert table is not None
    assert [key.name for key in table.keys] == keys
    assert [index.name for index in table.indexes] == indexes
    assert not any(key.primary for key in table.keys)


def test_altered_elsewhere() -> None:
    schema = _merged(
        "ALTER TABLE t ADD COLUMN b INT UNIQUE, ADD a TEXT; CREATE INDEX ON t (a)",
        "CREATE TABLE t (a INT, c INT)",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES u (x)",
        "ALTER TABLE v ADD COLUMN a INT",
        "ALTER TABLE v ADD COLUMN b INT",
    )
    table = schema.table("t")
    assert table is not None
    assert [column.name for column in table.columns] == ["c", "b"], "a has two types"
    assert [key.columns for key in table.keys] == [("b",)]
    assert [index.columns for index in table.indexes] == [("a",)]
    assert [key.target for key in table.foreign_keys] == ["u"]
    assert schema.table("v") is None
    assert [column.name for column in schema.tables["v"].columns] == ["a", "b"]


@pytest.mark.parametrize(
    "action", ["SET DEFAULT 1", "DROP DEFAULT", "SET NOT NULL", "DROP NOT NULL", "SET DEFAULT f()"]
)
def test_a_default_elsewhere_leaves_no_doubt(action: str) -> None:
    schema = _merged("CREATE TABLE t (a BOOLEAN)", f"ALTER TABLE t ALTER COLUMN a {action}")
    assert schema.table("t") == _schema("CREATE TABLE t (a BOOLEAN)", "0.sql").table("t")


@pytest.mark.parametrize("action", ["TYPE INT", "ADD GENERATED ALWAYS AS IDENTITY"])
def test_another_type_elsewhere_leaves_doubt(action: str) -> None:
    schema = _merged("CREATE TABLE t (a BOOLEAN)", f"ALTER TABLE t ALTER COLUMN a {action}")
    assert schema.table("t") is None


def test_doubts_add_up() -> None:
    schema = _merged(
        "CREATE TABLE t (a INT); ALTER TABLE t DROP b",
        "CREATE TABLE t (a INT)",
        "ALTER TABLE t DROP COLUMN a",
        "DO $$ BEGIN ALTER TABLE t ALTER x TYPE INT; END $$",
    )
    assert [doubt.origin.path for doubt in schema.tables["t"].doubts] == ["0.sql", "2.sql", "3.sql"]


def test_disputed_index_of_a_foreign_key() -> None:
    plain = "CREATE TABLE t (a INT REFERENCES u (x));"
    indexed = plain + "CREATE INDEX ON t (a)"
    assert len(_merged(plain, plain).tables["t"].foreign_keys) == 1
    assert len(_merged(indexed, indexed).tables["t"].foreign_keys) == 1
    assert not _merged(indexed, plain).tables["t"].foreign_keys, "nobody can say it has no index"


def test_unknown_additions_elsewhere() -> None:
    made = "CREATE TABLE t (a INT PRIMARY KEY)"
    schema = _merged(made, f"ALTER TABLE t ADD COLUMN IF NOT EXISTS {HOLE} TEXT", made)
    table = schema.table("t")
    assert table is not None, "what all declarations say holds"
    assert [added.origin.path for added in table.additions] == ["1.sql"]
    assert from_plain(json.loads(json.dumps(to_plain(schema)))) == schema


@pytest.mark.parametrize(
    ("scripts", "is_ordered"),
    [
        (["CREATE TABLE t (a INT, b INT)"], True),
        (["CREATE TABLE t (a INT, b INT)", "CREATE TABLE t (a INT, b INT, UNIQUE (a))"], True),
        (["CREATE TABLE t (a INT, b INT)", "CREATE TABLE t (a TEXT, b INT)"], False),
        (["CREATE TABLE t (a INT, b INT)", "CREATE TABLE t (b INT, a INT)"], False),
        (["CREATE TABLE t (a INT, b INT)", "CREATE TABLE t (a INT)"], False),
        (["CREATE TABLE t (a INT)", "ALTER TABLE t ADD b INT"], True),
        (["CREATE TABLE t (a INT)", "ALTER TABLE t ADD b INT", "ALTER TABLE t ADD c INT"], False),
        (["CREATE TABLE t (a INT)", "ALTER TABLE t ADD a TEXT"], False),
    ],
)
def test_order_of_columns(scripts: list, is_ordered: bool) -> None:  # type: ignore[type-arg]
    schema = _merged(*scripts)
    assert schema.tables["t"].is_ordered is is_ordered
    assert from_plain(to_plain(schema)) == schema


def test_defaults() -> None:
    schema = _merged(
        "CREATE TABLE t (id SERIAL, a INT DEFAULT 1, b INT DEFAULT 1)",
        "CREATE TABLE t (id INT NOT NULL, a INT DEFAULT 2, b INT DEFAULT 1)",
    )
    columns = {column.name: column for column in schema.tables["t"].columns}
    assert [columns[name].default for name in ("id", "a", "b")] == [None, None, "1"]
    assert not columns["id"].generated


def test_things() -> None:
    schema = _merged(
        "CREATE TYPE a AS ENUM ()", "CREATE TYPE a AS ENUM (); CREATE VIEW a AS SELECT 1"
    )
    assert [(thing.kind, thing.name, thing.origin.path) for thing in schema.things] == [
        ("type", "a", "0.sql"),
        ("view", "a", "1.sql"),
    ]


@pytest.mark.parametrize("project", sorted(path.name for path in MIGRATIONS.iterdir()))
def test_stored(project: str) -> None:
    for file in sorted((MIGRATIONS / project / "migrations").glob("*.sql")):
        schema = _schema(file.read_text(encoding="utf-8"), file.name)
        assert from_plain(json.loads(json.dumps(to_plain(schema)))) == schema


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"paths": [], "tables": [[]], "things": []},
        {"paths": [], "tables": [], "things": [["view", "v", [0, 1, 1]]]},
        {"paths": 1, "tables": 2, "things": 3},
        {"paths": [], "tables": [["t", [["a"]], [], [], [], [], []]], "things": []},
        [],
        None,
    ],
)
def test_not_stored(plain: object) -> None:
    with pytest.raises(ValueError, match="stored"):
        from_plain(plain)  # type: ignore[arg-type]
