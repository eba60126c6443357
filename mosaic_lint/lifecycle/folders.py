"""What the files in ``scripts/`` are, by their paths alone."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Iterable

FOLDER = "scripts/"
ARCHIVE = "scripts/archive/"

_PROSE = (
    ".md", ".markdown", ".mdx", ".txt", ".rst", ".adoc", ".org", ".html", ".htm", ".pdf", ".docx",
    ".log", ".jsonl", ".json",
)  # fmt: skip
_PROSE_NAME = re.compile(
    r"(?i:README|CHANGELOG|CHANGES|HISTORY|LICEN[CS]E|COPYING|AUTHORS|NOTICE|NOTES|TODO)|.*\.log\.\d+"
)
_CODE_DESPITE_ITS_SUFFIX = frozenset(("package.json", "CMakeLists.txt"))
_DATA = (
    ".csv", ".tsv", ".xml", ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".env", ".lock",
    ".properties", ".plist", ".parquet", ".sqlite", ".db", ".dump", ".pem", ".crt", ".png", ".jpg",
    ".jpeg", ".gif", ".svg", ".ico", ".webp", ".mp3", ".wav", ".zip", ".gz", ".tgz", ".typed",
)  # fmt: skip
# Read by the tool whose files they are, under this very name.
_CONVENTIONAL = frozenset(
    ("__init__.py", "__main__.py", "conftest.py", "setup.py", "Makefile", "GNUmakefile",
     "Dockerfile", "Procfile", "Gemfile", "Pipfile", "go.mod", "go.sum", "justfile", "CODEOWNERS",
     "BUILD", "BUILD.bazel", "package.json", "CMakeLists.txt")
)  # fmt: skip
_COLLECTED = re.compile(r"test_.*\.py|.*_test\.(?:py|go)|.*\.(?:test|spec)\.\w+")
_RUN_BY_FOLDER = re.compile(r"index\.[cm]?[jt]sx?|.*\.go")
_TEST_FOLDERS = frozenset(("test", "tests", "__tests__"))


def is_archived(path: str) -> bool:
    """Whether a file lies in the archive of the scripts."""
    return path.startswith(ARCHIVE)


def is_prose(path: str) -> bool:
    """Whether a file tells or records something, and so puts nothing to use."""
    name = path.rpartition("/")[2]
    if name in _CODE_DESPITE_ITS_SUFFIX:
        return False
    return name.lower().endswith(_PROSE) or _PROSE_NAME.fullmatch(name) is not None


def is_script(path: str) -> bool:
    """Whether a file is a script in use, or should be.

    Args:
        path: relative to the project's folder, with ``/``.

    Returns:
        False also for prose, data and pictures, and for what a tool finds by its name.
    """
    if not path.startswith(FOLDER) or is_archived(path) or is_prose(path):
        return False
    *folders, name = path.split("/")
    if name.startswith(".") or name in _CONVENTIONAL or name.lower().endswith(_DATA):
        return False
    if _TEST_FOLDERS & set(folders) and _COLLECTED.fullmatch(name):
        return False
    return not (len(folders) > 1 and _RUN_BY_FOLDER.fullmatch(name))


def is_meant(path: str, entries: Iterable[str]) -> bool:
    """Whether one of ``canonical-scripts`` means a file.

    Args:
        path: relative to the project's folder.
        entries: paths from there or from ``scripts/``, names of files, folders, patterns.
    """
    return any(_means(entry, path) for entry in entries)


def _means(entry: str, path: str) -> bool:
    plain = entry[2:] if entry.startswith("./") else entry
    plain = plain.strip("/")
    if plain in (path, path.rpartition("/")[2]):
        return True
    for full in (plain, FOLDER + plain):
        if path == full or path.startswith(f"{full}/") or _matches(full, path):
            return True
    return False


def _matches(pattern: str, path: str) -> bool:
    return any(mark in pattern for mark in "*?[") and fnmatchcase(path, pattern)


def shown(path: str) -> str:
    """A path as a message shows it: in one line, whatever its characters are."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in path)
