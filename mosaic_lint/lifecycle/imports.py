"""Which scripts a text names as programs do: without the suffix, as modules."""

from __future__ import annotations

import re
from typing import Dict, Iterable, Pattern, Set

_PYTHON = (".py",)
_JAVASCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_RUBY = (".rb",)

_IMPORTED_PYTHON = r"""(?mx)
    ^[ \t]*(?:from|import)\b[^\n\#]*\b{stem}\b
    |\bfrom[ \t]+[\w.]+[ \t]+import[ \t]*\([^)]*\b{stem}\b
    |(?:import_module|run_module|__import__|patch)\w*\(\s*["'][\w.]*\b{stem}\b
    |\bscripts(?:\.\w+)*\.{stem}\b
"""
_IMPORTED_JAVASCRIPT = r"/{stem}(?:\.[cm]?jsx?)?(?![\w.-])"
_IMPORTED_RUBY = r"""require(?:_relative)?\b[ \t(]*["'](?:[^"'\n]*/)?{stem}["']"""


class Modules:
    """Scripts that may be imported.

    Args:
        scripts: their paths.
    """

    def __init__(self, scripts: Iterable[str]) -> None:
        self._stems: Dict[str, str] = {}
        self._patterns: Dict[str, Pattern[str]] = {}
        for path in scripts:
            stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
            pattern = _pattern_of(dot + suffix)
            if stem and pattern:
                self._stems[path] = stem
                self._patterns[path] = re.compile(pattern.replace("{stem}", re.escape(stem)))

    def __bool__(self) -> bool:
        return bool(self._stems)

    def imported_in(self, path: str, text: str) -> Set[str]:
        """The paths of the scripts that a text imports.

        Args:
            path: where the text stands.
            text: the text.
        """
        return {
            script
            for script, stem in self._stems.items()
            if stem in text and _speaks(path, script, text) and self._patterns[script].search(text)
        }


def _pattern_of(suffix: str) -> str:
    if suffix in _PYTHON:
        return _IMPORTED_PYTHON
    if suffix in _JAVASCRIPT:
        return _IMPORTED_JAVASCRIPT
    return _IMPORTED_RUBY if suffix in _RUBY else ""


def _speaks(path: str, script: str, text: str) -> bool:
    """Whether a file may import a script at all."""
    if script.endswith(_PYTHON):
        return path.endswith((".py", ".pyi", ".ipynb")) or "scripts." in text
    family = _JAVASCRIPT if script.endswith(_JAVASCRIPT) else _RUBY
    return path.endswith((*family, "package.json"))
