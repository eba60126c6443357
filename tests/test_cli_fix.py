"""``check --fix`` by real processes on real files: what is written, what is told, the status."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Dict

import pytest

from tests.cli_process import CLEAN, FAULTY, check, commit, headed, run, write

QUERY = 'def one(cur):\n    cur.execute("SELECT 1 FROM t WHERE a = ?", (1,))\n'
FIXED_QUERY = QUERY.replace("?", "%s")
BARE = "try:\n    go()\nexcept:\n    raise\n"
FIXED_BARE = BARE.replace("except:", "except Exception:")
DDL = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"
FIXED_DDL = "CREATE TABLE IF NOT EXISTS t (id SERIAL PRIMARY KEY);\n"


def texts(root: Path) -> Dict[str, str]:
    """All Python and SQL files below a folder."""
    files = [*root.rglob("*.py"), *root.rglob("*.sql")]
    return {f.relative_to(root).as_posix(): f.read_bytes().decode() for f in sorted(files)}


def fix(*arguments: str, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Fix, with a report of one line a finding."""
    return check("--fix", "--output-format", "concise", *arguments, cwd=cwd, stdin=stdin)


def test_all_fixed_is_status_zero(tmp_path: Path) -> None:
    write(tmp_path, {"api/a.py": QUERY, "db/t.sql": DDL, "ok.py": CLEAN})
    done = fix(cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert texts(tmp_path) == {"api/a.py": FIXED_QUERY, "db/t.sql": FIXED_DDL, "ok.py": CLEAN}
    assert done.stderr == (
        "MOS201 sqlite-placeholder: 1 fixed\n"
        "MOS202 sqlite-autoincrement: 1 fixed\n"
        "Fixed 2 findings in 2 files, none left (3 checked).\n"
    )


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"api/a.py": QUERY + BARE, "db/t.sql": DDL})
    fix("--unsafe-fixes", cwd=tmp_path)
    before = {name: (tmp_path / name).stat() for name in texts(tmp_path)}
    done = fix("--unsafe-fixes", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "No findings (2 files checked).\n")
    assert {name: (tmp_path / name).stat() for name in before} == before, "nothing is written"


def test_what_is_left_is_told_with_its_new_place_and_reason(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY + BARE + FAULTY})
    done = fix(cwd=tmp_path)
    assert done.returncode == 1
    assert [line.split(" ")[:2] for line in done.stdout.splitlines()] == [
        ["a.py:5:1:", "MOS301"],
        ["a.py:7:8:", "MOS101"],
    ]
    assert texts(tmp_path) == {"a.py": FIXED_QUERY + BARE + FAULTY}
    lines = done.stderr.splitlines()
    assert lines[0].startswith("MOS101 pool-as-connection: 1 not fixed: ")
    assert lines[1:] == [
        "MOS201 sqlite-placeholder: 1 fixed",
        "MOS301 bare-except: 1 not fixed: unsafe, --unsafe-fixes applies it",
        "Fixed 1 finding in 1 file, 2 left in 1 file (1 checked).",
    ]


def test_unsafe_fixes_are_applied_where_somebody_asks(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY + BARE})
    done = fix("--unsafe-fixes", cwd=tmp_path)
    assert done.returncode == 0
    assert texts(tmp_path) == {"a.py": FIXED_QUERY + FIXED_BARE}
    assert done.stderr == (
        "MOS201 sqlite-placeholder: 1 fixed\n"
        "MOS301 bare-except: 1 fixed (unsafe)\n"
        "Fixed 2 findings in 1 file, none left (1 checked).\n"
    )


def test_unsafe_fixes_alone_only_check(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BARE})
    done = check("--unsafe-fixes", cwd=tmp_path)
    assert done.returncode == 1
    assert texts(tmp_path) == {"a.py": BARE}


def test_suppressed_excluded_and_ignored_findings_are_never_fixed(tmp_path: Path) -> None:
    noqa = QUERY.replace("(1,))\n", "(1,))  # noqa: MOS201\n")
    write(tmp_path, {
        "pyproject.toml": '[tool.mosaic_lint]\nexclude = ["old/"]\n'
        'per-file-ignores = {"gen/" = ["MOS201"]}\n',
        "a.py": noqa,
        "old/b.py": QUERY,
        "gen/c.py": QUERY,
        "new/d.py": QUERY,
    })  # fmt: skip
    done = fix(".", "old/b.py", cwd=tmp_path)
    assert done.returncode == 0
    assert texts(tmp_path) == {
        "a.py": noqa, "old/b.py": QUERY, "gen/c.py": QUERY, "new/d.py": FIXED_QUERY
    }  # fmt: skip


