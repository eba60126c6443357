"""Find, check and merge ``[tool.mosaic_lint]``.

The nearest ``mosaic_lint.toml`` or ``pyproject.toml`` with such a table above a file governs it. An
unknown key, a wrong type or an unknown code is an error that names file, key and the nearest valid
spelling; nothing is ignored in silence.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from mosaic_lint import registry
from mosaic_lint.errors import ConfigError
from mosaic_lint.project import Project
from mosaic_lint.registry import OptionEntry
from mosaic_lint.settings import Settings
from mosaic_lint.source import Language

_TABLES = ("mosaic_lint", "mosaic-lint")
_SWITCHES = {
    "enforce_postgres_patterns": ("MOS1", "MOS2"),
    "enforce_error_logging": ("MOS3",),
    "enforce_idempotent_writes": ("MOS4",),
}
_ALWAYS_ON = frozenset(("MOS001", "MOS004"))
_PLAIN_PATTERN = re.compile(r"[\w./*-]+")
DEFAULTS = "default"
CACHE_FOLDER = ".mosaic_lint_cache"
_NAMES = ("mosaic_lint.toml", "pyproject.toml")


@dataclass(frozen=True)
class Selection:
    """Which codes are wanted.

    Args:
        select: prefixes; ``None`` for all rules that are on by default.
        extend_select: more prefixes; a rule that is off needs its full code here or in ``select``.
        ignore: prefixes that are not wanted; where both speak of a code the longer prefix wins.
    """

    select: Optional[Tuple[str, ...]] = None
    extend_select: Tuple[str, ...] = ()
    ignore: Tuple[str, ...] = ()

    def is_on(self, code: str, default_on: bool = True) -> bool:
        """Whether a code is wanted."""
        ignored = _longest(code, self.ignore)
        if code in _ALWAYS_ON:
            return ignored == 0
        chosen = (*(self.select or ()), *self.extend_select)
        if not default_on and code not in chosen:
            return False
        if self.select is None:
            chosen = ("MOS", *chosen)
        return _longest(code, chosen) > ignored


def _longest(code: str, prefixes: Iterable[str]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)


@dataclass(frozen=True)
class Config:
    """The configuration in force for a file.

    Args:
        root: the folder that patterns are relative to.
        file: the file that it comes from; ``None`` where there is none.
        settings: the shared options.
        rule_options: each rule's own options by code and field name.
        selection: which codes are wanted.
        per_file_ignores: patterns and the prefixes that they turn off.
        exclude: patterns of files that aren't linted, also when they are named one by one.
        origins: for each key that isn't a default: where it comes from.
        projects: the projects by folder that other configurations made, to be shared.
        cache_folder: where to keep what was read of the project; ``None`` for nowhere.
        home: the project's folder, where that isn't ``root``.
        enclosing: gives the project around this one.
    """

    root: Path
    file: Optional[Path] = None
    settings: Settings = field(default_factory=Settings)
    rule_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)
    per_file_ignores: Tuple[Tuple[str, Tuple[str, ...]], ...] = ()
    exclude: Tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    projects: Optional[Dict[Path, Project]] = field(default=None, compare=False, repr=False)
    cache_folder: Optional[Path] = None
    home: Optional[Path] = None
    enclosing: Callable[[], Optional[Project]] = field(default=lambda: None, compare=False)

    @cached_property
    def project(self) -> Project:
        """The project around the files, read when somebody asks; one for all of its folders."""
        if self.projects is None:
            return self._new_project()
        return self.projects.setdefault(self.home or self.root, self._new_project())

    def _new_project(self) -> Project:
        return Project(
            self.home or self.root,
            self.settings,
            config_file=self.file,
            exclude=self.exclude,
            is_another=is_configured,
            cache_folder=self.cache_folder,
            enclosing=self.enclosing,
        )

    def selection_for(self, path: Path) -> Selection:
        """The selection with what ``per-file-ignores`` turns off for a path."""
        codes = [
            code
            for pattern, codes in self.per_file_ignores
            if self._matches((pattern,), path)
            for code in codes
        ]
        if not codes:
            return self.selection
        return replace(self.selection, ignore=(*self.selection.ignore, *codes))

    def is_excluded(self, path: Path) -> bool:
        """Whether a path isn't linted at all."""
        return bool(self.exclude) and self._matches(self.exclude, path)

    def includes(self, language: Language) -> bool:
        """Whether files in a language are linted: Markdown only if it is asked for."""
        return language is not Language.MARKDOWN or self.settings.include_markdown

    def is_cli_path(self, path: Path) -> bool:
        """Whether a path lies in a folder of command-line code."""
        return self._matches(self.settings.cli_paths, path)

    def _matches(self, patterns: Tuple[str, ...], path: Path) -> bool:
        from mosaic_lint.paths import matches

        return matches(patterns, path, self.root)


