"""What can be wrong in SQL: each form turns right text into wrong text, or declines.

Text is that of Python literals, quotes included: `"SELECT ..."`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Optional, TypeVar

T = TypeVar("T")
F = TypeVar("F")


@dataclass(frozen=True)
class Parts:
    """A statement as it is executed."""

    query: str
    parameters: str
    values: tuple[str, ...]
    """The names in a literal tuple of parameters; nothing for what is no plain name."""
    arguments: frozenset[str]
    """Which names are arguments of the function that nothing proves constant."""
    texts: frozenset[str]
    """Which of these are text."""
    scalars: frozenset[str]
    """Which of these are surely one value and no list."""


@dataclass(frozen=True)
class Fault(Generic[F]):
    """One kind of fault, and the forms that it takes."""

    kind: str
    code: str
    forms: tuple[F, ...]


TextForm = Callable[[str], Optional[str]]
CallForm = Callable[[Parts], Optional[tuple[str, str]]]

_DO_NOTHING = re.compile(r"INSERT INTO(.*?)\s+ON CONFLICT(?: \([\w, ]+\))? DO NOTHING", re.DOTALL)
_DO_UPDATE = re.compile(
    r"INSERT INTO([^%]*(?:%s[^%]*)*?)\s+ON CONFLICT \([\w, ]+\) DO UPDATE\s+SET [^%]*?"
    r"(?=\s+RETURNING|\s*\"+\Z)",
    re.DOTALL,
)
_TWO_ARGUMENTS = re.compile(r"COALESCE\((?=(?:[\w.]+|SUM\(\w+\)), [\w.]+\))")
_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s")
_TYPES = (
    (r"\bTIMESTAMP\b", "DATETIME"),
    (r"\bBYTEA\b", "BLOB"),
    (r"\bSMALLINT\b", "TINYINT"),
    (r"\bDOUBLE PRECISION\b", "DOUBLE"),
    (r"\bVARCHAR\(", "NVARCHAR("),
)


def _swap(pattern: str, new: str) -> TextForm:
    """Return a form that replaces the first match."""
    compiled = re.compile(pattern)

    def form(text: str) -> str | None:
        changed, number = compiled.subn(new, text, count=1)
        return changed if number else None

    return form


def _outside_tables(form: TextForm) -> TextForm:
    """Return a form that leaves definitions of tables and columns alone."""

    def guarded(text: str) -> str | None:
        return None if "CREATE" in text or "ALTER" in text else form(text)

    return guarded


def _in_tables(form: TextForm) -> TextForm:
    """Return a form for definitions of tables and columns only."""

    def guarded(text: str) -> str | None:
        return form(text) if "CREATE TABLE" in text or "ADD COLUMN" in text else None

    return guarded


def _question_marks(text: str) -> str | None:
    if "%s" not in text or "%%" in text or "?" in text or "%(" in text:
        return None
    return text.replace("%s", "?")


def _ignore(text: str) -> str | None:
    changed, number = _DO_NOTHING.subn(r"INSERT OR IGNORE INTO\1", text)
    return changed if number else None


def _replace(text: str) -> str | None:
    changed, number = _DO_UPDATE.subn(r"INSERT OR REPLACE INTO\1", text)
    return changed if number else None


def _single_percent(text: str) -> str | None:
    """Undouble a percent sign; every text in the service that has one runs with parameters."""
    return text.replace("%%", "%") if text.count("%%") == 1 else None


ANY_TEXT_FAULTS: tuple[Fault[TextForm], ...] = (
    Fault("unguarded ddl", "MOS402", (_swap(r" IF (?:NOT )?EXISTS\b", ""),)),
    Fault(
        "sqlite function",
        "MOS204",
        (
            _outside_tables(_swap(r"\bNOW\(\)(?! -)", "datetime('now')")),
            _swap(r"\bNOW\(\) - INTERVAL '(\d+ days?)'", r"datetime('now', '-\1')"),
            _swap(_TWO_ARGUMENTS.pattern, "IFNULL("),
            _swap(r"\bSTRING_AGG\(", "GROUP_CONCAT("),
            _swap(r"\b(\w+)->>'(\w+)'", r"json_extract(\1, '$.\2')"),
        ),
    ),
    Fault(
        "sqlite type",
        "MOS208",
        tuple(_in_tables(_swap(pattern, new)) for pattern, new in _TYPES),
    ),
    Fault(
        "autoincrement",
        "MOS202",
        (_in_tables(_swap(r"\b(?:BIG)?SERIAL (PRIMARY KEY)", r"INTEGER \1 AUTOINCREMENT")),),
    ),
)
"""Faults for a text of one or several literals."""

WHOLE_TEXT_FAULTS: tuple[Fault[TextForm], ...] = (
    Fault("sqlite placeholder", "MOS201", (_question_marks,)),
    Fault(
        "sqlite statement",
        "MOS203",
        (
            _ignore,
            _replace,
            _swap(r"LIMIT %s OFFSET %s", "LIMIT %s, %s"),
            _swap(r"(WHERE [\w.]+) = %s", r"\1 == %s"),
            _swap(r"(ORDER BY [a-z_.]+)\b(?!\()", r"\1 COLLATE NOCASE"),
        ),
    ),
    Fault("unescaped percent", "MOS210", (_single_percent,)),
)
"""Faults for a text that is one literal."""


def _foreign(parts: Parts) -> tuple[str, str] | None:
    """Return the text with its only placeholder as other drivers write it."""
    if len(_PLACEHOLDER.findall(parts.query)) != 1 or "%%" in parts.query:
        return None
    if parts.parameters.startswith("{"):
        return re.sub(r"%\((\w+)\)s", r":\1", parts.query), parts.parameters
    if len(parts.values) != 1:
        return None
    return parts.query.replace("%s", "$1"), parts.parameters


def _one_short(parts: Parts) -> tuple[str, str] | None:
    """Return the statement without its last parameter."""
    if len(parts.values) < 2 or not parts.values[-1]:
        return None
    kept = re.sub(rf",\s*{parts.values[-1]},?\s*\)\Z", ")", parts.parameters)
    if len(parts.values) == 2:
        kept = f"{kept[:-1]},)"
    return parts.query, kept


def _no_comma(parts: Parts) -> tuple[str, str] | None:
    """Return the statement with a parenthesis that is no tuple."""
    if len(parts.values) != 1 or parts.values[0] not in parts.scalars:
        return None
    return parts.query, re.sub(r",\s*\)\Z", ")", parts.parameters)


def _only_value(parts: Parts) -> str | None:
    """Return the only parameter, if it may be anything and the text takes it as it is."""
    if len(parts.values) != 1 or parts.values[0] not in parts.arguments:
        return None
    plain = parts.query.count("%s") == 1 and parts.query.count("%") == 1
    return parts.values[0] if plain and not re.search("[{}]", parts.query) else None


def _formatted(parts: Parts) -> tuple[str, str] | None:
    value = _only_value(parts)
    if value is None:
        return None
    return "f" + parts.query.replace("%s", f"'{{{value}}}'"), ""


def _by_method(parts: Parts) -> tuple[str, str] | None:
    value = _only_value(parts)
    if value is None:
        return None
    return f"{parts.query.replace('%s', chr(39) + '{}' + chr(39))}.format({value})", ""


def _by_operator(parts: Parts) -> tuple[str, str] | None:
    value = _only_value(parts)
    return None if value is None else (f"{parts.query} % {value}", "")


def _added(parts: Parts) -> tuple[str, str] | None:
    value = _only_value(parts)
    if value is None or not parts.query.endswith('%s"') or parts.query.startswith('"""'):
        return None
    return f'{parts.query[:-3]}\'" + {value} + "\'"', ""


