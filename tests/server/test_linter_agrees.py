"""The linter says of the cases what the server says; no server is needed here."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from mosaic_lint import registry
from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode, check
from mosaic_lint.source import Source
from tests.server.case import SCHEMA, Case, cases

ALL = list(cases())
RULES = registry.rules()
KNOWN = [case for case in ALL if case.code in RULES]
BAD = [case for case in KNOWN if case.bad]
GOOD = [case for case in KNOWN if not case.bad]
FIXED = [case for case in BAD if case.fixed is not None]


def identity(case: Case) -> str:
    return case.id


def found(source: str, case: Case, root: Path) -> List[str]:
    """The codes of a case's family and its own that are found in a project with its tables."""
    migrations = root / "migrations"
    migrations.mkdir()
    (migrations / "001_schema.sql").write_text(f"{SCHEMA}\n{case.setup}\n", encoding="utf-8")
    file = root / "api" / "service.py"
    file.parent.mkdir()
    file.write_text(source, encoding="utf-8")
    select = sorted({case.code, *(code for code in RULES if code.startswith("MOS2"))})
    table = check_table({"select": select}, case.id)
    report = check(Source(str(file), source), build(root, None, table, {}), Mode(strict=True))
    return [finding.code for finding in report.findings]


def test_every_case_is_about_a_rule_that_exists() -> None:
    assert {case.code for case in ALL} - set(RULES) == set()


@pytest.mark.parametrize("case", BAD, ids=identity)
def test_fault_is_found(case: Case, tmp_path: Path) -> None:
    assert case.code in found(case.program.source, case, tmp_path)


@pytest.mark.parametrize("case", FIXED, ids=identity)
def test_fixed_form_is_clean(case: Case, tmp_path: Path) -> None:
    assert case.fixed is not None
    assert set(found(case.fixed.source, case, tmp_path)) <= set(case.allowed)


@pytest.mark.parametrize("case", GOOD, ids=identity)
def test_near_miss_is_clean(case: Case, tmp_path: Path) -> None:
    assert set(found(case.program.source, case, tmp_path)) <= set(case.allowed)