def options() -> Dict[str, OptionEntry]:
    """Every option that can be configured, those of rules included, by its kebab-case name."""
    import dataclasses

    found = {
        "select": OptionEntry("select", "list", (), "Codes and prefixes to check."),
        "ignore": OptionEntry("ignore", "list", (), "Codes and prefixes not to check."),
        "exclude": OptionEntry("exclude", "list", (), "Patterns of files not to lint."),
        "per-file-ignores": OptionEntry(
            "per-file-ignores", "table", {}, "Codes not to check, by pattern of files."
        ),
    }
    for option in dataclasses.fields(Settings):
        name = option.name.replace("_", "-")
        default: Any = option.default
        kind = "list" if isinstance(default, tuple) else type(default).__name__
        found[name] = OptionEntry(
            name, kind, default, option.metadata["help"], option.metadata["choices"]
        )
    for entry in registry.rules().values():
        found.update((own.name, own) for own in entry.options)
    return found


def keys() -> List[str]:
    """Every key that the table may have."""
    names = options()
    lists = [name for name, entry in names.items() if entry.type in ("list", "table")]
    return sorted([*names, *(f"extend-{name}" for name in lists)])


class Loader:
    """Finds configurations and keeps those that it has read.

    Args:
        explicit: the file to use for every path, as with ``--config``.
        isolated: use no file at all.
        overrides: a table that wins over every file, as with options of the command line.
        overrides_from: where the overrides come from, for messages.
        cache: where to keep what was read of projects: a folder below each project's, or an
            absolute one for all of them; ``None`` for nowhere.
        named: folders that somebody named; one is a project if nothing else tells where that
            begins.
    """

    def __init__(
        self,
        explicit: Optional[Path] = None,
        *,
        isolated: bool = False,
        overrides: Optional[Mapping[str, Any]] = None,
        overrides_from: str = "command line",
        cache: Optional[str] = CACHE_FOLDER,
        named: Iterable[str] = (),
    ) -> None:
        self._named = sorted({Path(os.path.abspath(folder)) for folder in named})
        self._explicit = explicit
        self._isolated = isolated
        self._overrides = dict(overrides or {})
        self._overrides_from = overrides_from
        self._cache = cache
        self._by_folder: Dict[Path, Config] = {}
        self._projects: Dict[Path, Project] = {}

    def for_path(self, path: Path) -> Config:
        """The configuration for a file.

        Raises:
            ConfigError: the configuration that governs it can't be used.
        """
        folder = Path(os.path.abspath(path)).parent
        if folder not in self._by_folder:
            self._by_folder[folder] = self._find(folder)
        return self._by_folder[folder]

    def _find(self, folder: Path) -> Config:
        if self._explicit is not None:
            table = read_table(self._explicit)
            if table is None:
                missing = "has no table [tool.mosaic_lint]"
                reason = missing if self._explicit.is_file() else "no such file"
                raise ConfigError(f"{self._explicit}: {reason}")
            root = Path(os.path.abspath(self._explicit)).parent
            return self._build(folder, root, self._explicit, table)
        if not self._isolated:
            for parent in (folder, *folder.parents):
                for name in _NAMES:
                    table = read_table(parent / name)
                    if table is not None:
                        return self._build(folder, parent, parent / name, table)
        return self._build(folder, _project_root(folder), None, {})

    def _build(
        self, inside: Path, root: Path, file: Optional[Path], table: Mapping[str, Any]
    ) -> Config:
        config = build(root, file, table, self._overrides, self._overrides_from)
        folder = None if self._cache is None else _cache_folder(root, file, self._cache)
        home = self._home(root, inside)
        return replace(
            config,
            projects=self._projects,
            cache_folder=folder,
            home=home,
            enclosing=partial(self._enclosing, home),
        )

    def _enclosing(self, home: Path) -> Optional[Project]:
        """The project around another one in the same repository, if there is one."""
        if (home / ".git").exists() or home.parent == home:
            return None
        try:
            project = self.for_path(home.parent / "x").project
        except ConfigError:
            return None  # its own files tell what is wrong
        return project if project.root in home.parents else None

    def _home(self, root: Path, folder: Path) -> Path:
        """The folder of the project that a folder belongs to."""
        if root.parent != root:
            return root
        around = (named for named in self._named if named in (folder, *folder.parents))
        return next(around, root)  # the outermost


