"""``check --fix --interactive`` on a real terminal: what is shown, asked and written."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import pytest

from tests.cli_process import CLEAN, command, environment, write
from tests.test_cli_fix import BARE, FIXED_BARE, FIXED_QUERY, QUERY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminals")

if sys.platform != "win32":
    import pty

QUESTION = "Apply this fix [y,n,a,q,?]? "
_PATIENCE = 30.0


class Terminal:
    """A process on a terminal of its own, and somebody who types."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        color: str = "never",
        extra: Optional[Dict[str, str]] = None,
    ) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command("check", "--ignore", "MOS7", "--fix", "--interactive", "--color", color,
                    "--output-format", "concise", *arguments),
            cwd=cwd, env=environment(extra), stdin=theirs, stderr=theirs, stdout=subprocess.PIPE,
            start_new_session=True, preexec_fn=_control(theirs),
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def until(self, text: str) -> str:
        """Wait until something new is shown; gives what has come since the last time."""
        new = ""
        end = time.monotonic() + _PATIENCE
        while text not in new:
            ready, _, _ = select.select([self._ours], [], [], end - time.monotonic())
            assert ready, f"{text!r} doesn't come; shown: {new!r}"
            data = self._read()
            assert data is not None, f"{text!r} doesn't come; shown: {new!r}"
            new += data
        self.shown += new
        return new.replace("\r\n", "\n")

    def _read(self) -> Optional[str]:
        try:
            return os.read(self._ours, 65536).decode("utf-8", "replace") or None
        except OSError:  # so Linux says that the other side is closed
            return None

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode("latin-1"))

    def end(self) -> Tuple[int, str, str]:
        """The status, standard output, and what was shown at last."""
        rest = ""
        while True:
            data = self._read()
            if data is None:
                break
            rest += data
        assert self.process.stdout is not None
        out = self.process.stdout.read().decode()
        self.process.stdout.close()
        os.close(self._ours)
        return self.process.wait(), out, rest.replace("\r\n", "\n")


def _control(terminal: int) -> Callable[[], None]:
    def begin() -> None:
        import fcntl
        import termios

        signal.signal(signal.SIGINT, signal.SIG_DFL)
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches the process

    return begin


def read(root: Path, *names: str) -> List[str]:
    return [(root / name).read_text() for name in names]


def test_fix_is_shown_with_its_finding_and_diff(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY})
    terminal = Terminal(cwd=tmp_path)
    assert terminal.until(QUESTION) == (
        "\n"
        "a.py:2:44: MOS201 sqlite-placeholder: "
        'the placeholder "?" is SQLite\'s: write "%s"\n'
        'Write "%s" for each "?" (safe)\n'
        "@@ -1,2 +1,2 @@\n"
        " def one(cur):\n"
        '-    cur.execute("SELECT 1 FROM t WHERE a = ?", (1,))\n'
        '+    cur.execute("SELECT 1 FROM t WHERE a = %s", (1,))\n' + QUESTION
    )
    assert read(tmp_path, "a.py") == [QUERY], "nothing is written before an answer"
    terminal.type("y\n")
    status, out, rest = terminal.end()
    assert (status, out) == (0, "")
    assert rest.endswith(
        "MOS201 sqlite-placeholder: 1 fixed\nFixed 1 finding in 1 file, none left (1 checked).\n"
    )
    assert read(tmp_path, "a.py") == [FIXED_QUERY]


def test_yes_and_no(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY * 3, "b.py": QUERY, "c.py": CLEAN})
    terminal = Terminal(cwd=tmp_path)
    for answer in ("y", "n", "Yes", "n"):
        terminal.until(QUESTION)
        terminal.type(f"{answer}\n")
    status, out, rest = terminal.end()
    assert status == 1
    assert [line.split(" ")[0] for line in out.splitlines()] == ["a.py:4:44:", "b.py:2:44:"]
    assert "MOS201 sqlite-placeholder: 2 fixed, 2 not fixed: left as it was\n" in rest
    assert read(tmp_path, "a.py", "b.py") == [FIXED_QUERY + QUERY + FIXED_QUERY, QUERY]


def test_all_takes_this_and_all_that_come(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY * 3, "b.py": QUERY})
    terminal = Terminal(cwd=tmp_path)
    terminal.until(QUESTION)
    terminal.type("n\n")
    terminal.until(QUESTION)
    terminal.type("a\n")
    status, out, _ = terminal.end()
    assert status == 1
    assert out.startswith("a.py:2:44: MOS201")
    assert read(tmp_path, "a.py", "b.py") == [QUERY + FIXED_QUERY * 2, FIXED_QUERY]


