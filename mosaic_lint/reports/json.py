"""``json``: a list of objects, for programs."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

from mosaic_lint.model import Span
from mosaic_lint.reports.results import Located, Results, changed_file, shown
from mosaic_lint.source import Source


def render(results: Results) -> str:
    """All findings in order of path, line and column."""
    objects = [_object(found) for found in results.located()]
    return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"


def _object(found: Located) -> Dict[str, Any]:
    shown: Dict[str, Any] = {
        "code": found.finding.code,
        "name": found.name,
        "message": found.finding.message,
        "path": found.path,
        **_range(found.source, found.finding.span),
        "fix": _fix(found),
        "url": found.url,
    }
    if found.finding.related:
        shown["related"] = [
            {"message": step.message, **_range(found.source, step.span)}
            for step in found.finding.related
        ]
    return shown


def _fix(found: Located) -> Optional[Dict[str, Any]]:
    """A fix; with the path of the file that it changes, if that isn't the finding's."""
    fix = found.finding.fix
    source = None if fix is None else changed_file(found.source, fix)
    if fix is None or source is None:
        return None
    edits = [{**_range(source, edit.span), "text": edit.text} for edit in fix.edits]
    told = {"safety": fix.safety.value, "message": fix.message, "edits": edits}
    return {**told, "path": shown(source.path)} if fix.path else told


def _range(source: Source, span: Span) -> Dict[str, int]:
    """A span as lines and columns from 1; the end is the character behind the last one."""
    start, end = source.position(span.start), source.position(span.end)
    return {
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    }
