"""PostgreSQL's forms of SQLite's clauses and operators."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.conflicts import inserted, without_or
from mosaic_lint.fixes.globs import pattern
from mosaic_lint.fixes.limited import in_a_query
from mosaic_lint.fixes.lowered import lowered
from mosaic_lint.fixes.pragmas import without_pragma
from mosaic_lint.fixes.quoted_names import unquoted
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.table_info import changed_table_info
from mosaic_lint.fixes.together import check_together, in_case_of
from mosaic_lint.model import Safety
from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.sqlite_forms import Form
from mosaic_lint.sql.statement import Statement


class Place(NamedTuple):
    """What a repair is for.

    Args:
        statement: the statement.
        form: the form of SQLite's.
        site: the place of the finding.
        schema: gives the tables.
    """

    statement: Statement
    form: Form
    site: Site
    schema: Callable[[], Schema]

    def word(self, offset: int = 0) -> str:
        """A token's text, counted from the form's first one."""
        return self.statement.word(self.form.first + offset)

    def token(self, offset: int = 0) -> Token:
        """A token, counted from the form's first one."""
        return self.statement.tokens[self.form.first + offset]

    def cased(self, text: str) -> str:
        """Keywords in the letter case of the form's first token."""
        return in_case_of(self.statement, self.form.first, text)

    def removed(self) -> Changes:
        """The changes that take the form out."""
        first, last = self.form.first, self.form.last
        check_together(self.statement, self.statement.tokens[first : last + 1], self.site)
        return self.statement.remove(first, last)

    def changed(self, text: str) -> Changes:
        """The changes that write something else for the form."""
        first, last = self.form.first, self.form.last
        check_together(self.statement, self.statement.tokens[first : last + 1], self.site)
        return self.statement.change(text, self.token(), self.statement.tokens[last])


def repaired(statement: Statement, form: Form, schema: Callable[[], Schema], site: Site) -> Repair:
    """Write a form of SQLite's as PostgreSQL reads it.

    Args:
        statement: the statement.
        form: the form.
        schema: gives the tables.
        site: the place of the finding.

    Raises:
        Declined: no form of PostgreSQL's surely is the same.
    """
    place = Place(statement, form, site, schema)
    if statement.tokens[form.first].kind is Kind.BACKTICK:
        return _name(place)
    repair = _REPAIRS.get(statement.word(form.first))
    if repair is None:
        raise Declined(_OTHERWISE.get(statement.word(form.first), "it needs to be written anew"))
    return repair(place)


def _name(place: Place) -> Repair:
    changes = unquoted(place.statement, place.form.first, place.form.last, place.schema)
    return Repair("Write the name as PostgreSQL does", changes)


def _or(place: Place) -> Repair:
    return without_or(place.statement, place.form.first, place.site, place.schema)


def _replace(place: Place) -> Repair:
    return inserted(place.statement, place.form.first, place.site, place.schema)


def _table_option(place: Place) -> Repair:
    """Remove an option of a table, with one of the commas around it."""
    first, last = place.form.first, place.form.last
    if place.statement.word(last + 1) == ",":
        last += 1
    elif place.statement.word(first - 1) == ",":
        first -= 1
    wider = place._replace(form=place.form._replace(first=first, last=last))
    return Repair(f"Remove {place.form.name}", wider.removed())


def _equals(place: Place) -> Repair:
    return Repair('Write "="', place.changed("="))


def _is(place: Place) -> Repair:
    """``IS NOT DISTINCT FROM``, which NULL doesn't make NULL either."""
    negated = place.word(1) == "NOT"
    text = "IS DISTINCT FROM" if negated else "IS NOT DISTINCT FROM"
    changes = place.statement.change(place.cased(text), place.token(), place.token(int(negated)))
    check_together(place.statement, (place.token(), place.token(int(negated))), place.site)
    return Repair(f"Write {text}", changes)