def test_only_selected_codes_are_fixed(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY + BARE})
    done = check("--fix", "--unsafe-fixes", "--select", "MOS3", cwd=tmp_path)
    assert done.returncode == 0
    assert texts(tmp_path) == {"a.py": QUERY + FIXED_BARE}


def test_bytes_that_no_fix_touches_stay(tmp_path: Path) -> None:
    mixed = (
        b"\xef\xbb\xbfdef one(cur):\r\n"
        b'\tcur.execute("SELECT 1 FROM t WHERE a = ?", (1,))  # gr\xc3\xbc\xc3\x9fe \r\n'
        b"\x0c\n"
        b"x = '''a\r\nb\n c'''\n"
        b"y = 1"
    )
    (tmp_path / "a.py").write_bytes(mixed)
    assert fix(cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.py").read_bytes() == mixed.replace(b"?", b"%s")


def test_declared_encoding_is_kept(tmp_path: Path) -> None:
    data = "# coding: cp1252\n# Grüße für 5 €\n".encode("cp1252") + QUERY.encode()
    (tmp_path / "a.py").write_bytes(data)
    assert fix(cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.py").read_bytes() == data.replace(b"?", b"%s")


def test_encoding_that_has_two_ways_to_write_is_left_alone(tmp_path: Path) -> None:
    # utf-7 writes "ü" in one way only when it encodes, and reads it in several
    data = b"# coding: utf-7\nx = '+APw-+APw-'\n" + QUERY.replace("?", "?").encode()
    (tmp_path / "a.py").write_bytes(data)
    done = fix(cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "a.py").read_bytes() == data
    assert "the file's encoding doesn't give back the same bytes" in done.stderr


def test_unreadable_files_stop_nobody(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_bytes(b"x = '\xff'\n")
    (tmp_path / "broken.py").write_bytes(b"def (:\n")
    write(tmp_path, {"a.py": QUERY})
    done = fix(cwd=tmp_path)
    assert done.returncode == 1
    assert [line.split(" ")[1] for line in done.stdout.splitlines()] == ["MOS001", "MOS001"]
    assert (tmp_path / "a.py").read_text() == FIXED_QUERY
    assert (tmp_path / "bad.py").read_bytes() == b"x = '\xff'\n"


def test_file_that_cannot_be_written_is_a_fault_and_stops_nobody(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY, "b.py": QUERY, "c.py": QUERY})
    (tmp_path / "b.py").chmod(0o444)
    done = fix(cwd=tmp_path)
    assert done.returncode == 2
    assert texts(tmp_path) == {"a.py": FIXED_QUERY, "b.py": QUERY, "c.py": FIXED_QUERY}
    assert done.stdout.startswith("b.py:2:44: MOS201 ")
    assert done.stderr == (
        "MOS201 sqlite-placeholder: 2 fixed, 1 not fixed: the file wasn't written\n"
        "Fixed 2 findings in 2 files, 1 left in 1 file (3 checked).\n"
        "mosaic-lint: b.py: is read-only\n"
    )


def test_missing_path_is_a_fault_and_the_others_are_fixed(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY})
    done = fix("a.py", "none.py", cwd=tmp_path)
    assert done.returncode == 2
    assert texts(tmp_path) == {"a.py": FIXED_QUERY}
    assert "mosaic-lint: none.py: no such file or folder\n" in done.stderr


def test_options_that_say_less_or_more(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY + BARE})
    quiet = fix("--quiet", "--exit-zero", cwd=tmp_path)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    counted = fix("--statistics", "--quiet", cwd=tmp_path)
    assert (counted.returncode, counted.stderr) == (1, "1  MOS301  bare-except\n")


