"""The flake8 plugin.

flake8 reads files, applies ``noqa`` and hands over its ``ast``; the engine does the rest. Nothing
heavy is imported here: what a file doesn't need isn't loaded.
"""

from __future__ import annotations

import argparse
import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple

from mosaic_lint import __version__
from mosaic_lint.config import Config, Loader, Selection, options
from mosaic_lint.engine import HOSTED, check
from mosaic_lint.errors import ConfigError
from mosaic_lint.source import Source

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

_PREFIX = "mosaic_"


class Plugin:
    """What flake8 makes for each file.

    Args:
        tree: the file's ``ast``.
        lines: its lines, with their ends.
        filename: its path as flake8 shows it, or the display name of standard input.
    """

    name = "mosaic-lint"
    version = __version__

    # flake8 offers no other place between parse_options and the instances it makes
    _loader = Loader()
    _wanted: Optional[_Wanted] = None

    def __init__(self, tree: ast.Module, lines: List[str], filename: str) -> None:
        self._tree = tree
        self._lines = lines
        self._filename = filename

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Declare the options that flake8's users set in ``.flake8`` or on the command line."""
        manager.add_option(
            "--mosaic-config",
            parse_from_config=True,
            normalize_paths=True,
            help="Configuration file of mosaic-lint, instead of the nearest one above each file.",
        )
        for entry in options().values():
            if entry.type in ("list", "str", "int") and entry.name not in ("select", "ignore"):
                manager.add_option(
                    f"--mosaic-{entry.name}",
                    parse_from_config=True,
                    comma_separated_list=entry.type == "list",
                    choices=entry.choices or None,
                    help=entry.help.replace("%", "%%"),
                )

    @classmethod
    def parse_options(cls, namespace: argparse.Namespace) -> None:
        """Take the options over.

        Raises:
            flake8.exceptions.ExecutionError: the configuration of the working folder is wrong.
        """
        from flake8.exceptions import ExecutionError

        explicit = getattr(namespace, "mosaic_config", None)
        try:
            overrides = _overrides(namespace)
            cls._loader = Loader(
                Path(explicit) if explicit else None,
                overrides=overrides,
                overrides_from="flake8's options",
            )
            cls._loader.for_path(Path("file.py"))
        except ConfigError as error:
            raise ExecutionError(f"mosaic-lint: {error}") from error
        cls._wanted = _Wanted(namespace)

    def run(self) -> Iterator[Tuple[int, int, str, type]]:
        """Yield the findings as line (from 1), column (from 0), text and this class."""
        path = Path(self._filename)
        try:
            config = self._loader.for_path(path)
        except ConfigError as error:
            yield 1, 0, f"MOS004 {error}", type(self)
            return
        if config.is_excluded(path):
            return
        if self._wanted is not None:
            config = self._wanted.narrow(config)
        source = Source(self._filename, "".join(self._lines), tree=self._tree)
        for finding in check(source, config, HOSTED).findings:
            line, column = source.position(finding.span.start)
            yield line, column - 1, f"{finding.code} {finding.message}", type(self)


def _overrides(namespace: argparse.Namespace) -> Dict[str, Any]:
    """The plugin's options that were set, as a checked table."""
    from mosaic_lint.config import check_table

    table: Dict[str, Any] = {}
    for entry in options().values():
        value = getattr(namespace, _PREFIX + entry.name.replace("-", "_"), None)
        if value is not None:
            table[entry.name] = _integer(entry.name, value) if entry.type == "int" else value
    return check_table(table, "flake8's options --mosaic-") if table else table


def _integer(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ConfigError(f"--mosaic-{name} wants a number, not {value!r}") from None


class _Wanted:
    """Which codes flake8 would show, so that no others are looked for.

    Args:
        namespace: flake8's options.
    """

    def __init__(self, namespace: argparse.Namespace) -> None:
        from flake8.style_guide import DecisionEngine

        self._decider = DecisionEngine(namespace)
        chosen = [*(namespace.select or ()), *(namespace.extend_select or ())]
        self._explicit = tuple(code for code in chosen if code.startswith("MOS"))
        self._known: Dict[int, Tuple[Config, Config]] = {}  # by identity

    def narrow(self, config: Config) -> Config:
        """The configuration without the rules that flake8 would drop."""
        if id(config) not in self._known:
            self._known[id(config)] = (config, self._narrowed(config))
        return self._known[id(config)][1]

    def _narrowed(self, config: Config) -> Config:
        from dataclasses import replace

        from flake8.style_guide import Decision

        from mosaic_lint import registry

        selection = config.selection
        dropped = tuple(
            code
            for code in registry.names()
            if self._decider.decision_for(code) is not Decision.Selected
        )
        return replace(
            config,
            selection=Selection(
                selection.select,
                (*selection.extend_select, *self._off_by_default(config)),
                (*selection.ignore, *dropped),
            ),
        )

    def _off_by_default(self, config: Config) -> Tuple[str, ...]:
        from mosaic_lint import registry

        return tuple(
            code
            for code in self._explicit
            if code in registry.rules() and not registry.rules()[code].default_on
        )
