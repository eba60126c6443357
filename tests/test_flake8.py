"""The flake8 plugin, in real flake8 processes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Dict, List, Mapping

import pytest

from tests.cli_process import environment
from tests.flake8_process import Shown, found, run

FAULTY = "conn = get_conn()\nprint('x')\n"
BOTH = [(1, 8, "MOS101"), (2, 1, "MOS305")]
HEADER = '''\
"""
MODULE: x.py
PURPOSE: Show what flake8 says of a file with a version header.
VERSION: 1.0.0
LAST_MODIFIED: 2026-01-12
MODIFIED_BY: Ada
CHANGES_THIS_VERSION: Everything is new
ROLLBACK_PATH: Delete this file
"""
'''
"""The version header of a file ``x.py``."""


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def places(shown: List[Shown]) -> List[object]:
    return [line[1:4] for line in shown]


def codes(shown: List[Shown]) -> List[str]:
    return [line.code for line in shown]


# --- how people call it -------------------------------------------------------------------------


def test_file_is_linted_together_with_flake8s_own_checks(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": f"{HEADER}\nimport os\nconn = get_conn()\n"})
    done = run("x.py", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.split("\n") == [
        "x.py:11:1: F401 'os' imported but unused",
        "x.py:12:8: MOS101 get_conn() returns a context manager, not a connection: "
        'write "with get_conn() as conn:"',
        "x.py:12:8: F821 undefined name 'get_conn'",
        "",
    ]


def test_version_names_the_plugin(tmp_path: Path) -> None:
    assert "mosaic-lint: 0." in run("--version", cwd=tmp_path).stdout.replace("\n", " ")


def test_several_files_in_two_processes(tmp_path: Path) -> None:
    files = {f"api/m{number}.py": FAULTY for number in range(6)}
    clean = {f"api/clean{number}.py": "x = 1\n" for number in range(6)}
    write(tmp_path, {**files, **clean, "api/mosaic_lint.toml": "ignore = ['MOS305']\n"})
    shown = found("-j2", "api", cwd=tmp_path)
    assert sorted((line.path, *line[1:4]) for line in shown) == [
        (name, 1, 8, "MOS101") for name in sorted(files)
    ]


def test_options_reach_the_other_processes(tmp_path: Path) -> None:
    write(tmp_path, {f"m{number}.py": "c = acquire()\n" for number in range(4)})
    shown = found("-j2", "--mosaic-connection-factories=acquire", ".", cwd=tmp_path)
    assert codes(shown) == ["MOS101"] * 4


def test_standard_input_under_the_name_that_an_editor_gives(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.mosaic_lint]\ncli-paths = ['/ops/']\n"})
    for name, expected in (("api/x.py", BOTH), ("ops/x.py", BOTH[:1])):
        shown = found("--stdin-display-name", name, "-", cwd=tmp_path, stdin=FAULTY.encode())
        assert [line.path for line in shown] == [name] * len(expected)
        assert places(shown) == expected


def test_standard_input_without_a_name(tmp_path: Path) -> None:
    assert places(found("-", cwd=tmp_path, stdin=FAULTY.encode())) == BOTH


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["MOS101", "MOS305"]),
        (["--select=MOS1"], ["MOS101"]),
        (["--select=MOS101,MOS305"], ["MOS101", "MOS305"]),
        (["--select=E,F"], []),
        (["--extend-select=MOS"], ["MOS101", "MOS305"]),
        (["--ignore=MOS3"], ["MOS101"]),
        (["--extend-ignore=MOS1"], ["MOS305"]),
        (["--select=MOS", "--ignore=MOS305"], ["MOS101"]),
        (["--select=MOS305", "--ignore=MOS3"], ["MOS305"]),
        (["--per-file-ignores=x.py:MOS1"], ["MOS305"]),
        (["--per-file-ignores=y.py:MOS1"], ["MOS101", "MOS305"]),
        (["--exclude=x.py"], []),
    ],
)
def test_flake8s_own_selection(options: List[str], expected: List[str], tmp_path: Path) -> None:
    write(tmp_path, {"x.py": FAULTY})
    shown = found(*options, ".", cwd=tmp_path, select="")
    assert [code for code in codes(shown) if code.startswith("MOS")] == expected


def test_noqa_is_flake8s(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "x.py": "a = get_conn()  # noqa: MOS101\n"
            "b = get_conn()  # noqa\n"
            "c = get_conn()  # noqa: E501\n"
            "d = get_conn('''\n''')  # noqa: MOS1\n",
            "y.py": "# flake8: noqa\na = get_conn()\n",
        },
    )
    assert places(found(".", cwd=tmp_path)) == [(3, 5, "MOS101")]


# --- options of its own -------------------------------------------------------------------------

CONFIGURED = {"pyproject.toml": "[tool.mosaic_lint]\nconnection-factories = ['from_toml']\n"}
CALLS = "a = get_conn()\nb = from_toml()\nc = from_flake8()\nd = from_line()\n"


def factories(root: Path, *options: str) -> List[str]:
    """The names of the factories in force."""
    names = CALLS.split()[2::3]
    return [names[line.line - 1] for line in found(*options, "x.py", cwd=root)]


def test_command_line_wins_over_flake8s_file_and_that_over_pyproject(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": CALLS})
    assert factories(tmp_path) == ["get_conn()"]
    write(tmp_path, CONFIGURED)
    assert factories(tmp_path) == ["from_toml()"]
    write(tmp_path, {".flake8": "[flake8]\nmosaic-connection-factories = from_flake8\n"})
    assert factories(tmp_path) == ["from_flake8()"]
    assert factories(tmp_path, "--mosaic-connection-factories=from_line,get_conn") == [
        "get_conn()",
        "from_line()",
    ]


def test_list_in_flake8s_file_may_go_over_lines(tmp_path: Path) -> None:
    text = "[flake8]\nmosaic_connection_factories =\n    from_flake8,\n    from_line\n"
    write(tmp_path, {"x.py": CALLS, "setup.cfg": text})
    assert factories(tmp_path) == ["from_flake8()", "from_line()"]


def test_configuration_named_on_the_command_line(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": CALLS, "ci/lint.toml": CONFIGURED["pyproject.toml"]})
    assert factories(tmp_path, "--mosaic-config=ci/lint.toml") == ["from_toml()"]


def test_configuration_named_in_flake8s_file_is_relative_to_that(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "x.py": CALLS,
            "tox.ini": "[flake8]\nmosaic-config = ./ci/lint.toml\n",
            "ci/lint.toml": CONFIGURED["pyproject.toml"],
        },
    )
    assert factories(tmp_path) == ["from_toml()"]


def test_other_options(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "x.py": "with get_conn() as c:\n    c.execute('x')\n"
            "try:\n    g()\nexcept Exception:\n    audit.exception('x')\n"
            "try:\n    g()\nexcept KeyError:\n    pass\n"
            "print('x')\n"
        },
    )
    assert codes(found("x.py", cwd=tmp_path)) == ["MOS104", "MOS302", "MOS302", "MOS305"]
    options = (
        "--mosaic-driver=psycopg",
        "--mosaic-logger-names=audit",
        "--mosaic-quiet-exceptions=KeyError",
        "--mosaic-cli-paths=*.py",
    )
    assert found(*options, "x.py", cwd=tmp_path) == []
    assert found("--mosaic-max-file-size=10", "x.py", cwd=tmp_path) == []
    assert found("--mosaic-exclude=x.py", "x.py", cwd=tmp_path) == []


def test_help_shows_every_option(tmp_path: Path) -> None:
    text = " ".join(run("--help", cwd=tmp_path).stdout.split())
    for name in ("config", "connection-factories", "driver", "cli-paths", "quiet-exceptions"):
        assert f"--mosaic-{name}" in text


# --- the project's configuration inside the plugin ----------------------------------------------

PROJECT = {
    "pyproject.toml": """
        [tool.mosaic_lint]
        select = ["MOS1", "MOS3"]
        ignore = ["MOS306"]
        exclude = ["gen/", "*_pb2.py"]
        per-file-ignores = {"legacy/**" = ["MOS3"]}
        """,
    "api/x.py": FAULTY,
    "legacy/x.py": FAULTY,
    "gen/x.py": FAULTY,
    "api/x_pb2.py": FAULTY,
    "api/log.py": "import logging\nlogging.error('x')\n",
    "api/noqa.py": "x = 1  #noqa:MOS101\n",
}
EXPECTED: Dict[str, List[object]] = {
    "api/x.py": list(BOTH),
    "legacy/x.py": list(BOTH[:1]),
    "gen/x.py": [],
    "api/x_pb2.py": [],
    "api/log.py": [],
    "api/noqa.py": [],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    write(root, {name: textwrap.dedent(text) for name, text in PROJECT.items()})
    return root


def test_selection_and_exclusion_of_the_project_hold_for_folders_and_files(project: Path) -> None:
    for paths in (["."], list(EXPECTED)):
        shown = found(*paths, cwd=project)
        by_file = {name: [s[1:4] for s in shown if s.path == name] for name in EXPECTED}
        assert by_file == EXPECTED


@pytest.mark.parametrize("name", ["api/x.py", "legacy/x.py", "gen/x.py"])
def test_they_hold_for_standard_input(name: str, project: Path) -> None:
    shown = found("--stdin-display-name", name, "-", cwd=project, stdin=FAULTY.encode())
    assert places(shown) == EXPECTED[name]


def test_flake8s_selection_comes_on_top(project: Path) -> None:
    shown = found("--select=MOS3", "api/x.py", "api/log.py", cwd=project, select="")
    assert places(shown) == [BOTH[1]]


def test_working_folder_does_not_matter(project: Path, tmp_path: Path) -> None:
    shown = found(str(project / "legacy"), cwd=tmp_path)
    assert places(shown) == BOTH[:1]


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "options", "reason"),
    [
        (
            {"pyproject.toml": "[tool.mosaic_lint]\nslect = []\n"},
            [],
            "pyproject.toml: [tool.mosaic_lint] unknown key 'slect'; did you mean 'select'?",
        ),
        (
            {"pyproject.toml": "[tool.mosaic_lint]\nselect = ['MOS1O1']\n"},
            [],
            "pyproject.toml: [tool.mosaic_lint] select: unknown code 'MOS1O1'; "
            "did you mean 'MOS101'?",
        ),
        ({}, ["--mosaic-config=gone.toml"], "gone.toml: no such file"),
        ({}, ["--mosaic-max-file-size=much"], "--mosaic-max-file-size wants a number, not 'much'"),
        (
            {".flake8": "[flake8]\nmosaic-driver = psycopg3\n"},
            [],
            "driver: 'psycopg3' is none of 'psycopg2', 'psycopg'; did you mean 'psycopg'?",
        ),
        ({".flake8": "[flake8]\nmosaic-exclude = !\n"}, [], "'!' is no pattern of paths"),
    ],
)
def test_bad_configuration_is_a_clear_error(
    files: Mapping[str, str], options: List[str], reason: str, tmp_path: Path
) -> None:
    write(tmp_path, {"x.py": FAULTY, **files})
    done = run(*options, "x.py", cwd=tmp_path)
    shown = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in shown
    assert "mosaic-lint: " in shown
    assert reason in shown


def test_bad_configuration_of_a_sub_folder_is_a_finding_on_its_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"x.py": FAULTY, "sub/y.py": FAULTY, "sub/pyproject.toml": "[tool.mosaic_lint]\nx = 1\n"},
    )
    shown = found(".", cwd=tmp_path)
    assert [(s.path, *s[1:4]) for s in shown if s.path == "x.py"] == [("x.py", *p) for p in BOTH]
    (other,) = [line for line in shown if line.path == "sub/y.py"]
    assert other[1:4] == (1, 1, "MOS004")
    assert "unknown key 'x'" in other.text


_BROKEN_RULE = """
import sys
from flake8.main.cli import main
from mosaic_lint import registry
from mosaic_lint.rule import Rule

