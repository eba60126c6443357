"""The examples in rules' docstrings: one Python file, or several files, each behind its path.

Several files are written as ``head`` and ``tail`` show them::

    ==> migrations/20260105_add_shelves.sql <==
    CREATE TABLE IF NOT EXISTS shelves (id SERIAL PRIMARY KEY);

A path with `` in HEAD`` behind it is a file of the last commit.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Sequence

from mosaic_lint.config import Loader
from mosaic_lint.discover import SUFFIXES
from mosaic_lint.engine import Mode, Report, check, check_project
from mosaic_lint.source import Source

ALONE = "api/example.py"
_IN_HEAD = " in HEAD"
_HEADING = re.compile(r"^==> (.+) <==\n", re.MULTILINE)


def files_of(example: str) -> Dict[str, str]:
    """The files of an example by path, as they are now.

    Args:
        example: the section of a docstring.
    """
    pieces = _pieces(example)
    return {path: text for path, text in pieces.items() if not path.endswith(_IN_HEAD)}


def committed_files_of(example: str) -> Dict[str, str]:
    """The files of an example by path, as they are in the last commit; none if there is none.

    Args:
        example: the section of a docstring.
    """
    return {
        path[: -len(_IN_HEAD)]: text
        for path, text in _pieces(example).items()
        if path.endswith(_IN_HEAD)
    }


def _pieces(example: str) -> Dict[str, str]:
    pieces = _HEADING.split(example)
    if len(pieces) == 1:
        return {ALONE: example}
    return {path: text.rstrip("\n") + "\n" for path, text in zip(pieces[1::2], pieces[2::2])}


def is_project(example: str) -> bool:
    """Whether an example shows files by their paths."""
    return _HEADING.search(example) is not None


def findings(example: str, select: Sequence[str], ignore: Sequence[str] = ()) -> List[str]:
    """What is found in an example, as ``path:line:column: CODE message``.

    Args:
        example: the section of a docstring.
        select: the codes to look for.
        ignore: codes not to look for.
    """
    with tempfile.TemporaryDirectory(prefix="example-") as name:
        root = Path(name).resolve()
        committed = committed_files_of(example)
        if committed:
            _write(root, committed)
            _commit(root)
        else:
            (root / ".git").mkdir()  # the folder of a project, not one outside of any
        _write(root, files_of(example))
        return list(_found(root, example, select, ignore))


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _commit(root: Path) -> None:
    """Make a folder a repository, and commit all that is in it."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    somebody = ("-c", "user.name=Ines", "-c", "user.email=ines@example.org")
    for command in (["init"], ["add", "--all"], ["commit", "--message", "All"]):
        subprocess.run(
            ["git", *somebody, *command],
            cwd=root,
            env={**kept, **own},
            check=True,
            capture_output=True,
        )


def _found(root: Path, example: str, select: Sequence[str], ignore: Sequence[str]) -> Iterator[str]:
    overrides = {"select": list(select), "ignore": list(ignore)}
    is_configured = "pyproject.toml" in files_of(example)
    loader = Loader(overrides=overrides, isolated=not is_configured, cache=None)
    config = loader.for_path(root / "x")
    reports: List[Report] = []
    for path, text in files_of(example).items():
        if path.endswith(SUFFIXES):
            reports.append(check(Source(str(root / path), text), config, Mode(strict=True)))
    if is_project(example):
        reports.extend(check_project(config, Mode(strict=True)))
    for report in reports:
        path = Path(report.source.path).relative_to(root).as_posix()
        path = "example.py" if path == ALONE and not is_project(example) else path
        for finding in report.findings:
            line, column = report.source.position(finding.span.start)
            yield f"{path}:{line}:{column}: {finding.code} {finding.message}"


def codes(lines: Sequence[str]) -> List[str]:
    """The codes of findings."""
    return [line.split(": ", 1)[1].split()[0] for line in lines]
