"""Fixes over a whole service with faults of all chapters: every file as it should be afterwards."""

from __future__ import annotations

import io
import subprocess
import tokenize
import warnings
from pathlib import Path
from typing import Dict, List

import pytest

from mosaic_lint.config import Config, Loader
from mosaic_lint.engine import Mode
from mosaic_lint.fixer import Fixed, fix
from mosaic_lint.source import Source
from tools.bench.cases import EVERY
from tools.bench.service import write_service
from tools.bench.sites_flow import find_all_sites

LINES = 3_000
STRICT = Mode(strict=True)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a fault on about every tenth line."""
    root = tmp_path_factory.mktemp("service")
    write_service(root, lines=LINES, fault_every=10, chapters=EVERY, find=find_all_sites)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    return root


@pytest.fixture(scope="module")
def results(service: Path) -> Dict[Path, Fixed]:
    """Each Python file after all of its fixes."""
    loader = Loader()
    return {
        file: fixed(file, file.read_text(encoding="utf-8"), loader)
        for file in sorted(service.rglob("*.py"))
    }


def config_of(file: Path, loader: Loader) -> Config:
    return loader.for_path(file)


def fixed(file: Path, text: str, loader: Loader) -> Fixed:
    source = Source(str(file), text)
    return fix(source, config_of(file, loader), lambda finding: True, STRICT)


def test_something_of_each_chapter_with_fixes_is_repaired(results: Dict[Path, Fixed]) -> None:
    chapters = {finding.code[:4] for result in results.values() for finding in result.applied}
    assert chapters >= {"MOS1", "MOS2", "MOS3", "MOS4"}


def test_no_fix_is_refused(results: Dict[Path, Fixed]) -> None:
    refused: List[str] = [
        f"{file.name}: {finding.code}: {finding.unfixed}"
        for file, result in results.items()
        for finding in result.report.findings
        if finding.fix is not None
    ]
    assert not refused


def test_every_file_compiles(results: Dict[Path, Fixed]) -> None:
    for file, result in results.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(result.report.source.text, str(file), "exec", dont_inherit=True)


def test_second_run_changes_nothing(results: Dict[Path, Fixed]) -> None:
    loader = Loader()
    for file, result in results.items():
        text = result.report.source.text
        assert fixed(file, text, loader).report.source.text == text


def test_comments_stay_in_their_order(results: Dict[Path, Fixed]) -> None:
    for file, result in results.items():
        after = iter(comments(result.report.source.text))
        assert all(comment in after for comment in comments(file.read_text(encoding="utf-8")))


def comments(text: str) -> List[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]
