"""MOS205: placeholders of another driver's style."""

from __future__ import annotations

from functools import partial
from typing import Iterator, List

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.parameters import Given
from mosaic_lint.fixes.foreign_placeholders import repair
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.statement import Statement, by_literal
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS205",
    name="foreign-paramstyle",
    message='psycopg doesn\'t read "{written}"{count}: write "{instead}"',
    subscribes="SqlCall",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS210", "MOS211", "MOS213", "MOS214"),
)
def foreign_paramstyle(call: SqlCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A query that psycopg runs has `:name`, `$1` or `$name`, or `@name` where the parameters are
        a mapping with that name.

    Why:
        psycopg knows `%s` and `%(name)s` only. The others reach PostgreSQL as they are, which ends
        in a syntax error, an unknown parameter or an unknown column.

    Example:
        cursor.execute("SELECT * FROM shops WHERE city = :city", {"city": city})

    Instead:
        cursor.execute("SELECT * FROM shops WHERE city = %(city)s", {"city": city})

    Fix safety:
        Safe: where the parameters plainly are a mapping, `:name` becomes `%(name)s`; where they
        are a sequence, `$1`, `$2` in this order, each once, become `%s`. A `%` of the same literal
        that is no placeholder becomes `%%`, as psycopg wants it.

        There is no fix where it isn't known what the parameters are, or where they lack a name.

    Limits:
        Only where a connection or cursor of psycopg runs the query, or one that is named so in a
        file that speaks with no other driver. `PREPARE` and bodies of functions keep their `$1`.
        One finding for each string literal, at the first placeholder.
    """
    if not call.is_psycopg or not any(sign in call.text.text for sign in ":$@"):
        return

    def foreign(statement: Statement) -> List[Token]:
        return [
            token
            for index, token in enumerate(statement.tokens)
            if index not in statement.slices and _is_foreign(statement, token, call)
        ]

    for group in by_literal(call.statements[0], foreign):
        holder, token, found = group
        number = len(found)
        yield context.report(
            holder.at(token),
            fix=partial(repair, call, group),
            written=token.text.replace(HOLE, "..."),
            count=f" ({number} of them)" if number > 1 else "",
            instead=_instead(token.text.replace(HOLE, "...")),
        )


def _is_foreign(statement: Statement, token: Token, call: SqlCall) -> bool:
    if token.kind is Kind.COLON_NAME:
        return True
    if token.kind is Kind.DOLLAR_NAME:
        return not _has_own_parameters(statement)
    if token.kind is Kind.AT_NAME:
        keys = call.parameters.keys if call.parameters.given is Given.MAPPING else None
        return keys is not None and token_name(statement, token) in keys
    return False


def token_name(statement: Statement, token: Token) -> str:
    """What follows the sign of a placeholder, as written."""
    return statement.text[token.start + 1 : token.end]


def _has_own_parameters(statement: Statement) -> bool:
    """Whether a statement declares parameters of the server's."""
    return statement.word(0) == "PREPARE" or (
        statement.word(0) == "CREATE"
        and bool({"FUNCTION", "PROCEDURE"} & set(statement.words[1:5]))
    )


def _instead(written: str) -> str:
    name = written[1:]
    return "%s" if name.isdigit() else f"%({name})s"
