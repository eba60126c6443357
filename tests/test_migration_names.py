"""Names of migrations, and what isn't one."""

from __future__ import annotations

import pytest

from mosaic_lint.migrations.names import ScriptName, script_name


@pytest.mark.parametrize(
    ("path", "root", "is_one"),
    [
        ("migrations/x.sql", "shop", True),
        ("db/migrations/x.SQL", "shop", True),
        ("x.sql", "migrations", True),
        ("x.sql", "shop", False),
        ("db/x.sql", "migrations", False),
        ("migrations/archive/x.sql", "shop", False),
        ("migrations/x.py", "shop", False),
        ("my_migrations/x.sql", "shop", False),
        ("migrations/", "shop", False),
        ("", "migrations", False),
    ],
)
def test_only_scripts_directly_in_a_folder_of_migrations_count(
    path: str, root: str, is_one: bool
) -> None:
    assert (script_name(path, root) is not None) == is_one


@pytest.mark.parametrize("name", ["20251103_a.sql\n", "2025110_a.sql", "00000101_a.sql", ".sql"])
def test_names_that_are_no_migrations(name: str) -> None:
    assert not ScriptName(f"migrations/{name}").is_regular


def test_the_parts_of_a_name() -> None:
    name = ScriptName("db/migrations/20251103_add_shifts.sql")
    assert (name.folder, name.file) == ("db/migrations/", "20251103_add_shifts.sql")
    assert (name.stem, name.digits) == ("20251103_add_shifts", "20251103")
    assert name.rollback == "db/migrations/20251103_rollback.sql"
    assert not name.is_rollback
    assert ScriptName("migrations/add_shifts.sql").rollback == ""
    assert ScriptName("migrations/20251103_add_x_ROLLBACK.sql").is_rollback
