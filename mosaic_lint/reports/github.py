"""``github``: workflow commands, which GitHub shows as annotations in a pull request.

GitHub shows ten errors and ten warnings of a step, and drops the rest: errors come first, and the
step's summary has them all.
"""

from __future__ import annotations

import os
import re
from typing import Iterator, List

from mosaic_lint.reports.concise import line
from mosaic_lint.reports.results import ERROR, Located, Results, printable

_SHOWN_A_STEP = 10
_LONGEST_SUMMARY = 1_000_000
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


def render(results: Results) -> str:
    """One workflow command a finding, errors first."""
    found = _errors_first(results)
    lines = [_command(one) for one in found]
    lines.extend(_notice(found))
    return "".join(f"{line}\n" for line in lines)


def _errors_first(results: Results) -> List[Located]:
    return sorted(results.located(), key=lambda found: found.level != ERROR)


def _command(found: Located) -> str:
    start, end = found.start, found.end
    properties = {
        "file": in_repository(found.path),
        "line": start.line,
        "endLine": end.line,
        "col": start.column,
        "endColumn": end.column,
        "title": f"{found.finding.code} {found.name}",
    }
    if end.line != start.line:  # GitHub refuses columns across lines
        del properties["col"], properties["endColumn"]
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{found.level} {listed}::{_data(line(found))}"


def _notice(found: List[Located]) -> Iterator[str]:
    """Say so where GitHub won't show all."""
    errors = sum(one.level == ERROR for one in found)
    if max(errors, len(found) - errors) > _SHOWN_A_STEP:
        where = "summary" if "GITHUB_STEP_SUMMARY" in os.environ else "log"
        told = f"{len(found)} findings; GitHub shows ten a step: the step's {where} has all"
        yield f"::notice title=mosaic-lint::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def in_repository(path: str) -> str:
    """A path as GitHub knows it: relative to the workspace, where the run takes place in one."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace:
        return path
    relative = os.path.relpath(os.path.abspath(path), os.path.realpath(workspace))
    outside = relative.split(os.sep)[0] == os.pardir
    return path if outside else relative.replace(os.sep, "/")


def summary(results: Results) -> str:
    """A table of all findings in Markdown, within what GitHub takes for one step."""
    rows = [_row(found) for found in _errors_first(results)]
    if not rows:
        return ""
    head = f"### mosaic-lint: {len(rows)} finding{'s' * (len(rows) > 1)}\n\n"
    text = f"{head}| place | code | finding |\n| --- | --- | --- |\n"
    size = len(text)
    for done, row in enumerate(rows):
        size += len(row.encode("utf-8", "replace"))
        if size > _LONGEST_SUMMARY:
            return f"{text}\nand {len(rows) - done} more\n"
        text += row
    return f"{text}\n"


def _row(found: Located) -> str:
    place = f"{in_repository(found.path)}:{found.start.line}:{found.start.column}"
    code = f"[{found.finding.code}]({found.url})"
    return f"| {_cell(place)} | {code} | {_cell(found.finding.message)} |\n"


def _cell(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", printable(text))
