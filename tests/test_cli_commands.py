"""``rule``, ``rules``, ``config`` and what stands before the commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mosaic_lint import __version__, registry
from tests.cli_process import run, write

RULE = """\
MOS301 bare-except
Pattern 3: explicit error logging

What
    """


def test_version_names_the_program(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"mosaic-lint {__version__}\n")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", "--help"], ["rule", "-h"], ["config", "--help"]]
)
def test_help_is_output_and_no_error(tmp_path: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: mosaic-lint ")


def test_rule_explains_a_code(tmp_path: Path) -> None:
    done = run("rule", "MOS301", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(RULE)
    headings = [line for line in done.stdout.splitlines() if line[:1].isupper()]
    assert headings[2:] == ["What", "Why", "Example", "Instead", "Fix", "Limits"]
    assert done.stdout.endswith("/docs/rules/MOS301.md\n")
    assert run("rule", "mos301", cwd=tmp_path).stdout == done.stdout


def test_rule_tells_the_options_that_it_declares(tmp_path: Path) -> None:
    text = run("rule", "MOS302", cwd=tmp_path).stdout
    assert "Options\n    quiet-exceptions (list, default []): More exceptions, " in text
    told = json.loads(run("rule", "MOS302", "--output-format", "json", cwd=tmp_path).stdout)
    assert told["options"][0]["name"] == "quiet-exceptions"
    assert told["options"][0]["type"] == "list"
    assert told["options"][0]["default"] == []


def test_rule_as_json_has_what_an_assistant_needs(tmp_path: Path) -> None:
    told = json.loads(run("rule", "MOS101", "--output-format", "json", cwd=tmp_path).stdout)
    assert told["code"] == "MOS101"
    assert told["name"] == "pool-as-connection"
    assert told["bad"].startswith("conn = get_conn()\n")
    assert told["good"].startswith("with get_conn() as conn:\n")
    assert all(told[key] for key in ("playbook", "message", "what", "why", "fix", "limits", "url"))


@pytest.mark.parametrize("code", sorted(registry.names()))
def test_every_code_can_be_explained(tmp_path: Path, code: str) -> None:
    done = run("rule", code, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(f"{code} {registry.names()[code]}\n")


def test_unknown_rule_names_the_nearest(tmp_path: Path) -> None:
    done = run("rule", "MOS31", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("mosaic-lint: unknown code 'MOS31'; did you mean 'MOS3")


def test_rules_lists_every_code_in_each_format(tmp_path: Path) -> None:
    codes = sorted(registry.names())
    text = run("rules", cwd=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in text] == codes
    objects = json.loads(run("rules", "--output-format", "json", cwd=tmp_path).stdout)
    assert [entry["code"] for entry in objects] == codes
    assert set(objects[0]) == {
        "code", "name", "summary", "playbook", "fix", "default_on", "url",
    }  # fmt: skip
    table = run("rules", "--output-format", "markdown", cwd=tmp_path).stdout.splitlines()
    assert table[:2] == ["| code | name | flags | fix |", "| --- | --- | --- | --- |"]
    assert [row.split("[")[1][:6] for row in table[2:]] == codes


def test_config_without_a_file_shows_the_defaults(tmp_path: Path) -> None:
    lines = run("config", cwd=tmp_path).stdout.splitlines()
    assert lines[:2] == [
        "# .: no configuration file",
        f"# patterns are relative to {tmp_path}",
    ]
    assert 'connection-factories = ["get_conn"]  # default' in lines
    assert lines[-1].startswith("# codes in force: MOS001, MOS002, ")
    assert all(line.endswith("# default") for line in lines[2:-1])


def test_config_tells_where_each_setting_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    table = (
        '[tool.mosaic_lint]\nselect = ["MOS1", "MOS3"]\nquiet-exceptions = ["Gone"]\n'
        'extend-cli-paths = ["ops/"]\nexclude = ["old/"]\n'
        'per-file-ignores = {"api/**" = ["MOS3"]}\n'
        "[tool.mosaic]\nenforce_postgres_patterns = false\n"
    )
    write(tmp_path, {"pyproject.toml": table, "api/a.py": "", "old/b.py": ""})
    lines = run("config", "api/a.py", cwd=tmp_path).stdout.splitlines()
    assert lines[0] == f"# api/a.py: {file}"
    assert f'select = ["MOS1", "MOS3"]  # {file}' in lines
    assert f'ignore = ["MOS1", "MOS2"]  # {file}' in lines
    assert f'quiet-exceptions = ["Gone"]  # {file}' in lines
    assert (
        'cli-paths = ["scripts/", "tests/", "bin/", "tools/", "ops/"]'
        f"  # default, extend-cli-paths in {file}"
    ) in lines
    assert f'per-file-ignores = {{ "api/**" = ["MOS3"] }}  # {file}' in lines
    assert lines[-1] == "# codes in force: MOS001, MOS004"
    excluded = run("config", "old/b.py", cwd=tmp_path).stdout.splitlines()
    assert excluded[-1] == "# excluded: not linted at all"


def test_shown_configuration_is_a_valid_one(tmp_path: Path) -> None:
    shown = run("config", cwd=tmp_path).stdout
    write(tmp_path, {"mosaic_lint.toml": shown})
    again = run("config", cwd=tmp_path)
    assert again.returncode == 0
    settings = [line.split("  # ")[0] for line in shown.splitlines()[2:]]
    assert [line.split("  # ")[0] for line in again.stdout.splitlines()[2:]] == settings


def test_wrong_configuration_is_told_in_one_line(tmp_path: Path) -> None:
    write(tmp_path, {"mosaic_lint.toml": "selct = []\n"})
    done = run("config", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    file = tmp_path / "mosaic_lint.toml"
    assert done.stderr == f"mosaic-lint: {file} unknown key 'selct'; did you mean 'select'?\n"