def _cache_folder(root: Path, file: Optional[Path], name: str) -> Optional[Path]:
    """Where to keep what was read of a project; nowhere if nothing says that there is one."""
    if os.path.isabs(name):
        return Path(name)
    is_project = file is not None or _is_project(root)
    return root / name if is_project else None


def _is_project(folder: Path) -> bool:
    return (folder / ".git").exists() or (folder / "pyproject.toml").is_file()


def _project_root(folder: Path) -> Path:
    """The folder that patterns are relative to where nothing is configured."""
    for parent in (folder, *folder.parents):
        if _is_project(parent):
            return parent
    working = Path.cwd()
    # nothing tells where a project begins: patterns then mean folders at any depth
    return working if working == folder or working in folder.parents else Path(folder.anchor)


def is_configured(folder: Path) -> bool:
    """Whether a folder has a configuration of its own, be it a wrong one.

    Args:
        folder: the folder.
    """
    try:
        return any(read_table(folder / name) is not None for name in _NAMES)
    except ConfigError:
        return True


def read_table(file: Path) -> Optional[Mapping[str, Any]]:
    """The tool's table in a TOML file, checked; ``None`` if the file or the table doesn't exist.

    Raises:
        ConfigError: the file can't be read, is no TOML, or the table is wrong.
    """
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from error
    own = file.name == "mosaic_lint.toml"
    if not own and b"mosaic" not in data:
        return None  # spares the parser
    document = _parse_toml(file, data)
    tools = document.get("tool", {})
    tools = tools if isinstance(tools, dict) else {}
    present = [name for name in _TABLES if name in tools]
    if len(present) > 1:
        raise ConfigError(f"{file}: both [tool.{present[0]}] and [tool.{present[1]}]: keep one")
    if own:
        table: Any = tools[present[0]] if present else document
    elif present:
        table = tools[present[0]]
    elif isinstance(tools.get("mosaic"), dict) and _SWITCHES.keys() & tools["mosaic"].keys():
        table = {}
    else:
        return None
    where = f"{file}" if own and not present else f"{file}: [tool.{(present or _TABLES)[0]}]"
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table")
    checked = check_table(table, where)
    beside = file.with_name("pyproject.toml")
    switches = _switches_beside(beside) if own else _switches(tools, file)
    return {**checked, **_switched_off(switches, checked)}


def _switches_beside(file: Path) -> Mapping[str, Any]:
    """The switches in the ``pyproject.toml`` beside a ``mosaic_lint.toml``."""
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    if b"mosaic" not in data:
        return {}
    tools = _parse_toml(file, data).get("tool", {})
    return _switches(tools, file) if isinstance(tools, dict) else {}


def _switches(tools: Mapping[str, Any], file: Path) -> Mapping[str, bool]:
    """The project's own switches in ``[tool.mosaic]``; other keys there are its own business.

    Raises:
        ConfigError: a switch is neither true nor false.
    """
    mosaic = tools.get("mosaic")
    mosaic = mosaic if isinstance(mosaic, dict) else {}
    found = {key: mosaic[key] for key in _SWITCHES if key in mosaic}
    for key, value in found.items():
        if not isinstance(value, bool):
            raise ConfigError(f"{file}: [tool.mosaic] {key} must be true or false, not {value!r}")
    return found


def _parse_toml(file: Path, data: bytes) -> Dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: no valid TOML: {error}") from error


def _switched_off(switches: Mapping[str, bool], table: Mapping[str, Any]) -> Dict[str, Any]:
    """What the project's own switches turn off."""
    off = [code for key, codes in _SWITCHES.items() if switches.get(key) is False for code in codes]
    return {"ignore": [*table.get("ignore", ()), *off]} if off else {}


def check_table(table: Mapping[str, Any], where: str) -> Dict[str, Any]:
    """Check the keys, types and codes of a table.

    Args:
        table: the table.
        where: its file and name, for the message.

    Returns:
        The table.

    Raises:
        ConfigError: a key, a type or a code is wrong.
    """
    from mosaic_lint.validate import check_values, nearest

    known = keys()
    for key in table:
        if key not in known:
            raise ConfigError(f"{where} unknown key {key!r}{nearest(key, known)}")
    check_values(table, options(), where)
    for key in ("select", "extend-select", "ignore", "extend-ignore"):
        check_codes(table.get(key, ()), f"{where} {key}")
    for key in ("per-file-ignores", "extend-per-file-ignores"):
        _check_patterns(table.get(key, ()), f"{where} {key}")
        for pattern, codes in table.get(key, {}).items():
            check_codes(codes, f"{where} {key}.{pattern!r}")
    for key in ("exclude", "extend-exclude", "cli-paths", "extend-cli-paths"):
        _check_patterns(table.get(key, ()), f"{where} {key}")
    return dict(table)


