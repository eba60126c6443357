"""What speaks against a text that fixes have made."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Dict, FrozenSet, Iterable, Sequence

from mosaic_lint import registry
from mosaic_lint.engine import Report
from mosaic_lint.job import PASSING
from mosaic_lint.model import Finding
from mosaic_lint.source import Language, Source, Unreadable


def lost(source: Source) -> str:
    """Why a text wouldn't come back from its file; empty if it would."""
    try:
        read = Source.from_bytes(source.path, source.to_bytes())
    except UnicodeEncodeError:
        return f"the file's encoding, {source.encoding}, can't hold it"
    except Unreadable as error:
        return f"the file couldn't be read any more: {error.reason}"
    return "" if read.text == source.text else "the file would be decoded in another way"


def still_compiles(before: Source, after: Source) -> bool:
    """Whether a file compiles, or didn't before either; any that isn't Python does."""
    if before.language is Language.MARKDOWN:
        return _blocks_still_compile(before, after)
    if before.language is not Language.PYTHON or _compiles(after.text):
        return True
    return not _compiles(before.text)


def _blocks_still_compile(before: Source, after: Source) -> bool:
    """Whether a Markdown file still has the same blocks, and each that compiled still does."""
    from mosaic_lint.check_markdown import parts

    were, are = ([block for block, _ in parts(source)] for source in (before, after))
    return len(were) == len(are) and all(
        was.language is now.language and still_compiles(was, now) for was, now in zip(were, are)
    )


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<fixed>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def objection(before: Report, after: Report, applied: Sequence[Finding]) -> str:
    """What speaks against the result of some fixes; empty if nothing does."""
    was, now = _codes(before), _codes(after)
    fixed = Counter(finding.code for finding in applied)
    uncovered = _uncovered(fixed) | (PASSING - fixed.keys())
    for code in sorted(now):
        allowed = was.get(code, 0) - fixed[code]
        if now[code] > allowed and code not in uncovered:
            if fixed[code]:
                return f"{code} would still be found"
            return f"it would lead to {code}"
    return ""


def _codes(report: Report) -> Dict[str, int]:
    return Counter(finding.code for finding in report.findings)


def _uncovered(codes: Iterable[str]) -> FrozenSet[str]:
    """The codes of findings that others hide as long as they stand."""
    rules = registry.rules()
    return frozenset(code for fixed in codes if fixed in rules for code in rules[fixed].uncovers)
