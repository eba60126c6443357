"""``check --diff``: patches that git and patch take, byte for byte what ``--fix`` would write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from mosaic_lint.reports.patch import patch
from tests.cli_process import CLEAN, check, command, environment, git, write
from tests.test_cli_fix import BARE, FIXED_QUERY, QUERY

PATCH = [
    pytest.param(["git", "apply"], id="git"),
    pytest.param(
        ["patch", "-p1", "--binary", "--quiet"],
        id="patch",
        marks=pytest.mark.skipif(shutil.which("patch") is None, reason="patch isn't installed"),
    ),
]

FILES: Dict[bytes, bytes] = {
    b"plain.py": QUERY.encode(),
    b"far/away/deep.py": b"x = 1\n" * 50 + QUERY.encode() + b"y = 2\n" * 50 + QUERY.encode(),
    b"crlf.py": QUERY.replace("\n", "\r\n").encode(),
    b"mixed.py": b"a = 1\r\nb = 2\n" + QUERY.encode() + b"c = 3\r\n",
    b"lone.py": b"a = 1\rb = 2\n" + QUERY.encode(),
    b"no_end.py": QUERY.rstrip("\n").encode(),
    b"no_end_far.py": QUERY.encode() + b"a = 1\n" * 9 + b"z = 1",
    b"bom.py": b"\xef\xbb\xbf" + QUERY.encode(),
    b"latin.py": b"# coding: latin-1\n# Gr\xfc\xdfe\n" + QUERY.encode(),
    b"form\xc3\xa4t.py": b"\x0cx = 1\n\x0c\n"
    + QUERY.encode()
    + "# \u2028 \x85 \N{SNOWMAN}\n".encode(),
    b"with blank.py": QUERY.encode(),
    b'quo"te.py': QUERY.encode(),
    b"back\\slash.py": QUERY.encode(),
    b"tab\there.py": QUERY.encode(),
    b"latin\xe9.py": QUERY.encode(),
    b"db/t.sql": b"CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
    b"db/dash.sql": b"-- - a\n--- b\n+++ c\nSELECT 1;\n"
    b"CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY AUTOINCREMENT);\n",
}


def make(root: Path) -> None:
    """Write files whose names are bytes."""
    for name, data in FILES.items():
        path = os.path.join(os.fsencode(root), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def contents(root: Path) -> Dict[bytes, bytes]:
    found = {}
    for name in FILES:
        with open(os.path.join(os.fsencode(root), name), "rb") as file:
            found[name] = file.read()
    return found


def diff(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command("check", "--ignore", "MOS7", "--diff", *arguments),
        cwd=cwd, env=environment(), capture_output=True, check=False,
    )  # fmt: skip


def applied(tool: List[str], data: bytes, cwd: Path) -> None:
    done = subprocess.run(
        tool, cwd=cwd, input=data, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes only there")
@pytest.mark.parametrize("tool", PATCH)
def test_applied_patch_gives_what_fix_writes(tmp_path: Path, tool: List[str]) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for root in (one, other):
        make(root)
        git("init", cwd=root)
    done = diff(".", cwd=one)
    assert done.returncode == 1
    assert contents(one) == FILES, "nothing is written"
    applied(tool, done.stdout, one)
    fixed = check("--fix", cwd=other)
    assert fixed.returncode == 0, fixed.stdout
    assert contents(one) == contents(other)
    assert all(b"?" not in data and b"AUTO" not in data for data in contents(one).values())


def test_standard_output_is_only_the_patch(tmp_path: Path) -> None:
    write(tmp_path, {"api/a.py": "x = 1\n" + QUERY + BARE})
    done = check("--diff", "--output-format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == (
        "--- a/api/a.py\n"
        "+++ b/api/a.py\n"
        "@@ -1,6 +1,6 @@\n"
        " x = 1\n"
        " def one(cur):\n"
        '-    cur.execute("SELECT 1 FROM t WHERE a = ?", (1,))\n'
        '+    cur.execute("SELECT 1 FROM t WHERE a = %s", (1,))\n'
        " try:\n"
        "     go()\n"
        " except:\n"
    )
    lines = done.stderr.splitlines()
    assert [line.split(" ")[:2] for line in lines[:2]] == [
        ["api/a.py:3:44:", "MOS201"],
        ["api/a.py:6:1:", "MOS301"],
    ], "places are those of the file as it is"
    assert lines[2:] == [
        "MOS201 sqlite-placeholder: 1 to fix",
        "MOS301 bare-except: 1 not fixed: unsafe, --unsafe-fixes applies it",
        "Would fix 1 finding in 1 file, 1 left in 1 file (1 checked).",
    ]


def test_nothing_found_is_an_empty_patch(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": CLEAN})
    done = check("--diff", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "No findings (1 file checked).\n"


def test_findings_without_a_fix_are_status_one_too(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BARE})
    done = check("--diff", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert check("--diff", "--exit-zero", cwd=tmp_path).returncode == 0


def test_unsafe_fixes_are_in_the_patch_where_somebody_asks(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BARE})
    done = check("--diff", "--unsafe-fixes", "--fix", cwd=tmp_path)
    assert "+except Exception:\n" in done.stdout
    assert (tmp_path / "a.py").read_text() == BARE, "--diff goes before --fix"


def test_patch_counts_paths_from_the_current_folder(tmp_path: Path) -> None:
    write(tmp_path, {"backend/api/a.py": QUERY})
    git("init", cwd=tmp_path)
    done = diff(cwd=tmp_path / "backend")
    assert done.stdout.startswith(b"--- a/api/a.py\n")
    applied(["git", "apply"], done.stdout, tmp_path / "backend")
    assert (tmp_path / "backend/api/a.py").read_text() == FIXED_QUERY


@pytest.mark.parametrize("folder", ["backend", "a/b", "b", "b/x", "my app"])
def test_paths_that_begin_as_the_current_folder_does(tmp_path: Path, folder: str) -> None:
    names = [
        "settings.py",
        "x/settings.py",
        "x/a b.py",
        f"{folder}/settings.py",
        "a/a.py",
        "b/b.py",
    ]
    files = {f"{folder}/{name}": f"x = {n}\n{QUERY}" for n, name in enumerate(names)}
    write(tmp_path, files)
    git("init", cwd=tmp_path)
    applied(["git", "apply"], diff(cwd=tmp_path / folder).stdout, tmp_path / folder)
    for n, name in enumerate(files):
        assert (tmp_path / name).read_text() == f"x = {n}\n{FIXED_QUERY}"


def test_files_outside_of_the_current_folder_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY, "b.py": QUERY, "here/c.py": CLEAN})
    done = check("--diff", "..", cwd=tmp_path / "here")
    assert done.stdout.startswith("--- a/../a.py\n")
    assert done.stderr.splitlines()[-1] == (
        "mosaic-lint: git apply takes no patch of files outside of the current folder: "
        "run it in a folder above"
    )


def test_patch_speaks_of_the_file_that_a_link_points_to(tmp_path: Path) -> None:
    write(tmp_path, {"real/a.py": QUERY})
    (tmp_path / "link.py").symlink_to("real/a.py")
    assert diff("link.py", cwd=tmp_path).stdout.startswith(b"--- a/real/a.py\n")


def test_report_of_a_patch_may_go_to_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY})
    done = check("--diff", "--output-format", "json", "--output-file", "r.json", cwd=tmp_path)
    assert done.stdout.startswith("--- a/a.py\n")
    assert '"code": "MOS201"' in (tmp_path / "r.json").read_text()
    assert done.stderr.startswith("MOS201 sqlite-placeholder: 1 to fix\n")


def test_standard_input_gives_a_patch(tmp_path: Path) -> None:
    done = check("--diff", "-", "--stdin-filename", "a.py", cwd=tmp_path, stdin=QUERY.encode())
    assert done.returncode == 1
    assert done.stdout.startswith("--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n")
    absolute = str(tmp_path / "api/a.py")  # as editors name it
    done = check("--diff", "-", "--stdin-filename", absolute, cwd=tmp_path, stdin=QUERY.encode())
    assert done.stdout.startswith("--- a/api/a.py\n+++ b/api/a.py\n")
    none = check("--diff", "-", cwd=tmp_path, stdin=CLEAN.encode())
    assert (none.returncode, none.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("a.py", b"a/a.py"),
        ("a b.py", b"a/a b.py\t"),
        ("ä.py", b'"a/\\303\\244.py"'),
        ('"\\\a\b\t\n\v\f\r\x1b\x7f', b'"a/\\"\\\\\\a\\b\\t\\n\\v\\f\\r\\033\\177"'),
    ],
)
def test_names_are_quoted_as_git_does(name: str, quoted: bytes) -> None:
    assert patch(name, b"a\n", b"b\n").splitlines(keepends=True)[0] == b"--- " + quoted + b"\n"


def test_patch_of_the_same_is_empty() -> None:
    assert patch("a", b"x", b"x") == b""


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b"a\n"), (b"a\n", b""), (b"a", b"a\n"), (b"a\n", b"a"), (b"", b"a")]
)
def test_patch_of_ends_is_what_git_takes(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "x").write_bytes(before)
    git("init", cwd=tmp_path)
    applied(["git", "apply"], patch("x", before, after), tmp_path)
    left = (tmp_path / "x").read_bytes() if (tmp_path / "x").exists() else b""
    assert left == after
