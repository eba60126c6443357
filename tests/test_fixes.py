"""Every fix of every fixture: exact, compiling, complete, alone and together with others."""

from __future__ import annotations

import io
import random
import re
import sys
import tokenize
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import pytest

from mosaic_lint import registry
from mosaic_lint.config import Config
from mosaic_lint.engine import Mode, Report, check
from mosaic_lint.fixer import Fixed, apply, fix
from mosaic_lint.git import Git
from mosaic_lint.model import Edit, Finding, Span
from mosaic_lint.source import Language, Source
from tests.cli_process import commit
from tests.fixture import Fixture
from tests.test_fixtures import ALL, config_of

FIXABLE = {code for code, entry in registry.rules().items() if entry.fix is not None}
FIXTURES = [f for f in ALL if any(code in FIXABLE for _, _, code in f.expected)]
EXACT = [
    f
    for f in ALL
    if f.file.with_name(f.file.name + ".fixed").exists() and sys.version_info >= f.python
]
STRICT = Mode(strict=True)
TODAY = "<today>"


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who runs the tests is called Ada."""
    monkeypatch.setattr(Git, "user_name", "Ada")


@dataclass(frozen=True)
class Repaired:
    """A fixture before and after all of its fixes; made once for all tests."""

    source: Source
    result: Fixed
    config: Config


Repairs = Callable[[Fixture], Repaired]


@pytest.fixture(scope="module")
def repairs(tmp_path_factory: pytest.TempPathFactory) -> Repairs:
    """Gives fixtures after their fixes."""
    known: Dict[str, Repaired] = {}

    def repaired(fixture: Fixture) -> Repaired:
        if fixture.id not in known:
            source, result, config = fixed(fixture, tmp_path_factory.mktemp("project"))
            known[fixture.id] = Repaired(source, result, config)
        return known[fixture.id]

    return repaired


def opened(fixture: Fixture, root: Path) -> Tuple[Source, Config]:
    """A fixture in a project of its own."""
    if fixture.head is not None:
        commit(root, {fixture.path: fixture.head})
    return Source(str(root / fixture.path), fixture.text), config_of(fixture, root)


def fixed(fixture: Fixture, root: Path) -> Tuple[Source, Fixed, Config]:
    """A fixture before and after all of its fixes."""
    source, config = opened(fixture, root)
    return source, fix(source, config, lambda finding: True, STRICT), config


def compiles(source: Source) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.text, "<fixture>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def comments(source: Source) -> List[str]:
    if source.language is Language.SQL:
        return re.findall(r"--[^\n]*", source.text)
    if source.language is not Language.PYTHON:
        return []
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def with_fix(report: Report) -> List[Finding]:
    return [finding for finding in report.findings if finding.fix is not None]


@pytest.mark.parametrize("fixture", EXACT, ids=lambda fixture: fixture.id)
def test_fixed_fixture_is_exactly_what_is_expected(fixture: Fixture, repairs: Repairs) -> None:
    result = repairs(fixture).result
    expected = fixture.file.with_name(fixture.file.name + ".fixed").read_bytes().decode("utf-8")
    assert result.report.source.text == expected.replace(TODAY, date.today().isoformat())


@pytest.mark.parametrize("code", sorted(FIXABLE - {"MOS804"}))
def test_rule_with_a_fix_has_a_fixed_fixture(code: str) -> None:
    assert [f for f in EXACT if f.file.parent.name == code and code in f.select]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.id)
def test_no_fix_of_a_fixture_is_refused(fixture: Fixture, repairs: Repairs) -> None:
    result = repairs(fixture).result
    assert not [(f.code, f.unfixed) for f in with_fix(result.report) if not f.fix or not f.fix.path]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.id)
def test_fixed_fixture_compiles_and_keeps_its_comments(fixture: Fixture, repairs: Repairs) -> None:
    source, after = repairs(fixture).source, repairs(fixture).result.report.source
    if source.language is Language.PYTHON and compiles(source):
        assert compiles(after)
        assert not [c for c in comments(source) if c not in comments(after)]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.id)
def test_second_run_changes_nothing(fixture: Fixture, repairs: Repairs) -> None:
    first = repairs(fixture)
    after = first.result.report.source
    again = fix(after, first.config, lambda finding: True, STRICT)
    assert again.applied == ()
    assert again.report.source.text == after.text


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.id)
def test_any_fix_alone_repairs_its_finding_and_leaves_the_others(
    fixture: Fixture, tmp_path: Path
) -> None:
    source, config = opened(fixture, tmp_path)
    mode = replace(STRICT, fixes=True)
    before = check(source, config, mode)
    for finding in with_fix(before):
        assert finding.fix is not None
        if finding.fix.path:
            continue
        after = check(source.with_text(apply(source.text, finding.fix.edits)), config, mode)
        hidden = registry.rules()[finding.code].uncovers
        left = Counter(f.code for f in after.findings if f.code not in hidden)
        were = Counter(f.code for f in before.findings if f is not finding)
        assert not left - were, finding.message


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.id)
def test_any_subset_of_fixes_composes(fixture: Fixture, tmp_path: Path) -> None:
    source, config = opened(fixture, tmp_path)
    dice = random.Random(fixture.id)
    for _ in range(2):
        kept = {finding.message: dice.random() < 0.5 for finding in check(source, config).findings}
        result = fix(source, config, partial(_is_kept, kept), STRICT)
        refused = [f for f in with_fix(result.report) if f.unfixed]
        assert not refused
        if source.language is Language.PYTHON and compiles(source):
            assert compiles(result.report.source)


def _is_kept(kept: Dict[str, bool], finding: Finding) -> bool:
    return kept.get(finding.message, True)


def test_edits_are_applied_in_order_of_position_whatever_their_own() -> None:
    edits = [Edit(Span(4, 5), "E"), Edit(Span(0, 1), "A"), Edit(Span(2, 2), "+")]
    assert apply("abcdef", edits) == "Ab+cdEf"
