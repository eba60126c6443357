"""SARIF: by the official schema, and what GitHub's code scanning asks for beyond it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List

import pytest

from mosaic_lint import __version__
from mosaic_lint.reports.fingerprint import line_hashes
from mosaic_lint.source import Source
from tests.cli_process import FAULTY, write
from tests.headerless import check

SCHEMA = Path(__file__).parent / "data" / "sarif-schema-2.1.0.json"

FILES = {
    "api/a.py": f"x = '😀'; {FAULTY}try:\n    work()\nexcept:\n    pass\n",
    "api/b c,é.py": FAULTY,
    "noqa.py": "x = 1  # noqa: E501, MOS101\n# noqa MOS101\n",
    "bad.py": "x = (\n",
    "nul.py": "x = 1\0\n",
}


def sarif(cwd: Path, *arguments: str, **env: str) -> Dict[str, Any]:
    done = check("--output-format", "sarif", *arguments, cwd=cwd, env=env)
    log = json.loads(done.stdout)
    assert isinstance(log, dict)
    return log


@pytest.fixture
def log(tmp_path: Path) -> Dict[str, Any]:
    """A log with all sorts of findings."""
    write(tmp_path, FILES)
    return sarif(tmp_path)


def results(log: Dict[str, Any]) -> List[Dict[str, Any]]:
    found = log["runs"][0]["results"]
    assert isinstance(found, list)
    return found


def validate(log: Dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text("utf-8"))
    checker = jsonschema.validators.validator_for(schema)
    checker.check_schema(schema)
    errors = list(checker(schema, format_checker=checker.FORMAT_CHECKER).iter_errors(log))
    assert not errors


def test_log_is_valid_by_the_official_schema(log: Dict[str, Any]) -> None:
    assert len(results(log)) > 5
    validate(log)


def test_log_without_findings_is_valid(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    empty = sarif(tmp_path)
    assert results(empty) == []
    validate(empty)


def test_schema_refuses_what_is_no_sarif(log: Dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    results(log)[0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    schema = json.loads(SCHEMA.read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, schema)


def test_tool_and_run_are_described(log: Dict[str, Any]) -> None:
    assert log["version"] == "2.1.0"
    (one,) = log["runs"]
    driver = one["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("mosaic-lint", __version__)
    assert one["columnKind"] == "unicodeCodePoints"
    assert one["invocations"] == [{"executionSuccessful": True}]


def test_rules_have_all_that_code_scanning_asks_for(log: Dict[str, Any]) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    found = {result["ruleId"] for result in results(log)}
    assert [rule["id"] for rule in rules] == sorted(found)
    for rule in rules:
        assert rule["name"]
        assert rule["shortDescription"]["text"].endswith(".")
        assert 20 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert "## Instead" in rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://")
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
        assert rule["properties"]["tags"]
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in rules}
    assert (levels["MOS101"], levels["MOS001"], levels["MOS002"]) == ("error", "error", "warning")


def test_results_point_to_their_rules(log: Dict[str, Any]) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    for result in results(log):
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert result["level"] == rule["defaultConfiguration"]["level"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_places_are_relative_uris_and_code_points(log: Dict[str, Any]) -> None:
    places = [result["locations"][0]["physicalLocation"] for result in results(log)]
    assert places[0] == {
        "artifactLocation": {"uri": "api/a.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1, "startColumn": 17, "endLine": 1, "endColumn": 27},
    }
    uris = {place["artifactLocation"]["uri"] for place in places}
    assert "api/b%20c%2C%C3%A9.py" in uris
    assert "%SRCROOT%" in log["runs"][0]["originalUriBaseIds"]


def test_path_that_is_no_text_keeps_its_bytes(tmp_path: Path) -> None:
    with open(os.path.join(os.fsencode(tmp_path), b"caf\xe9.py"), "wb") as file:
        file.write(FAULTY.encode())
    place = results(sarif(tmp_path))[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "caf%E9.py"


def test_file_outside_is_an_absolute_uri(tmp_path: Path) -> None:
    write(tmp_path, {"there/a b.py": FAULTY, "here/x.py": ""})
    place = results(sarif(tmp_path / "here", "../there"))[0]["locations"][0]["physicalLocation"]
    uri = f"file://{str(tmp_path).replace(' ', '%20')}/there/a%20b.py"
    assert place["artifactLocation"] == {"uri": uri}


def test_paths_are_those_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {"backend/a.py": FAULTY})
    log = sarif(tmp_path / "backend", GITHUB_WORKSPACE=str(tmp_path))
    place = results(log)[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "backend/a.py"


def test_fix_is_told_as_a_change_of_the_file(log: Dict[str, Any]) -> None:
    fixed = [one for one in results(log) if "fixes" in one and one["ruleId"] == "MOS002"]
    assert fixed[0]["fixes"] == [
        {
            "description": {"text": "Remove MOS101 from the noqa"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "noqa.py", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {
                                "startLine": 1,
                                "startColumn": 20,
                                "endLine": 1,
                                "endColumn": 28,
                            },
                            "insertedContent": {"text": ""},
                        }
                    ],
                }
            ],
        }
    ]


def test_fingerprint_survives_a_move_of_the_line(tmp_path: Path) -> None:
    filler = "value = 1\n" * 30

    def fingerprints(text: str) -> List[str]:
        write(tmp_path, {"a.py": text})
        return [
            result["partialFingerprints"]["primaryLocationLineHash"]
            for result in results(sarif(tmp_path))
        ]

    before = fingerprints(f"{FAULTY}{filler}{FAULTY}")
    moved = fingerprints(f"import os\n\n\n{FAULTY}{filler}{FAULTY}")
    indented = fingerprints(f"if True:\n    {FAULTY}{filler}{FAULTY}")
    assert moved == indented == before
    assert len(set(before)) == 2


# Computed by the algorithm of GitHub's upload action over the same bytes, line by line.
GITHUB_HASHES = {
    b"conn = get_conn()\n": ["8c59dd9e963b58a6:1", "c129715d7a2bc9a3:1"],
    "é = '😀'\r\n\tx\r y \n".encode(): [
        "df716400ccf0f767:1",
        "1f7b9f1ae97918ec:1",
        "c33be7e0cf7c3ca:1",
        "c129715d7a2bc9a3:1",
    ],
    b"\xef\xbb\xbfx = 1\n": ["973f80c4b80f40b6:1", "c129715d7a2bc9a3:1"],
}


@pytest.mark.parametrize("data", sorted(GITHUB_HASHES))
def test_line_hashes_are_those_of_github(data: bytes) -> None:
    expected = GITHUB_HASHES[data]
    hashes = line_hashes(Source.from_bytes("a.py", data), range(1, len(expected) + 1))
    assert [hashes[line] for line in sorted(hashes)] == expected


def test_line_hashes_tell_equal_lines_apart() -> None:
    text = "x = 1\n" * 200
    hashes = line_hashes(Source("a.py", text), range(1, 202))
    assert len(hashes) == 201
    assert len(set(hashes.values())) == 201
    assert hashes[1].endswith(":1")
    assert hashes[1].split(":")[0] == hashes[2].split(":")[0]
    assert hashes[2].endswith(":2")
