"""What the fields of version headers may say."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import List

import pytest

from mosaic_lint.facts.headers import is_tail
from mosaic_lint.facts.rollback_targets import missing_targets
from mosaic_lint.header import Header, read_header
from mosaic_lint.rules.mos703_invalid_header_field import problem_of
from mosaic_lint.source import Language

TODAY = date(2025, 11, 3)
REQUIRED = ("PURPOSE", "VERSION", "LAST_MODIFIED", "ROLLBACK_PATH")


def python(text: str) -> Header:
    """The header of a module."""
    return read_header(text, Language.PYTHON)


def what(line: str) -> str:
    """What is wrong with the only field of a header."""
    (field,) = python(f'"""\n{line}\n"""\n').fields.values()
    problem = problem_of(field, TODAY, is_required=field.name in REQUIRED)
    return "" if problem is None else problem.what


# Values


@pytest.mark.parametrize(
    "value",
    ["2025-11-03", "2025-11-04", "2024-02-29", "1999-12-31", "0001-01-01", "`2025-11-03`"],
)
def test_date_is_fine(value: str) -> None:
    assert what(f"LAST_MODIFIED: {value}") == ""


@pytest.mark.parametrize("value", ["2025-11-05", "2025-12-01", "2026-01-01", "9999-12-31"])
def test_date_lies_in_the_future(value: str) -> None:
    assert what(f"LAST_MODIFIED: {value}") == "lies in the future"


@pytest.mark.parametrize(
    "value",
    ["2025-02-29", "2025-13-01", "0000-01-01", "25-11-03", "2025/11/03", "03.11.2025", "20251103",
     "2025-11-3", "2025-11-03 09:00", "2025-11-03T09:00:00", "2025-11-03Z", "2025-W45-1",
     "2025-307", "2025-11", "November 3, 2025", "2025-11-03 (hours)", "-2025-11-03", "TODO",
     "\uff12\uff10\uff12\uff15-11-03", "\u0968025-11-03"],
)  # fmt: skip
def test_date_is_none(value: str) -> None:
    assert what(f"LAST_MODIFIED: {value}") == "isn't a date of the calendar"


@pytest.mark.parametrize(
    "value",
    ["1.4.0", "0.0.1", "10.20.30", "2.0.0-winter-day1", "1.2.3rc1", "1.4.0b", "1.2.3+build.7",
     "1.2.3-alpha.1+exp.5", "2025.11.3", '"1.4.0"'],
)  # fmt: skip
def test_version_is_fine(value: str) -> None:
    assert what(f"VERSION: {value}") == ""


@pytest.mark.parametrize(
    "value",
    ["1.4", "v1.4.0", "1", "1.4.0.1", "1.4.0 beta", "1.4.0 (beta)", "1.4.x", "1.4.0_1", "latest",
     ".1.4.0", "1.4.0-", "1.4.0+", "1,4,0", "\u0967.4.0", "1. 4. 0", "1.4.0.dev1", "-1.4.0",
     "version 1.4.0", "TODO"],
)  # fmt: skip
def test_version_is_none(value: str) -> None:
    assert what(f"VERSION: {value}") == "isn't a version"


@pytest.mark.parametrize("value", ["v2", "v0", "v10", "`v2`"])
def test_schema_version_is_fine(value: str) -> None:
    assert what(f"SCHEMA_VERSION: {value}") == ""


@pytest.mark.parametrize(
    "value", ["2", "V2", "v", "v2.1", "v2 (winter)", "version 2", "v-2", "none", "v\u0968"]
)
def test_schema_version_is_none(value: str) -> None:
    assert what(f"SCHEMA_VERSION: {value}") == "isn't a schema's version"


@pytest.mark.parametrize(
    "line",
    ["PURPOSE:", "PURPOSE: ", "PURPOSE:\t", "PURPOSE: -", "PURPOSE:\n  -", "PURPOSE:\n  -\n  *",
     "PURPOSE:\n\n", "PURPOSE:\nTICKET: 7", "PURPOSE: ''",
     "VERSION:", "LAST_MODIFIED:", "PURPOSE:\n  -----",
     "PURPOSE:\n=====\n", "ROLLBACK_PATH:\n\nAUTHOR: Ines", "PURPOSE:\n\n\nAUTHOR: Ines",
     "PURPOSE:\u00a0"],
)  # fmt: skip
def test_required_field_is_empty(line: str) -> None:
    assert what(line) == "is empty"


@pytest.mark.parametrize(
    "line",
    ["PURPOSE: x", "PURPOSE:x", "PURPOSE: ?", "PURPOSE: none", "PURPOSE:\n  x", "PURPOSE:\nx",
     "PURPOSE:\n- x",
     "PURPOSE:\n\nOpening hours", "ROLLBACK_PATH:\nAUTHOR: Ines", "PURPOSE:\n=====\nx",
     "PURPOSE:\n\n  x", "PURPOSE:\n\n- x", "PURPOSE:\n  -\n  - x",
     "PURPOSE:\n  TICKET: 7", "  PURPOSE:\n    営業時間", "MODIFIED_BY:", "SPRINT:",
     "SCHEMA_VERSION:"],
)  # fmt: skip
def test_field_is_not_empty_or_may_be(line: str) -> None:
    assert what(line) == ""


@pytest.mark.parametrize(
    "tail",
    ["hours.py", "api/hours.py", "backend/api/hours.py", "srv/backend/api/hours.py",
     "./api/hours.py", "/api/hours.py", "api//hours.py", "api\\hours.py", "api/./hours.py"],
)  # fmt: skip
def test_path_ends_with(tail: str) -> None:
    assert is_tail(tail, "/srv/backend/api/hours.py")


@pytest.mark.parametrize(
    "tail",
    ["", "/", ".", "ours.py", "hours", "api/hours", "api.hours", "pi/hours.py", "Api/hours.py",
     "api/hours.pyi", "../hours.py", "api", "x/srv/backend/api/hours.py", "api/hours.py (old)"],
)  # fmt: skip
def test_path_does_not_end_with(tail: str) -> None:
    assert not is_tail(tail, "/srv/backend/api/hours.py")


# Rollback scripts


def missing(entry: str, root: Path) -> List[str]:
    """The targets of a rollback path that don't exist."""
    header = python(f'r"""\nROLLBACK_PATH:\n  - {entry}\n"""\n')
    return [target.path for target in missing_targets(header, root)]


