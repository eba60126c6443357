"""The configuration: where it is found, what it refuses, and what it means."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping

import pytest

from mosaic_lint import registry
from mosaic_lint.config import Config, Loader, Selection, build, check_table, keys, read_table
from mosaic_lint.engine import Mode, check
from mosaic_lint.errors import ConfigError
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from tests.cli_process import headed

FAULTS = "print('x')\nconn = get_conn()\ntry:\n    g()\nexcept:\n    pass\n"
ALL_CODES = ["MOS305", "MOS101", "MOS301", "MOS302"]


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def loaded(root: Path, toml: str, path: str = "api/x.py") -> Config:
    """The configuration for a path of a project with this ``pyproject.toml``."""
    write(root, {"pyproject.toml": toml})
    return Loader().for_path(root / path)


def own(root: Path, keys_and_values: str, path: str = "api/x.py") -> Config:
    """The same for what stands in the tool's own table."""
    return loaded(root, f"[tool.mosaic_lint]\n{keys_and_values}\n", path)


def codes(config: Config, path: Path, text: str = FAULTS) -> List[str]:
    """The codes that the engine finds below a version header under a configuration."""
    source = Source(str(path), headed(path.name, text))
    return [f.code for f in check(source, config, Mode(strict=True)).findings]


# --- where it is found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.mosaic_lint]\ndriver = 'psycopg'\n"),
        ("pyproject.toml", "[tool.mosaic-lint]\ndriver = 'psycopg'\n"),
        ("mosaic_lint.toml", "driver = 'psycopg'\n"),
        ("mosaic_lint.toml", "[tool.mosaic_lint]\ndriver = 'psycopg'\n"),
        ("mosaic_lint.toml", "[tool.mosaic-lint]\ndriver = 'psycopg'\n"),
    ],
)
def test_table_is_read(name: str, text: str, tmp_path: Path) -> None:
    write(tmp_path, {name: text})
    config = Loader().for_path(tmp_path / "a" / "b" / "x.py")
    assert (config.settings.driver, config.root, config.file) == (
        "psycopg",
        tmp_path,
        tmp_path / name,
    )


def test_nearest_table_above_each_file_governs_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.mosaic_lint]\nignore = ['MOS1']\n",
            "one/pyproject.toml": "[tool.mosaic_lint]\nignore = ['MOS3']\n",
            "two/mosaic_lint.toml": "select = ['MOS305']\n",
            "three/pyproject.toml": "[project]\nname = 'three'\n",
        },
    )
    loader = Loader()
    found = {
        name: codes(loader.for_path(tmp_path / name / "a" / "x.py"), tmp_path / name / "a" / "x.py")
        for name in (".", "one", "two", "three")
    }
    assert found == {
        ".": ["MOS305", "MOS301", "MOS302"],
        "one": ["MOS101"],
        "two": ["MOS305"],
        "three": ["MOS305", "MOS301", "MOS302"],
    }


def test_own_file_wins_over_pyproject_beside_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "mosaic_lint.toml": "driver = 'psycopg'\n",
            "pyproject.toml": "[tool.mosaic_lint]\ndriver = 'psycopg2'\n",
        },
    )
    assert Loader().for_path(tmp_path / "x.py").settings.driver == "psycopg"


def test_nothing_configured_gives_the_defaults(tmp_path: Path) -> None:
    config = loaded(tmp_path, "[tool.black]\nline-length = 100\n")
    assert (config.file, config.settings, config.selection) == (None, Settings(), Selection())
    assert config.origins == {}


def test_empty_table_ends_the_search(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.mosaic_lint]\nignore = ['MOS1']\n",
            "sub/pyproject.toml": "[tool.mosaic_lint]\n",
        },
    )
    assert Loader().for_path(tmp_path / "sub" / "x.py").selection == Selection()


def test_explicit_file_governs_every_path(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.mosaic_lint]\nignore = ['MOS1']\n",
            "ci/lint.toml": "[tool.mosaic_lint]\nignore = ['MOS3']\n",
        },
    )
    config = Loader(tmp_path / "ci" / "lint.toml").for_path(tmp_path / "x.py")
    assert (config.selection.ignore, config.root) == (("MOS3",), tmp_path / "ci")


def test_isolated_reads_no_file(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.mosaic_lint]\nnonsense = 1\n"})
    assert Loader(isolated=True).for_path(tmp_path / "x.py").file is None


