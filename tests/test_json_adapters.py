"""Who tells the driver to leave JSON as text, in a file and in a project."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode, check
from mosaic_lint.facts.json_adapters import registers
from mosaic_lint.source import Source

HERE = [
    "register_default_jsonb(conn, loads=str)",
    "psycopg2.extras.register_default_json(globally=True)",
    "from psycopg2.extras import register_default_jsonb as rdj\nrdj(conn)",
    "quiet = psycopg2.extras.register_default_json\nquiet(conn)",
    "def f(conn):\n    extras.register_json(conn, name='jsonb')",
    "psycopg.types.json.set_json_loads(str)",
    'register_type(new_type((3802,), "x", read))',
    'psycopg2.extensions.new_type((1,), "JSONB", read)',
    "register_default_json(conn\n",  # can't be read
    "from django.db import connection",
    "import django.db",
]
NOWHERE = [
    "# register_default_jsonb(conn)",
    '"""register_default_jsonb(conn)"""',
    "from psycopg2.extras import register_default_jsonb",
    "register_uuid()",
    'new_type(DECIMAL.values, "DEC2FLOAT", read)',
    "print(register_default_json)",
    "import mydjango",
    "# from django.db import connection",
]
EVERYWHERE = [
    "register_default_jsonb(globally=True, loads=str)",
    "register_default_json(None, True)\n# globally",
    "register_default_json(globally=SETTING)",
    "register_default_json(**options)\n# globally",
]
ELSEWHERE = [
    "register_default_jsonb(conn, loads=str)",
    "register_default_jsonb(conn, globally=False)",
    "register_default_jsonb(conn_or_curs=conn)  # not globally=True",
    'new_type((3802,), "JSONB", globally)',
]


@pytest.mark.parametrize("text", HERE)
def test_file_registers(text: str) -> None:
    assert registers(text)


@pytest.mark.parametrize("text", NOWHERE)
def test_file_registers_nothing(text: str) -> None:
    assert not registers(text)


@pytest.mark.parametrize("text", EVERYWHERE)
def test_registers_for_all_connections(text: str) -> None:
    assert registers(text, everywhere=True)


@pytest.mark.parametrize("text", [*ELSEWHERE, *NOWHERE])
def test_registers_for_one_connection(text: str) -> None:
    assert not registers(text, everywhere=True)


SERVICE = '''
import json

SCHEMA = """CREATE TABLE documents (id SERIAL PRIMARY KEY, body JSONB)"""


def read(cur):
    cur.execute("SELECT body FROM documents")
    return json.loads(cur.fetchone()[0])
'''


def _found(root: Path) -> List[str]:
    config = build(root, None, check_table({"select": ["MOS215"]}, "the test"), {})
    path = root / "api" / "service.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SERVICE, encoding="utf-8")
    report = check(Source(str(path), SERVICE), config, Mode(strict=True))
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("register_default_jsonb(globally=True, loads=str)", []),
        ("register_default_jsonb(conn, loads=str)", ["MOS215"]),
        ("# register_default_jsonb(globally=True)", ["MOS215"]),
    ],
)
def test_another_file_of_the_project(text: str, found: List[str], tmp_path: Path) -> None:
    (tmp_path / "storage.py").write_text(text, encoding="utf-8")
    assert _found(tmp_path) == found


def test_what_isnt_python_registers_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("register_default_jsonb(globally=True)", encoding="utf-8")
    assert _found(tmp_path) == ["MOS215"]
