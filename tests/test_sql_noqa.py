"""``-- noqa`` in SQL scripts: what it silences, and MOS002 and MOS003 over it."""

from __future__ import annotations

from typing import Any, List

import pytest

from mosaic_lint.engine import Report
from tests import in_memory
from tests.in_memory import Place, places_of

FAULT = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY AUTOINCREMENT);"
COLUMN = FAULT.index("AUTO") + 1


def report(data: bytes, **options: Any) -> Report:
    return in_memory.report(data, "db/x.sql", **options)


def places(text: str, **options: Any) -> List[Place]:
    """The findings of a script as lines, columns and codes."""
    return places_of(report(text.encode("utf-8"), **options))


@pytest.mark.parametrize(
    "comment",
    [
        "-- noqa",
        "-- noqa: MOS202",
        "-- noqa: MOS2",
        "-- noqa:MOS202",
        "-- NoQA: MOS202",
        "-- noqa: LT01, MOS202 -- the importer rewrites this",
        "-- the importer rewrites this -- noqa: MOS202",
        "/* why */ -- noqa: MOS202",
        "-- noqa -- all of it is meant",
    ],
)
def test_noqa_silences_its_line(comment: str) -> None:
    text = f"{FAULT} {comment}\n{FAULT}\n"
    assert places(text, select=["MOS202", "MOS0"]) == [(2, COLUMN, "MOS202")]


@pytest.mark.parametrize(
    "comment",
    [
        "-- noqa: LT01",
        "-- noqa: disable=all",
        "-- noqa: PRS",
        "-- noqa:",
        "-- qa",
        "/* noqa: MOS202 */",
        "# noqa: MOS202",
        "SELECT '-- noqa: MOS202';",
        "SELECT $$\n-- noqa: MOS202\n$$;",
        "-- flake8: noqa",
    ],
)
def test_what_is_no_noqa_for_the_line_silences_nothing(comment: str) -> None:
    assert places(f"{FAULT} {comment}\n", select=["MOS202", "MOS0"]) == [(1, COLUMN, "MOS202")]


def test_noqa_speaks_for_its_own_line_only() -> None:
    text = (
        "-- noqa\nCREATE TABLE IF NOT EXISTS t ( -- noqa\n"
        "  id INTEGER PRIMARY KEY AUTOINCREMENT\n); -- noqa\n"
    )
    assert places(text, select=["MOS202"]) == [(3, 26, "MOS202")]


def test_unused_noqa_is_told_with_its_fix() -> None:
    text = "SELECT 1; -- noqa: MOS202, LT01\nSELECT 2;  -- why -- noqa: MOS202 -- once\r\nSELECT 3;"
    told = report(text.encode(), select=["MOS2", "MOS0"])
    lines = []
    for finding in told.findings:
        assert finding.code == "MOS002"
        assert text[slice(*finding.span)] == "MOS202"
        fix = finding.fix
        assert fix is not None
        (edit,) = fix.edits
        lines.append(text[: edit.span.start] + edit.text + text[edit.span.end :])
    assert lines == [
        text.replace("noqa: MOS202, LT01", "noqa: LT01"),
        text.replace(" -- noqa: MOS202 -- once", ""),
    ]


def test_code_that_could_not_speak_is_not_unused() -> None:
    assert places("SELECT 1; -- noqa: MOS101, MOS302\n", ignore=["MOS7"]) == []
    assert places("SELECT 1; -- noqa: MOS202\n", select=["MOS203", "MOS0"]) == []


@pytest.mark.parametrize(
    ("comment", "silenced", "message"),
    [
        ("-- noqa MOS202", True, "'-- noqa MOS202' silences everything, not only MOS202"),
        ("-- noqa : MOS202", True, "'-- noqa : MOS202' silences everything, not only MOS202"),
        ("--noqa:MOS202", False, "'--noqa:MOS202' silences nothing"),
        ("-- noqa:  MOS202", False, "'-- noqa:  MOS202' silences nothing"),
        ("-- flake8: noqa: MOS202", False, "this silences nothing in SQL"),
        ("-- noqa: mos202", False, "codes are matched in capitals only"),
    ],
)
def test_doubtful_noqa_is_told(comment: str, silenced: bool, message: str) -> None:
    told = report(f"{FAULT} {comment}\n".encode(), select=["MOS202", "MOS003"])
    codes = [finding.code for finding in told.findings]
    assert codes == (["MOS003"] if silenced else ["MOS202", "MOS003"])
    doubtful = told.findings[-1]
    assert told.source.text[slice(*doubtful.span)] == comment
    assert doubtful.message.startswith(message)
    assert 'write "-- noqa: MOS202"' in doubtful.message


def test_noqa_for_all_our_codes_wants_full_ones() -> None:
    told = report(f"{FAULT} -- noqa: MOS\n".encode(), select=["MOS202", "MOS003"])
    assert [f.message for f in told.findings][1:] == [
        "'-- noqa: MOS' silences nothing: write full codes"
    ]
