"""The settings in force for a path, and where each comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator

from mosaic_lint import registry
from mosaic_lint.config import DEFAULTS, Config, Loader, options

_EVERYTHING = ("MOS",)


def describe(path: Path) -> str:
    """The settings as TOML that could stand in the configuration; origins are comments.

    Args:
        path: a file or a folder.

    Raises:
        ConfigError: the configuration that governs it can't be used.
    """
    file = path / "file.py" if path.is_dir() else path
    config = Loader().for_path(file)
    return "".join(f"{line}\n" for line in _lines(config, file, path))


def _lines(config: Config, file: Path, path: Path) -> Iterator[str]:
    yield f"# {path}: {config.file or 'no configuration file'}"
    yield f"# patterns are relative to {config.root}"
    for key, value in _values(config).items():
        yield f"{key} = {_toml(value)}  # {_origin(config, key)}"
    if config.is_excluded(file) and not path.is_dir():
        yield "# excluded: not linted at all"
    else:
        yield f"# codes in force: {', '.join(_codes(config, file)) or 'none'}"


def _values(config: Config) -> Dict[str, Any]:
    """Each key and its value, the rules' own options included."""
    chosen = {
        "select": config.selection.select if config.selection.select is not None else _EVERYTHING,
        "extend-select": config.selection.extend_select,
        "ignore": config.selection.ignore,
        "exclude": config.exclude,
        "per-file-ignores": dict(config.per_file_ignores),
    }
    for name, entry in options().items():
        field = name.replace("-", "_")
        if entry.owner:
            values = config.rule_options.get(entry.owner, {})
            chosen[name] = values.get(field, entry.default)
        elif name not in chosen:
            chosen[name] = getattr(config.settings, field)
    return chosen


def _origin(config: Config, key: str) -> str:
    origins = [config.origins.get(key, DEFAULTS)]
    extended = config.origins.get(f"extend-{key}")
    if extended is not None:
        origins.append(f"extend-{key} in {extended}")
    return ", ".join(origins)


def _codes(config: Config, file: Path) -> Iterator[str]:
    selection = config.selection_for(file)
    for code in registry.names():
        entry = registry.rules().get(code)
        if selection.is_on(code, entry is None or entry.default_on):
            yield code


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
