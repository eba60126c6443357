"""The command line: ``mosaic-lint``, also ``python -m mosaic_lint``.

Only click is imported here; each command imports what it needs, so that the start is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, NoReturn, Optional, Sequence, Tuple

import click

from mosaic_lint import __version__
from mosaic_lint.errors import ConfigError
from mosaic_lint.reports import FORMATS

if TYPE_CHECKING:
    from mosaic_lint.config import Loader
    from mosaic_lint.faces.run import Outcome
    from mosaic_lint.reports.results import Results

NOTHING_FOUND = 0
FINDINGS = 1
FAULT = 2
INTERRUPTED = 130

_STANDARD_INPUT = "-"


class Refusal(click.ClickException):
    """Something that can't be done as it was asked for; one line on standard error."""

    exit_code = FAULT

    def show(self, file: Any = None) -> None:
        """Write the line."""
        _say(self.message)


def _say(line: str) -> None:
    click.echo(f"mosaic-lint: {line}", err=True)


def main(arguments: Optional[Sequence[str]] = None) -> NoReturn:
    """Run the command line and leave with its exit status. No input ends in a traceback.

    Args:
        arguments: without the program's name; those of the process if ``None``.
    """
    try:
        status = commands.main(arguments, prog_name="mosaic-lint", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except ConfigError as error:
        _say(str(error))
        status = FAULT
    except OSError as error:
        _say(f"{error.filename or 'standard output'}: {error.strerror}")
        status = FAULT
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        status = INTERRUPTED
    except Exception as error:
        _say(f"internal fault: {type(error).__name__}: {error}; please report it")
        raise SystemExit(FAULT) from None
    sys.exit(status)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """The linter that keeps a team's sacred patterns sacred."""


def _codes(_context: click.Context, option: click.Parameter, lists: Sequence[str]) -> Any:
    """Split lists of codes and refuse what no rule has; ``None`` if the option isn't given."""
    if not lists:
        return None
    from mosaic_lint.config import check_codes

    codes = [code for part in lists for code in part.replace(",", " ").split()]
    try:
        check_codes(codes, option.opts[0])
    except ConfigError as error:
        raise Refusal(str(error)) from error
    return codes


@commands.command()
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Check these codes or prefixes only, comma-separated: MOS1,MOS301.",
)
@click.option(
    "--extend-select",
    multiple=True,
    callback=_codes,
    metavar="CODES",
    help="Check these codes too.",
)
@click.option(
    "--ignore", multiple=True, callback=_codes, metavar="CODES", help="Don't check these codes."
)
@click.option(
    "--output-format", type=click.Choice(list(FORMATS)), default="text", show_default=True
)
@click.option(
    "--output-file",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Write the findings to a file.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Use this configuration file for every path.",
)
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option(
    "--stdin-filename",
    metavar="NAME",
    help="The path of the source on standard input (with the path -); decides its configuration.",
)
@click.option(
    "--project-only",
    is_flag=True,
    help="Run only the rules that look at a project as a whole, as its hook does.",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write what was kept of a project.")
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Where to keep what was read of a project, instead of in its folder.",
)
@click.option("--statistics", is_flag=True, help="Count the findings of each code.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.option("--quiet", is_flag=True, help="Write no closing line and no progress.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to colour the findings; auto: on a terminal.",
)
def check(
    paths: Tuple[str, ...],
    select: Optional[Sequence[str]],
    extend_select: Optional[Sequence[str]],
    ignore: Optional[Sequence[str]],
    output_format: str,
    output_file: Optional[str],
    config_file: Optional[Path],
    isolated: bool,
    stdin_filename: Optional[str],
    project_only: bool,
    no_cache: bool,
    cache_dir: Optional[str],
    statistics: bool,
    exit_zero: bool,
    quiet: bool,
    color: str,
) -> int:
    """Check files and folders; by default the current folder. The path - is standard input.

    Exit status: 0 if nothing was found, 1 if there are findings, 2 if something is wrong with the
    options, the configuration or the tool itself.
    """
    from mosaic_lint.faces.output import colours_wanted
    from mosaic_lint.reports import closing
    from mosaic_lint.reports.results import Results

    if config_file is not None and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
    if no_cache and cache_dir is not None:
        raise click.UsageError("--no-cache and --cache-dir exclude each other")
    loader = _loader(
        config_file,
        isolated,
        {"select": select, "extend-select": extend_select, "ignore": ignore},
        _cache(no_cache, cache_dir),
        [path for path in paths if Path(path).is_dir()],
    )
    outcome = _run(paths, stdin_filename, loader, quiet, project_only)
    colour = colours_wanted(color, to_file=output_file is not None)
    results = Results(outcome.reports, outcome.checked, colour)
    _write(results, output_format, output_file)
    if not quiet and output_format in ("text", "concise") and outcome.checked:
        click.echo(closing.closing_line(results), err=True)
    if statistics:
        click.echo(closing.statistics(results), err=True, nl=False)
    for line in (*outcome.warnings, *outcome.errors):
        _say(line)
    if outcome.errors or results.has_fault:
        return FAULT
    return FINDINGS if results.reports and not exit_zero else NOTHING_FOUND