real = registry.load

def load(entry):
    rule = real(entry)
    return Rule(rule.meta, fail) if entry.code == "MOS101" else rule

def fail(subject, context):
    raise ZeroDivisionError("nothing is\\nbelow zero")

registry.load = load
sys.exit(main(sys.argv[1:]))
"""


def test_rule_that_raises_is_one_finding_and_the_others_stand(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": f"{FAULTY}a = get_conn()\nget_conn()\n", "y.py": "print('y')\n"})
    headers = "--extend-ignore=MOS7"  # the files have none
    arguments = ["-c", _BROKEN_RULE, "--select=MOS", headers, "x.py", "y.py"]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    lines = [line.split(" ", 2)[:2] for line in done.stdout.splitlines()]
    assert lines == [
        ["x.py:1:1:", "MOS004"],
        ["x.py:2:1:", "MOS305"],
        ["x.py:4:1:", "MOS102"],
        ["y.py:1:1:", "MOS305"],
    ]
    assert "MOS101 failed with ZeroDivisionError: nothing is below zero" in done.stdout


# --- nothing is worse than without the plugin ---------------------------------------------------

_WITHOUT_PLUGIN = """
import sys
import importlib.metadata as metadata

real = metadata.distributions
metadata.distributions = lambda: (d for d in real() if d.metadata["name"] != "mosaic-lint")
from flake8.main.cli import main
sys.exit(main(sys.argv[1:]))
"""

UNREADABLE = {
    "undecodable.py": b"x = '\xff'\nconn = get_conn()\n",
    "unknown_encoding.py": b"# coding: klingon\nconn = get_conn()\n",
    "syntax.py": b"def f(:\n    conn = get_conn()\n",
    "indent.py": b"def f():\nconn = get_conn()\n",
    "null.py": b"conn = get_conn()\0\n",
    "string.py": b"conn = get_conn('\n",
    "empty.py": b"",
    "blank.py": b"\n\n\n",
    "comment.py": b"# get_conn",
    "bom_only.py": b"\xef\xbb\xbf",
}


def test_files_that_flake8_cannot_read_are_shown_as_without_the_plugin(tmp_path: Path) -> None:
    for name, data in UNREADABLE.items():
        (tmp_path / "api").mkdir(exist_ok=True)
        (tmp_path / "api" / name).write_bytes(data)
    shown = []
    for start in (["-m", "flake8"], ["-c", _WITHOUT_PLUGIN]):
        done = subprocess.run(
            [sys.executable, *start, "-j1", "api", "gone.py"], cwd=tmp_path, env=environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        others = [line for line in done.stdout.splitlines() if " MOS" not in line]
        shown.append((done.returncode, others, done.stderr))
    assert shown[0] == shown[1]
    assert any("E902" in line for line in shown[0][1])
    assert any("E999" in line for line in shown[0][1])


def test_undecodable_file_is_read_as_latin_1_and_linted(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_bytes(b"x = '\xff'; conn = get_conn()\n")
    assert places(found("x.py", cwd=tmp_path)) == [(1, 17, "MOS101")]


# --- what a clean file costs --------------------------------------------------------------------

_HEAVY = ("libcst", "sqlglot", "click", "rich", "pathspec", "msgspec", "mosaic_lint.facts.file")
"""What a clean file needs nothing of, not even where its SQL is judged."""

_LIST_MODULES = """
import sys
from flake8.main.cli import main

