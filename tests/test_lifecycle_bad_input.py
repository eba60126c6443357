"""Texts that nobody writes stop neither the reading of scripts nor their users' clocks."""

from __future__ import annotations

import time
from typing import Callable, Dict

import pytest

from mosaic_lint.lifecycle.copies import copied
from mosaic_lint.lifecycle.declared import entries
from mosaic_lint.lifecycle.mentions import Names
from mosaic_lint.lifecycle.runs import archived_uses
from mosaic_lint.lifecycle.usage import Usage

N = 5_000
SECONDS = 3.0  # what is linear takes a tenth of that at most
X = "scripts/archive/x.sh"

TEXTS = {
    "brackets.sh": "(" * N + X + ")" * N,
    "substitutions.sh": "$(" * N + X,
    "backticks.sh": "`" * N + X,
    "quoted_substitutions.sh": '"$(' * N + X,
    "words.sh": f"{X} " * N,
    "wrappers.sh": "sudo " * N + X,
    "growing.sh": "X=$X$X\n" * N + "bash " + X,
    "heredocs.sh": "bash <<A\n" * N + X,
    "three_heredocs.sh": "bash <<A <<A <<A\n" * N + X,
    "folders.sh": "cd x && " * N + X,
    "subshells.sh": "(cd x; " * N + X,
    "escapes.sh": "\\" * N + X,
    "own_folder.sh": "bash $(" + "dirname " * N + X,
    "options.sh": "bash " + "-o " * N + X,
    "items.yml": "- " * N + f"run: {X}\n",
    "deep.yml": "".join(" " * (number % 500) + f"k{number}: \n" for number in range(N)) + X,
    "flow.yml": "run: [\n" * N + X,
    "words.yml": "command:\n" + f" - {X}\n" * N,
    "lists.toml": "a = [\n" * N + X,
    "headers.toml": "[" * N + X,
    "texts.toml": 'a = """\n' * N + X,
    "package.json": "{" * N + X,
    "app.json": '{"' + "a." * N + f'": "{X}"}}',
    "calls.js": "exec(" * N + X,
    "ticks.js": "`" * N + X,
    "continued/Makefile": f"\t{X}\\\n" * N,
    "health/Dockerfile": "HEALTHCHECK " * N + X,
    "crontab": "a " * N + X,
    "brackets.py": "(" * N + X,
    "operators.py": "x=" + "'scripts/archive/'+" * N + "'x'\nrun(x)\n",
    "attributes.py": "run(x" + ".parent" * N + f") # {X}",
    "doubling.py": "".join(f"a{i} = a{i + 1} / a{i + 1}\n" for i in range(60))
    + "a60 = 'scripts/archive/x'\nrun(a0)\n",
}


@pytest.mark.parametrize("path", TEXTS)
def test_text_is_read_in_time(path: str) -> None:
    start = time.process_time()
    list(archived_uses((path, X), TEXTS.get))
    assert time.process_time() - start < SECONDS


def orphans(path: str, text: str, script: str = "scripts/xyz.py") -> Callable[[], object]:
    texts: Dict[str, str] = {path: text, script: ""}
    return lambda: list(Usage(texts, texts.get, ()).orphans())


SEARCHES: Dict[str, Callable[[], object]] = {
    "marks": lambda: copied("_old" * N + ".sh", {"x.sh"}),
    "marks of a name": lambda: copied("_old" * 60 + ".sh", {"x.sh"}),
    "quotes": lambda: entries('"' * N, own=True),
    "tables": lambda: entries("{canonical-scripts=" * N, own=True),
    "names": lambda: Names(["scripts/x.sh"], frozenset()).named_in("x.sh" * N),
    "folders": lambda: Names(["scripts/x.sh"], frozenset()).named_in("a/" * N + "x.sh " * N),
    "imports": orphans("a.py", "import (" * N),
    "dots": orphans("a.py", "scripts" + ".a" * N + ".b"),
    "patches": orphans("a.py", "patch(" * N + "xyz"),
    "segments": orphans("a.js", "/a" * N, "scripts/xyz.js"),
    "requires": orphans("a.rb", "require '" + "a/" * N, "scripts/xyz.rb"),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_search_ends_in_time(name: str) -> None:
    start = time.process_time()
    SEARCHES[name]()
    assert time.process_time() - start < SECONDS
