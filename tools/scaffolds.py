"""What a new rule begins with: its file and its fixtures, by what it subscribes to."""

from __future__ import annotations

from string import Template

RULE = Template('''"""$code: calls of `replace_me()`, until this rule is written."""

from __future__ import annotations

from typing import Iterator

import libcst as cst

from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="$code",
    name="$name",
    message='{call}() says what is wrong: write "{instead}()"',
    subscribes="Call",
    triggers=("replace_me",),
    stage="whole",
    playbook="$playbook",
)
def $function(call: cst.Call, context: Context) -> Iterator[Draft]:
    """
    What:
        A call of `replace_me()`, by its bare name.

    Why:
        Nothing goes wrong: this stands here until the rule is written.

    Example:
        replace_me()

    Instead:
        replaced()

    Fix safety:
        No fix is offered.

    Limits:
        Aliases aren't followed; `context.file.names` can do that.
    """
    if isinstance(call.func, cst.Name) and call.func.value == "replace_me":
        yield context.report(call.func, call=call.func.value, instead="replaced")
''')

SQL_RULE = Template('''"""$code: the word `replace_me` in SQL, until this rule is written."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL


@rule(
    code="$code",
    name="$name",
    message='the word {word} says what is wrong: write "{instead}"',
    subscribes="SqlStatement",
    triggers=(SQL, "replace_me"),
    stage="sql",
    playbook="$playbook",
)
def $function(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        The word `replace_me` in a statement.

    Why:
        Nothing goes wrong: this stands here until the rule is written.

    Example:
        cursor.execute("SELECT replace_me FROM players")

    Instead:
        cursor.execute("SELECT replaced FROM players")

    Fix safety:
        No fix is offered.

    Limits:
        Literals, quoted names and comments aren't looked into.
    """
    for index in statement.find("REPLACE_ME"):
        yield context.report(
            statement.at(statement.tokens[index]), word="replace_me", instead="replaced"
        )
''')

HEADER_RULE = Template('''"""$code: `replace_me` in version headers, until this rule is written."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.headers import FileHeader
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="$code",
    name="$name",
    message='{field} says what is wrong: write "{instead}"',
    subscribes="Header",
    triggers=("replace_me",),
    stage="text",
    playbook="$playbook",
    in_markdown=False,
)
def $function(file: FileHeader, context: Context) -> Iterator[Draft]:
    \'\'\'
    What:
        A field of the version header that says `replace_me`.

    Why:
        Nothing goes wrong: this stands here until the rule is written.

    Example:
        """
        MODULE: api/example.py
        PURPOSE: replace_me
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        import datetime

    Instead:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        import datetime

    Fix safety:
        No fix is offered.

    Limits:
        A field with more than this word is left alone.
    \'\'\'
    for field in file.header.fields.values():
        if field.value == "replace_me":
            yield context.report(field.span, field=field.name, instead="replaced")
''')

FIXTURES = {
    "bad.py": """def plain():
    replace_me()  # $code: 5


def in_an_expression(rows):
    return [replace_me(row) for row in rows]  # $code: 13


def twice_on_a_line():
    return replace_me(), replace_me()  # $code: 12, $code: 26


class Nested:
    def method(self):
        def inner():
            return replace_me()  # $code: 20
        return inner
""",
    "good.py": """def plain():
    replaced()


def not_called():
    return replace_me


def of_another_object(thing):
    return thing.replace_me()
""",
    "suppressed.py": """def this_code():
    replace_me()  # noqa: $code


def with_a_reason():
    replace_me()  # noqa: $code -- shows that a reason may follow
""",
}
SQL_FIXTURES = {
    "bad.py": '''def plain(cursor):
    cursor.execute("SELECT replace_me FROM players")  # $code: 28


def over_lines(cursor):
    cursor.execute("""
        SELECT name
        FROM players
        WHERE replace_me = %s  # $code: 15
    """, (1,))


def joined_literals(cursor):
    cursor.execute(
        "SELECT name FROM players "
        "ORDER BY replace_me"  # $code: 19
    )


def behind_an_escape(cursor):
    cursor.execute("SELECT '\\t', replace_me FROM players")  # $code: 34
''',
    "bad.sql": """SELECT replace_me FROM players;  -- $code: 8
UPDATE players SET replace_me = 1;  -- $code: 20
""",
    "good.py": """def plain(cursor):
    cursor.execute("SELECT replaced FROM players")


def text_in_sql(cursor):
    cursor.execute("SELECT 'replace_me' FROM players -- replace_me")


def not_sql():
    return "replace_me"
""",
    "good.sql": """SELECT 'replace_me', "replace_me" FROM players;  /* replace_me */
""",
    "suppressed.py": """def this_code(cursor):
    cursor.execute("SELECT replace_me FROM players")  # noqa: $code
""",
    "suppressed.sql": """SELECT replace_me FROM players;  -- noqa: $code
""",
}
HEADER_FIXTURES = {
    "bad.py": '''"""
MODULE: replace_me  # $code: 9
PURPOSE: replace_me  # $code: 10
MODIFIED_BY:
  replace_me  # $code: 3
"""
import datetime
''',
    "bad.sh": """#!/bin/sh
# PURPOSE: replace_me  # $code: 12
ls
""",
    "bad.sql": """-- PURPOSE: replace_me  -- $code: 13
SELECT 1;
""",
    "good.py": '''"""
PURPOSE: replace_me or not
"""
replace_me = "PURPOSE: replace_me"
''',
    "good.sh": """#!/bin/sh
# PURPOSE: replaced
echo "PURPOSE: replace_me"
""",
    "suppressed.py": '''"""
PURPOSE: replace_me
"""  # noqa: $code
import datetime
''',
    "suppressed.sh": """#!/bin/sh
# PURPOSE: replace_me  # noqa: $code
ls
""",
}

FORMS = {
    "Call": (RULE, FIXTURES),
    "Header": (HEADER_RULE, HEADER_FIXTURES),
    "SqlStatement": (SQL_RULE, SQL_FIXTURES),
}
"""What a rule may subscribe to at its start: its file and its fixtures."""