def test_quit_keeps_what_was_accepted(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY * 3, "b.py": QUERY})
    terminal = Terminal(cwd=tmp_path)
    terminal.until(QUESTION)
    terminal.type("y\n")
    terminal.until(QUESTION)
    terminal.type("q\n")
    status, out, rest = terminal.end()
    assert status == 1
    assert len(out.splitlines()) == 3, "what is left is found all the same"
    assert rest.endswith("Fixed 1 finding in 1 file, 3 left in 2 files (2 checked).\n")
    assert read(tmp_path, "a.py", "b.py") == [FIXED_QUERY + QUERY * 2, QUERY]


def test_end_of_input_is_like_quit(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY * 2})
    terminal = Terminal(cwd=tmp_path)
    terminal.until(QUESTION)
    terminal.type("y\n")
    terminal.until(QUESTION)
    terminal.type("\x04")
    assert terminal.end()[0] == 1
    assert read(tmp_path, "a.py") == [FIXED_QUERY + QUERY]


@pytest.mark.parametrize("answer", ["?", "", "what"])
def test_other_answers_are_explained(tmp_path: Path, answer: str) -> None:
    write(tmp_path, {"a.py": QUERY})
    terminal = Terminal(cwd=tmp_path)
    terminal.until(QUESTION)
    terminal.type(f"{answer}\n")
    assert "y - yes, apply this fix\nn - no" in terminal.until(QUESTION)
    terminal.type("y\n")
    assert terminal.end()[0] == 0


def test_typing_in_another_encoding_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY})
    strict = {"PYTHONIOENCODING": "utf-8:strict"}  # as Python has it in most locales
    terminal = Terminal(cwd=tmp_path, extra=strict)
    terminal.until(QUESTION)
    terminal.type("\xe9\n")
    assert "y - yes, apply this fix\nn - no" in terminal.until(QUESTION)
    terminal.type("y\n")
    assert terminal.end()[0] == 0


def test_interrupt_leaves_files_whole(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY, "b.py": QUERY * 2})
    terminal = Terminal(cwd=tmp_path)
    for _ in range(2):
        terminal.until(QUESTION)
        terminal.type("y\n")
    terminal.until(QUESTION)
    terminal.type("\x03")
    status, out, rest = terminal.end()
    assert (status, out) == (130, "")
    assert rest.endswith("mosaic-lint: interrupted\n")
    assert "Traceback" not in rest
    assert read(tmp_path, "a.py", "b.py") == [FIXED_QUERY, QUERY * 2]
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py"]


def test_unsafe_fixes_are_asked_for_only_if_wanted(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BARE})
    assert Terminal(cwd=tmp_path).end()[0] == 1
    terminal = Terminal("--unsafe-fixes", cwd=tmp_path)
    assert 'Write "except Exception" (unsafe)' in terminal.until(QUESTION)
    terminal.type("y\n")
    assert terminal.end()[0] == 0
    assert read(tmp_path, "a.py") == [FIXED_BARE]


def test_colours_are_those_of_a_diff(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY})
    terminal = Terminal(cwd=tmp_path, color="auto")
    shown = terminal.until(QUESTION)
    assert re.search(r"\x1b\[31m-    cur\.execute\(.*\?.*\x1b\[0m\n", shown)
    assert re.search(r"\x1b\[32m\+    cur\.execute\(.*%s.*\x1b\[0m\n", shown)
    assert "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n" in shown
    terminal.type("n\n")
    terminal.end()


def test_nothing_that_controls_a_terminal_reaches_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "# \x1b[2J\x07\n" + QUERY})
    terminal = Terminal(cwd=tmp_path)
    shown = terminal.until(QUESTION)
    assert "\x1b" not in shown
    assert "\N{SYMBOL FOR ESCAPE}[2J" in shown
    terminal.type("q\n")
    terminal.end()


def test_file_that_changes_while_somebody_thinks_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": QUERY})
    terminal = Terminal(cwd=tmp_path)
    terminal.until(QUESTION)
    write(tmp_path, {"a.py": QUERY + "x = 1\n"})
    terminal.type("y\n")
    status, out, rest = terminal.end()
    assert status == 2
    assert out.startswith("a.py:2:44: MOS201")
    told = "mosaic-lint: a.py: was changed by somebody else meanwhile; run it again\n"
    assert rest.endswith(told)
    assert read(tmp_path, "a.py") == [QUERY + "x = 1\n"]
