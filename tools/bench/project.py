"""Generates a project as large as they get: thousands of Python files, hundreds of migrations."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from mosaic_lint.index.words import DDL

from .service import compose_service

PYTHON_FILES = 5_000
BEARING = 100
"""Python files of these that create tables."""
MIGRATIONS = 200
_SERVICE_LINES = 40_000
_DATE = "2025{month:02}{day:02}"
_CREATE = """\
-- MIGRATION: {name}
-- VERSION: 1.{number}.0
-- PHASE: growth
-- AUTHOR: bench
-- DATE: 2025-{month:02}-{day:02}
-- ROLLBACK: {date}_rollback.sql

CREATE TABLE IF NOT EXISTS ledger_{number} (
    id SERIAL PRIMARY KEY,
    tenant_id INTEGER NOT NULL,
    reference VARCHAR(40) NOT NULL,
    amount NUMERIC(12, 2) NOT NULL DEFAULT 0,
    is_open BOOLEAN NOT NULL DEFAULT TRUE,
    payload JSONB NOT NULL DEFAULT '{{}}',
    opened_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    previous_id INTEGER{reference},
    UNIQUE (tenant_id, reference)
);
CREATE INDEX IF NOT EXISTS idx_ledger_{number}_previous ON ledger_{number} (previous_id);
CREATE INDEX IF NOT EXISTS idx_ledger_{number}_open ON ledger_{number} (opened_at) WHERE is_open;
"""
_CHANGE = """\
ALTER TABLE ledger_{before} ADD COLUMN IF NOT EXISTS note_{number} TEXT;
ALTER TABLE ledger_{before} ALTER COLUMN reference TYPE VARCHAR(80);
"""
QUERY = '''\
"""Writes one line; the linter must know the table to judge it."""


def open_ledger(cursor, tenant, amount):
    cursor.execute(
        "INSERT INTO ledger_7 (tenant_id, amount) VALUES (%s, %s)", (tenant, amount)
    )
'''


@dataclass(frozen=True)
class Written:
    """What was written.

    Args:
        files: how many Python files.
        migrations: how many migrations.
        lines: of both together.
    """

    files: int
    migrations: int
    lines: int


def write_project(
    folder: Path, *, files: int = PYTHON_FILES, migrations: int = MIGRATIONS
) -> Written:
    """Write the project below `folder`, as a git repository."""
    lines = 0
    service = compose_service(_SERVICE_LINES).items()
    plain = [(path, source) for path, source in service if not DDL.search(source)]
    bearing = [(path, source) for path, source in service if DDL.search(source)]
    for number, (path, source) in enumerate(islice(cycle(plain), max(files - BEARING, 0))):
        lines += _write(folder / f"part_{number // len(plain):03}" / path, source)
    for number, (path, source) in enumerate(islice(cycle(bearing), min(files, BEARING))):
        lines += _write(folder / f"tables_{number // len(bearing):03}" / path, source)
    for number in range(migrations):
        month, day = 1 + number // 28, 1 + number % 28
        date = _DATE.format(month=month, day=day)
        name = f"{date}_ledger_{number}.sql"
        reference = f" REFERENCES ledger_{number - 1} (id)" if number else ""
        text = _CREATE.format(
            name=name, number=number, month=month, day=day, date=date, reference=reference
        )
        if number:
            text += _CHANGE.format(before=number - 1, number=number)
        lines += _write(folder / "migrations" / name, text)
        rollback = f"DROP TABLE IF EXISTS ledger_{number} CASCADE;\n"
        lines += _write(folder / "migrations" / f"{date}_rollback.sql", rollback)
    _write(folder / "pyproject.toml", "[tool.mosaic_lint]\n")
    lines += _write(folder / "api" / "ledger.py", QUERY)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return Written(files, migrations, lines)


def _write(target: Path, text: str) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return text.count("\n")