def test_broken_toml_of_a_stranger_is_not_ours(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[tool.black\n").file is None


# --- what it refuses ----------------------------------------------------------------------------

REFUSED = {
    "unknown key": (
        "conection-factories = ['a']",
        "unknown key 'conection-factories'; did you mean 'connection-factories'?",
    ),
    "underscores": (
        "connection_factories = ['a']",
        "unknown key 'connection_factories'; did you mean 'connection-factories'?",
    ),
    "unlike anything": ("zzz = 1", "unknown key 'zzz'"),
    "extend of a single value": (
        "extend-driver = 'psycopg'",
        "unknown key 'extend-driver'; did you mean 'extend-ignore'?",
    ),
    "string for a list": ("select = 'MOS1'", "select: expected `array`, got `str`"),
    "number in a list": ("select = [1]", "select: expected `str`, got `int` - at `value[0]`"),
    "number for a string": ("driver = 3", "driver: 3 is none of 'psycopg2', 'psycopg'"),
    "wrong choice": (
        "driver = 'psycopg3'",
        "driver: 'psycopg3' is none of 'psycopg2', 'psycopg'; did you mean 'psycopg'?",
    ),
    "string for a number": ("max-file-size = '1'", "max-file-size: expected `int`, got `str`"),
    "truth for a number": ("max-file-size = true", "max-file-size: expected `int`, got `bool`"),
    "list for a table": (
        "per-file-ignores = ['MOS1']",
        "per-file-ignores: expected `object`, got `array`",
    ),
    "string in a table": (
        "per-file-ignores = {'a' = 'MOS1'}",
        "per-file-ignores: expected `array`, got `str` - at `value[...]`",
    ),
    "unknown code": (
        "select = ['MOS1O1']",
        "select: unknown code 'MOS1O1'; did you mean 'MOS101'?",
    ),
    "unknown code to ignore": (
        "ignore = ['MOS399']",
        "ignore: unknown code 'MOS399'; did you mean ",
    ),
    "unknown code of a pattern": (
        "per-file-ignores = {'a/**' = ['MOS8888']}",
        "per-file-ignores.'a/**': unknown code 'MOS8888'",
    ),
    "foreign code": ("select = ['E501']", "select: unknown code 'E501'"),
    "lower case": (
        "extend-select = ['mos101']",
        "extend-select: unknown code 'mos101'; did you mean 'MOS101'?",
    ),
    "part of the letters": ("extend-ignore = ['MO']", "extend-ignore: unknown code 'MO'"),
    "empty code": ("select = ['']", "select: unknown code ''"),
    "rule's option of a wrong type": (
        "quiet-exceptions = 'E'",
        "quiet-exceptions: expected `array`, got `str`",
    ),
    "pattern without meaning": ("exclude = ['!']", "exclude: '!' is no pattern of paths"),
    "pattern that ends in a backslash": (
        "extend-exclude = ['a\\']",
        "extend-exclude: 'a\\\\' is no pattern of paths",
    ),
    "pattern of a table": (
        "per-file-ignores = {'!' = ['MOS1']}",
        "per-file-ignores: '!' is no pattern of paths",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_mistake_names_file_key_and_nearest_spelling(name: str, tmp_path: Path) -> None:
    text, reason = REFUSED[name]
    with pytest.raises(ConfigError) as caught:
        own(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'pyproject.toml'}: [tool.mosaic_lint] {reason}")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("pyproject.toml", "[tool.mosaic_lint\n", "no valid TOML: "),
        ("pyproject.toml", "[tool]\nmosaic_lint = 1\n", "[tool.mosaic_lint] must be a table"),
        ("pyproject.toml", "[tool.mosaic-lint]\nx = 1\n", "[tool.mosaic-lint] unknown key 'x'"),
        (
            "pyproject.toml",
            "[tool.mosaic_lint]\n[tool.mosaic-lint]\n",
            "both [tool.mosaic_lint] and [tool.mosaic-lint]: keep one",
        ),
    ],
)
def test_broken_file_is_named(name: str, text: str, reason: str, tmp_path: Path) -> None:
    write(tmp_path, {name: text})
    with pytest.raises(ConfigError) as caught:
        Loader().for_path(tmp_path / "x.py")
    assert str(caught.value).startswith(f"{tmp_path / name}: {reason}")


def test_own_file_is_named_without_a_table(tmp_path: Path) -> None:
    write(tmp_path, {"mosaic_lint.toml": "slect = []\n"})
    with pytest.raises(ConfigError) as caught:
        Loader().for_path(tmp_path / "x.py")
    assert str(caught.value) == (
        f"{tmp_path / 'mosaic_lint.toml'} unknown key 'slect'; did you mean 'select'?"
    )


def test_bytes_that_are_no_text_are_no_toml(tmp_path: Path) -> None:
    (tmp_path / "mosaic_lint.toml").write_bytes(b"driver = '\xff'\n")
    with pytest.raises(ConfigError, match="no valid TOML"):
        Loader().for_path(tmp_path / "x.py")


def test_explicit_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Loader(tmp_path / "gone.toml").for_path(tmp_path / "x.py")
    assert str(caught.value) == f"{tmp_path / 'gone.toml'}: no such file"


def test_explicit_file_must_have_the_table(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.black]\n"})
    with pytest.raises(ConfigError) as caught:
        Loader(tmp_path / "pyproject.toml").for_path(tmp_path / "x.py")
    assert str(caught.value).endswith("pyproject.toml: has no table [tool.mosaic_lint]")


# --- what it means ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selection", "code", "default_on", "expected"),
    [
        (Selection(), "MOS101", True, True),
        (Selection(), "MOS214", False, False),
        (Selection(select=("MOS2",)), "MOS214", False, False),
        (Selection(select=("MOS214",)), "MOS214", False, True),
        (Selection(extend_select=("MOS2",)), "MOS214", False, False),
        (Selection(extend_select=("MOS214",)), "MOS214", False, True),
        (Selection(extend_select=("MOS214",)), "MOS101", True, True),
        (Selection(select=("MOS1",)), "MOS101", True, True),
        (Selection(select=("MOS1",)), "MOS301", True, False),
        (Selection(select=("MOS1",), extend_select=("MOS301",)), "MOS301", True, True),
        (Selection(select=("MOS1",), extend_select=("MOS301",)), "MOS302", True, False),
        (Selection(ignore=("MOS1",)), "MOS101", True, False),
        (Selection(ignore=("MOS101",)), "MOS102", True, True),
        (Selection(select=("MOS101",), ignore=("MOS1",)), "MOS101", True, True),
        (Selection(select=("MOS1",), ignore=("MOS101",)), "MOS101", True, False),
        (Selection(select=("MOS101",), ignore=("MOS101",)), "MOS101", True, False),
        (Selection(select=("MOS1",), ignore=("MOS1",)), "MOS101", True, False),
        (Selection(select=()), "MOS101", True, False),
        (Selection(select=("MOS1",)), "MOS001", True, True),
        (Selection(select=("MOS1",)), "MOS004", True, True),
        (Selection(ignore=("MOS004",)), "MOS004", True, False),
        (Selection(select=("MOS1",)), "MOS002", True, False),
        (Selection(select=("MOS1", "MOS0")), "MOS002", True, True),
    ],
)
def test_longer_prefix_wins(
    selection: Selection, code: str, default_on: bool, expected: bool
) -> None:
    assert selection.is_on(code, default_on) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL_CODES),
        ("select = ['MOS3']", ["MOS305", "MOS301", "MOS302"]),
        ("select = ['MOS3']\nextend-select = ['MOS101']", ALL_CODES),
        ("ignore = ['MOS3']", ["MOS101"]),
        ("extend-ignore = ['MOS305']\nignore = ['MOS1']", ["MOS301", "MOS302"]),
        ("select = ['MOS30']\nignore = ['MOS3']", ["MOS305", "MOS301", "MOS302"]),
        ("per-file-ignores = {'api/**' = ['MOS3']}", ["MOS101"]),
        ("per-file-ignores = {'api/' = ['MOS3'], '*.py' = ['MOS1']}", []),
        ("per-file-ignores = {'/x.py' = ['MOS3']}", ALL_CODES),
        ("per-file-ignores = {'other/**' = ['MOS3']}", ALL_CODES),
        ("per-file-ignores = {'**' = ['MOS']}", []),
        (
            "per-file-ignores = {'*.py' = ['MOS1']}\n"
            "extend-per-file-ignores = {'*.py' = ['MOS305'], 'api/' = ['MOS302']}",
            ["MOS301"],
        ),
        ("connection-factories = ['acquire']", ["MOS305", "MOS301", "MOS302"]),
        ("extend-connection-factories = ['acquire']", ALL_CODES),
        ("cli-paths = ['api/']", ["MOS101", "MOS301", "MOS302"]),
        ("extend-cli-paths = ['/api/']", ["MOS101", "MOS301", "MOS302"]),
    ],
)
def test_keys_choose_what_is_found(text: str, expected: List[str], tmp_path: Path) -> None:
    assert codes(own(tmp_path, text), tmp_path / "api" / "x.py") == expected


