"""``schema``: what is known of a project's tables, as text, JSON and a diagram."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Dict, Sequence, Tuple

import pytest

from mosaic_lint.reports import schema_mermaid, schema_text
from mosaic_lint.schema.model import (
    NOTHING,
    Column,
    Doubt,
    ForeignKey,
    Key,
    Origin,
    Table,
    schema_of,
)
from tests.cli_process import run, write

MIGRATION = """\
CREATE TABLE IF NOT EXISTS guests (
    id SERIAL PRIMARY KEY,
    mail VARCHAR(200) NOT NULL UNIQUE,
    since DATE DEFAULT CURRENT_DATE
);
CREATE TABLE IF NOT EXISTS stays (
    guest INTEGER NOT NULL REFERENCES guests (id),
    room INTEGER
);
CREATE INDEX IF NOT EXISTS stays_room ON stays USING hash (room) WHERE room > 0;
CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS odd (id INTEGER);
DO $$ BEGIN ALTER TABLE odd DROP COLUMN x; END $$;
DO $$ BEGIN ALTER TABLE guests ADD COLUMN x INTEGER; END $$;
CREATE VIEW arrivals AS SELECT guest FROM stays;
"""
SERVICE = """\
def add(cursor, mail):
    cursor.execute("INSERT INTO guests (mail) VALUES (%s)", (mail,))
    cursor.execute("TRUNCATE users")
