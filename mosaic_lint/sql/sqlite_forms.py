"""Forms of statements that SQLite reads and PostgreSQL's grammar refuses.

Each was run on PostgreSQL 15, 16 and 18: a syntax error (42601), but ``==`` and ``COLLATE NOCASE``,
which end in an undefined operator (42883) and an undefined collation (42704).
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, NamedTuple, Optional

from mosaic_lint.sql.keywords import RESERVED, STATEMENTS
from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.roles import ends_operand
from mosaic_lint.sql.statement import Statement


class Form(NamedTuple):
    """An occurrence.

    Args:
        first: the index of the first token that PostgreSQL doesn't read.
        last: the index of the last one.
        name: what is written.
        instead: what to write.
    """

    first: int
    last: int
    name: str
    instead: str


_CONFLICTS = {
    "REPLACE": "ON CONFLICT (key) DO UPDATE SET column = EXCLUDED.column",
    "IGNORE": "ON CONFLICT DO NOTHING",
    "ABORT": "a plain statement, which aborts anyway",
    "FAIL": "a plain statement, which fails as a whole",
    "ROLLBACK": "a plain statement, and roll back in the handler",
}
_LOCKS = frozenset(("IMMEDIATE", "EXCLUSIVE", "DEFERRED"))
_INFIX = {
    "GLOB": "LIKE, or ~ with a regular expression",
    "REGEXP": "~",
    "MATCH": "@@ with to_tsvector() and to_tsquery()",
}
_LITERALS = (Kind.NUMBER, Kind.STRING)


def sqlite_forms(statement: Statement) -> Iterator[Form]:
    """All forms of SQLite's in a statement; of a trigger's body only the trigger."""
    whole = _whole(statement)
    if whole is not None:
        yield whole
        return
    if _FINDERS.keys().isdisjoint(statement.words) and not _has_backtick(statement):
        return
    for index, token in enumerate(statement.tokens):
        finder = _FINDERS.get(token.text)
        if token.kind is Kind.WORD and statement.word(index - 1) in (".", "AS"):
            continue  # a name: any word may stand there
        if finder is not None and token.kind in (Kind.WORD, Kind.OPERATOR, Kind.MARK):
            found = finder(statement, index)
            if found is not None:
                yield found
        elif token.kind is Kind.BACKTICK:
            yield Form(index, index, "a name in backticks", 'double quotes: "name"')


def _has_backtick(statement: Statement) -> bool:
    return any(word.startswith("`") for word in statement.words)


def _whole(statement: Statement) -> Optional[Form]:
    """A statement that PostgreSQL has in no form, or in one so different that it is one fault."""
    words = statement.words
    if words[0] == "PRAGMA" and len(words) > 1 and statement.tokens[1].kind is Kind.WORD:
        return Form(0, 0, "PRAGMA", "SET, or a query of information_schema")
    if words[0] in ("ATTACH", "DETACH") and _is_attach(statement):
        return Form(0, 0, f"{words[0]} DATABASE", "a schema, or postgres_fdw")
    if words[0] == "CREATE":
        return _trigger(statement) or _virtual(statement)
    return None


def _is_attach(statement: Statement) -> bool:
    if statement.word(0) == "DETACH":
        return len(statement.tokens) in (2, 3)
    return statement.word(1) == "DATABASE" or statement.word(2) == "AS"


def is_sqlite_trigger(statement: Statement) -> bool:
    """Whether a statement creates a trigger that carries its own statements."""
    words = statement.words
    if words[0] != "CREATE" or "TRIGGER" not in words[1:4] or "BEGIN" not in words:
        return False
    return not {"EXECUTE", "FUNCTION", "PROCEDURE"} & set(words[: words.index("BEGIN")])


def _trigger(statement: Statement) -> Optional[Form]:
    if not is_sqlite_trigger(statement):
        return None
    return Form(0, 0, "a trigger with a BEGIN ... END body", "EXECUTE FUNCTION and a function")


def _virtual(statement: Statement) -> Optional[Form]:
    if statement.words[1:3] != ("VIRTUAL", "TABLE"):
        return None
    return Form(1, 2, "VIRTUAL TABLE", "a table with a tsvector column and a GIN index")


def _or(statement: Statement, index: int) -> Optional[Form]:
    action = statement.word(index + 1)
    verb = statement.word(index - 1)
    if verb not in ("INSERT", "UPDATE") or action not in _CONFLICTS:
        return None
    if _is_operand(statement, index - 1):
        return None
    if verb == "UPDATE" and action in ("REPLACE", "IGNORE"):
        instead = "a plain UPDATE, with the conflicting rows excluded by WHERE"
    else:
        instead = _CONFLICTS[action]
    return Form(index, index + 1, f"{verb} OR {action}", instead)


def _is_operand(statement: Statement, index: int) -> bool:
    """Whether a word that may be a verb is the name of a column: ``WHERE update OR replace``."""
    before = statement.word(index - 1)
    if before in (",", ".") or (before in RESERVED and before not in ("AS", "DO")):
        return True
    return index > 0 and statement.tokens[index - 1].kind is Kind.OPERATOR


def _replace(statement: Statement, index: int) -> Optional[Form]:
    before = statement.word(index - 1)
    if statement.word(index + 1) != "INTO" or before == "OR" or _is_operand(statement, index):
        return None
    return Form(index, index, "REPLACE INTO", f"INSERT INTO ... {_CONFLICTS['REPLACE']}")


def _without(statement: Statement, index: int) -> Optional[Form]:
    if statement.word(index + 1) != "ROWID" or statement.word(index - 1) in RESERVED:
        return None
    return Form(index, index + 1, "WITHOUT ROWID", "nothing: a table has no rowid")


def _strict(statement: Statement, index: int) -> Optional[Form]:
    creates = statement.starts_with("CREATE") and "TABLE" in statement.words[1:4]
    before = statement.word(index - 1)
    ends = statement.depths[index] == 0 and statement.word(index + 1) in ("", ",", "WITHOUT")
    if (
        not creates
        or not ends
        or "SELECT" in statement.words[:index]
        or before not in (")", ",", "ROWID")
    ):
        return None
    return Form(index, index, "STRICT", "nothing: types are always checked")


def _infix(statement: Statement, index: int) -> Optional[Form]:
    if not is_infix(statement, index):
        return None
    word = statement.word(index)
    return Form(index, index, word, _INFIX[word])


def is_infix(statement: Statement, index: int) -> bool:
    """Whether GLOB, REGEXP or MATCH is an operator, not a name or a part of a foreign key."""
    before, after = statement.word(index - 1), statement.word(index + 1)
    if after in ("", ",", ")", ".", ";", "FULL", "SIMPLE", "PARTIAL", "AS", "=", "FROM", "IS", "["):
        return False
    last = index - 1 - (before == "NOT")
    if last < 0 or not ends_operand(statement.tokens[last]):
        return False
    following = statement.tokens[index + 1]
    if following.kind is Kind.OPERATOR or following.text in RESERVED:
        return False
    return _is_expression(statement, _operand_start(statement, last), following)


_CONDITIONS = frozenset(("CHECK", "WHERE", "SELECT", "AS", "WHEN"))
_BEFORE_OPERANDS = frozenset(
    """WHERE AND OR NOT ON HAVING WHEN THEN ELSE CASE SELECT DISTINCT ALL BY COLLATE RETURNING (
    [""".split()
)


def _operand_start(statement: Statement, index: int) -> int:
    """The index of the first token of the operand that ends at an index."""
    while index > 0 and statement.word(index) in (")", "]"):
        closed = 0
        while index >= 0:
            word = statement.word(index)
            closed += (word in (")", "]")) - (word in ("(", "["))
            if not closed:
                break
            index -= 1
        before = statement.word(index - 1)
        called = before in ("CAST", "REPLACE", "LEFT", "RIGHT")
        if index > 0 and (called or ends_operand(statement.tokens[index - 1])):
            index -= 1
        else:
            return index
    while index > 1 and statement.word(index - 1) == ".":
        index -= 2
    return index


def _is_expression(statement: Statement, start: int, following: Token) -> bool:
    """Whether an operand stands in an expression: not where a table, a type or a name does."""
    before = statement.word(start - 1)
    verb = statement.word(0)
    if start <= 0:  # a condition alone
        return following.kind not in (Kind.WORD, Kind.MARK) and verb not in STATEMENTS
    if verb in ("CREATE", "ALTER") and not _CONDITIONS & set(statement.words[:start]):
        return False
    if before == ",":
        return following.text != "("  # FROM a, b match (id)
    return (
        before in _BEFORE_OPERANDS
        or HOLE in before
        or statement.tokens[start - 1].kind is Kind.OPERATOR
    )


def _begin(statement: Statement, index: int) -> Optional[Form]:
    word = statement.word(index)
    if index != 1 or statement.word(0) != "BEGIN":
        return None
    if statement.word(2) not in ("", "TRANSACTION"):
        return None
    return Form(index, index, f"BEGIN {word}", "BEGIN, and LOCK TABLE where it matters")


def _explain(statement: Statement, index: int) -> Optional[Form]:
    if index != 1 or statement.word(0) != "EXPLAIN" or statement.word(2) != "PLAN":
        return None
    return Form(index, index + 1, "EXPLAIN QUERY PLAN", "EXPLAIN")


def _in(statement: Statement, index: int) -> Optional[Form]:
    if statement.words[index + 1 : index + 3] != ("(", ")"):
        return None
    return Form(index, index + 2, "IN ()", "= ANY(%s) with a list, which may be empty")


def _limit(statement: Statement, index: int) -> Optional[Form]:
    depth = statement.depths[index]
    if statement.depths[index] == 0 and _changes_rows(statement, index):
        instead = "WHERE id IN (SELECT id ... LIMIT n)"
        return Form(index, index, f"LIMIT in {_verb(statement)}", instead)
    position = index + 1
    while position < len(statement.tokens) and statement.depths[position] >= depth:
        word = statement.word(position)
        if statement.depths[position] == depth and (word in RESERVED or word == ";"):
            return None
        if statement.depths[position] == depth and word == ",":
            return Form(index, position, "LIMIT offset, count", "LIMIT count OFFSET offset")
        position += 1
    return None


def _verb(statement: Statement) -> str:
    """The verb outside of parentheses: UPDATE behind ``WITH x AS (SELECT ...)``."""
    return next((word for _, word in statement.verbs if word != "UNION"), "")


def _changes_rows(statement: Statement, index: int) -> bool:
    if _verb(statement) not in ("UPDATE", "DELETE"):
        return False
    outer = (i for i, word in statement.verbs if word in ("SELECT", "UNION", "INSERT"))
    return next(outer, index) >= index


def _on(statement: Statement, index: int) -> Optional[Form]:
    action = statement.word(index + 2)
    if statement.word(index + 1) != "CONFLICT" or action not in _CONFLICTS:
        return None
    if statement.word(0) not in ("CREATE", "ALTER"):
        return None
    name = f"a constraint's ON CONFLICT {action}"
    return Form(index, index + 2, name, "ON CONFLICT in the INSERT")


def _equals(statement: Statement, index: int) -> Optional[Form]:
    if "OPERATOR" in statement.words or "==" in statement.defined:
        return None  # somebody's own operator
    return Form(index, index, "==", "=")


def _is(statement: Statement, index: int) -> Optional[Form]:
    negated = statement.word(index + 1) == "NOT"
    value = index + 1 + negated
    value += statement.word(value) in ("-", "+")
    if value >= len(statement.tokens) or statement.tokens[value].kind not in _LITERALS:
        return None
    if statement.word(0) in ("COMMENT", "SECURITY"):
        return None
    shown = "IS NOT" if negated else "IS"
    instead = "IS DISTINCT FROM" if negated else "=, or IS NOT DISTINCT FROM"
    return Form(index, value, f"{shown} {statement.word(value)}", instead)


def _bracket(statement: Statement, index: int) -> Optional[Form]:
    if index not in statement.bracketed:
        return None
    return Form(index, index, "a name in [brackets]", 'double quotes: "name"')


def _if(statement: Statement, index: int) -> Optional[Form]:
    if statement.word(0) != "CREATE" or statement.word(index - 1) != "VIEW":
        return None
    if statement.word(index - 2) == "MATERIALIZED" or statement.word(index + 1) != "NOT":
        return None
    return Form(index, index + 2, "CREATE VIEW IF NOT EXISTS", "CREATE OR REPLACE VIEW")


def _collate(statement: Statement, index: int) -> Optional[Form]:
    if statement.word(index + 1) != "NOCASE" or "NOCASE" in statement.defined:
        return None
    return Form(index, index + 1, "COLLATE NOCASE", "LOWER(column), or the type citext")


_FINDERS: Dict[str, Callable[[Statement, int], Optional[Form]]] = {
    "OR": _or,
    "REPLACE": _replace,
    "WITHOUT": _without,
    "STRICT": _strict,
    "GLOB": _infix,
    "REGEXP": _infix,
    "MATCH": _infix,
    "IMMEDIATE": _begin,
    "EXCLUSIVE": _begin,
    "DEFERRED": _begin,
    "QUERY": _explain,
    "IN": _in,
    "LIMIT": _limit,
    "ON": _on,
    "==": _equals,
    "IS": _is,
    "[": _bracket,
    "IF": _if,
    "COLLATE": _collate,
}
"""What may begin at a word."""
