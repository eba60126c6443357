"""Every fixture project gives exactly the findings that it expects."""

from __future__ import annotations

from pathlib import Path

import pytest

from mosaic_lint import registry
from mosaic_lint.facts import PROJECT_FACTS
from tests.project_case import ProjectCase, cases, findings, set_up

ALL = list(cases())
RULES = sorted(c for c, entry in registry.rules().items() if entry.subscribes in PROJECT_FACTS)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_project_gives_exactly_the_expected_findings(case: ProjectCase, tmp_path: Path) -> None:
    set_up(case, tmp_path / "project")
    found = findings(case, tmp_path / "project")
    assert found == list(case.expected)
    missed = [place for place in case.todo if place in found]
    assert not missed, "a known miss is found now: make it an expectation"


@pytest.mark.parametrize("code", RULES)
def test_rule_has_flagged_clean_and_suppressed_projects(code: str) -> None:
    own = [case for case in ALL if case.code == code]
    assert {"bad", "good", "suppressed"} <= {case.folder.name for case in own}
    assert sum(len(case.expected) for case in own) >= 5
    assert sum(1 for case in own if not case.expected) >= 2
