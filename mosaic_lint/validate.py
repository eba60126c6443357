"""Check the values of a configuration table, and suggest the nearest spelling."""

from __future__ import annotations

import difflib
from itertools import takewhile
from typing import Any, Dict, Iterable, List, Literal, Mapping, Tuple

import msgspec

from mosaic_lint.errors import ConfigError
from mosaic_lint.registry import OptionEntry

_TYPES: Mapping[str, Any] = {
    "list": List[str],
    "str": str,
    "int": int,
    "bool": bool,
    "table": Dict[str, List[str]],
}


def check_values(table: Mapping[str, Any], options: Mapping[str, OptionEntry], where: str) -> None:
    """Check each value against the type that its option declares.

    Args:
        table: the table; its keys are known.
        options: the options by name.
        where: the table's file and name, for the message.

    Raises:
        ConfigError: a value has the wrong type, or isn't one of the allowed ones.
    """
    for key, value in table.items():
        entry = options[key[len("extend-") :] if key.startswith("extend-") else key]
        kind: Any = Literal[entry.choices] if entry.choices else _TYPES[entry.type]
        try:
            msgspec.convert(value, type=kind, strict=True)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{where} {key}: {_explain(str(error), value, entry)}") from error


def _explain(reason: str, value: object, entry: OptionEntry) -> str:
    if entry.choices:
        hint = nearest(str(value), entry.choices)
        allowed = ", ".join(repr(choice) for choice in entry.choices)
        return f"{value!r} is none of {allowed}{hint}"
    return reason.replace("`$", "`value").replace("Expected", "expected")


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the nearest known word, or nothing."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=len(words) or 1, cutoff=0.5)
    found = max(sorted(close), key=lambda other: _likeness(word, other), default=None)
    return f"; did you mean {found!r}?" if found else ""


def _likeness(word: str, other: str) -> Tuple[float, int]:
    """How alike two words are; of equally alike ones, with how many letters both begin."""
    ratio = difflib.SequenceMatcher(None, other, word).ratio()
    return ratio, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other)))
