"""Fixes of headers: what they write is read back as it was meant, and all else stays."""

from __future__ import annotations

import ast
import os
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mosaic_lint.change import Declined
from mosaic_lint.config import Config, build, check_table
from mosaic_lint.engine import Mode, check_project
from mosaic_lint.fixer import Fixed, fix
from mosaic_lint.fixes import header_fields
from mosaic_lint.fixes.header_docstring import written_in_docstring
from mosaic_lint.fixes.header_fields import purpose_in
from mosaic_lint.fixes.header_place import TopOfFile
from mosaic_lint.git import Git
from mosaic_lint.header import Header, read_header
from mosaic_lint.model import Finding, Safety
from mosaic_lint.source import Language, Source
from tests.cli_process import commit, write

TODAY = date(2026, 1, 20)
HEADERS = ["MOS701", "MOS702", "MOS703", "MOS704", "MOS706", "MOS707", "MOS708", "MOS802"]


class Clock(date):
    """A day that doesn't end."""

    @classmethod
    def today(cls) -> Clock:
        return cls(TODAY.year, TODAY.month, TODAY.day)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is always the same day, and the same user."""
    monkeypatch.setattr(header_fields, "date", Clock)
    monkeypatch.setattr(Git, "user_name", "Ada")


def config(root: Path, **options: Any) -> Config:
    """A configuration that looks for headers only."""
    options.setdefault("select", HEADERS)
    return build(root, None, check_table(options, "here"), {})


def fixed(root: Path, path: str, data: bytes, **options: Any) -> Fixed:
    """A file after the fixes of its headers."""
    source = Source.from_bytes(str(root / path), data)
    return fix(source, config(root, **options), lambda finding: True, Mode(strict=True))


def text_of(root: Path, path: str, text: str, **options: Any) -> str:
    """A file after fixes after which nothing is left to find."""
    result = fixed(root, path, text.encode("utf-8"), **options)
    assert [(f.code, f.message, f.unfixed) for f in result.report.findings] == []
    return result.report.source.text


def header_of(text: str, language: Language = Language.PYTHON) -> Header:
    return read_header(text, language)


def said(text: str, language: Language = Language.PYTHON) -> Dict[str, List[str]]:
    """What each field of a header says."""
    fields = header_of(text, language).fields
    return {name: [entry.text for entry in field.entries] for name, field in fields.items()}


TEMPLATE = {
    "VERSION": ["1.0.0"],
    "LAST_MODIFIED": ["2026-01-20"],
    "MODIFIED_BY": ["Ada"],
    "CHANGES_THIS_VERSION": ["TODO: what has changed"],
    "ROLLBACK_PATH": ["TODO: how to go back"],
}


def test_header_from_the_template(tmp_path: Path) -> None:
    expected = {"MODULE": ["api/x.py"], "PURPOSE": ["Hours"], **TEMPLATE}
    assert said(text_of(tmp_path, "api/x.py", '"""Hours."""\nx = 1\n')) == expected
    expected["MODULE"] = ["db/x.sql"]
    text = text_of(tmp_path, "db/x.sql", "-- Hours.\n\nSELECT 1;\n")
    assert said(text, Language.SQL) == expected
    expected["MODULE"] = ["ops/x.sh"]
    text = text_of(tmp_path, "ops/x.sh", "#!/bin/sh\n# Hours.\n\nls\n")
    assert said(text, Language.SHELL) == expected


# --- what is written is what is read

USERS = ['O"Brien\\', "it's", 'a"""b', "a'''b", "Zoë Žižka", "100% {x}", "-- x", "a\\n", 'x"', "\\"]
DOCSTRINGS = {
    "none": "x = 1\n",
    "plain": '"""Hours."""\nx = 1\n',
    "apostrophes": "'''Hours.'''\nx = 1\n",
    "one quote": '"Hours."\nx = 1\n',
    "one apostrophe": "'Hours.'\nx = 1\n",
    "concatenated": "'Hours' \"of shops.\"\nx = 1\n",
    "incomplete": '"""\nMODULE: api/x.py\n"""\nx = 1\n',
    "incomplete in one quote": "'MODULE: api/x.py\\nVERSION: 1.0.0'\nx = 1\n",
}


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", DOCSTRINGS)
def test_any_user_is_read_back(
    name: str, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Git, "user_name", user)
    text = text_of(tmp_path, "api/x.py", DOCSTRINGS[name])
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring is not None
    assert f"MODIFIED_BY: {user}\n" in docstring