def test_list_replaces_the_default_and_extend_adds_to_it(tmp_path: Path) -> None:
    replaced = own(tmp_path, "cli-paths = ['ops/']").settings.cli_paths
    extended = own(tmp_path, "extend-cli-paths = ['ops/']").settings.cli_paths
    both = own(tmp_path, "extend-cli-paths = ['b/']\ncli-paths = ['a/']").settings.cli_paths
    assert replaced == ("ops/",)
    assert extended == (*Settings().cli_paths, "ops/")
    assert both == ("a/", "b/")


def test_option_of_a_rule_reaches_the_rule(tmp_path: Path) -> None:
    text = "try:\n    g()\nexcept KeyError:\n    pass\n"
    path = tmp_path / "x.py"
    assert codes(own(tmp_path, ""), path, text) == ["MOS302"]
    assert codes(own(tmp_path, "quiet-exceptions = ['KeyError']"), path, text) == []
    assert codes(own(tmp_path, "extend-quiet-exceptions = ['KeyError']"), path, text) == []


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("legacy/", "legacy/x.py", True),
        ("legacy/", "api/legacy/x.py", True),
        ("/legacy/", "api/legacy/x.py", False),
        ("legacy", "legacy/x.py", True),
        ("*_pb2.py", "api/a_pb2.py", True),
        ("api/*.py", "api/x.py", True),
        ("api/*.py", "api/v1/x.py", False),
        ("api/**/x.py", "api/v1/v2/x.py", True),
        ("api/x.py", "api/x.pyi", False),
        ("API/", "api/x.py", False),
        ("../outside/", "api/x.py", False),
    ],
)
def test_exclude_reads_patterns_as_gitignore_does(
    pattern: str, path: str, excluded: bool, tmp_path: Path
) -> None:
    config = own(tmp_path, f"exclude = ['{pattern}']", path)
    assert config.is_excluded(tmp_path / path) is excluded