@pytest.mark.parametrize("output_format", ["text", "json", "github", "sarif"])
def test_every_format_shows_what_is_left(tmp_path: Path, output_format: str) -> None:
    write(tmp_path, {"a.py": QUERY + BARE})
    done = check("--fix", "--output-format", output_format, cwd=tmp_path)
    assert done.returncode == 1
    assert "MOS301" in done.stdout
    assert "MOS201" not in done.stdout
    assert "MOS201 sqlite-placeholder: 1 fixed\n" in done.stderr


def test_report_in_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY + BARE})
    done = check("--fix", "--output-format", "json", "--output-file", "r.json", cwd=tmp_path)
    assert done.stdout == ""
    (left,) = json.loads((tmp_path / "r.json").read_text())
    assert (left["code"], left["fix"]["safety"]) == ("MOS301", "unsafe")


def test_link_stays_and_what_it_points_to_is_fixed(tmp_path: Path) -> None:
    write(tmp_path, {"real/a.py": QUERY})
    (tmp_path / "link.py").symlink_to("real/a.py")
    assert fix("link.py", cwd=tmp_path).returncode == 0
    assert os.readlink(tmp_path / "link.py") == "real/a.py"
    assert (tmp_path / "real/a.py").read_text() == FIXED_QUERY


def test_dated_file_in_git_is_fixed(tmp_path: Path) -> None:
    """A fix makes LAST_MODIFIED stale, which is no reason not to make it."""
    text = headed("api/a.py", QUERY)
    commit(tmp_path, {"api/a.py": text})
    done = run("check", "--fix", "--select", "MOS2,MOS707", cwd=tmp_path)
    fixed = (tmp_path / "api/a.py").read_text()
    assert FIXED_QUERY in fixed
    assert "MOS707 stale-last-modified: 1 " in done.stderr
    assert "MOS201 sqlite-placeholder: 1 fixed\n" in done.stderr


def test_rollback_of_a_migration_is_fixed_in_its_own_file(tmp_path: Path) -> None:
    write(tmp_path, {
        "migrations/20260112_add_a.sql": "CREATE TABLE IF NOT EXISTS a (id INT PRIMARY KEY);\n"
        "CREATE TABLE IF NOT EXISTS b (id INT PRIMARY KEY);\n",
        "migrations/20260112_rollback.sql": "DROP TABLE IF EXISTS a;\n",
        "pyproject.toml": '[tool.mosaic_lint]\nignore = ["MOS802"]\n',
    })  # fmt: skip
    safe = fix(cwd=tmp_path)
    assert safe.returncode == 1
    assert "MOS804 incomplete-rollback: 1 not fixed: unsafe" in safe.stderr
    shown = check("--diff", "--unsafe-fixes", cwd=tmp_path)
    assert shown.returncode == 1
    assert shown.stdout == (
        "--- a/migrations/20260112_rollback.sql\n"
        "+++ b/migrations/20260112_rollback.sql\n"
        "@@ -1 +1,2 @@\n"
        " DROP TABLE IF EXISTS a;\n"
        "+DROP TABLE IF EXISTS b;\n"
    )
    assert shown.stderr.endswith(
        "MOS804 incomplete-rollback: 1 to fix (unsafe)\n"
        "Would fix 1 finding in 1 file, none left (2 checked).\n"
    )
    done = fix("--unsafe-fixes", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "migrations/20260112_rollback.sql").read_text() == (
        "DROP TABLE IF EXISTS a;\nDROP TABLE IF EXISTS b;\n"
    )
    assert done.stderr == (
        "MOS804 incomplete-rollback: 1 fixed (unsafe)\n"
        "Fixed 1 finding in 1 file, none left (2 checked).\n"
    )