@pytest.mark.parametrize("user", ['O"Brien\\', 'a"""b', "it's"])
def test_raw_docstring_holds_what_it_can(
    user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Git, "user_name", user)
    result = fixed(tmp_path, "api/x.py", b'r"""Hours, \\d+."""\nx = 1\n')
    if '"""' in user:
        (finding,) = result.report.findings
        assert finding.unfixed == "a raw docstring can't hold it"
    else:
        assert said(result.report.source.text)["MODIFIED_BY"] == [user]


@pytest.mark.parametrize("user", [None, "", "  ", "''", "a\x07b"])
def test_without_a_user(
    user: Optional[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Git, "user_name", user)
    text = text_of(tmp_path, "api/x.py", "x = 1\n")
    assert said(text)["MODIFIED_BY"] == ["TODO: who changed it"]


@pytest.mark.parametrize("user", ["a */", "/* x", "a -- x", "\\echo x", "it's", "$$"])
def test_comment_is_not_ended(user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Git, "user_name", user)
    text = text_of(tmp_path, "db/x.sql", "-- MODULE: db/x.sql\nSELECT 1;\n")
    assert said(text, Language.SQL)["MODIFIED_BY"] == [user]
    result = fixed(tmp_path, "db/x.sql", b"/* MODULE: db/x.sql */\nSELECT 1;\n")
    unfixed = [finding.unfixed for finding in result.report.findings]
    assert unfixed == (["it would end the comment"] if "*" in user else [])


def test_encoding_may_not_have_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = "# coding: latin-1\n'''Größe \\u017e.'''\nx = 'é'\n".encode("latin-1")
    monkeypatch.setattr(Git, "user_name", "Žižka")
    source = fixed(tmp_path, "api/x.py", data).report.source
    assert source.to_bytes().decode("latin-1") == source.text
    assert said(source.text)["MODIFIED_BY"] == ["TODO: who changed it"]
    assert said(source.text)["PURPOSE"] == ["TODO: what the file is for"]
    result = fixed(tmp_path, "api/ž.py", data)
    (finding,) = result.report.findings
    assert finding.unfixed == "the file's path can't be written into its header"


def test_byte_order_mark_stays(tmp_path: Path) -> None:
    for path, text in (("x.py", "x = 1\r\n"), ("x.sql", "SELECT 1;\r\n"), ("x.sh", "ls\r\n")):
        data = b"\xef\xbb\xbf" + text.encode()
        after = fixed(tmp_path, path, data).report.source.to_bytes()
        assert after.startswith(b"\xef\xbb\xbf")
        assert after.endswith(b"\r\n\r\n" + text.encode())
        assert after.count(b"\n") == after.count(b"\r\n")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.text(st.sampled_from("ab \t\n\\\"'{}%é.:-*MTODO"), max_size=30),
    quote=st.sampled_from(['"""', "'''", '"', "'"]),
)
def test_old_docstring_is_kept(value: str, quote: str, tmp_path: Path) -> None:
    body = value.replace("\\", "\\\\").replace(quote[0], "\\" + quote[0])
    body = body if len(quote) == 3 else body.replace("\n", "\\n")
    text = f"{quote}{body}{quote}\nx = 1\n"
    assume(not header_of(text).fields)
    after = text_of(tmp_path, "api/x.py", text, **{"extend-ignore": ["MOS708"]})
    assert body.rstrip() in after
    new = ast.get_docstring(ast.parse(after), clean=False)
    assert new is not None
    assert new.startswith(value.rstrip())
    assert after.endswith("\nx = 1\n")


