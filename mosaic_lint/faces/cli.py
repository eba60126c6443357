"""The command line: ``mosaic-lint``, also ``python -m mosaic_lint``.

Only click is imported here; each command imports what it needs, so that the start is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn, Optional, Sequence

import click

from mosaic_lint import __version__
from mosaic_lint.errors import ConfigError
from mosaic_lint.faces.check_command import cache_folder, check
from mosaic_lint.faces.ending import FAULT, INTERRUPTED, Refusal, say


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
        say(str(error))
        status = FAULT
    except OSError as error:
        say(f"{error.filename or 'standard output'}: {error.strerror}")
        status = FAULT
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        status = INTERRUPTED
    except Exception as error:
        say(f"internal fault: {type(error).__name__}: {error}; please report it")
        raise SystemExit(FAULT) from None
    sys.exit(status)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """The linter that keeps a team's sacred patterns sacred."""


commands.add_command(check)


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

    loader = Loader(cache=cache_folder(False, cache_dir))
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
