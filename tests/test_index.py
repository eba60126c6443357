"""The schema of a project is read once, kept on disk, and read again when its DDL has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Mapping, Optional

import pytest

from mosaic_lint.config import Loader
from mosaic_lint.project import Project
from mosaic_lint.schema.model import Schema
from mosaic_lint.source import Source
from tests.cli_process import environment, git, run, write

CACHE = ".mosaic_lint_cache"
SHELVES = "CREATE TABLE shelves (id SERIAL PRIMARY KEY, label TEXT);\n"
BOXES = "CREATE TABLE boxes (id SERIAL PRIMARY KEY, shelf_id INTEGER);\n"
PYTHON = 'SCHEMA = """\nCREATE TABLE IF NOT EXISTS carts (id SERIAL PRIMARY KEY)\n"""\n'


def project(root: Path, cache: Optional[str] = CACHE) -> Project:
    """The project of a folder, as a new process would see it."""
    return Loader(cache=cache).for_path(root / "x.py").project


def tables(root: Path, cache: Optional[str] = CACHE) -> Dict[str, List[str]]:
    """The sure tables of a project, with their columns."""
    return columns(project(root, cache).schema)


def columns(schema: Schema) -> Dict[str, List[str]]:
    """The sure tables of a schema, with their columns."""
    return {t.name: [column.name for column in t.columns] for t in schema if t.is_sure}


def aged(root: Path) -> None:
    """Make all files a minute old, so that nobody must fear that they are being written."""
    for path in root.rglob("*"):
        if path.is_file() and CACHE not in path.parts:
            before = path.stat().st_mtime - 60
            os.utime(path, (before, before))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    write(
        folder,
        {
            "pyproject.toml": "[tool.mosaic_lint]\n",
            "migrations/20260101_shelves.sql": SHELVES,
            "migrations/20260102_boxes.sql": BOXES,
            "migrations/20260103_more.sql": "ALTER TABLE shelves ADD COLUMN aisle INTEGER;\n",
            "migrations/20260103_rollback.sql": "DROP TABLE shelves;\n",
            "api/carts.py": PYTHON,
            "api/plain.py": "x = 1\n",
        },
    )
    aged(folder)
    return folder


EXPECTED = {"shelves": ["id", "label", "aisle"], "boxes": ["id", "shelf_id"], "carts": ["id"]}


def test_migrations_run_in_order_and_python_declares(root: Path) -> None:
    assert tables(root) == EXPECTED


def test_each_fact_says_where_it_stands(root: Path) -> None:
    schema = project(root).schema
    aisle = schema.tables["shelves"].column("aisle")
    assert aisle is not None
    assert aisle.origin[:2] == ("migrations/20260103_more.sql", 1)
    assert schema.tables["carts"].origins[0][:2] == ("api/carts.py", 2)


@pytest.mark.parametrize("folder", ["archive", "backups", "deprecated", "build", "api_backup_1"])
def test_what_was_put_aside_does_not_count(root: Path, folder: str) -> None:
    write(root, {f"{folder}/migrations/20250101_old.sql": "CREATE TABLE old (id INTEGER);\n"})
    write(root, {f"{folder}/old.py": PYTHON.replace("carts", "older")})
    assert tables(root) == EXPECTED


def test_excluded_files_do_not_count(root: Path) -> None:
    write(root, {"pyproject.toml": '[tool.mosaic_lint]\nexclude = ["api/"]\n'})
    assert tables(root).keys() == {"shelves", "boxes"}


def test_files_that_git_ignores_do_not_count(root: Path) -> None:
    git("init", cwd=root)
    write(root, {".gitignore": "api/\n"})
    assert tables(root).keys() == {"shelves", "boxes"}


def test_sql_elsewhere_is_no_migration(root: Path) -> None:
    write(root, {"db/schema.sql": "CREATE TABLE other (id INTEGER);\n"})
    write(root, {"migrations/old/20200101_x.sql": "CREATE TABLE older (id INTEGER);\n"})
    assert tables(root) == EXPECTED


def test_nested_project_has_its_own_schema(root: Path) -> None:
    write(
        root,
        {
            "billing/mosaic_lint.toml": "",
            "billing/migrations/20260101_bills.sql": "CREATE TABLE bills (id SERIAL PRIMARY KEY);",
        },
    )
    assert tables(root) == EXPECTED
    assert tables(root / "billing").keys() == {"bills"}


def test_nested_project_without_tables_has_those_around_it(root: Path) -> None:
    write(root, {"api/mosaic_lint.toml": "", "api/carts.py": "x = 1\n"})
    assert tables(root / "api").keys() == {"shelves", "boxes"}
    source = Source(str(root / "api" / "x.py"), PYTHON)
    assert columns(project(root / "api").schema_with(source)).keys() == EXPECTED.keys()
    write(root / "api", {"migrations/20260101_x.sql": "CREATE TABLE own (id INTEGER);\n"})
    assert tables(root / "api").keys() == {"own"}


def test_other_repository_has_no_tables_of_the_one_around(root: Path) -> None:
    write(root, {"vendor/mosaic_lint.toml": "", "vendor/.git": "gitdir: elsewhere\n"})
    assert tables(root / "vendor") == {}


def test_wrong_configuration_around_leaves_a_nested_project_alone(root: Path) -> None:
    write(root, {"api/mosaic_lint.toml": "", "pyproject.toml": "[tool.mosaic_lint]\nx = 1\n"})
    assert tables(root / "api").keys() == {"carts"}
    (root / "api" / "carts.py").unlink()
    assert tables(root / "api") == {}


def test_several_folders_of_migrations_agree_or_the_table_is_unknown(root: Path) -> None:
    write(root, {"other/migrations/20260101_x.sql": "CREATE TABLE boxes (id INTEGER, n TEXT);\n"})
    found = tables(root)
    assert found["shelves"] == EXPECTED["shelves"]
    assert "n" not in found.get("boxes", [])


def test_sqlites_own_tables_do_not_count(root: Path) -> None:
    write(root, {"tools/cache.py": f"import sqlite3\n{PYTHON.replace('carts', 'entries')}"})
    assert tables(root) == EXPECTED


def test_docstrings_and_comments_declare_nothing(root: Path) -> None:
    text = '"""CREATE TABLE a (id INTEGER)"""\n# CREATE TABLE b (id INTEGER)\n'
    write(root, {"api/notes.py": text})
    assert tables(root) == EXPECTED


@pytest.mark.parametrize(
    "line",
    [
        'logger.info("CREATE TABLE shelves done")',
        'logging.error(f"Create table shelves: {reason}")',
        'print("ALTER TABLE shelves")',
        'raise RuntimeError("CREATE TABLE shelves failed")',
        'assert "CREATE TABLE shelves" in script',
        'line.startswith("CREATE TABLE shelves")',
        'parser.add_argument("--all", help="Create index shelves again")',
    ],
)
def test_messages_and_what_is_searched_for_make_no_table_doubtful(root: Path, line: str) -> None:
    write(root, {"api/notes.py": f"def told(script, line, reason):\n    {line}\n"})
    assert tables(root) == EXPECTED


def test_texts_that_are_put_together_declare_what_is_known_of_them(root: Path) -> None:
    text = (
        'A = "CREATE " "TABLE a (id INTEGER)"\n'
        'B = "CREATE TABLE b (" + "id INTEGER)"\n'
        'C = f"CREATE TABLE {prefix}_c (id INTEGER)"\n'
    )
    write(root, {"api/parts.py": text})
    assert tables(root) == {**EXPECTED, "a": ["id"], "b": ["id"]}


def test_texts_of_a_file_run_in_their_order(root: Path) -> None:
    text = (
        'A = "CREATE TABLE a (id INTEGER, n TEXT)"\n'
        'B = "ALTER TABLE a RENAME COLUMN n TO m"\n'
        'C = "ALTER TABLE a DROP COLUMN id"\n'
    )
    write(root, {"api/setup.py": text})
    assert tables(root)["a"] == ["m"]


def test_table_that_a_file_creates_twice_is_what_both_agree_on(root: Path) -> None:
    text = 'A = "CREATE TABLE a (id INTEGER, n TEXT)"\nB = "CREATE TABLE a (id INTEGER)"\n'
    write(root, {"tests/test_a.py": text})
    assert tables(root)["a"] == ["id"]


NEWER = """
def setup(cursor, kind):
    \"\"\"CREATE TABLE docs (id INTEGER)\"\"\"
    cursor.execute(
        \"\"\"
        CREATE TABLE racks (
            id INTEGER
        )\"\"\"
    )
    cursor.execute(f"CREATE TABLE {kind} (id INTEGER)")
    cursor.execute("CREATE " "TABLE rows (id INTEGER)")  # in pieces
    not python at all
