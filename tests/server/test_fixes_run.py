"""What the linter makes of a fault is what a server takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional

import pytest

from mosaic_lint import registry
from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode
from mosaic_lint.fixer import fix
from mosaic_lint.source import Source
from tests.server.case import SCHEMA, Case, Program, cases
from tests.server.test_server_agrees import prepare, run

RULES = registry.rules()
FAULTS = [case for case in cases() if case.bad and not case.program.connects]
FIXABLE = sorted({case.code for case in FAULTS if RULES[case.code].fix is not None})


def fixed(case: Case, root: Path) -> Optional[Program]:
    """The program after all fixes; ``None`` if there is none for the fault that it is about."""
    migrations = root / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "001_schema.sql").write_text(f"{SCHEMA}\n{case.setup}\n", encoding="utf-8")
    file = root / "api" / "service.py"
    file.parent.mkdir()
    file.write_text(case.program.source, encoding="utf-8")
    select = sorted({case.code, *(code for code in RULES if code.startswith("MOS2"))})
    config = build(root, None, check_table({"select": select}, case.id), {})
    result = fix(Source(str(file), case.program.source), config, lambda f: True, Mode(strict=True))
    if not any(finding.code == case.code for finding in result.applied):
        return None
    if any(finding.code == case.code for finding in result.report.findings):
        return None  # a part of the fault is left to the reader
    returns = case.fixed.returns if case.fixed is not None else None
    return Program(result.report.source.text, returns=returns)


def trouble(case: Case, program: Program, cursor: Any) -> str:
    """What a server says against a program; empty if nothing."""
    cursor.execute("SAVEPOINT before")
    try:
        prepare(case, cursor)
        for _ in range(1 + case.twice):
            result = run(program, case, cursor)
    except Exception as error:  # noqa: MOS302 -- what it says is the answer
        return f"{type(error).__name__}: {error}"
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    if program.returns is not None and result != program.returns:
        return f"gives {result!r} instead of {program.returns!r}"
    return ""


@pytest.mark.parametrize("code", FIXABLE)
def test_fixed_faults_run(code: str, cursor: Any, tmp_path: Path) -> None:
    tried: List[str] = []
    troubles: List[str] = []
    for index, case in enumerate(case for case in FAULTS if case.code == code):
        program = fixed(case, tmp_path / str(index))
        if program is not None:
            tried.append(case.name)
            said = trouble(case, program, cursor)
            troubles += [f"{case.name}: {said}\n{program.source}"] if said else []
    assert not troubles, "\n".join(troubles)
    assert tried
