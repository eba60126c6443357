"""The command ``schema``: what is known of a project's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, Set

from mosaic_lint import registry
from mosaic_lint.config import Config, Loader
from mosaic_lint.faces.run import check_paths
from mosaic_lint.reports import schema_json, schema_mermaid, schema_text
from mosaic_lint.schema.model import Schema
from mosaic_lint.source import Language, Source, Unreadable

_SPEAKING = ("MOS401", "MOS805", "MOS806")
"""The codes of rules that tell what is wrong about a table."""


def describe(path: Path, output_format: str) -> str:
    """The tables of the project around a path, with what a file itself declares.

    Args:
        path: a file or a folder; a Markdown file's own blocks are all of its schema.
        output_format: ``text``, ``json`` or ``mermaid``.

    Raises:
        ConfigError: the configuration that governs it can't be used, or what reads Markdown isn't
            installed.
        OSError: the file can't be read.
    """
    folder = path if path.is_dir() else path.parent
    config = Loader(named=[str(folder)]).for_path(folder / "file.py")
    schema = config.project.schema if path.is_dir() else _schema_of_file(path, config)
    if output_format == "json":
        return schema_json.render(schema)
    if output_format == "mermaid":
        return schema_mermaid.render(schema, _marks(config, path))
    return schema_text.render(schema)


def _schema_of_file(path: Path, config: Config) -> Schema:
    """The schema that is in force for a file."""
    try:
        source = Source.from_bytes(str(path), path.read_bytes())
    except Unreadable:
        return config.project.schema
    if source.language is Language.MARKDOWN:
        from mosaic_lint.check_markdown import parts, schema_of

        return schema_of(source, [block for _, block in parts(source)])
    return config.project.schema_with(source)


def _marks(config: Config, path: Path) -> Dict[str, List[str]]:
    """The codes that are found about each table, in the project's files."""
    home = config.project.root
    is_project = home.parent != home
    others = [code for code in registry.names() if code not in _SPEAKING]
    # What the project ignores stays ignored.
    loader = Loader(overrides={"extend-ignore": others}, named=[str(home)])
    outcome = check_paths([str(home if is_project else path)], loader, show_progress=False)
    found: Dict[str, Set[str]] = {}
    for report in outcome.reports:
        for finding in report.findings:
            if finding.table:
                found.setdefault(finding.table, set()).add(finding.code)
    return {table: sorted(codes) for table, codes in found.items()}
