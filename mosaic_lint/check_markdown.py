"""Markdown through the engine: the blocks as files of their own, and the way back of findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Sequence, Tuple

from mosaic_lint.errors import ConfigError
from mosaic_lint.markdown import Block, blocks
from mosaic_lint.model import Edit, Finding, Span
from mosaic_lint.schema.model import Schema
from mosaic_lint.source import Language, Source

_MISSING = (
    "include-markdown needs markdown-it-py, which isn't installed: "
    'pip install "mosaic-lint[markdown]"'
)


def parts(source: Source) -> Iterator[Tuple[Source, Block]]:
    """The Python and SQL blocks of a Markdown file, each also as a file of its path.

    Args:
        source: the Markdown file.

    Raises:
        ConfigError: the extra isn't installed.
    """
    try:
        found = list(blocks(source.text))
    except ImportError as error:
        raise ConfigError(_MISSING) from error
    for block in found:
        yield Source(source.path, block.text, language=Language(block.language)), block


def schema_of(source: Source, found: Sequence[Block]) -> Schema:
    """The tables that the blocks of a file declare, which are its schema.

    Args:
        source: the Markdown file.
        found: its blocks.
    """
    from mosaic_lint.index.build import declared_by_blocks

    return declared_by_blocks(
        source.path,
        [
            (
                Language(block.language) is Language.SQL,
                block.text,
                source.position(block.offset(0)).line,
            )
            for block in found
        ],
    )


def moved(finding: Finding, block: Block) -> Finding:
    """A finding in a block as one in the Markdown file.

    Args:
        finding: with offsets into the block's text.
        block: the block.
    """
    related = tuple(replace(step, span=_moved_span(step.span, block)) for step in finding.related)
    moved = replace(finding, span=_moved_span(finding.span, block), related=related)
    fix = finding.fix
    if fix is None:
        return moved
    if fix.path or any(_crosses_lines(edit, block) for edit in fix.edits):
        return replace(moved, fix=None, unfixed="lines of an example have prefixes in Markdown")
    edits = tuple(replace(edit, span=_moved_span(edit.span, block)) for edit in fix.edits)
    return replace(moved, fix=replace(fix, edits=edits))


def _moved_span(span: Span, block: Block) -> Span:
    return Span(block.offset(span.start), block.offset(span.end))


def _crosses_lines(edit: Edit, block: Block) -> bool:
    return "\n" in block.text[edit.span.start : edit.span.end] or "\n" in edit.text
