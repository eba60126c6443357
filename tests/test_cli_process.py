"""The command line as a process: pipes, signals, terminals, and what it imports."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Set

import pytest

from mosaic_lint import registry
from mosaic_lint.faces.progress import tracked
from tests.cli_process import CLEAN, FAULTY, command, environment, headed, run, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and terminals")


def test_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": FAULTY * 2000})
    process = subprocess.Popen(
        command("check", "--quiet", "--output-format", "concise", "a.py"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")


@pytest.mark.parametrize("arguments", [["rules"], ["--help"], ["rule", "MOS101"]])
def test_reader_of_other_commands_may_go_away_too(tmp_path: Path, arguments: List[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command(*arguments),
        cwd=tmp_path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": FAULTY})
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command("check", "--quiet"),
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"mosaic-lint: standard output: No space left on device\n"


def _interruptible() -> None:
    # A shell lets what it starts in the background ignore interrupts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupt_ends_without_a_traceback(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "slow.py")
    process = subprocess.Popen(
        command("check", "slow.py"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_interruptible,
    )
    with open(tmp_path / "slow.py", "wb"):  # opens when the process has opened it
        process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert (out, err.strip()) == (b"", b"mosaic-lint: interrupted")


_LISTING = """
import sys
from mosaic_lint.faces.cli import main
try:
    main(sys.argv[1:])
finally:
    sys.stderr.write("\\n".join(sys.modules))
"""


def imports(*arguments: str, cwd: Path) -> List[str]:
    """The modules that a run has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", _LISTING, *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stderr.splitlines()


@pytest.mark.parametrize("output_format", ["text", "concise", "json", "github", "sarif"])
def test_clean_files_import_nothing_heavy(tmp_path: Path, output_format: str) -> None:
    files = {"a.py": "import os\n\nos.getcwd()\n", "b.py": CLEAN}
    write(tmp_path, {path: headed(path, text) for path, text in files.items()})
    loaded = imports("check", "--output-format", output_format, cwd=tmp_path)
    assert "mosaic_lint.engine" in loaded
    heavy = {"libcst", "rich", "sqlglot", "pathspec", "msgspec"}
    assert not heavy & {name.split(".")[0] for name in loaded}
    rules = {name for name in loaded if name.startswith("mosaic_lint.rules.")}
    assert rules == over("SqlStatement", "Header")


def over(*facts: str) -> Set[str]:
    """The modules of the rules over some facts."""
    entries = registry.rules().values()
    return {entry.module for entry in entries if entry.subscribes in facts and entry.default_on}


@pytest.mark.parametrize(
    ("options", "rules"), [([], over("Header")), (["--ignore", "MOS7"], set())], ids=["all", "code"]
)
def test_clean_file_without_sql_imports_no_rule_over_code(
    tmp_path: Path, options: List[str], rules: Set[str]
) -> None:
    write(tmp_path, {"a.py": headed("a.py", "import os\n\nos.getcwd()\n")})
    loaded = imports("check", *options, cwd=tmp_path)
    assert "mosaic_lint.engine" in loaded
    assert {name for name in loaded if name.startswith("mosaic_lint.rules.")} == rules


def test_plain_findings_import_no_rich(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": FAULTY})
    loaded = imports("check", cwd=tmp_path)
    assert "mosaic_lint.reports.text" in loaded
    assert "rich" not in loaded


def in_terminal(*arguments: str, cwd: Path, **extra: str) -> str:
    """What a terminal shows of standard output."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env=environment(extra),
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b"".join(_until_closed(ours))
    process.wait()
    os.close(ours)
    return shown.decode("utf-8")


def _until_closed(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # so Linux says that the other side is closed
            return
        if not data:
            return
        yield data


def test_colours_are_shown_on_a_terminal_only_if_it_wants_them(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": FAULTY})
    assert "\x1b[1;31mMOS101\x1b[0m" in in_terminal("check", cwd=tmp_path)
    assert "\x1b" not in in_terminal("check", "--color", "never", cwd=tmp_path)
    assert "\x1b" not in in_terminal("check", cwd=tmp_path, NO_COLOR="1")
    assert "\x1b" not in in_terminal("check", cwd=tmp_path, TERM="dumb")


class _Terminal:
    """A stream that says whether it is a terminal, and keeps what is written."""

    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        self.written = ""

    def isatty(self) -> bool:
        return self._is_terminal

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(
    ("is_terminal", "seconds", "shows"),
    [(True, 0.5, True), (True, 0.1, False), (False, 0.5, False)],
    ids=["slow", "quick", "no-terminal"],
)
def test_progress_shows_on_a_terminal_after_a_second(
    is_terminal: bool, seconds: float, shows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = _Terminal(is_terminal)
    ticks = iter(range(100))
    done = list(tracked(range(5), stream, clock=lambda: next(ticks) * seconds))  # type: ignore[arg-type]
    assert done == [0, 1, 2, 3, 4]
    assert ("checking" in stream.written) is shows


def test_progress_never_shows_in_a_pipe(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": headed("a.py", CLEAN)})
    assert run("check", cwd=tmp_path).stderr == "No findings (1 file checked).\n"
