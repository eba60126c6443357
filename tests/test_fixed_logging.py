"""Fixed modules run: what was swallowed or printed is in the log, with its traceback."""

from __future__ import annotations

import logging
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, NamedTuple

import pytest

from mosaic_lint.config import build, check_table
from mosaic_lint.fixer import fix
from mosaic_lint.source import Source


class Case(NamedTuple):
    """A module whose `run()` meets an error.

    Args:
        code: the module.
        logger: the name of the logger that tells of it.
        message: what it says.
        level: at which level.
    """

    code: str
    logger: str
    message: str
    level: int = logging.ERROR


CASES = {
    "silent": Case(
        """
        import json

        def run():
            try:
                return json.loads("{")
            except Exception:
                return None
        """,
        "case",
        "Unexpected error in run",
    ),
    "silent in a method with a logger of its own": Case(
        """
        import logging

        class Reader:
            def __init__(self):
                self.log = logging.getLogger("reader")

            def read(self):
                try: 1 / 0
                except ZeroDivisionError: pass

        def run():
            Reader().read()
        """,
        "reader",
        "Error in Reader.read",
    ),
    "silent where the module's logger comes later": Case(
        """
        from logging import getLogger

        def run():
            try:
                {}["a"]
            except KeyError:
                return

        log = getLogger("late")
        """,
        "late",
        "Error in run",
    ),
    "silent in the module itself": Case(
        """
        LIMITS = {}
        try:
            LIMIT = LIMITS["a"]
        except:
            LIMIT = 1

        def run():
            return LIMIT
        """,
        "case",
        "Unexpected error at module level",
    ),
    "printed with per cent signs": Case(
        """
        import sys

        def run():
            try:
                int("ü")
            except ValueError as error:
                print("100% of %s", error.args[0][:7], 5, sep="; ", file=sys.stderr)
        """,
        "case",
        "100% of %s; invalid; 5",
    ),
    "printed behind an f-string": Case(
        """
        def run(job="5%d"):
            try:
                {}[job]
            except KeyError as error:
                print(f"job {job}", error)
        """,
        "case",
        "job 5%d '5%d'",
    ),
    "written to a stream": Case(
        r"""
        import sys

        def run():
            try: 1 / 0
            except Exception as error: sys.stderr.write(f"failed: {error}\n")
        """,
        "case",
        "failed: division by zero",
    ),
    "traceback printed": Case(
        """
        import traceback

        def run():
            try:
                1 / 0
            except Exception:
                traceback.print_exc()
                print("failed")
        """,
        "case",
        "failed",
    ),
    "logged without traceback": Case(
        """
        import logging

        def run():
            try:
                1 / 0
            except Exception:
                logging.critical(
                    "failed %s",
                    5,
                )
        """,
        "case",
        "failed 5",
        logging.CRITICAL,
    ),
    "logged through a function": Case(
        """
        from logging import exception as tell

        def run():
            try:
                1 / 0
            except Exception:
                tell("failed")
        """,
        "case",
        "failed",
    ),
}


def fixed(code: str, folder: Path) -> str:
    table = check_table({"select": ["MOS107", "MOS3"], "ignore": ["MOS305"]}, "the test")
    source = Source(str(folder / "case.py"), textwrap.dedent(code).lstrip())
    result = fix(source, build(folder, None, table, {}), lambda finding: True)
    assert result.report.findings == ()
    return result.report.source.text


@pytest.mark.parametrize("name", CASES)
def test_fixed_module_logs_the_error_with_its_traceback(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    namespace: Dict[str, Any] = {"__name__": "case"}
    with caplog.at_level(logging.DEBUG):
        exec(compile(fixed(case.code, tmp_path), "case.py", "exec"), namespace)
        namespace["run"]()
    (record,) = caplog.records
    assert (record.name, record.getMessage(), record.levelno) == case[1:]
    assert record.exc_info is not None
    assert record.exc_info[0] is not None
    assert capfd.readouterr() == ("", "")


def test_new_logger_is_not_disabled_by_the_configuration_of_the_module(tmp_path: Path) -> None:
    code = """
        import logging
        import logging.config

        logging.config.dictConfig({"version": 1})

        def run():
            try:
                1 / 0
            except Exception:
                logging.error("failed")

        run()
    """
    file = tmp_path / "case.py"
    file.write_text(fixed(code, tmp_path), encoding="utf-8")
    after = subprocess.run([sys.executable, str(file)], capture_output=True, check=True)
    assert b"failed" in after.stderr
    assert b"ZeroDivisionError" in after.stderr


DRIVER_CASES = {
    "under its name": """
        import psycopg2

        print(psycopg2.errorcodes.UNIQUE_VIOLATION)
    """,
    "under another name": """
        import psycopg2 as pg; print(pg.extras.DictCursor, pg.errorcodes.UNIQUE_VIOLATION)
    """,
    "in functions": """
        def first():
            import psycopg2
            return psycopg2.errorcodes

        def second():
            import psycopg2 as pg
            return pg.errorcodes

        print(second().UNIQUE_VIOLATION, first().UNIQUE_VIOLATION)
    """,
}


@pytest.mark.parametrize("name", DRIVER_CASES)
def test_fixed_module_has_the_submodules_that_it_uses(name: str, tmp_path: Path) -> None:
    pytest.importorskip("psycopg2")
    file = tmp_path / "case.py"
    file.write_text(textwrap.dedent(DRIVER_CASES[name]), encoding="utf-8")
    before = subprocess.run([sys.executable, str(file)], capture_output=True, check=False)
    assert b"AttributeError" in before.stderr
    file.write_text(fixed(DRIVER_CASES[name], tmp_path), encoding="utf-8")
    after = subprocess.run([sys.executable, str(file)], capture_output=True, check=False)
    assert (after.returncode, after.stderr) == (0, b"")
    assert b"23505" in after.stdout
