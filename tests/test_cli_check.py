"""What ``mosaic-lint check`` does with its options, in real processes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli_process import CLEAN, FAULTY, HEADER_LINES, check, found, headed, linted, run, write

CONCISE = (
    f"a.py:{HEADER_LINES + 1}:8: MOS101 get_conn() returns a context manager, not a connection: "
    'write "with get_conn() as conn:"\n'
)
TWO_CODES = headed("a.py", f"{FAULTY}try:\n    work()\nexcept:\n    raise\n")


def codes_of(*options: str, cwd: Path) -> list[str]:
    """The codes that are found under options, and no others than these."""
    done = run("check", "--output-format", "json", *options, cwd=cwd)
    return [finding["code"] for finding in json.loads(done.stdout)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a faulty and a clean file."""
    write(tmp_path, {"a.py": headed("a.py", FAULTY), "b.py": headed("b.py", CLEAN)})
    return tmp_path


def test_findings_give_status_one_and_go_to_standard_output(project: Path) -> None:
    done = run("check", "--output-format", "concise", cwd=project)
    assert (done.returncode, done.stdout) == (1, CONCISE)
    assert done.stderr == "Found 1 finding in 1 file (2 checked).\n"


def test_nothing_found_gives_status_zero_and_no_output(project: Path) -> None:
    done = run("check", "b.py", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "No findings (1 file checked).\n"


def test_exit_zero_shows_findings_with_status_zero(project: Path) -> None:
    done = run("check", "--exit-zero", "--output-format", "concise", cwd=project)
    assert (done.returncode, done.stdout) == (0, CONCISE)


def test_exit_zero_does_not_hide_errors(project: Path) -> None:
    assert run("check", "--exit-zero", "nowhere.py", cwd=project).returncode == 2


def test_quiet_shows_findings_only(project: Path) -> None:
    done = run("check", "--quiet", "--output-format", "concise", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, CONCISE, "")
    assert run("check", "--quiet", "b.py", cwd=project).stderr == ""


def test_missing_path_gives_status_two_and_the_others_are_linted(project: Path) -> None:
    done = run("check", "--quiet", "--output-format", "concise", "c.py", "a.py", cwd=project)
    assert (done.returncode, done.stdout) == (2, CONCISE)
    assert done.stderr == "mosaic-lint: c.py: no such file or folder\n"


def test_machine_formats_have_no_closing_line(project: Path) -> None:
    for name in ("json", "sarif", "github"):
        assert run("check", "--output-format", name, cwd=project).stderr == ""


def test_current_folder_is_the_default(project: Path) -> None:
    assert linted(cwd=project) == linted(".", cwd=project) == ["a.py"]


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ([], ["MOS101", "MOS301"]),
        (["--select", "MOS3"], ["MOS301"]),
        (["--select", "MOS101,MOS302"], ["MOS101"]),
        (["--select", "MOS1", "--select", "MOS301"], ["MOS101", "MOS301"]),
        (["--select", "MOS1", "--extend-select", "MOS301"], ["MOS101", "MOS301"]),
        (["--ignore", "MOS1"], ["MOS301"]),
        (["--ignore", "MOS1, MOS3"], []),
        (["--ignore", "MOS1", "--extend-select", "MOS101"], ["MOS101", "MOS301"]),
        (["--select", "MOS", "--ignore", "MOS301"], ["MOS101"]),
    ],
)
def test_codes_are_selected_by_options(
    tmp_path: Path, options: list[str], codes: list[str]
) -> None:
    write(tmp_path, {"a.py": TWO_CODES})
    assert codes_of(*options, cwd=tmp_path) == codes


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ([], []),
        (["--ignore", "MOS102"], []),
        (["--extend-select", "MOS101"], ["MOS101"]),
        (["--select", "MOS1"], ["MOS101"]),
    ],
)
def test_options_come_on_top_of_the_configuration(
    tmp_path: Path, options: list[str], codes: list[str]
) -> None:
    table = '[tool.mosaic_lint]\nselect = ["MOS1"]\nignore = ["MOS10"]\n'
    write(tmp_path, {"pyproject.toml": table, "a.py": TWO_CODES})
    assert codes_of(*options, cwd=tmp_path) == codes


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_unknown_code_names_the_nearest(project: Path, option: str) -> None:
    done = run("check", option, "MOS101,MOS110", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"mosaic-lint: {option}: unknown code 'MOS110'; did you mean '")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "--slect", "MOS1"], "--select"),
        (["check", "--output-format", "xml"], "'sarif'"),
        (["check", "--interactive"], "--interactive needs --fix"),
        (["check", "--fix", "--interactive"], "--interactive needs a terminal"),
        (["check", "--fix", "--interactive", "-"], "--interactive needs files or folders"),
        (["check", "--diff", "--interactive"], "--diff and --interactive"),
        (["check", "--fix", "--project-only", "-"], "--project-only needs files"),
        (["check", "--config", "none.toml"], "'none.toml' does not exist"),
        (["check", "--config", "a.py", "--isolated"], "--config and --isolated"),
        (["check", "--stdin-filename", "a.py"], "--stdin-filename needs the path -"),
        (["check", "-", "a.py"], "the path - can't be mixed"),
        (["chek"], "No such command 'chek'"),
        (["rule"], "Missing argument 'CODE'"),
    ],
)
def test_wrong_usage_gives_status_two_and_says_what_is_wrong(
    project: Path, arguments: list[str], told: str
) -> None:
    done = run(*arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('slect = ["MOS1"]', "unknown key 'slect'; did you mean 'select'?"),
        ('select = ["MOS11"]', "select: unknown code 'MOS11'; did you mean 'MOS1"),
        ('select = "MOS1"', "select: expected `array`, got `str`"),
        ('driver = "psycopg3"', "'psycopg3' is none of 'psycopg2', 'psycopg'"),
        ("select = [", "no valid TOML: "),
    ],
)
def test_wrong_configuration_gives_status_two_and_one_line(
    project: Path, table: str, told: str
) -> None:
    write(project, {"pyproject.toml": f"[tool.mosaic_lint]\n{table}\n", "sub/c.py": FAULTY})
    done = run("check", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"mosaic-lint: {project / 'pyproject.toml'}: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_wrong_configuration_of_one_project_leaves_the_others_linted(project: Path) -> None:
    write(project, {"sub/mosaic_lint.toml": "x = 1\n", "sub/c.py": FAULTY})
    done = run("check", "--quiet", "--output-format", "concise", cwd=project)
    assert (done.returncode, done.stdout) == (2, CONCISE)
    assert "unknown key 'x'" in done.stderr


def test_config_replaces_every_other_and_isolated_uses_none(project: Path) -> None:
    write(
        project,
        {
            "pyproject.toml": '[tool.mosaic_lint]\nselect = ["MOS3"]\n',
            "other.toml": '[tool.mosaic_lint]\nselect = ["MOS1"]\nexclude = ["c.py"]\n',
            "c.py": FAULTY,
        },
    )
    assert linted(cwd=project) == []
    assert linted("--config", "other.toml", cwd=project) == ["a.py"]
    assert linted("--isolated", cwd=project) == ["a.py", "c.py"]


def test_configuration_without_our_table_is_refused(project: Path) -> None:
    write(project, {"other.toml": "[tool.black]\n"})
    done = run("check", "--config", "other.toml", cwd=project)
    assert done.returncode == 2
    assert done.stderr == "mosaic-lint: other.toml: has no table [tool.mosaic_lint]\n"


def test_output_file_takes_the_report(project: Path) -> None:
    done = run("check", "--output-format", "json", "--output-file", "out.json", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert json.loads((project / "out.json").read_text("utf-8")) == found(cwd=project)


def test_output_file_that_cannot_be_written_gives_status_two(project: Path) -> None:
    done = run("check", "--output-file", "no/out.txt", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mosaic-lint: no/out.txt: No such file or directory\n"


def test_output_file_is_rewritten_when_nothing_is_found(project: Path) -> None:
    for arguments in (["a.py"], ["b.py"]):
        run("check", *arguments, "--output-format", "json", "--output-file", "out", cwd=project)
    assert (project / "out").read_text("utf-8") == "[]\n"


def test_statistics_count_codes_on_standard_error(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": TWO_CODES + FAULTY * 10})
    done = run("check", "--statistics", "--quiet", "--output-format", "json", cwd=tmp_path)
    assert len(json.loads(done.stdout)) == 12
    assert done.stderr == "11  MOS101  pool-as-connection\n 1  MOS301  bare-except\n"


def test_colours_are_a_matter_of_the_option_where_no_terminal_is(project: Path) -> None:
    plain = run("check", "a.py", cwd=project).stdout
    assert "\x1b" not in plain
    assert run("check", "--color", "never", "a.py", cwd=project).stdout == plain
    coloured = run("check", "--color", "always", "a.py", cwd=project).stdout
    assert "\x1b[1;31mMOS101\x1b[0m" in coloured
    assert "\x1b" not in run("check", "a.py", cwd=project, env={"FORCE_COLOR": "1"}).stdout


def test_noqa_and_its_misuse_are_ours_to_judge(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "conn = get_conn()  # noqa: MOS101\nx = 1  # noqa: MOS301\n"})
    assert [(f["code"], f["line"], f["column"]) for f in found(cwd=tmp_path)] == [("MOS002", 2, 16)]


def test_standard_input_is_linted_under_its_own_name(project: Path) -> None:
    text = headed("a.py", FAULTY).encode()
    done = run("check", "-", "--quiet", "--output-format", "concise", cwd=project, stdin=text)
    assert (done.returncode, done.stdout) == (1, CONCISE.replace("a.py", "-"))


def test_stdin_filename_decides_path_and_configuration(project: Path) -> None:
    table = '[tool.mosaic_lint]\nper-file-ignores = {"api/**" = ["MOS1"]}\nexclude = ["old/"]\n'
    write(project, {"pyproject.toml": table, "sub/mosaic_lint.toml": 'select = ["MOS3"]\n'})

    def codes(name: str, text: str = FAULTY) -> list[str]:
        options = ("-", "--stdin-filename", name)
        return [f["code"] for f in found(*options, cwd=project, stdin=text.encode())]

    assert codes("x.py") == ["MOS101"]
    assert codes("api/x.py") == codes("old/x.py") == codes("sub/x.py") == []
    assert codes("service.py", "print(1)\n") == ["MOS305"]
    assert codes("scripts/x.py", "print(1)\n") == []


def test_excluded_standard_input_gives_status_zero(project: Path) -> None:
    write(project, {"mosaic_lint.toml": 'exclude = ["old/"]\n'})
    done = run("check", "--stdin-filename", "old/x.py", "-", cwd=project, stdin=FAULTY.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_standard_input_is_decoded_like_a_file(tmp_path: Path) -> None:
    cookie = "# -*- coding: latin-1 -*-\nname = 'é'; conn = get_conn()\n"
    for text, encoding in ((cookie, "latin-1"), ("\ufeffx = 'é'\n" + FAULTY, "utf-8")):
        data = text.encode(encoding)
        (tmp_path / "a.py").write_bytes(data)
        from_file = found("a.py", cwd=tmp_path)
        from_stdin = found("-", "--stdin-filename", "a.py", cwd=tmp_path, stdin=data)
        assert from_file == from_stdin
        assert len(from_file) == 1


def test_same_tree_gives_the_same_report_twice(project: Path) -> None:
    write(project, {f"pkg{n}/m.py": TWO_CODES for n in range(5)})
    reports = {
        run("check", "--output-format", "json", cwd=project, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1", "2")
    }
    assert len(reports) == 1


def test_output_that_a_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    write(tmp_path, {"é.py": 'name = "é"; conn = get_conn()\n'})
    done = check("--quiet", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert done.stdout.startswith("\\xe9.py:1:20: MOS101 ")
    assert found(cwd=tmp_path)[0]["path"] == "é.py"
    assert os.fsencode("é.py") == "é.py".encode()


def test_folder_that_nothing_makes_a_project_is_one_when_it_is_named(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(
        tmp_path,
        {
            "shop/migrations/20260105_stocks.sql": "CREATE TABLE stocks (sku TEXT PRIMARY KEY);\n",
            "shop/api/x.py": 'cursor.execute("INSERT INTO stocks (sku) VALUES (%s)", (sku,))\n',
        },
    )
    codes = ["--select", "MOS401,MOS803"]
    wanted = [("api/x.py", "MOS401"), ("migrations/20260105_stocks.sql", "MOS803")]
    for cwd in (tmp_path, elsewhere, tmp_path / "shop"):
        results = found(*codes, str(tmp_path / "shop"), cwd=cwd)
        told = [(f["path"].rpartition("shop/")[2], f["code"]) for f in results]
        assert told == wanted, cwd