PURPOSES = {
    "Hours.": "Hours",
    "Hours of the\nshops. And more.": "Hours of the shops",
    "Hours, e.g. of shops. And more": "Hours, e.g. of shops",
    "": "",
    "\n\n---\nHours\n=====\nText": "Hours",
    "api/hours.py\n\nHours": "Hours",
    "api.hours:\nHours": "Hours",
    "MODULE: x\nHours": "",
    "x\nPurpose:  The hours. All.\n": "The hours",
    "- Hours!": "Hours",
    "Hours\x07": "",
    "Author: Ines\nDate: 2025-11-03\nReads the hours.\nNote: slow": "Reads the hours",
    "Description: hours\nAuthor: Ines": "hours",
    "Description:\n  Reads the hours": "Reads the hours",
    "Usage: x.sh\n  options:\n  -v  tell more\n\nReads hours": "Reads hours",
    "Usage tracking for coaches.": "Usage tracking for coaches",
    "File uploads: handles S3.": "File uploads: handles S3",
    "- MODULE: a\n- VERSION: b": "",
    "migrate:up\n Adds hours": "Adds hours",
}


@pytest.mark.parametrize("text", PURPOSES)
def test_purpose_is_the_first_sentence(text: str) -> None:
    assert purpose_in(text) == PURPOSES[text]


def test_header_goes_below_what_has_to_come_first() -> None:
    first = "#!/usr/bin/python\n# coding: utf-8\n"
    for comments, place in {
        "": len(first),
        "# Why.\n": len(first),
        "# Why.\n\n": len(first) + 8,
        "# (c) us\n": len(first) + 9,
        "\n# (c) us\n\n# Why.\n": len(first) + 11,
        "# pylint: disable=all\n": len(first) + 22,
    }.items():
        assert TopOfFile.of_python(f"{first}{comments}x = 1\n").place == place, comments


def test_docstring_that_is_read_is_only_changed_on_demand(tmp_path: Path) -> None:
    text = '"""Hours."""\nprint(__doc__)\n'
    result = fix(
        Source(str(tmp_path / "x.py"), text),
        config(tmp_path),
        lambda finding: finding.fix is not None and finding.fix.safety is Safety.SAFE,
    )
    assert result.report.source.text == text
    assert "MODULE: x.py" in text_of(tmp_path, "x.py", text)


@pytest.mark.parametrize(
    ("line", "is_safe"),
    [
        ("sed -n '2,4p' \"$0\"", False),
        ("grep '^#' ${0} | cut -c3-", False),
        ('while read -r line; do echo; done <"$0"', False),
        ("head -20 ${BASH_SOURCE[0]}", False),
        ('cd "$(dirname "$0")"', True),
        ('echo "usage: $0 SHOP"', True),
        ("sed -n 1p x; echo $0", True),
        ("awk '{ print $0 }' x", True),
        ("awk 'NR > 1; { print $0 }' \"$0\"", False),
    ],
)
def test_script_that_is_read_is_only_changed_on_demand(
    line: str, is_safe: bool, tmp_path: Path
) -> None:
    for above in ("", "# MODULE: x.sh\n"):
        source = Source(str(tmp_path / "x.sh"), f"#!/bin/sh\n{above}{line}\n")
        result = fix(
            source,
            config(tmp_path),
            lambda finding: finding.fix is not None and finding.fix.safety is Safety.SAFE,
        )
        assert (result.report.source.text != source.text) is is_safe


def test_place_in_another_literal_has_its_own_quotes() -> None:
    text = "'MODULE: x' r\"PURPOSE: y\"\n"
    assert written_in_docstring(text, 9, "it's") == "it\\'s"
    assert written_in_docstring(text, 23, "it's") == "it's"
    with pytest.raises(Declined):
        written_in_docstring(text, 23, 'a"b')


# --- the entry point

ENTRY = "api/index.py"


@pytest.mark.parametrize("text", ["", "import os\n", '"""Service."""\n', "x = 1\n"])
def test_whole_version_of_an_entry_point(text: str, tmp_path: Path) -> None:
    after = text_of(tmp_path, ENTRY, f"{text}import service\n")
    names: Dict[str, object] = {}
    lines = [line for line in after.splitlines() if " = " in line]
    exec("\n".join(lines), names)
    assert said(after)["VERSION"] == [names["API_VERSION"]]
    assert said(after)["SCHEMA_VERSION"][0] == names["SCHEMA_VERSION"]
    assert names["LAST_MODIFIED"] == "2026-01-20"
    assert [line.split(" = ")[0] for line in lines if line[0].isupper()] == [
        "API_VERSION", "SCHEMA_VERSION", "MVP_PHASE", "LAST_MODIFIED",
    ]  # fmt: skip


