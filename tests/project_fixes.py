"""A project whose findings as a whole are repaired round by round, as the command line does."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple

from mosaic_lint.config import build
from mosaic_lint.engine import Mode, check_project
from mosaic_lint.model import Finding
from mosaic_lint.project_fixer import changed
from mosaic_lint.source import Source

MAX_ROUNDS = 10


class Repaired(NamedTuple):
    """A project after its fixes.

    Args:
        texts: the files that have changed, by path.
        left: what is still found.
        rounds: how many rounds changed something.
    """

    texts: Dict[str, str]
    left: List[Finding]
    rounds: int


def repaired(
    root: Path,
    files: Mapping[str, str],
    *codes: str,
    wanted: Callable[[Finding], bool] = lambda finding: True,
) -> Repaired:
    """Repair the findings of some codes.

    Args:
        root: an empty folder.
        files: the project.
        codes: the codes.
        wanted: whether to apply a fix.
    """
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode("utf-8"))
    texts: Dict[str, str] = {}
    for number in range(MAX_ROUNDS):
        config = build(root, None, {"select": list(codes)}, {})
        reports = check_project(config, Mode(fixes=True, strict=True))
        done = changed(reports, lambda path, finding: wanted(finding), _read)
        if not done:
            left = [finding for report in reports for finding in report.findings]
            return Repaired(texts, left, number)
        for one in done:
            Path(one.path).write_bytes(one.after.to_bytes())
            texts[Path(one.path).relative_to(root).as_posix()] = one.after.text
    raise AssertionError("the fixes don't come to an end")


def _read(path: str) -> Source:
    return Source.from_bytes(path, Path(path).read_bytes())
