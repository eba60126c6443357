"""Writes the same code in three shapes: ordinary modules, one long function, many functions.

What a linter does for a line must not depend on how many lines stand in the same function, or
how many functions in the same module. The code is a row of short pieces in which values have to
be followed: statements that are put together, connections, loops over rows, errors that are
caught, answers of a language model. In one function they all bind the same few names, and `total`
goes through all of them. Each piece has one fault, so that nothing clears it before the rules see
it, and the findings prove the work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .templates import Template, parse_templates
from .vocabulary import ENTITIES

PIECES = parse_templates(r"""
=== MOS103
with get_conn() as conn:
    cur = conn.cursor()
    cur.execute("SELECT ${num1} FROM ${many} WHERE id = %s", (key,))
row = cur.fetchone()
total += row[0]

=== MOS501
reply = client.messages.create(model="${model}", max_tokens=${limit}, messages=messages)
try:
    total += json.loads(reply.content[0].text)["${num1}"]
except ValueError:
    logger.exception("the ${num1} of a ${one} is unknown")

=== MOS901
with get_conn() as conn, conn.cursor() as cur:
    cur.execute("SELECT id, ${num1} FROM ${many} WHERE status = %s", (state,))
    for row in cur.fetchall():
        cur.execute("UPDATE ${parent}_notes SET seen_at = NOW() WHERE id = %s", (row[0],))
        total += row[1]

=== MOS106
with get_conn() as conn, conn.cursor() as cur:
    try:
        cur.execute("UPDATE ${many} SET status = %s WHERE id = %s", (state, key))
    except Exception:
        logger.exception("${one} %s is left as it was", key)
    cur.execute("UPDATE job_runs SET affected = affected + 1 WHERE job = %s", (key,))

=== MOS212
query = "SELECT ${num1} FROM ${many}"
if state:
    query += f" WHERE status = '{state}'"
with get_conn() as conn, conn.cursor() as cur:
    cur.execute(query)

=== MOS502
reply = client.messages.create(model="${model}", max_tokens=${limit}, messages=messages)
label = Label.model_validate_json(reply.content[0].text)
for point in label.points:
    total += len(point)

=== MOS211
with get_conn() as conn, conn.cursor() as cur:
    cur.execute("SELECT ${num2} FROM ${many} WHERE ${text1} = %s AND status = %s", (key,))
    for row in cur.fetchall():
        total += row[0]

=== MOS503
model = Anthropic()
try:
    reply = model.messages.create(model="${model}", max_tokens=${limit}, messages=messages)
    total += len(reply.content)
except Exception:
    logger.exception("nobody says anything about ${one} %s", key)
""")
_HEAD = '''\
"""The steps of a long job."""

import json
import logging
from typing import Any, List

from anthropic import Anthropic
from pydantic import BaseModel

from api.storage import get_conn

logger = logging.getLogger(__name__)
client = Anthropic(timeout=30.0)


class Label(BaseModel):
    """What the language model has to answer."""

    points: List[str]
'''
_DEFINITION = """

def step_{number:04d}(key: str, state: str, messages: List[Any]) -> float:
    total = 0.0
{body}    return total
"""
_PER_FUNCTION = 5
"""Pieces in an ordinary function."""
_PER_MODULE = 20
"""Functions in an ordinary module."""


@dataclass(frozen=True)
class Shapes:
    """The same pieces in three shapes: modules by their names."""

    ordinary: dict[str, str]
    one_function: dict[str, str]
    many_functions: dict[str, str]
    findings: Counter[str]
    """What is to be found in each shape, by code."""


def _pieces(number: int, seed: int) -> Iterator[tuple[Template, str]]:
    rng = Random(seed)
    for position in range(number):
        template = PIECES[position % len(PIECES)]
        yield template, template.render(rng.choice(ENTITIES), rng)


def _module(functions: list[list[str]]) -> str:
    """Return a module with one function for each list of pieces."""
    definitions = []
    for number, pieces in enumerate(functions, start=1):
        lines = "".join(pieces).splitlines()
        body = "".join(f"    {line}\n" for line in lines)
        definitions.append(_DEFINITION.format(number=number, body=body))
    return _HEAD + "".join(definitions)


def _chunks(pieces: list[str], size: int) -> list[list[str]]:
    return [pieces[start : start + size] for start in range(0, len(pieces), size)]


def compose_shapes(pieces: int, seed: int) -> Shapes:
    """Return `pieces` pieces, of five lines on average, in all three shapes."""
    drawn = list(_pieces(pieces, seed))
    texts = [text for _, text in drawn]
    modules = _chunks(texts, _PER_FUNCTION * _PER_MODULE)
    return Shapes(
        ordinary={
            f"steps_{number:02d}.py": _module(_chunks(module, _PER_FUNCTION))
            for number, module in enumerate(modules, start=1)
        },
        one_function={"one_function.py": _module([texts])},
        many_functions={"many_functions.py": _module([[text] for text in texts])},
        findings=Counter(template.name for template, _ in drawn),
    )


def write_shape(folder: Path, sources: dict[str, str]) -> int:
    """Write the modules of a shape into `folder` and return their number of lines."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / name).write_text(source, encoding="utf-8")
    return sum(source.count("\n") for source in sources.values())