"""


def test_code_that_this_python_cannot_parse_is_read_by_its_literals(root: Path) -> None:
    write(root, {"api/newer.py": NEWER})
    assert tables(root) == {**EXPECTED, "racks": ["id"], "rows": ["id"]}
    (origin,) = project(root).schema.tables["racks"].origins
    assert origin == ("api/newer.py", 6, 9)


# --- what is kept


class _Watch:
    """Which files of a project a new process opens to load its schema."""

    SCRIPT = """
import json, os, sys
from pathlib import Path
from mosaic_lint.config import Loader
root = Path(sys.argv[1])
from mosaic_lint.source import Source
project = Loader().for_path(root / "x.py").project
judged = sys.argv[2:] and Source(str(root / sys.argv[2]), (root / sys.argv[2]).read_text())
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(str(root)):
        opened.append(os.path.relpath(arguments[0], root))
sys.addaudithook(watch)
schema = project.schema_with(judged) if judged else project.schema
names = sorted(table.name for table in schema)
heavy = sorted({"libcst", "sqlglot"} & sys.modules.keys())
print(json.dumps([names, sorted(opened), heavy]))
"""

    def __init__(self, root: Path, judged: str = "") -> None:
        done = subprocess.run(
            [sys.executable, "-c", self.SCRIPT, str(root), *filter(None, [judged])],
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        self.names, opened, self.heavy = json.loads(done.stdout)
        self.opened = [path for path in opened if not path.startswith(CACHE)]


def test_warm_run_opens_no_file_of_the_project_and_imports_no_parser(root: Path) -> None:
    cold = _Watch(root)
    assert "api/plain.py" in cold.opened
    warm = _Watch(root)
    assert warm.names == cold.names == sorted(EXPECTED)
    assert warm.opened == []
    assert warm.heavy == cold.heavy == []


def test_change_without_ddl_opens_the_changed_file_alone(root: Path) -> None:
    _Watch(root)
    write(root, {"api/plain.py": "x = 2\n"})
    assert _Watch(root).opened == ["api/plain.py"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"migrations/20260103_more.sql": "ALTER TABLE shelves ADD COLUMN bay INTEGER;\n"},
            {**EXPECTED, "shelves": ["id", "label", "bay"]},
        ),
        (
            {"migrations/20260104_x.sql": "DROP TABLE boxes;\n"},
            {"shelves": EXPECTED["shelves"], "carts": ["id"]},
        ),
        ({"api/plain.py": PYTHON.replace("carts", "bags")}, {**EXPECTED, "bags": ["id"]}),
        (
            {"api/carts.py": "x = 1\n"},
            {"shelves": EXPECTED["shelves"], "boxes": EXPECTED["boxes"]},
        ),
        ({f"{CACHE}/signature.txt": "{"}, EXPECTED),
        ({f"{CACHE}/signature.txt": "[1]", f"{CACHE}/files.json": "7"}, EXPECTED),
        ({f"{CACHE}/files.json": '{"format": "3", "files": 3}'}, EXPECTED),
    ],
    ids=["altered", "added", "new in Python", "gone from Python", "broken", "odd", "odder"],
)  # fmt: skip
def test_changes_are_seen(
    root: Path, change: Mapping[str, str], expected: Dict[str, List[str]]
) -> None:
    assert tables(root) == EXPECTED
    write(root, change)
    assert tables(root) == expected
    assert tables(root) == expected


def test_deleted_and_renamed_migrations_are_seen(root: Path) -> None:
    assert tables(root) == EXPECTED
    (root / "migrations" / "20260103_more.sql").rename(root / "migrations" / "20250101_more.sql")
    assert tables(root).get("shelves") != EXPECTED["shelves"]
    (root / "migrations" / "20250101_more.sql").unlink()
    assert tables(root)["shelves"] == ["id", "label"]


def test_broken_schema_on_disk_is_made_again(root: Path) -> None:
    assert tables(root) == EXPECTED
    for number, text in enumerate(["", "{}", '{"schema": 1, "defined": []}', '{"schema": {}}']):
        (kept,) = (root / CACHE).glob("schema-*.json")
        kept.write_text(text, encoding="utf-8")
        assert tables(root) == EXPECTED, number


def test_what_is_kept_is_no_change_for_git(root: Path) -> None:
    git("init", cwd=root)
    assert tables(root) == EXPECTED
    assert (root / CACHE).is_dir()
    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert CACHE not in done.stdout


def test_nothing_is_kept_where_nobody_wants_it_or_there_is_no_project(tmp_path: Path) -> None:
    write(tmp_path, {"migrations/20260101_shelves.sql": SHELVES})
    assert project(tmp_path).schema is not None
    write(tmp_path / "b", {"pyproject.toml": "", "migrations/20260101_shelves.sql": SHELVES})
    assert tables(tmp_path / "b", cache=None).keys() == {"shelves"}
    assert not list(tmp_path.rglob(CACHE))


def test_clean_removes_what_was_kept_and_nothing_else(root: Path) -> None:
    assert tables(root) == EXPECTED
    assert run("clean", cwd=root).returncode == 0
    assert not (root / CACHE).exists()
    assert run("clean", cwd=root).returncode == 0
    assert tables(root) == EXPECTED
    write(root, {"precious/data.txt": "x\n"})
    assert run("clean", "--cache-dir", "precious", cwd=root).returncode == 0
    assert (root / "precious" / "data.txt").exists()


def test_folder_that_cannot_be_written_changes_nothing(root: Path) -> None:
    write(root, {CACHE: "a file\n"})
    assert tables(root) == EXPECTED
    assert tables(root) == EXPECTED


def test_file_written_this_moment_is_looked_at_again(root: Path) -> None:
    """Its time may not change when it is written once more, nor its size."""
    target = root / "migrations" / "20260104_x.sql"
    target.write_text("ALTER TABLE boxes ADD COLUMN a INTEGER;\n", encoding="utf-8")
    stat = target.stat()
    os.utime(target, ns=(time.time_ns(), time.time_ns()))
    stat = target.stat()
    assert tables(root)["boxes"][-1] == "a"
    target.write_text("ALTER TABLE boxes ADD COLUMN b INTEGER;\n", encoding="utf-8")
    os.utime(target, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    assert tables(root)["boxes"][-1] == "b"


def test_several_processes_at_once_agree(root: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom mosaic_lint.config import Loader\n"
        "print(len(list(Loader().for_path(Path(sys.argv[1]) / 'x.py').project.schema)))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(root)], env=environment(), stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    assert [process.communicate()[0].strip() for process in running] == [b"3"] * 4
    assert not list((root / CACHE).glob(".new-*"))
    assert tables(root) == EXPECTED


# --- what isn't saved yet


def test_text_in_an_editor_counts_instead_of_its_file(root: Path) -> None:
    source = Source(str(root / "migrations" / "20260103_more.sql"), "-- nothing yet\n")
    found = project(root).schema_with(source)
    assert columns(found)["shelves"] == ["id", "label"]
    source = Source(str(root / "api" / "carts.py"), PYTHON.replace("carts", "bags"))
    assert columns(project(root).schema_with(source)).keys() == {"shelves", "boxes", "bags"}


def test_new_file_counts_before_it_is_saved(root: Path) -> None:
    source = Source(str(root / "migrations" / "20260104_x.sql"), "DROP TABLE boxes;\n")
    found = project(root).schema_with(Source(source.path, "ALTER TABLE boxes ADD COLUMN n TEXT;"))
    assert columns(found)["boxes"] == ["id", "shelf_id", "n"]


def test_script_that_only_drops_counts_before_it_is_saved(root: Path) -> None:
    (root / "migrations" / "20260104_x.sql").write_text("DROP TABLE boxes;\n")
    (root / "migrations" / "20260104_rollback.sql").write_text("DROP TABLE shelves;\n")
    for name in ("20260104_x.sql", "20260104_rollback.sql"):
        source = Source(str(root / "migrations" / name), "DROP TABLE IF EXISTS boxes;\n")
        assert columns(project(root).schema_with(source)).keys() == {"shelves", "carts"}


def test_script_that_is_no_migration_counts_for_itself(root: Path) -> None:
    source = Source(str(root / "db" / "x.sql"), "CREATE TABLE own (id INTEGER);\n")
    assert columns(project(root).schema_with(source))["own"] == ["id"]
    assert "own" not in tables(root)


def test_file_without_ddl_is_judged_without_opening_another(root: Path) -> None:
    _Watch(root)
    assert _Watch(root, judged="api/plain.py").opened == []
    assert _Watch(root, judged="api/carts.py").opened == ["api/carts.py"]


# --- what can't be read


@pytest.mark.parametrize(
    "name",
    [b"2026 0105.sql", b"20260105_\n.sql", b"20260105_\xff\xfe.sql", "20260105_é.sql".encode()],
)
def test_odd_names_of_files_are_read(root: Path, name: bytes) -> None:
    target = os.path.join(os.fsencode(root), b"migrations", name)
    with open(target, "wb") as file:
        file.write(b"CREATE TABLE odd (id INTEGER);\n")
    assert tables(root)["odd"] == ["id"]
    aged(root)
    assert tables(root)["odd"] == ["id"]
    assert tables(root)["odd"] == ["id"]


def test_search_path_that_is_not_known_makes_tables_unknown(root: Path) -> None:
    text = "ALTER TABLE shelves DROP COLUMN label;\nCREATE TABLE x (id INT);\n"
    write(root, {"migrations/20260105_x.sql": f"SET search_path TO :tenant;\n{text}"})
    assert tables(root).keys() == {"boxes", "carts"}


@pytest.mark.parametrize(
    "command", ["\\i more.sql", "  \\ir more.sql", "\\if :new", "SELECT 1 \n\\gexec"]
)
def test_commands_that_run_what_nobody_reads_make_tables_unknown(root: Path, command: str) -> None:
    write(root, {"migrations/20260105_x.sql": f"{command}\n"})
    assert tables(root).keys() == {"carts"}
    doubts = project(root).schema.tables["boxes"].doubts
    assert [doubt.origin.path for doubt in doubts] == ["migrations/20260105_x.sql"]


@pytest.mark.parametrize("command", ["\\echo done", "\\set ON_ERROR_STOP on", "-- \\i more.sql"])
def test_other_commands_change_nothing(root: Path, command: str) -> None:
    write(root, {"migrations/20260105_x.sql": f"{command}\n"})
    assert tables(root) == EXPECTED


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"\x00" * 10, b"CREATE TABLE", b"CREATE TABLE boxes (id INTEGER);"]
)
def test_unreadable_migration_ends_nothing(root: Path, data: bytes) -> None:
    (root / "migrations" / "20260105_x.sql").write_bytes(data)
    assert tables(root)["shelves"] == EXPECTED["shelves"]


def test_folder_or_dead_link_called_like_a_migration_is_passed_over(root: Path) -> None:
    (root / "migrations" / "20260105_x.sql").mkdir()
    (root / "migrations" / "20260106_x.sql").symlink_to("nowhere.sql")
    (root / "loop").symlink_to(root)
    assert tables(root) == EXPECTED


@pytest.mark.parametrize("text", ["def (", "x = " + "(" * 300 + ")" * 300, "x = '\0'"])
def test_python_that_cannot_be_parsed_declares_nothing(root: Path, text: str) -> None:
    write(root, {"api/broken.py": f'"CREATE TABLE broken (id INTEGER)"\n{text}\n'})
    assert tables(root) == EXPECTED