def _cache(no_cache: bool, cache_dir: Optional[str]) -> Optional[str]:
    """Where to keep what was read of projects."""
    from mosaic_lint.config import CACHE_FOLDER

    if no_cache:
        return None
    return CACHE_FOLDER if cache_dir is None else str(Path(cache_dir).absolute())


def _loader(
    config_file: Optional[Path],
    isolated: bool,
    chosen: Dict[str, Optional[Sequence[str]]],
    cache: Optional[str],
    named: Sequence[str],
) -> Loader:
    """The configurations under the options of the command line.

    ``--ignore`` adds to what the configuration ignores, as ``per-file-ignores`` do.
    """
    from mosaic_lint.config import Loader

    keys = {"select": "select", "extend-select": "extend-select", "ignore": "extend-ignore"}
    overrides = {keys[name]: codes for name, codes in chosen.items() if codes is not None}
    return Loader(config_file, isolated=isolated, overrides=overrides, cache=cache, named=named)


def _run(
    paths: Tuple[str, ...],
    stdin_filename: Optional[str],
    loader: Loader,
    quiet: bool,
    project_only: bool,
) -> Outcome:
    from mosaic_lint.faces.run import check_paths, check_text

    if project_only and _STANDARD_INPUT in paths:
        raise click.UsageError("--project-only needs files or folders")
    if paths == (_STANDARD_INPUT,):
        if sys.stdin is None:
            raise Refusal("standard input is closed")
        data = sys.stdin.buffer.read()
        return check_text(data, stdin_filename or _STANDARD_INPUT, loader)
    if stdin_filename is not None:
        raise click.UsageError("--stdin-filename needs the path -, and no other")
    if _STANDARD_INPUT in paths:
        raise click.UsageError("the path - can't be mixed with others")
    return check_paths(paths or (".",), loader, show_progress=not quiet, only_projects=project_only)


def _write(results: Results, output_format: str, output_file: Optional[str]) -> None:
    from mosaic_lint.faces.output import append_step_summary, deliver
    from mosaic_lint.reports import load

    deliver(load(output_format)(results), output_format, output_file)
    if output_format == "github":
        append_step_summary(results)


@commands.command()
@click.argument("code")
@click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def rule(code: str, output_format: str) -> None:
    """Explain a code: what, why, an example, the same done right, its options."""
    from mosaic_lint import registry
    from mosaic_lint.faces import describe
    from mosaic_lint.faces.output import deliver

    known = registry.names()
    if code.upper() not in known:
        from mosaic_lint.validate import nearest

        raise Refusal(f"unknown code {code!r}{nearest(code.upper(), known)}")
    tell = describe.rule_as_json if output_format == "json" else describe.rule_as_text
    deliver(tell(code.upper()), output_format)


@commands.command()
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
def rules(output_format: str) -> None:
    """List all codes."""
    from mosaic_lint.faces import describe
    from mosaic_lint.faces.output import deliver

    tell = {
        "text": describe.rules_as_text,
        "json": describe.rules_as_json,
        "markdown": describe.rules_as_markdown,
    }[output_format]
    deliver(tell(), output_format)


@commands.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
def config(path: Path) -> None:
    """Show the settings in force for a file or a folder, and where each comes from."""
    from mosaic_lint.faces import in_force
    from mosaic_lint.faces.output import deliver

    deliver(in_force.describe(path), "text")


@commands.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="The folder to remove, where what was read isn't kept in the project's own.",
)
def clean(path: Path, cache_dir: Optional[str]) -> None:
    """Remove what was kept of a project; the next run reads it again."""
    from mosaic_lint.config import Loader
    from mosaic_lint.index.store import Store

    loader = Loader(cache=_cache(False, cache_dir))
    config = loader.for_path(path / "x" if path.is_dir() else path)
    if config.cache_folder is not None:
        Store(config.cache_folder).remove()


@commands.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "mermaid"]),
    default="text",
    show_default=True,
)
def schema(path: Path, output_format: str) -> None:
    """Show the tables that a project declares, as the rules understand them.

    With mermaid a diagram for Markdown, in which the tables are marked that MOS401, MOS805 and
    MOS806 speak of.
    """
    from mosaic_lint.faces import tables
    from mosaic_lint.faces.output import deliver

    deliver(tables.describe(path, output_format), output_format)
