"""The command ``check``: its options, and what follows from them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Tuple

import click

from mosaic_lint.errors import ConfigError
from mosaic_lint.faces.asked import Asked
from mosaic_lint.faces.ending import Refusal
from mosaic_lint.faces.reporting import Reporting
from mosaic_lint.reports import FORMATS

if TYPE_CHECKING:
    from mosaic_lint.config import Loader
    from mosaic_lint.faces.run import Outcome

_WITH_FIXES = ("json", "sarif")
"""Formats that show fixes, which have to be computed then."""


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


@click.command()
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
@click.option("--fix", is_flag=True, help="Apply the safe fixes, and show what is left.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff: apply fixes too that change what the program does.",
)
@click.option(
    "--diff", is_flag=True, help="Write no file, but a patch with the fixes to standard output."
)
@click.option(
    "--interactive", is_flag=True, help="With --fix: show each fix, and ask whether to apply it."
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
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    interactive: bool,
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

    Exit status: 0 if nothing was found or all was fixed, 1 if there are findings, 2 if something
    is wrong with the options, the configuration, a file to be written or the tool itself.
    """
    if config_file is not None and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
    if no_cache and cache_dir is not None:
        raise click.UsageError("--no-cache and --cache-dir exclude each other")
    asked = Asked(paths, stdin_filename, project_only, show_progress=not quiet)
    reporting = Reporting(output_format, output_file, statistics, exit_zero, quiet, color)
    load = partial(
        _loader,
        config_file,
        isolated,
        {"select": select, "extend-select": extend_select, "ignore": ignore},
        cache_folder(no_cache, cache_dir),
        [path for path in paths if Path(path).is_dir()],
    )
    if fix or diff or interactive:
        from mosaic_lint.faces import fix_command

        wish = fix_command.wish_of(
            fix=fix,
            unsafe=unsafe_fixes,
            diff=diff,
            interactive=interactive,
            asked=asked,
            colour=color,
        )
        return reporting.tell_repairs(fix_command.run(asked, load, wish))
    return reporting.tell(_checked(asked, load(), fixes=output_format in _WITH_FIXES))


def _checked(asked: Asked, loader: Loader, *, fixes: bool) -> Outcome:
    from mosaic_lint.faces.run import check_paths, check_text

    if asked.is_standard_input:
        return check_text(*asked.standard_input(), loader, fixes=fixes)
    return check_paths(
        asked.places,
        loader,
        show_progress=asked.show_progress,
        only_projects=asked.only_projects,
        fixes=fixes,
    )


def cache_folder(no_cache: bool, cache_dir: Optional[str]) -> Optional[str]:
    """Where to keep what was read of projects.

    Args:
        no_cache: whether ``--no-cache`` is given.
        cache_dir: what ``--cache-dir`` gives.
    """
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