"""
MERMAID = """\
erDiagram
    "guests"["guests: MOS401"]:::marked {
        integer id PK "not null"
        character_varying(200) mail UK "not null"
        date since
    }
    "odd":::doubtful {
        integer id
    }
    "stays"["stays: MOS806"]:::marked {
        integer guest FK "not null"
        integer room
    }
    "users"["users: MOS805"]:::marked {
        text id PK "not null"
    }
    "guests" ||--o{ "stays" : "guest"
    classDef doubtful fill:#f6f8fa,stroke:#8c959f,color:#57606a
    classDef marked fill:#ffd7d5,stroke:#cf222e,color:#24292f
"""
HERE = Origin("migrations/1.sql", 1, 1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "pyproject.toml": "",
        "migrations/20251101_stays.sql": MIGRATION,
        "api/service.py": SERVICE,
    }
    write(tmp_path, files)
    return tmp_path


def lines_of(text: str) -> Sequence[str]:
    """The lines, with one space for many."""
    return [re.sub(r" +", " ", line) for line in text.splitlines()]


def test_text_tells_each_fact_and_its_place(project: Path) -> None:
    done = run("schema", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    lines = lines_of(done.stdout)
    place = "migrations/20251101_stays.sql"
    assert lines[:7] == [
        "guests",
        f" declared {place}:1:1",
        f" id integer not null generated {place}:2:5",
        f" mail character varying(200) not null {place}:3:5",
        f" since date default CURRENT_DATE {place}:4:5",
        f" primary key (id) guests_pkey {place}:2:15",
        f" unique (mail) guests_mail_key {place}:3:32",
    ]
    assert f" index using hash (room) where ... stays_room {place}:10:1" in lines
    assert f" foreign key (guest) to guests (id) stays_guest_fkey {place}:7:28" in lines
    assert "odd (not known for sure)" in lines
    assert [line for line in lines if line.startswith(" doubt: ")] == [
        f" doubt: may be changed by a body that isn't read {place}:13:1"
    ]
    assert f" may have more: a body that isn't read may add something {place}:14:1" in lines
    assert lines[-1].startswith(f"view arrivals {place}:15:")


def test_json_tells_the_same(project: Path) -> None:
    done = run("schema", "--output-format", "json", cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert list(told) == ["tables", "things"]
    guests, odd, stays, _users = told["tables"]
    assert list(guests) == [
        "name",
        "is_sure",
        "origins",
        "columns",
        "keys",
        "indexes",
        "foreign_keys",
        "doubts",
        "additions",
    ]
    place = {"path": "migrations/20251101_stays.sql", "line": 3, "column": 5}
    assert guests["columns"][1] == {
        "name": "mail",
        "type": "character varying(200)",
        "not_null": True,
        "default": None,
        "generated": False,
        "origin": place,
    }
    assert guests["keys"][1] == {
        "name": "guests_mail_key",
        "columns": ["mail"],
        "primary": False,
        "origin": {**place, "column": 32},
    }
    assert stays["indexes"][0] == {
        "name": "stays_room",
        "columns": ["room"],
        "unique": False,
        "partial": True,
        "method": "hash",
        "origin": {**place, "line": 10, "column": 1},
    }
    assert stays["foreign_keys"][0] == {
        "name": "stays_guest_fkey",
        "columns": ["guest"],
        "target": "guests",
        "target_columns": ["id"],
        "origin": {**place, "line": 7, "column": 28},
    }
    assert (guests["is_sure"], odd["is_sure"]) == (True, False)
    assert guests["additions"][0]["origin"] == {**place, "line": 14, "column": 1}
    assert not odd["additions"]
    assert odd["doubts"][0]["origin"] == {**place, "line": 13, "column": 1}
    assert [(thing["kind"], thing["name"]) for thing in told["things"]] == [("view", "arrivals")]


def test_diagram_marks_what_rules_speak_of(project: Path) -> None:
    done = run("schema", "--output-format", "mermaid", cwd=project)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", MERMAID)


def test_marks_heed_the_configuration(project: Path) -> None:
    table = '[tool.mosaic_lint]\nignore = ["MOS806"]\nprotected-tables = ["odd"]\n'
    write(project, {"pyproject.toml": table})
    shown = run("schema", "--output-format", "mermaid", cwd=project).stdout
    assert '"guests: MOS401"' in shown
    assert '"odd: MOS805"' in shown
    assert '"users" {' in shown
    assert "MOS806" not in shown


@pytest.mark.parametrize("path", [".", "api", "api/service.py", "migrations"])
def test_any_path_of_a_project_stands_for_it(project: Path, path: str) -> None:
    assert run("schema", path, cwd=project).stdout == run("schema", cwd=project).stdout
    shown = run("schema", path, "--output-format", "mermaid", cwd=project).stdout
    assert shown == MERMAID


def test_project_without_tables(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": ""})
    assert run("schema", cwd=tmp_path).stdout == "no tables are declared\n"
    assert run("schema", "--output-format", "mermaid", cwd=tmp_path).stdout == "erDiagram\n"
    told = json.loads(run("schema", "--output-format", "json", cwd=tmp_path).stdout)
    assert told == {"tables": [], "things": []}


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--output-format", "svg"]])
def test_wrong_usage(project: Path, arguments: Sequence[str]) -> None:
    done = run("schema", *arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")


def test_broken_configuration_is_told(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.mosaic_lint]\nselect = "x"\n'})
    done = run("schema", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "select" in done.stderr


# --- names that Mermaid would take for something else


def column(name: str, type_: str = "text") -> Column:
    return Column(name, type_, False, None, False, HERE)


def table(name: str, columns: Tuple[Column, ...] = (), **others: object) -> Table:
    parts: Dict[str, object] = {
        "keys": (),
        "indexes": (),
        "foreign_keys": (),
        "doubts": (),
        "origins": (HERE,),
        **others,
    }
    return Table(name, columns, **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "type_", "shown"),
    [
        ("id", "integer", "integer id"),
        ("pk", "text", 'text _pk "named pk"'),
        ("fkß", "text", 'text _fkß "named fkß"'),
        ("pk_of", "text", "text pk_of"),
        ("1st", "text", 'text _1st "named 1st"'),
        ("größe", "text[]", "text[] größe"),
        ("a b", "text", 'text a_b "named a b"'),
        ('a"b', "text", 'text a_b "named a_b"'),
        ("a", "numeric(10,2)", 'numeric(10_2) a "numeric(10,2)"'),
        ("a", "timestamp with time zone", "timestamp_with_time_zone a"),
        ("a", "app.mood", 'app_mood a "app.mood"'),
        ("a", "uk", '_uk a "uk"'),
        ("🏔", "text", 'text _ "named 🏔"'),
        ("\u2028", "text", None),
    ],
)
def test_column_is_a_word(name: str, type_: str, shown: str) -> None:
    diagram = schema_mermaid.render(schema_of({"t": table("t", (column(name, type_),))}), {})
    if shown is not None:
        assert diagram.splitlines()[2].strip() == shown
    assert len(diagram.split("\n")) == 5


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('say "hi"', '"say _hi_"'),
        ("50%", '"50_"'),
        ("end", '"end"'),
        ("direction TB", '"direction_TB"'),
        ("a\nb", '"a_b"'),
        ("  ", '"_"'),
    ],
)
def test_table_is_a_quoted_name(name: str, shown: str) -> None:
    diagram = schema_mermaid.render(schema_of({name: table(name)}), {})
    assert diagram == f"erDiagram\n    {shown}\n"


def test_tables_that_would_look_the_same_stay_apart() -> None:
    tables = {name: table(name) for name in ('a"', "a%", "a_")}
    lines = schema_mermaid.render(schema_of(tables), {}).splitlines()
    assert len({*lines}) == 4


def test_relation_tells_how_many() -> None:
    needed = Column("b", "text", True, None, False, HERE)
    keys = (Key("k", ("a",), False, HERE),)
    foreign = (
        ForeignKey("x", ("a",), "u", (), HERE),
        ForeignKey("y", ("b",), "elsewhere", (), HERE),
    )
    tables = {"t": table("t", (column("a"), needed), keys=keys, foreign_keys=foreign)}
    lines = schema_mermaid.render(schema_of(tables), {}).splitlines()
    assert lines[-2:] == [
        '    "u" |o--o| "t" : "a"',
        '    "elsewhere" ||--o{ "t" : "b"',
    ]


def test_text_has_no_control_characters() -> None:
    odd = table("a\x1b[31m", doubts=(Doubt("x\ny", HERE),))
    shown = schema_text.render(schema_of({odd.name: odd}))
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 3
    assert schema_text.render(NOTHING) == "no tables are declared\n"


def test_schema_of_a_document_is_its_own_ddl_at_its_own_lines(tmp_path: Path) -> None:
    pytest.importorskip("markdown_it")
    text = (
        "# Boats\n\n```sql\nCREATE TABLE boats (\n    name TEXT PRIMARY KEY\n);\n```\n\n"
        '```python\nx = 1\ncursor.execute("CREATE TABLE oars (n INTEGER)")\n```\n'
    )
    write(tmp_path, {"docs/x.md": text, "migrations/20260101_x.sql": MIGRATION})
    done = run("schema", "docs/x.md", cwd=tmp_path)
    shown = [line.split() for line in done.stdout.splitlines() if "declared" in line]
    assert [line[-1] for line in shown] == ["docs/x.md:4:1", "docs/x.md:11:16"]


def test_schema_of_a_file_has_what_the_file_declares(tmp_path: Path) -> None:
    write(tmp_path, {"db/x.sql": "CREATE TABLE oars (n INTEGER);\n"})
    assert "oars" in run("schema", "db/x.sql", cwd=tmp_path).stdout
    assert "oars" not in run("schema", cwd=tmp_path).stdout
