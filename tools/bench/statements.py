"""Writes a module that is hardly anything but SQL: what judging many statements costs.

Each of the statements is another one and about 200 characters long. Each holds something that
could be a fault and is none (`?` as an operator, a question mark in a text, a cast, `date(x)`), so
that no look at the text alone can acquit it. One in ten has a fault, so that the findings prove
the work.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .vocabulary import ENTITIES, Entity

LENGTH = 200
_PER_FUNCTION = 20
_FAULT_EVERY = 10
_HEAD = '''\
"""Every statement of the service in one place."""

from api.storage import get_conn

'''
_HARMLESS = (
    "t.attributes ? 'kind{n}'",
    "t.note <> 'why, {n}?'",
    "t.code::text <> 'x:{n}'",
    "date(t.created_at) > DATE '2025-01-01'",
    "t.attributes->>'source' <> 'job-{n}'",
)
_FILLERS = (
    "t.{number} > {n}",
    "t.{text} <> 'none-{n}'",
    "t.revision <> {n}",
    "p.level < {n}",
)
_FAULTS = ("MOS201", "MOS203", "MOS204", "MOS211", "MOS213")


@dataclass(frozen=True)
class StatementStats:
    """What was written."""

    lines: int
    statements: int
    characters: int
    """Of all statements together."""
    findings: Counter[str]


def _statement(entity: Entity, rng: Random, fault: str) -> tuple[str, str]:
    """Return the text of a statement and its parameters."""
    harmless = rng.choice(_HARMLESS[2:] if fault == "MOS201" else _HARMLESS)
    words = {"text": rng.choice(entity.texts), "number": rng.choice(entity.numbers)}
    text = (
        f"SELECT t.id, COALESCE(t.{words['number']}, 0) FROM {entity.many} AS t "
        f"JOIN {entity.parent}_profiles AS p ON p.id = t.{entity.parent}_id "
        f"WHERE t.id = %s AND t.status <> %s AND {harmless.format(n=rng.randint(1, 99))}"
    )
    while True:
        filler = rng.choice(_FILLERS).format(n=rng.randint(1, 999), **words)
        longer = f"{text} AND {filler}"
        if abs(len(longer) - LENGTH) >= abs(len(text) - LENGTH):
            break
        text = longer
    parameters = "(key, state)"
    if fault == "MOS201":
        text = text.replace("%s", "?")
    elif fault == "MOS203":
        text = text.replace("t.id = %s", "t.id == %s")
    elif fault == "MOS204":
        text = text.replace("COALESCE(", "IFNULL(")
    elif fault == "MOS211":
        parameters = "(key,)"
    elif fault == "MOS213":
        text = text.replace("<> %s", "<> '%s'")
    return text, parameters


def _call(text: str, parameters: str, *, lines: bool) -> str:
    """Return the lines that execute a statement, in one of two common layouts."""
    inner = " " * 16
    if lines:
        broken = text
        for word in (" FROM ", " JOIN ", " WHERE ", " AND "):
            broken = broken.replace(word, f"\n{inner}{word[1:]}")
        literal = f'"""\n{inner}{broken}\n{inner}"""'
    else:
        literal = text.replace(" JOIN ", f' "\n{inner}"JOIN ').replace(
            " WHERE ", f' "\n{inner}"WHERE '
        )
        literal = f'"{literal}"'
    return f"            cur.execute(\n{inner}{literal},\n{inner}{parameters},\n            )\n"


def write_statements(path: Path, *, number: int, seed: int) -> StatementStats:
    """Write a module of `number` statements and say what is to be found in it."""
    rng = Random(seed)
    findings: Counter[str] = Counter()
    pieces = [_HEAD]
    characters = 0
    for position in range(number):
        if position % _PER_FUNCTION == 0:
            step = position // _PER_FUNCTION + 1
            pieces.append(
                f"\ndef step_{step:03d}(key: str, state: str) -> None:\n"
                f'    """Run part {step}."""\n'
                "    with get_conn() as conn:\n        with conn.cursor() as cur:\n"
            )
        fault = ""
        if position % _FAULT_EVERY == _FAULT_EVERY - 1:
            fault = _FAULTS[position // _FAULT_EVERY % len(_FAULTS)]
            findings[fault] += 1
        text, parameters = _statement(rng.choice(ENTITIES), rng, fault)
        characters += len(text)
        # A question mark as a placeholder is one finding a literal: it gets one literal.
        lines = position % 2 == 0 or fault == "MOS201"
        pieces.append(_call(text, parameters, lines=lines))
        if position % _PER_FUNCTION == _PER_FUNCTION - 1:
            pieces.append("\n")
    source = "".join(pieces)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return StatementStats(source.count("\n"), number, characters, findings)