@pytest.fixture(name="project")
def make_project(tmp_path: Path) -> Path:
    """A project within a repository, with a script of its own and two of the repository's."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "all.sql").touch()
    (tmp_path / "ops" / "back to october.sql").touch()
    project = tmp_path / "services" / "shop"
    (project / "migrations").mkdir(parents=True)
    (project / "migrations" / "20251103_rollback.sql").touch()
    return project


@pytest.mark.parametrize(
    "entry",
    ["Database: migrations/20251103_rollback.sql", "`migrations/20251103_rollback.sql`.",
     "./migrations/20251103_rollback.sql", "migrations\\20251103_rollback.sql",
     "Database: ops/all.sql", "../../ops/all.sql", "ops/back to october.sql",
     "Database: 'ops/back to october.sql', by hand", "psql -f ops/all.sql",
     "psql < ops/all.sql", "services/shop/migrations/20251103_rollback.sql"],
)  # fmt: skip
def test_rollback_script_exists(entry: str, project: Path) -> None:
    assert missing(entry, project) == []


def test_rollback_script_is_missing(project: Path) -> None:
    assert missing("20251103_rollback.sql", project) == ["20251103_rollback.sql"]
    assert missing("shop/ops/all.sql, all.sql", project) == ["shop/ops/all.sql", "all.sql"]
    assert missing("Migrations/20251104_rollback.sql", project)


def test_nothing_is_missing_in_no_project() -> None:
    assert missing("gone.sql", Path("/")) == []


@pytest.mark.parametrize("name", ["\\0", "\\ud800", "x" * 5000])
def test_rollback_script_that_no_system_could_have(name: str, project: Path) -> None:
    header = python(f'"""\nROLLBACK_PATH: {name}.sql\n"""\n')
    assert len(list(missing_targets(header, project))) == 1