def _limit(place: Place) -> Repair:
    """``LIMIT count OFFSET offset``; the other way round where that keeps parameters in order."""
    statement = place.statement
    if place.form.first == place.form.last:
        changes = in_a_query(statement, place.form.first, place.site)
        return Repair("Choose the rows by ctid", changes, Safety.UNSAFE)
    first, comma = place.token(), statement.tokens[place.form.last]
    before = statement.tokens[place.form.first + 1 : place.form.last]
    behind = statement.tokens[place.form.last + 1 : place.form.last + 3]
    if not before or not behind or any(token.text == "-" for token in (*before, *behind)):
        raise Declined("a negative number means no limit in SQLite")
    count = behind[0]
    check_together(statement, (first, comma, count), place.site)
    swaps = len(before) == 1 and _stands_alone(statement, place.form.last + 1)
    if swaps and _is_free(before[0]) and _is_free(count):
        offset_text = statement.text[before[0].start : before[0].end]
        count_text = statement.text[count.start : count.end]
        changes = statement.change(count_text, before[0])
        changes += _keyword(statement, comma, place.cased("OFFSET"))
        changes += statement.change(offset_text, count)
        return Repair("Write LIMIT ... OFFSET", changes)
    changes = statement.change(place.cased("OFFSET"), first)
    changes += _keyword(statement, comma, place.cased("LIMIT"))
    return Repair("Write OFFSET ... LIMIT", changes)


def _is_free(token: Token) -> bool:
    """Whether a value may go elsewhere without another order of the parameters."""
    if HOLE in token.text:
        return False
    return token.kind in (Kind.NUMBER, Kind.COLON_NAME) or token.text.startswith("%(")


def _stands_alone(statement: Statement, index: int) -> bool:
    """Whether nothing belongs to a value but its token."""
    following = statement.tokens[index + 1 : index + 2]
    return not following or following[0].kind is Kind.WORD or following[0].text in (")", ";")


def _keyword(statement: Statement, comma: Token, word: str) -> Changes:
    """Write a keyword for a comma, with a space on both sides of it."""
    text, start = statement.text, comma.start
    if not text[comma.end : comma.end + 1].isspace():
        word += " "
    if not text[start - 1].isspace():
        word = " " + word
    return statement.rewrite(start, comma.end, word)


def _begin(place: Place) -> Repair:
    is_exact = place.word() == "DEFERRED"
    safety = Safety.SAFE if is_exact else Safety.UNSAFE
    return Repair(f"Remove {place.word()}", place.removed(), safety)


def _explain(place: Place) -> Repair:
    return Repair("Write EXPLAIN", place.removed(), Safety.UNSAFE)


def _in(place: Place) -> Repair:
    """A comparison with an empty array, which is false (or true) even for NULL."""
    first = place.form.first
    negated = place.statement.word(first - 1) == "NOT"
    text = "<> ALL ('{}')" if negated else "= ANY ('{}')"
    form = place.form._replace(first=first - negated)
    return Repair(f"Write {text}", place._replace(form=form).changed(place.cased(text)))


def _view(place: Place) -> Repair:
    """``CREATE OR REPLACE VIEW``."""
    create = place.statement.tokens[0]
    check_together(place.statement, (create, place.token()), place.site)
    changes = place.statement.insert(place.cased(" OR REPLACE"), create)
    return Repair("Write CREATE OR REPLACE VIEW", changes + place.removed(), Safety.UNSAFE)


def _constraint(place: Place) -> Repair:
    action = place.word(2)
    safety = Safety.SAFE if action == "ABORT" else Safety.UNSAFE
    return Repair(f"Remove ON CONFLICT {action}", place.removed(), safety)