def _check_patterns(patterns: Iterable[str], where: str) -> None:
    """Refuse what can't be a pattern of paths.

    Raises:
        ConfigError: a pattern has no meaning.
    """
    for pattern in patterns:
        if not _PLAIN_PATTERN.fullmatch(pattern):
            from mosaic_lint.paths import is_pattern  # spared where it isn't needed

            if not is_pattern(pattern):
                raise ConfigError(f"{where}: {pattern!r} is no pattern of paths")


def check_codes(codes: Iterable[str], where: str) -> None:
    """Refuse codes and prefixes that no rule has.

    Raises:
        ConfigError: a code is unknown; names the nearest.
    """
    known = sorted(registry.names())
    for code in codes:
        if not code.startswith("MOS") or not any(name.startswith(code) for name in known):
            from mosaic_lint.validate import nearest

            prefixes = sorted({name[:4] for name in known})
            raise ConfigError(f"{where}: unknown code {code!r}{nearest(code, [*known, *prefixes])}")


def build(
    root: Path,
    file: Optional[Path],
    table: Mapping[str, Any],
    overrides: Mapping[str, Any],
    overrides_from: str = "command line",
) -> Config:
    """Merge defaults, a table and overrides into a configuration.

    Args:
        root: the folder that patterns are relative to.
        file: where the table comes from.
        table: a checked table.
        overrides: a checked table that wins.
        overrides_from: where that one comes from.

    Raises:
        ConfigError: a rule that is selected needs a package that isn't installed.
    """
    merged: Dict[str, Any] = {}
    origins: Dict[str, str] = {}
    for layer, origin in ((table, str(file)), (overrides, overrides_from)):
        if "select" in layer and layer is overrides:
            for key in ("ignore", "extend-ignore"):  # who selects by hand gets what is selected
                merged.pop(key, None)
                origins.pop(key, None)
        for key in sorted(layer, key=lambda key: key.startswith("extend-")):
            _merge(merged, key, layer[key])
            origins[key] = origin
    selection = Selection(
        select=tuple(merged["select"]) if "select" in merged else None,
        extend_select=tuple(merged.get("extend-select", ())),
        ignore=tuple(merged.get("ignore", ())),
    )
    _check_needs(selection)
    return Config(
        root=root,
        file=file,
        settings=_settings(merged),
        rule_options=_rule_options(merged),
        selection=selection,
        per_file_ignores=tuple(
            (pattern, tuple(codes)) for pattern, codes in merged.get("per-file-ignores", {}).items()
        ),
        exclude=tuple(merged.get("exclude", ())),
        origins=origins,
    )


def _check_needs(selection: Selection) -> None:
    """Refuse a rule that is selected and can't run.

    Raises:
        ConfigError: a package is missing; names the extra.
    """
    for entry in registry.rules().values():
        package, extra = entry.needs
        if package and selection.is_on(entry.code, entry.default_on):
            if find_spec(package) is None:
                install = f'pip install "mosaic-lint[{extra}]"'
                raise ConfigError(f"{entry.code} needs {package}, which isn't installed: {install}")


def _merge(merged: Dict[str, Any], key: str, value: Any) -> None:
    if key == "extend-select":
        merged[key] = [*merged.get(key, ()), *value]
        return
    if not key.startswith("extend-"):
        merged[key] = value
        return
    name = key[len("extend-") :]
    entry = options()[name]
    base = merged.get(name, entry.default)
    if isinstance(value, dict):
        merged[name] = {**base, **{k: [*base.get(k, ()), *codes] for k, codes in value.items()}}
    else:
        merged[name] = [*base, *value]


def _settings(merged: Mapping[str, Any]) -> Settings:
    names = Settings.__dataclass_fields__
    values: Dict[str, Any] = {
        name: tuple(merged[key]) if isinstance(merged[key], list) else merged[key]
        for name in names
        if (key := name.replace("_", "-")) in merged
    }
    return replace(Settings(), **values)


def _rule_options(merged: Mapping[str, Any]) -> Dict[str, Dict[str, Any]]:
    if not merged:
        return {}
    found: Dict[str, Dict[str, Any]] = {}
    for entry in registry.rules().values():
        for own in entry.options:
            if own.name in merged:
                value = merged[own.name]
                plain = tuple(value) if isinstance(value, list) else value
                found.setdefault(entry.code, {})[own.name.replace("-", "_")] = plain
    return found
