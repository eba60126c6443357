"""The guard of DDL: ``IF NOT EXISTS``, or ``IF EXISTS``."""

from __future__ import annotations

from typing import Optional

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.index_names import Holder, default_name, holder, spelled
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.sql_texts import are_together
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.model import Index, Schema
from mosaic_lint.schema.names import PUBLIC
from mosaic_lint.schema.operations import CreateIndex
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.unguarded import Unguarded

_NAMES = ('"', ":", "[", "`", "'")
"""What begins a name, or another word, though no space stands before it."""


def guarded(statement: Statement, found: Unguarded, schema: Schema, site: Site) -> Repair:
    """Write the guard, and a name for an index that has none.

    Args:
        statement: the statement.
        found: what lacks the guard.
        schema: what is known of the database.
        site: the place of the finding.

    Raises:
        Declined: a part of the statement stands in a text of its own, or the name that the index
            would get isn't known or is another one's.
    """
    behind = statement.tokens[found.behind]
    text = _as_written(found.guard, statement, behind)
    if not found.is_named:
        text += f" {_name(statement, schema, site)}"
    changes = _inserted(text, statement, found, site)
    return Repair(f"Write {found.guard}", changes)


def _as_written(guard: str, statement: Statement, beside: Token) -> str:
    """The guard in the letters, large or small, of the word before it."""
    return guard.lower() if statement.text[beside.start : beside.end].islower() else guard


def _inserted(text: str, statement: Statement, found: Unguarded, site: Site) -> Changes:
    """The guard between two words, in the text in which the statement's own word stands.

    The words before may be a constant's, and that constant may be used elsewhere too.
    """
    own, behind = statement.tokens[found.place], statement.tokens[found.behind]
    if are_together(statement, own.start, behind.end - 1, site):
        gap = " " if statement.text[behind.end : behind.end + 1] in _NAMES else ""
        return statement.insert(f" {text}{gap}", behind=behind)
    following = statement.tokens[found.behind + 1 :]
    start = following[0].start if following else statement.end
    if not are_together(statement, own.start, start - 1, site):
        raise Declined("its words stand in several texts")
    return statement.rewrite(start, start, f"{text} ")


def _name(statement: Statement, schema: Schema, site: Site) -> str:
    """The name that PostgreSQL would choose for an index."""
    made = _index(statement)
    if made is None:
        raise Declined("PostgreSQL's name for the index isn't known")
    name = default_name(made)
    taken = holder(schema, made.table.schema or PUBLIC, name)
    if taken is not None and not _is_itself(statement, name, taken, site):
        if not _does_the_same(made, taken.index):
            name = _numbered(statement, schema, site) or name
            if name == taken.name:
                raise Declined(f"{name}, PostgreSQL's name for the index, is taken")
    return spelled(name)


def _numbered(statement: Statement, schema: Schema, site: Site) -> str:
    """The name, with a number, of the index that a statement of a script makes; else empty."""
    if not statement.in_file:
        return ""
    start = site.place(statement.at(statement.tokens[0])).start
    place = (site.project.relative(site.source.path), *site.source.position(start))
    indexes = (index for table in schema for index in table.indexes)
    return next((index.name for index in indexes if index.origin == place), "")


def _index(statement: Statement) -> Optional[CreateIndex]:
    return next((one for one in operations(statement) if isinstance(one, CreateIndex)), None)


def _is_itself(statement: Statement, name: str, holder: Holder, site: Site) -> bool:
    """Whether the schema speaks of the very statement; in Python it only tells the literal."""
    if holder.index is None or holder.origin.path != site.project.relative(site.source.path):
        return False
    line, column = holder.origin.line, holder.origin.column
    if site.source.position(site.span.start) == (line, column):
        return True
    literal = getattr(statement.at(statement.tokens[0]), "literal", None)
    if literal is None or site.source.position(site.place(literal).start) != (line, column):
        return False
    indexes = [_index(one) for one in statement.siblings]
    return [default_name(one) for one in indexes if one is not None].count(name) == 1


def _does_the_same(made: CreateIndex, index: Optional[Index]) -> bool:
    """Whether an index is there that serves as well, so that nothing need be made."""
    if index is None or made.partial or index.partial or None in made.columns or made.include:
        return False
    if not (made.is_plain and index.is_plain):
        return False
    what = (made.columns, made.unique, made.method)
    return what == (index.columns, index.unique, index.method)