def test_later_pattern_takes_back_an_exclusion(tmp_path: Path) -> None:
    config = own(tmp_path, "exclude = ['gen/*', '!gen/keep.py']")
    assert config.is_excluded(tmp_path / "gen" / "x.py")
    assert not config.is_excluded(tmp_path / "gen" / "keep.py")


def test_patterns_do_not_reach_outside_of_the_root(tmp_path: Path) -> None:
    config = own(tmp_path, "exclude = ['*.py']")
    assert not config.is_excluded(tmp_path.parent / "x.py")


def test_patterns_are_relative_to_the_configuration_not_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.mosaic_lint]\nexclude = ['/api/gen/']\n"})
    (tmp_path / "api" / "gen").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "api")
    relative = Path("gen") / "x.py"
    assert Loader().for_path(relative).is_excluded(relative)


# --- the project's own switches -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("switches", "ignored"),
    [
        ("enforce_postgres_patterns = false", ("MOS1", "MOS2")),
        ("enforce_error_logging = false", ("MOS3",)),
        ("enforce_idempotent_writes = false", ("MOS4",)),
        ("enforce_error_logging = true", ()),
        ("enforce_postgres_patterns = false\nenforce_error_logging = false",
         ("MOS1", "MOS2", "MOS3")),
    ],
)  # fmt: skip
def test_switches_of_the_project_turn_families_off(
    switches: str, ignored: Any, tmp_path: Path
) -> None:
    assert loaded(tmp_path, f"[tool.mosaic]\n{switches}\n").selection.ignore == ignored


def test_switches_add_to_the_table(tmp_path: Path) -> None:
    text = (
        "[tool.mosaic]\nenforce_error_logging = false\nother = 1\n"
        "[tool.mosaic_lint]\nextend-ignore = ['MOS101']\nignore = ['MOS107']\n"
    )
    config = loaded(tmp_path, text)
    assert set(config.selection.ignore) == {"MOS3", "MOS101", "MOS107"}
    assert codes(config, tmp_path / "x.py") == []


def test_table_without_our_switches_is_somebody_elses(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[tool.mosaic]\nname = 'x'\n").file is None


def test_switches_hold_beside_a_configuration_file_of_its_own(tmp_path: Path) -> None:
    switch = "[tool.mosaic]\nenforce_error_logging = false\n"
    write(tmp_path, {"pyproject.toml": switch, "mosaic_lint.toml": "ignore = ['MOS101']\n"})
    assert Loader().for_path(tmp_path / "x.py").selection.ignore == ("MOS101", "MOS3")


def test_switch_that_is_neither_true_nor_false_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, "[tool.mosaic]\nenforce_error_logging = 'no'\n")
    message = "[tool.mosaic] enforce_error_logging must be true or false, not 'no'"
    assert str(caught.value) == f"{tmp_path / 'pyproject.toml'}: {message}"


# --- overrides and origins ----------------------------------------------------------------------


