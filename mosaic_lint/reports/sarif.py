"""``sarif``: SARIF 2.1.0 with what GitHub's code scanning asks for."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Iterable, List
from urllib.parse import quote

from mosaic_lint import __version__, registry
from mosaic_lint.engine import Report
from mosaic_lint.explain import HOME, Explanation, explain_code
from mosaic_lint.model import Fix, Span
from mosaic_lint.reports.fingerprint import line_hashes
from mosaic_lint.reports.github import in_repository
from mosaic_lint.reports.results import Located, Results, changed_file, level, locate
from mosaic_lint.source import Source

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_BASE = "%SRCROOT%"


def render(results: Results) -> str:
    """A log with one run; its rules are those that have findings."""
    codes = sorted({found.finding.code for found in results.located()})
    run = {
        "tool": {"driver": _driver(codes)},
        "invocations": [{"executionSuccessful": not results.has_fault}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _BASE: {
                "description": {
                    "text": "The repository, or the folder that was current in the run."
                }
            }
        },
        "results": [one for report in results.reports for one in _results(report, codes)],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _driver(codes: Iterable[str]) -> Dict[str, Any]:
    return {
        "name": "mosaic-lint",
        "informationUri": HOME,
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(explain_code(code)) for code in codes],
    }


def _rule(told: Explanation) -> Dict[str, Any]:
    return {
        "id": told.code,
        "name": told.name,
        "shortDescription": {"text": _summary(told.code)},
        "fullDescription": {"text": f"{told.what} {told.why}"},
        "help": {"text": _help_text(told), "markdown": _help_markdown(told)},
        "helpUri": told.url,
        "defaultConfiguration": {"level": level(told.code)},
        "properties": {
            "tags": ["python", told.playbook],
            "precision": "high",
            "problem.severity": level(told.code),
        },
    }


def _summary(code: str) -> str:
    if code in registry.ENGINE_CODES:
        summary = registry.ENGINE_CODES[code][1]
    else:
        summary = registry.rules()[code].summary
    return f"{summary[0].upper()}{summary[1:].rstrip('.')}."


def _help_text(told: Explanation) -> str:
    return (
        f"{told.what}\n\n{told.why}\n\nExample:\n\n{told.example}\n\n"
        f"Instead:\n\n{told.instead}\n\n{told.limits}\n"
    )


def _help_markdown(told: Explanation) -> str:
    return (
        f"{told.what}\n\n## Why\n\n{told.why}\n\n## Example\n\n```python\n{told.example}\n```\n\n"
        f"## Instead\n\n```python\n{told.instead}\n```\n\n## Limits\n\n{told.limits}\n"
    )


def _results(report: Report, codes: List[str]) -> Iterable[Dict[str, Any]]:
    located = [locate(report.source, finding) for finding in report.findings]
    hashes = line_hashes(report.source, {found.start.line for found in located})
    for found in located:
        yield _result(found, codes.index(found.finding.code), hashes[found.start.line])


def _result(found: Located, index: int, line_hash: str) -> Dict[str, Any]:
    result: Dict[str, Any] = {
        "ruleId": found.finding.code,
        "ruleIndex": index,
        "level": found.level,
        "message": {"text": found.finding.message},
        "locations": [_location(found.source, found.finding.span)],
        "partialFingerprints": {"primaryLocationLineHash": line_hash},
    }
    if found.finding.related:
        result.update(_path(found))
    fix = found.finding.fix
    changed = None if fix is None else changed_file(found.source, fix)
    if fix is not None and changed is not None:
        result["fixes"] = [_fix(changed, fix)]
    return result


def _path(found: Located) -> Dict[str, Any]:
    """The way to the finding: its steps, and as a flow that ends at the finding itself."""
    steps = [_location(found.source, step.span, step.message) for step in found.finding.related]
    fault = _location(found.source, found.finding.span, found.finding.message)
    flow = [{"location": location} for location in (*steps, fault)]
    return {
        "relatedLocations": [{"id": number, **step} for number, step in enumerate(steps, 1)],
        "codeFlows": [{"threadFlows": [{"locations": flow}]}],
    }


def _location(source: Source, span: Span, message: str = "") -> Dict[str, Any]:
    place = {"artifactLocation": _artifact(source), "region": _region(source, span)}
    location: Dict[str, Any] = {"physicalLocation": place}
    return {**location, "message": {"text": message}} if message else location


def _fix(source: Source, fix: Fix) -> Dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change = {"artifactLocation": _artifact(source), "replacements": replacements}
    return {"description": {"text": fix.message}, "artifactChanges": [change]}


def _artifact(source: Source) -> Dict[str, Any]:
    """The file as a URI: relative to the repository, absolute outside of it."""
    path = in_repository(source.path)
    uri = quote(os.fsencode(path.replace(os.sep, "/")))
    return {"uri": f"file://{uri}"} if os.path.isabs(path) else {"uri": uri, "uriBaseId": _BASE}


def _region(source: Source, span: Span) -> Dict[str, int]:
    start, end = source.position(span.start), source.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