def test_project_alone_can_be_fixed(tmp_path: Path) -> None:
    write(tmp_path, {
        "migrations/20260112_add_a.sql": "CREATE TABLE a (id INT);\n",
        "migrations/20260112_rollback.sql": "",
    })  # fmt: skip
    done = fix("--unsafe-fixes", "--project-only", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    rollback = (tmp_path / "migrations/20260112_rollback.sql").read_text()
    assert rollback == "DROP TABLE IF EXISTS a;\n"


def test_projects_in_one_repository_are_fixed_together(tmp_path: Path) -> None:
    """Each file is in two of them: its own project, and the one around all of them."""
    for folder in ("billing", "shop"):
        write(tmp_path, {
            f"{folder}/pyproject.toml": "[tool.mosaic_lint]\n",
            f"{folder}/migrations/20260112_add_a.sql": "CREATE TABLE a (id INT);\n",
            f"{folder}/migrations/20260112_rollback.sql": "drop table b;\n",
        })  # fmt: skip
    done = fix("--unsafe-fixes", "--select", "MOS402,MOS804", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for folder in ("billing", "shop"):
        rollback = (tmp_path / folder / "migrations/20260112_rollback.sql").read_text()
        assert rollback == "drop table if exists b;\nDROP TABLE IF EXISTS a;\n"


def test_fix_of_the_schema_tells_the_other_files(tmp_path: Path) -> None:
    """What one file declares after its fix is known when the others are looked at again."""
    write(tmp_path, {
        "pyproject.toml": "[tool.mosaic_lint]\n",
        "api/a.py": 'def on(cur):\n    cur.execute("UPDATE t SET live = 1")\n',
        "migrations/20260112_add_t.sql": "CREATE TABLE IF NOT EXISTS t (\n"
        "    id INTEGER PRIMARY KEY AUTOINCREMENT,\n    live BOOLEAN\n);\n",
    })  # fmt: skip
    once = fix("--select", "MOS2", cwd=tmp_path)
    again = check("--select", "MOS2", "--output-format", "concise", cwd=tmp_path)
    assert once.stdout == again.stdout, "the report is that of a new run"


# --- standard input -----------------------------------------------------------------------------


def test_standard_input_comes_out_fixed(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + (QUERY + BARE).replace("\n", "\r\n").encode()
    done = check("--fix", "-", "--stdin-filename", "api/a.py", cwd=tmp_path, stdin=data)
    assert done.returncode == 1
    assert done.stdout.encode() == data.replace(b"?", b"%s")
    assert done.stderr.startswith("api/a.py:5:1: MOS301 ")
    assert done.stderr.endswith("Fixed 1 finding in 1 file, 1 left in 1 file (1 checked).\n")


@pytest.mark.parametrize("text", [CLEAN, "def (:\n", BARE, ""])
def test_standard_input_without_a_fix_comes_out_as_it_is(tmp_path: Path, text: str) -> None:
    done = check("--fix", "-", cwd=tmp_path, stdin=text.encode())
    assert done.stdout == text


def test_excluded_standard_input_comes_out_as_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": '[tool.mosaic_lint]\nexclude = ["old/"]\n'})
    done = check("--fix", "-", "--stdin-filename", "old/a.py", cwd=tmp_path, stdin=QUERY.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, QUERY, "")


# --- fixes in reports of a check that fixes nothing ---------------------------------------------


def test_json_tells_fixes(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY + FAULTY})
    done = check("--output-format", "json", "a.py", cwd=tmp_path)
    fixes = {told["code"]: told["fix"] for told in json.loads(done.stdout)}
    assert fixes["MOS201"] == {
        "safety": "safe",
        "message": 'Write "%s" for each "?"',
        "edits": [{"line": 2, "column": 44, "end_line": 2, "end_column": 45, "text": "%s"}],
    }
    assert texts(tmp_path) == {"a.py": QUERY + FAULTY}


def test_fix_in_another_file_names_it(tmp_path: Path) -> None:
    write(tmp_path, {
        "migrations/20260112_add_a.sql": "-- One\nCREATE TABLE a (id INT);\n",
        "migrations/20260112_rollback.sql": "-- Back\n-- to nothing\n",
    })  # fmt: skip
    options = ("--select", "MOS804")
    (told,) = json.loads(check(*options, "--output-format", "json", cwd=tmp_path).stdout)
    assert told["path"] == "migrations/20260112_add_a.sql"
    assert told["fix"]["path"] == "migrations/20260112_rollback.sql"
    assert told["fix"]["edits"] == [
        {"line": 3, "column": 1, "end_line": 3, "end_column": 1,
         "text": "DROP TABLE IF EXISTS a;\n"}
    ]  # fmt: skip
    log = json.loads(check(*options, "--output-format", "sarif", cwd=tmp_path).stdout)
    (change,) = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "migrations/20260112_rollback.sql"
    assert change["replacements"][0]["deletedRegion"]["startLine"] == 3