def _glob(place: Place) -> Repair:
    """``LIKE``, which tells upper case from lower case as GLOB does, or ``~`` for classes."""
    statement, first = place.statement, place.form.first
    written = place.token(1)
    text = statement.text[written.start : written.end]
    if written.kind is not Kind.STRING or text[0] != "'" or HOLE in text:
        raise Declined("the pattern isn't known")
    _check_whole(place)
    check_together(statement, (place.token(), written), place.site)
    is_formatted = _is_formatted(statement)
    inside = text[1:-1].replace("%%", "%") if is_formatted else text[1:-1]
    found = pattern(inside)
    shown = found.text.replace("%", "%%") if is_formatted else found.text
    is_like = found.operator == "LIKE"
    negated = statement.word(first - 1) == "NOT" and not is_like
    start = statement.tokens[first - negated]
    operator = found.negated if negated else found.operator
    changes = statement.change(place.cased(operator), start, place.token())
    if shown != text[1:-1]:
        changes += statement.change(f"'{shown}'", written)
    return Repair(f"Write {operator}", changes, Safety.SAFE if is_like else Safety.UNSAFE)


def _is_formatted(statement: Statement) -> bool:
    """Whether the driver formats a query, so that each ``%`` has to be doubled."""
    siblings = statement.siblings or (statement,)
    return any(one.placeholders for one in siblings) or any(
        token.kind is Kind.FORMAT for one in siblings for token in one.tokens
    )


def _check_whole(place: Place) -> None:
    """Make sure that a pattern is one token.

    Raises:
        Declined: it is a longer expression: ``'a*' || %s``.
    """
    following = place.statement.tokens[place.form.first + 2 : place.form.first + 3]
    if following and following[0].kind is Kind.OPERATOR:
        raise Declined("the pattern is an expression")


def _regexp(place: Place) -> Repair:
    """``~``, for a pattern that isn't a longer expression."""
    _check_whole(place)
    negated = place.statement.word(place.form.first - 1) == "NOT"
    form = place.form._replace(first=place.form.first - negated)
    text = "!~" if negated else "~"
    return Repair(f"Write {text}", place._replace(form=form).changed(text), Safety.UNSAFE)


def _match(place: Place) -> Repair:
    raise Declined("a full text search needs a tsvector")


def _collate(place: Place) -> Repair:
    if place.statement.word(0) in ("CREATE", "ALTER") and not _holds_expressions(place.statement):
        message = "Remove COLLATE NOCASE, so that upper and lower case differ"
        return Repair(message, place.removed(), Safety.UNSAFE)
    changes = lowered(place.statement, place.form.first, place.site)
    return Repair("Write LOWER()", changes, Safety.UNSAFE)


def _holds_expressions(statement: Statement) -> bool:
    """Whether what is created is a view or an index, which take a function where a name stands."""
    return bool({"VIEW", "INDEX"} & set(statement.words[1:4]))


def _pragma(place: Place) -> Repair:
    asked = changed_table_info(place.statement)
    if asked is not None:
        return Repair("Ask information_schema.columns", asked, Safety.UNSAFE)
    changes = without_pragma(place.statement, place.site)
    return Repair("Remove the PRAGMA", changes, Safety.UNSAFE)


_OTHERWISE = {
    "CREATE": "PostgreSQL's trigger needs a function",
    "VIRTUAL": "a full text search needs a tsvector",
    "ATTACH": "PostgreSQL has schemas instead",
    "DETACH": "PostgreSQL has schemas instead",
}

_REPAIRS: Dict[str, Callable[[Place], Repair]] = {
    "OR": _or,
    "REPLACE": _replace,
    "WITHOUT": _table_option,
    "STRICT": _table_option,
    "GLOB": _glob,
    "REGEXP": _regexp,
    "MATCH": _match,
    "IMMEDIATE": _begin,
    "EXCLUSIVE": _begin,
    "DEFERRED": _begin,
    "QUERY": _explain,
    "IN": _in,
    "LIMIT": _limit,
    "ON": _constraint,
    "==": _equals,
    "IS": _is,
    "[": _name,
    "IF": _view,
    "PRAGMA": _pragma,
    "COLLATE": _collate,
}
"""What repairs a form, by the word that it begins with."""