def _is_of(names: Sequence[str], finding: Finding) -> bool:
    return any(name in finding.message for name in names)


def test_constants_stand_in_order_whichever_are_wanted(tmp_path: Path) -> None:
    text = '"""\nVERSION: 3.2.0\nSCHEMA_VERSION: v4\n"""\nimport os\n'
    names = ("API_VERSION", "SCHEMA_VERSION", "MVP_PHASE", "LAST_MODIFIED")
    for first in range(16):
        chosen = [name for index, name in enumerate(names) if first >> index & 1]
        source = Source(str(tmp_path / ENTRY), text)
        for wanted in (chosen, names):
            source = fix(
                source,
                config(tmp_path),
                partial(_is_of, wanted),
                Mode(strict=True),
            ).report.source
        found = [line.split(" = ")[0] for line in source.text.splitlines() if " = " in line]
        assert found == list(names)


# --- days

COMMITTED = '"""\nVERSION: 1.2.0\nLAST_MODIFIED: {day}\n"""\nx = {value}\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    commit(tmp_path, {"api/x.py": COMMITTED.format(day="2025-01-12", value=1)})
    return tmp_path


def test_day_is_changed_once(repository: Path) -> None:
    changed = COMMITTED.format(day="2025-01-12", value=2)
    today = date.today().isoformat()
    after = text_of(repository, "api/x.py", changed, select=["MOS707"])
    assert after == COMMITTED.format(day=today, value=2)
    assert text_of(repository, "api/x.py", after, select=["MOS707"]) == after


@pytest.mark.parametrize("days", [0, 1, 30])
def test_day_that_isnt_old_stays(days: int, repository: Path) -> None:
    day = (date.today() + timedelta(days)).isoformat()
    changed = COMMITTED.format(day=day, value=2)
    assert text_of(repository, "api/x.py", changed, select=["MOS707"]) == changed


# --- migrations

MIGRATION = "CREATE TABLE IF NOT EXISTS a (id SERIAL PRIMARY KEY);\n"
ROLLBACKS = {
    (): "Run 20251103_rollback.sql",
    ("20251103_rollback.sql",): "Run 20251103_rollback.sql",
    ("20251103_add_a_rollback.sql",): "Run 20251103_add_a_rollback.sql",
    ("20251104_rollback.sql",): "Run 20251103_rollback.sql",
}


@pytest.mark.parametrize("beside", ROLLBACKS)
def test_rollback_is_the_one_that_there_is(beside: Any, tmp_path: Path) -> None:
    path = "db/migrations/20251103_add_a.sql"
    write(tmp_path, {path: MIGRATION, **{f"db/migrations/{name}": "" for name in beside}})
    after = text_of(tmp_path, path, MIGRATION)
    assert f"-- ROLLBACK: {ROLLBACKS[beside]}\n" in after
    write(tmp_path, {path: after})
    reports = check_project(config(tmp_path, select=["MOS803"]), Mode(strict=True))
    assert bool(reports) == (not any("20251103" in name for name in beside))


REVERTED: Mapping[str, Any] = {
    "20251103_rollback.sql": "20251103_add_a.sql, 20251103_add_b.sql",
    "20251103_add_b_rollback.sql": "20251103_add_b.sql",
    "20251109_rollback.sql": "TODO: which migration",
    "undo_rollback.sql": "TODO: which migration",
}


@pytest.mark.parametrize("name", REVERTED)
def test_reverted_are_those_of_the_day(name: str, tmp_path: Path) -> None:
    beside = ("20251103_add_b.sql", "20251103_add_a.sql", "20251104_c.sql", "x.sql", name)
    write(tmp_path, {f"migrations/{one}": "" for one in beside})
    after = text_of(tmp_path, f"migrations/{name}", "DROP TABLE IF EXISTS a;\n")
    assert f"-- ROLLBACK: {name}\n-- REVERTS: {REVERTED[name]}\n" in after
