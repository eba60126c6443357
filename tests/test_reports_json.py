"""The JSON report: exactly the fields that programs are promised."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli_process import FAULTY, write
from tests.headerless import check, findings

URL = "https://github.com/mosaic-platform/mosaic_lint/blob/main/docs/rules"


def test_finding_has_exactly_these_fields(tmp_path: Path) -> None:
    write(tmp_path, {"api/x.py": f"import os\n\n{FAULTY}"})
    assert findings(cwd=tmp_path) == [
        {
            "code": "MOS101",
            "name": "pool-as-connection",
            "message": "get_conn() returns a context manager, not a connection: "
            'write "with get_conn() as conn:"',
            "path": "api/x.py",
            "line": 3,
            "column": 8,
            "end_line": 3,
            "end_column": 18,
            "fix": None,
            "url": f"{URL}/MOS101.md",
        }
    ]


def test_fix_is_told_as_edits(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\r\nname = '😀'  # noqa: E501, MOS101\r\n"})
    finding = findings(cwd=tmp_path)[0]
    assert (finding["code"], finding["line"], finding["column"]) == ("MOS002", 2, 27)
    assert finding["end_column"] == 33
    assert finding["url"] == f"{URL}/engine.md"
    assert finding["fix"] == {
        "safety": "safe",
        "message": "Remove MOS101 from the noqa",
        "edits": [{"line": 2, "column": 25, "end_line": 2, "end_column": 33, "text": ""}],
    }


def test_fix_applies_at_its_place(tmp_path: Path) -> None:
    lines = ["x = 1\n", "y = '日本'  # noqa: MOS101\n", "z = 1\n"]
    write(tmp_path, {"a.py": "".join(lines)})
    (edit,) = findings(cwd=tmp_path)[0]["fix"]["edits"]
    assert edit["line"] == edit["end_line"] == 2
    line = lines[1]
    repaired = line[: edit["column"] - 1] + edit["text"] + line[edit["end_column"] - 1 :]
    assert repaired == "y = '日本'\n"


def test_field_order_is_that_of_the_documentation(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": FAULTY})
    pairs = json.loads(
        check("--output-format", "json", cwd=tmp_path).stdout,
        object_pairs_hook=lambda pairs: [key for key, _ in pairs],
    )
    assert pairs == [
        [
            "code",
            "name",
            "message",
            "path",
            "line",
            "column",
            "end_line",
            "end_column",
            "fix",
            "url",
        ]
    ]


def test_nothing_found_is_an_empty_list(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "x = 1\n"})
    assert check("--output-format", "json", cwd=tmp_path).stdout == "[]\n"


def test_json_is_utf8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    write(tmp_path, {"é.py": FAULTY})
    done = check("--output-format", "json", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert json.loads(done.stdout)[0]["path"] == "é.py"
    assert '"é.py"' in done.stdout
