"""PostgreSQL's forms of SQLite's clauses and operators."""

from __future__ import annotations

import re
from typing import Callable, Dict, List, NamedTuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.conflicts import inserted, without_or
from mosaic_lint.fixes.limited import in_a_query
from mosaic_lint.fixes.pragmas import without_pragma
from mosaic_lint.fixes.quoted_names import unquoted
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
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
    if action in ("IGNORE", "REPLACE"):
        raise Declined("each INSERT needs an ON CONFLICT of its own instead")
    safety = Safety.SAFE if action == "ABORT" else Safety.UNSAFE
    return Repair(f"Remove ON CONFLICT {action}", place.removed(), safety)


_WILDCARDS = {"*": "%", "?": "_", "%": "\\%", "_": "\\_", "\\": "\\\\"}


def _glob(place: Place) -> Repair:
    """``LIKE``, which tells upper case from lower case as GLOB does."""
    pattern = place.token(1)
    text = place.statement.text[pattern.start : pattern.end]
    if pattern.kind is not Kind.STRING or text[0] != "'" or HOLE in text:
        raise Declined("the pattern isn't known")
    if "[" in text:
        raise Declined("a class of characters needs a regular expression")
    check_together(place.statement, (place.token(), pattern), place.site)
    inside = text[1:-1].replace("%%", "%") if _is_formatted(place.statement) else text[1:-1]
    like = "".join(_WILDCARDS.get(character, character) for character in inside)
    if _is_formatted(place.statement):
        like = like.replace("%", "%%")
    changes = place.statement.change(place.cased("LIKE"), place.token())
    if like != text[1:-1]:
        changes += place.statement.change(f"'{like}'", pattern)
    return Repair("Write LIKE", changes)


def _is_formatted(statement: Statement) -> bool:
    """Whether the driver formats a query, so that each ``%`` has to be doubled."""
    siblings = statement.siblings or (statement,)
    return any(one.placeholders for one in siblings) or any(
        token.kind is Kind.FORMAT for one in siblings for token in one.tokens
    )


def _regexp(place: Place) -> Repair:
    """``~``, for a pattern that isn't a longer expression."""
    following = place.statement.tokens[place.form.first + 2 : place.form.first + 3]
    if following and following[0].kind is Kind.OPERATOR:
        raise Declined("the pattern is an expression")
    negated = place.statement.word(place.form.first - 1) == "NOT"
    form = place.form._replace(first=place.form.first - negated)
    text = "!~" if negated else "~"
    return Repair(f"Write {text}", place._replace(form=form).changed(text), Safety.UNSAFE)


def _match(place: Place) -> Repair:
    raise Declined("a full text search needs a tsvector")


_ORDERED = re.compile(r"ASC|DESC|NULLS|LIMIT|OFFSET|FETCH|FOR|,|\)|;|")


def _nocase(place: Place) -> Repair:
    """``LOWER(column)`` in ORDER BY; without anything where a column is declared."""
    statement, first = place.statement, place.form.first
    if statement.word(0) in ("CREATE", "ALTER") and "TABLE" in statement.words[1:4]:
        if {"UNIQUE", "PRIMARY"} & set(_of_column(statement, first)):
            raise Declined("the column's key needs a unique index on LOWER(column)")
        return Repair("Remove COLLATE NOCASE", place.removed(), Safety.UNSAFE)
    start = first - 1
    while statement.word(start - 1) == ".":
        start -= 2
    before = statement.word(start - 1)
    is_ordering = before in ("BY", ",") and _clause(statement, start) == "ORDER"
    is_name = statement.tokens[first - 1].kind in (Kind.WORD, Kind.QUOTED)
    if not is_ordering or not is_name or not _ORDERED.fullmatch(statement.word(first + 2)):
        raise Declined("both sides need LOWER()")
    if {"DISTINCT", "UNION", "EXCEPT", "INTERSECT"} & set(statement.words):
        raise Declined("such a query orders by its own columns only")
    check_together(statement, (statement.tokens[start], statement.tokens[first + 1]), place.site)
    opening = statement.tokens[start].start
    changes = statement.rewrite(opening, opening, place.cased("LOWER") + "(")
    end = statement.tokens[first - 1].end
    changes += statement.rewrite(end, place.statement.tokens[first + 1].end, ")")
    return Repair("Write LOWER(column)", changes, Safety.UNSAFE)


def _clause(statement: Statement, index: int) -> str:
    """The clause around an index: ORDER, if it is a list behind ORDER BY."""
    depth = statement.depths[index]
    for position in range(index - 1, 0, -1):
        if statement.depths[position] < depth:
            return ""
        if statement.depths[position] == depth and statement.word(position) == "BY":
            return statement.word(position - 1)
        if statement.depths[position] == depth and statement.word(position) in ("FROM", "SELECT"):
            return ""
    return ""


def _of_column(statement: Statement, index: int) -> List[str]:
    """The words of the item of a list around an index."""
    depth = statement.depths[index]
    start = end = index
    while start > 0 and not _ends_item(statement, start - 1, depth):
        start -= 1
    while end + 1 < len(statement.words) and not _ends_item(statement, end + 1, depth):
        end += 1
    return list(statement.words[start : end + 1])


def _ends_item(statement: Statement, index: int, depth: int) -> bool:
    level = statement.depths[index]
    return level < depth or (level == depth and statement.word(index) == ",")


def _pragma(place: Place) -> Repair:
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
    "COLLATE": _nocase,
}
"""What repairs a form, by the word that it begins with."""
