"""MOS215: JSON that the driver has parsed is parsed again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.anchor import Step
from mosaic_lint.change import Declined
from mosaic_lint.facts.json_adapters import is_registered
from mosaic_lint.facts.json_loads import JsonLoads
from mosaic_lint.facts.trail import trail
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.unparsed import unparsed
from mosaic_lint.rule import Context, Draft, rule

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS215",
    name="json-loads-on-jsonb",
    message="{parser}() gets {column}, {type} that the driver has parsed: use the value as it is",
    subscribes="JsonLoads",
    triggers=("loads",),
    stage="json-loads",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS214", "MOS215"),
)
def json_loads_on_jsonb(parsed: JsonLoads, context: Context) -> Iterator[Draft]:
    """
    What:
        `json.loads`, directly or in a helper of the module, on a fetched value whose column is
        declared JSON or JSONB.

    Why:
        psycopg gives such a column as a dict, a list or what else the document is. To give that to
        `json.loads` raises `TypeError: the JSON object must be str, bytes or bytearray, not dict`.
        With SQLite, which stores JSON as text, it was right.

    Example:
        import json

        SCHEMA = "CREATE TABLE IF NOT EXISTS profiles (id SERIAL PRIMARY KEY, answers JSONB)"

        def answers_of(cur, profile_id):
            cur.execute("SELECT answers FROM profiles WHERE id = %s", (profile_id,))
            row = cur.fetchone()
            return json.loads(row[0])

    Instead:
        SCHEMA = "CREATE TABLE IF NOT EXISTS profiles (id SERIAL PRIMARY KEY, answers JSONB)"

        def answers_of(cur, profile_id):
            cur.execute("SELECT answers FROM profiles WHERE id = %s", (profile_id,))
            row = cur.fetchone()
            return row[0]

    Fix safety:
        Safe: the call goes, its argument stays: `json.loads(row[0])` becomes `row[0]`, and of
        `json.loads(row[0] or "{}")` stays `row[0] or {}`. `state = json.loads(state)` goes
        altogether, with an `if state:` around nothing else. There is no fix where a helper parses,
        where the call has more arguments, and where a text that isn't from the row may get there.

    Limits:
        The query must be known, and be the last one of its cursor on all ways; the table must be
        one that DDL of the project declares. Of the select list columns, `->`, `#>`, `COALESCE`
        and `||` are read, through subselects and common table expressions. Values are followed
        through rows, loops, comprehensions, unpacking, functions that return them and helpers; not
        through lists and dicts that are filled element by element. Silent where a test may have
        found out that the value is text, where a handler that takes `TypeError` goes on with the
        value, and where `register_default_json` or the like tells the driver what to make of JSON:
        in the file, or with `globally=True` anywhere in the project. Rows of a `row_factory` of
        one's own aren't looked at.
    """
    if is_registered(context.file):
        return
    yield context.report(
        parsed.node,
        fix=partial(_repair, parsed),
        related=[Step(parsed.query, "the query"), *trail(parsed.path)],
        parser=parsed.parser,
        column=parsed.column,
        type=parsed.type.upper(),
    )


def _repair(parsed: JsonLoads, site: Site) -> Repair:
    if not parsed.is_direct:
        raise Declined("it isn't json.loads itself that is called, with the value alone")
    return Repair(f"Take {parsed.parser}() away", unparsed(site))
