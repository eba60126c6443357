"""Real processes of flake8."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import List, NamedTuple, Tuple

from tests.cli_process import environment

_FORMAT = "--format=%(path)s:%(row)d:%(col)d: %(code)s %(text)s"
_LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>\w+) (?P<text>.*)")


class Shown(NamedTuple):
    """A line of flake8's output."""

    path: str
    line: int
    column: int
    code: str
    text: str


def run(*arguments: str, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run flake8; its output is decoded as UTF-8."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *arguments],
        cwd=cwd,
        input=stdin,
        env=environment({"PYTHONUTF8": "1"}),
        capture_output=True,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def found(
    *arguments: str,
    cwd: Path,
    stdin: bytes = b"",
    select: str = "MOS",
    without: Tuple[str, ...] = ("MOS7",),
) -> List[Shown]:
    """What flake8 shows of the plugin's codes, paths relative and with ``/``.

    Args:
        arguments: flake8's options and paths.
        cwd: the working folder.
        stdin: the standard input.
        select: the codes that flake8 is asked for; all where it is empty.
        without: codes that are left out of what it shows; the small files of tests have no version
            headers. No option does that, so that the tests' own options are all that there are.
    """
    chosen = [f"--select={select}"] if select else []
    done = run(_FORMAT, *chosen, *arguments, cwd=cwd, stdin=stdin)
    assert done.stderr == "", done.stderr
    return [line for line in read(done.stdout) if not line.code.startswith(without)]


def read(output: str) -> List[Shown]:
    """Read flake8's output."""
    shown = []
    for line in output.split("\n"):
        if line:
            match = _LINE.fullmatch(line)
            assert match is not None, line
            path = os.path.normpath(match["path"]).replace(os.sep, "/")
            place = (int(match["line"]), int(match["column"]))
            shown.append(Shown(path, *place, match["code"], match["text"]))
    return shown