def test_overrides_win_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.mosaic_lint]\ndriver = 'psycopg'\nignore = ['MOS1']"})
    overrides = {"driver": "psycopg2", "extend-ignore": ["MOS305"]}
    config = Loader(overrides=overrides).for_path(tmp_path / "x.py")
    assert config.settings.driver == "psycopg2"
    assert config.selection.ignore == ("MOS1", "MOS305")


def test_who_selects_by_hand_gets_what_is_selected(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.mosaic_lint]\nignore = ['MOS101']\n"})
    config = Loader(overrides={"select": ["MOS101"]}).for_path(tmp_path / "x.py")
    assert codes(config, tmp_path / "x.py") == ["MOS101"]
    assert "ignore" not in config.origins


def test_origins_tell_where_each_key_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    write(
        tmp_path,
        {file.name: "[tool.mosaic_lint]\nignore = ['MOS1']\nextend-cli-paths = ['a/']\n"},
    )
    loader = Loader(overrides={"driver": "psycopg"}, overrides_from="flake8's options")
    assert loader.for_path(tmp_path / "x.py").origins == {
        "ignore": str(file),
        "extend-cli-paths": str(file),
        "driver": "flake8's options",
    }


# --- command-line code --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("scripts/x.py", True),
        ("api/scripts/x.py", True),
        ("api/tests/unit/x.py", True),
        ("tests/x.py", True),
        ("bin/x.py", True),
        ("tools/x.py", True),
        ("api/x.py", False),
        ("scripts.py", False),
        ("api/my_scripts/x.py", False),
    ],
)
def test_command_line_code_is_known_by_its_folder(
    path: str, expected: bool, tmp_path: Path
) -> None:
    assert loaded(tmp_path, "[project]\nname = 'x'\n").is_cli_path(tmp_path / path) is expected


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git/HEAD", "mosaic_lint.toml"])
def test_checkout_below_a_folder_named_tests_is_no_command_line_code(
    marker: str, tmp_path: Path
) -> None:
    root = tmp_path / "tests" / "scripts" / "checkout"
    write(root, {marker: "", "api/x.py": FAULTS})
    config = Loader().for_path(root / "api" / "x.py")
    assert config.root == root
    assert not config.is_cli_path(root / "api" / "x.py")
    assert config.is_cli_path(root / "tests" / "x.py")


def test_configuration_in_a_sub_folder_anchors_there(tmp_path: Path) -> None:
    write(tmp_path, {"tests/service/pyproject.toml": "[tool.mosaic_lint]\n"})
    inner = tmp_path / "tests" / "service" / "x.py"
    assert not Loader().for_path(inner).is_cli_path(inner)


def test_without_any_project_the_working_folder_is_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "tests" / "work"
    (work / "scripts").mkdir(parents=True)
    monkeypatch.chdir(work)
    loader = Loader()
    assert not loader.for_path(Path("x.py")).is_cli_path(Path("x.py"))
    script = Path("scripts") / "x.py"
    assert loader.for_path(script).is_cli_path(script)


# --- keys and cost ------------------------------------------------------------------------------


def test_every_list_can_be_extended_and_nothing_else() -> None:
    extending = {key[len("extend-") :] for key in keys() if key.startswith("extend-")}
    table: Dict[str, Any] = {"select": [], "ignore": [], "exclude": [], "per-file-ignores": {}}
    table.update({"cli-paths": [], "logger-names": [], "log-functions": []})
    table.update({"connection-factories": [], "quiet-exceptions": []})
    table.update({"llm-calls": [], "llm-names": [], "llm-validators": []})
    table.update({"canonical-scripts": [], "protected-tables": [], "required-header-fields": []})
    assert extending == set(table)
    assert check_table(table, "the test") == table


def test_every_known_code_and_prefix_is_accepted() -> None:
    wanted = [*registry.names(), "MOS", "MOS1", "MOS10", "MOS0"]
    assert check_table({"select": wanted}, "the test")


def test_missing_file_has_no_table(tmp_path: Path) -> None:
    assert read_table(tmp_path / "pyproject.toml") is None
    assert read_table(tmp_path / "x.py" / "pyproject.toml") is None


def test_nothing_configured_loads_neither_toml_nor_validation_nor_patterns(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.black]\n"})
    script = (
        "import sys\nfrom pathlib import Path\nfrom mosaic_lint.config import Loader\n"
        "Loader().for_path(Path('x.py'))\n"
        "print([m for m in ('tomllib', 'tomli', 'msgspec', 'pathspec', 'libcst') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_build_without_a_table_is_the_default(tmp_path: Path) -> None:
    assert build(tmp_path, None, {}, {}) == Config(root=tmp_path)