main(["--select=MOS", *sys.argv[1:]])
print(*sorted(sys.modules), file=sys.stderr)
"""


def imported(root: Path, *arguments: str) -> List[str]:
    """The modules that are loaded when a flake8 run ends."""
    done = subprocess.run(
        [sys.executable, "-c", _LIST_MODULES, *arguments],
        cwd=root, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stderr.split()


def clean_service() -> str:
    """Five hundred lines as the playbook wants them, full of triggers."""
    function = textwrap.dedent(
        """
        def fetch_{0}(ident):
            try:
                with get_conn() as conn:
                    cursor = conn.cursor()
                    cursor.execute("SELECT name FROM t WHERE id = %s", (ident,))
                    return cursor.fetchone()
            except Exception:
                logger.exception("fetch {0}")
                raise
        """
    )
    head = f"{HEADER}\nimport logging\n\nlogger = logging.getLogger(__name__)\n"
    return head + "\n".join(function.format(number) for number in range(50))


def test_clean_file_loads_nothing_heavy(tmp_path: Path) -> None:
    text = clean_service()
    assert text.count("\n") >= 500
    write(tmp_path, {"x.py": text})
    modules = imported(tmp_path, "x.py")
    assert "mosaic_lint.faces.flake8" in modules
    assert [name for name in modules if name.startswith(_HEAVY)] == []


def test_configuration_loads_no_parser_either(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"x.py": clean_service(), "pyproject.toml": "[tool.mosaic_lint]\nignore = ['MOS306']\n"},
    )
    modules = imported(tmp_path, "x.py")
    heavy = tuple(name for name in _HEAVY if name != "msgspec")
    assert [name for name in modules if name.startswith(heavy)] == []


def test_import_time_shows_nothing_heavy_for_a_clean_file(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": clean_service()})
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flake8", "--select=MOS", "x.py"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    shown = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    assert "mosaic_lint.engine" in shown
    assert [name for name in shown if name.startswith(_HEAVY)] == []


def test_faulty_file_loads_only_the_rules_that_may_speak(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": f"{HEADER}\nprint('x')\n"})
    modules = imported(tmp_path, "x.py")
    assert "libcst" in modules
    assert [name for name in modules if name.startswith("mosaic_lint.rules.")] == [
        "mosaic_lint.rules.mos305_print_in_service",
        # these speak of the header, which every file has or lacks
        "mosaic_lint.rules.mos701_missing_version_header",
        "mosaic_lint.rules.mos702_incomplete_version_header",
        "mosaic_lint.rules.mos703_invalid_header_field",
        "mosaic_lint.rules.mos704_module_path_mismatch",
        "mosaic_lint.rules.mos708_missing_rollback_target",
    ]


def test_rules_that_flake8_would_not_show_are_not_run(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": "print('x')\n"})
    modules = imported(tmp_path, "--ignore=MOS305", "x.py")
    assert [name for name in modules if name.startswith(_HEAVY)] == []
