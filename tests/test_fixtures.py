"""Every fixture gives exactly the findings that it expects, with triage on and off."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from mosaic_lint import registry
from mosaic_lint.config import Config, build, check_table
from mosaic_lint.engine import Mode, check
from mosaic_lint.facts import PROJECT_FACTS
from mosaic_lint.source import Source
from tests.cli_process import commit
from tests.fixture import Fixture, Place, fixtures, shell_fixtures, sql_fixtures

ALL = [*fixtures(), *sql_fixtures(), *shell_fixtures()]
OF_PROJECTS = {c for c, entry in registry.rules().items() if entry.subscribes in PROJECT_FACTS}


def config_of(fixture: Fixture, root: Path) -> Config:
    """The configuration that a fixture asks for, in a project at ``root``."""
    table = check_table({**fixture.options, "select": list(fixture.select)}, fixture.id)
    return build(root, None, table, {})


def places(fixture: Fixture, root: Path, *, triage: bool) -> List[Place]:
    """The findings of a fixture as lines, columns and codes."""
    if fixture.head is not None:
        commit(root, {fixture.path: fixture.head})
    source = Source(str(root / fixture.path), fixture.text)
    report = check(source, config_of(fixture, root), Mode(triage=triage, strict=True))
    return [(*source.position(f.span.start), f.code) for f in report.findings]


@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.id)
def test_fixture_gives_exactly_the_expected_findings(
    fixture: Fixture, triage: bool, tmp_path: Path
) -> None:
    found = places(fixture, tmp_path, triage=triage)
    assert found == list(fixture.expected)
    missed = [place for place in fixture.todo if place in found]
    assert not missed, "a known miss is found now: make it an expectation"


@pytest.mark.parametrize("code", [c for c in sorted(registry.rules()) if c not in OF_PROJECTS])
def test_rule_has_flagged_clean_and_suppressed_fixtures(code: str) -> None:
    names = {fixture.file.name for fixture in ALL if fixture.file.parent.name == code}
    kinds = [".sql"] if code.startswith("MOS80") and code < "MOS805" else [".py"]
    assert {f"{name}{kind}" for name in ("bad", "good", "suppressed") for kind in kinds} <= names
    flagged = [place for fixture in ALL for place in fixture.expected if place[2] == code]
    clean = [f for f in ALL if f.file.parent.name == code and not f.expected]
    assert len(flagged) >= 5
    assert len(clean) >= 2