def _first_formatted(parts: Parts) -> tuple[str, str] | None:
    """Return the statement with the first of several parameters in the text."""
    if len(parts.values) < 3 or parts.values[0] not in parts.arguments:
        return None
    if re.search("[{}]|%%", parts.query):
        return None
    value = parts.values[0]
    rest = re.sub(rf"\A\(\s*{value},\s*", "(", parts.parameters)
    return "f" + parts.query.replace("%s", f"'{{{value}}}'", 1), rest


def _quoted(parts: Parts) -> tuple[str, str] | None:
    """Return the text with quotes around a placeholder for text."""
    pieces = parts.query.split("%s")
    if "%%" in parts.query or len(pieces) != len(parts.values) + 1:
        return None
    for position, value in enumerate(parts.values):
        before, after = pieces[position], pieces[position + 1]
        if value in parts.texts and before.endswith("= ") and after[:1] in (" ", "\n", '"'):
            pieces[position], pieces[position + 1] = f"{before}'", f"'{after}"
            return "%s".join(pieces), parts.parameters
    return None


CALL_FAULTS: tuple[Fault[CallForm], ...] = (
    Fault("foreign paramstyle", "MOS205", (_foreign,)),
    Fault("parameter count", "MOS211", (_one_short, _no_comma)),
    Fault(
        "interpolated sql",
        "MOS212",
        (_formatted, _by_method, _by_operator, _added, _first_formatted),
    ),
    Fault("quoted placeholder", "MOS213", (_quoted,)),
)
"""Faults in how a text of one literal and its parameters go together."""
