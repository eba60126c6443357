"""SQL scripts through the command line: walks, standard input, reports, memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from mosaic_lint.config import build
from mosaic_lint.engine import check_bytes
from tests.cli_process import environment, found, git, headed, run, write
from tests.fixture import sql_fixtures

FAULT = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY AUTOINCREMENT);"
COLUMN = FAULT.index("AUTO") + 1


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git("init", cwd=tmp_path)
    return tmp_path


def test_walk_finds_scripts(project: Path) -> None:
    write(project, {"db/a.sql": FAULT, "b.py": f'cursor.execute("{FAULT}")\n', "c.txt": FAULT})
    shown = found("--select", "MOS202", cwd=project)
    assert [(f["path"], f["line"], f["column"]) for f in shown] == [
        ("b.py", 1, COLUMN + len('cursor.execute("')),
        ("db/a.sql", 1, COLUMN),
    ]


def test_standard_input_has_the_language_of_its_name(project: Path) -> None:
    data = f"SELECT 1;\n{FAULT}\n".encode()
    arguments = ("--select", "MOS202", "--stdin-filename", "db/x.sql", "-")
    shown = found(*arguments, cwd=project, stdin=data)
    assert [(f["path"], f["line"], f["column"]) for f in shown] == [("db/x.sql", 2, COLUMN)]


def test_command_line_agrees_with_the_engine(project: Path) -> None:
    texts = [fixture.text for fixture in sql_fixtures()]
    # of a noqa for a rule over the whole project only the command line tells whether it is used
    files = {f"db/{n:02}.sql": text for n, text in enumerate(texts) if "noqa: MOS80" not in text}
    write(project, files)
    expected = []
    for name in sorted(files):
        data = (project / name).read_bytes()
        told = check_bytes(str(project / name), data, build(project, None, {}, {}))
        for finding in told.findings:
            place = told.source.position(finding.span.start)
            expected.append((name, *place, finding.code, finding.message))
    objects = json.loads(run("check", "--output-format", "json", cwd=project).stdout)
    shown = [(f["path"], f["line"], f["column"], f["code"], f["message"]) for f in objects]
    assert shown == expected
    assert {"MOS201", "MOS202", "MOS203", "MOS402"} <= {place[3] for place in shown}


def test_text_shows_the_marked_line(project: Path) -> None:
    write(project, {"x.sql": "SELECT 1;\r\nCREATE TABLE t (\té TEXT, i INT AUTOINCREMENT);\r\n"})
    done = run("check", "--select", "MOS202", cwd=project)
    _, _, line, marks, *_ = done.stdout.split("\n")
    assert line == "2 | CREATE TABLE t (    é TEXT, i INT AUTOINCREMENT);"
    assert marks == f"  | {' ' * line[4:].index('AUTO')}{'^' * 13}"


def test_sarif_holds_them(project: Path) -> None:
    write(project, {"db/x.sql": f"SELECT 1; -- noqa: MOS202\n{FAULT}\n"})
    done = run("check", "--select", "MOS202,MOS002", "--output-format", "sarif", cwd=project)
    results: List[Dict[str, Any]] = json.loads(done.stdout)["runs"][0]["results"]
    locations = [result["locations"][0]["physicalLocation"] for result in results]
    assert [place["artifactLocation"]["uri"] for place in locations] == ["db/x.sql"] * 2
    assert [place["region"]["startColumn"] for place in locations] == [20, COLUMN]
    assert "fixes" in results[0]


def test_flake8_never_sees_scripts(project: Path) -> None:
    write(project, {"x.sql": FAULT, "y.py": headed("y.py", "x = 1\n")})
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--select", "MOS", "."], cwd=project, env=environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


PEAK = (
    "import resource, subprocess, sys\n"
    "done = subprocess.run(sys.argv[1:], capture_output=True)\n"
    "sys.stdout.buffer.write(done.stdout)\n"
    "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts in kilobytes")
@pytest.mark.parametrize("letter", ["e", "é"], ids=["ascii", "latin-1"])
def test_dump_of_50_megabytes_needs_less_than_200(tmp_path: Path, letter: str) -> None:
    rows = "".join(f"{n}\tsom{letter} t{letter}xt, it's\t2024-01-01\n" for n in range(20_000))
    values = ", ".join(f"({n}, 'som{letter} t{letter}xt', NULL)" for n in range(30_000))
    inserts = f"INSERT INTO t (a, b) VALUES (1, 'som{letter} t{letter}xt');\n" * 5_000
    copies = f"COPY t (a, b, c) FROM stdin;\n{rows}\\.\n"
    head = f"{FAULT} -- noqa: MOS202\n{FAULT}\nINSERT INTO t VALUES {values};\n{inserts}"
    with (tmp_path / "dump.sql").open("w", encoding="utf-8") as file:
        file.write(head)
        while file.tell() < 50_000_000:
            file.write(copies)
        file.write(FAULT)
    write(tmp_path, {"mosaic_lint.toml": "max-file-size = 60_000_000\nselect = ['MOS']\n"})
    command = [sys.executable, "-m", "mosaic_lint", "check", "--output-format", "concise"]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *command, "dump.sql"], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    *findings, peak = done.stdout.splitlines()
    assert [line.split()[1] for line in findings] == ["MOS701", "MOS202", "MOS202"]
    assert int(peak.split()[1]) < 200_000
