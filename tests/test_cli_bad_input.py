"""Input that breaks other tools: each a finding with a clear message, the rest still linted."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

from tests.cli_process import FAULTY, check, found, run, write


def first(tmp_path: Path, data: bytes, *, expected: Tuple[str, int, int]) -> str:
    """Lint bytes next to a faulty file; the message of the first finding in them."""
    (tmp_path / "bad.py").write_bytes(data)
    write(tmp_path, {"other.py": FAULTY})
    findings: Dict[str, Any] = {}
    for finding in found(cwd=tmp_path):
        findings.setdefault(finding["path"], finding)
    assert findings["other.py"]["code"] == "MOS101", "the other files are still linted"
    bad = findings["bad.py"]
    assert (bad["code"], bad["line"], bad["column"]) == expected
    assert "\n" not in bad["message"]
    message = bad["message"]
    assert isinstance(message, str)
    return message


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    message = first(tmp_path, b"x = 1\ny = '\xff'\n", expected=("MOS001", 2, 6))
    assert message.startswith("can't be decoded: ")


def test_unknown_encoding(tmp_path: Path) -> None:
    message = first(tmp_path, b"# coding: klingon\nx = 1\n", expected=("MOS001", 1, 1))
    assert message.startswith("can't be decoded: ")
    assert "klingon" in message


@pytest.mark.parametrize("encoding", ["rot13", "hex", "raw_unicode_escape"])
def test_encoding_that_gives_no_text(tmp_path: Path, encoding: str) -> None:
    data = f'# coding: {encoding}\nx = "\\udce9"\n'.encode()
    message = first(tmp_path, data, expected=("MOS001", 1, 1))
    assert message.startswith(f"can't be decoded: not {encoding}: ")


def test_syntax_error(tmp_path: Path) -> None:
    message = first(tmp_path, b"x = 1\ny = )\n", expected=("MOS001", 2, 5))
    assert message.startswith("can't be parsed: ")


def test_null_byte(tmp_path: Path) -> None:
    message = first(tmp_path, b"x = 1\ny = '\0'\n", expected=("MOS001", 2, 6))
    assert message == "contains a null byte"


def test_line_of_ten_megabytes(tmp_path: Path) -> None:
    data = b"conn = get_conn()\nx = [" + b"1," * 5_000_000 + b"]\n"
    message = first(tmp_path, data, expected=("MOS001", 1, 1))
    assert message.startswith("too large to analyse: 10000025 bytes, max-file-size is ")


@pytest.mark.parametrize(
    "deep",
    [
        "x = " + "(" * 5000 + "1" + ")" * 5000,
        "x = " + "lambda: " * 5000 + "1",
        "x = " + "-" * 5000 + "1",
        "x = a" + ".b" * 5000,
        "x = " + "not " * 5000 + "1",
    ],
    ids=["parentheses", "lambdas", "minus", "attributes", "not"],
)
def test_deep_nesting(tmp_path: Path, deep: str) -> None:
    write(tmp_path, {"deep.py": f"conn = get_conn()\n{deep}\n", "other.py": FAULTY})
    done = run("check", "--quiet", "--output-format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert "other.py:1:8: MOS101" in done.stdout
    assert "deep.py:" in done.stdout


def test_empty_files_are_clean(tmp_path: Path) -> None:
    for name, data in (
        ("a", b""),
        ("b", b"\n"),
        ("c", b"\xef\xbb\xbf"),
        ("d", b"\x0c"),
        ("e", b"#"),
    ):
        (tmp_path / f"{name}.py").write_bytes(data)
    done = run("check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "No findings (5 files checked).\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"other.py": FAULTY})
    (tmp_path / "bad.py").symlink_to("/proc/self/mem")  # root can read all but this
    done = run("check", "--quiet", "--output-format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.py:1:1: MOS001 can't be read: Input/output error\n" in done.stdout
    assert "other.py:1:8: MOS101" in done.stdout
    assert run("check", "bad.py", cwd=tmp_path).stdout == (
        "bad.py:1:1: MOS001 can't be read: Input/output error\n\n"
    )


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read all")
def test_file_without_permission(tmp_path: Path) -> None:
    write(tmp_path, {"bad.py": FAULTY})
    (tmp_path / "bad.py").chmod(0)
    assert found(cwd=tmp_path)[0]["message"] == "can't be read: Permission denied"


def test_link_that_leads_to_itself(tmp_path: Path) -> None:
    write(tmp_path, {"other.py": FAULTY})
    (tmp_path / "loop.py").symlink_to("loop.py")
    codes = [(f["path"], f["code"]) for f in found("loop.py", "other.py", cwd=tmp_path)]
    assert codes == [("loop.py", "MOS001"), ("other.py", "MOS101")]


def test_folder_that_is_named_like_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"pkg.py/a.py": FAULTY})
    assert [f["path"] for f in found("pkg.py", cwd=tmp_path)] == ["pkg.py/a.py"]


def test_unreadable_file_can_be_ignored_only_by_name(tmp_path: Path) -> None:
    write(tmp_path, {"bad.py": "x = (\n"})
    assert [f["code"] for f in found("--select", "MOS1", cwd=tmp_path)] == ["MOS001"]
    assert found("--ignore", "MOS001", cwd=tmp_path) == []


def test_undecodable_standard_input(tmp_path: Path) -> None:
    done = run("check", "--output-format", "concise", "-", cwd=tmp_path, stdin=b"x = '\xff'\n")
    assert done.returncode == 1
    assert done.stdout.startswith("-:1:6: MOS001 can't be decoded: ")


def test_fault_in_a_rule_is_a_finding_and_gives_status_two(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": FAULTY + "try:\n    work()\nexcept:\n    raise\n",
            "sitecustomize.py": "import mosaic_lint.rules.mos101_pool_as_connection as broken\n"
            "from mosaic_lint.rule import Rule\n"
            "def check(subject, context):\n    raise KeyError('name')\n"
            "broken.pool_as_connection = Rule(broken.pool_as_connection.meta, check)\n",
        },
    )
    done = check(
        "--exit-zero", "--quiet", "--output-format", "concise", "a.py",
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert lines[0] == "a.py:1:1: MOS004 MOS101 failed with KeyError: 'name'; please report it"
    assert [line.split()[1] for line in lines] == ["MOS004", "MOS301"]
