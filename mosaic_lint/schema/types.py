"""Types of columns, as PostgreSQL's ``format_type`` shows them."""

from __future__ import annotations

from typing import Optional

from mosaic_lint.schema.operations import TypeName
from mosaic_lint.schema.reader import Reader, UnreadableError
from mosaic_lint.sql.lexer import Kind

_SERIAL = {
    "serial": "integer", "serial4": "integer",
    "bigserial": "bigint", "serial8": "bigint",
    "smallserial": "smallint", "serial2": "smallint",
}  # fmt: skip
# Words of the grammar, which are types only without quotes.
_WORDS = {
    "INT": "integer", "INTEGER": "integer", "SMALLINT": "smallint", "BIGINT": "bigint",
    "REAL": "real", "BOOLEAN": "boolean", "DECIMAL": "numeric", "DEC": "numeric",
    "NUMERIC": "numeric",
}  # fmt: skip
# Names in pg_catalog, which are types also in quotes.
_NAMES = {
    "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real",
    "float8": "double precision", "bool": "boolean", "varchar": "character varying",
    "bpchar": "bpchar", "varbit": "bit varying", "numeric": "numeric", "bit": '"bit"',
    "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
    "time": "time without time zone", "timetz": "time with time zone", "interval": "interval",
    "char": '"char"',
}  # fmt: skip
_OWN = frozenset(_NAMES.values()) | {"double precision", "bpchar"}
_STEMS = frozenset(("character", "bit", "numeric", "timestamp", "time", "interval"))
_AS_THEY_ARE = frozenset(
    """text name bytea json jsonb jsonpath uuid date money inet cidr macaddr macaddr8 xml point
    line lseg box path polygon circle tsvector tsquery oid regclass regproc regprocedure regoper
    regoperator regtype regrole regnamespace regconfig regdictionary regcollation int4range
    int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange
    tsmultirange tstzmultirange datemultirange xid xid8 cid tid txid_snapshot pg_snapshot pg_lsn
    int2vector oidvector refcursor aclitem""".split()
)
UNSORTED = frozenset(
    """json jsonpath xml point line lseg box path polygon circle xid cid aclitem
    pg_snapshot txid_snapshot""".split()
)
"""Types without an order, which can't be in a key or in a plain index."""
_IDENTITIES = frozenset(("smallint", "integer", "bigint"))
_CHARACTERS = frozenset(("CHARACTER", "CHAR", "NCHAR", "VARCHAR"))
_TIMES = frozenset(("TIMESTAMP", "TIME"))
_FIELDS = frozenset(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))
_RANGES = {
    "YEAR": ("MONTH",), "DAY": ("HOUR", "MINUTE", "SECOND"), "HOUR": ("MINUTE", "SECOND"),
    "MINUTE": ("SECOND",),
}  # fmt: skip
_SIMPLE = frozenset(("smallint", "integer", "bigint", "real", "double precision", "boolean"))


def is_other_than_integer(type: str) -> bool:
    """Whether a type is one of PostgreSQL's own that an identity column can't have.

    Args:
        type: as the schema shows it.
    """
    base = type.split("(")[0].split(" ")[0]
    return type not in _IDENTITIES and (
        type.endswith("]") or base in _AS_THEY_ARE or type in _OWN or base in _STEMS
    )


def read_type(reader: Reader) -> TypeName:
    """Step over a type.

    Args:
        reader: stands at its first token.

    Raises:
        UnreadableError: there is none, or it isn't known.
    """
    start = reader.at
    found = _special(reader)
    made = TypeName(found) if found is not None else _named(reader)
    is_array = _array(reader)
    if reader.has_hole(start, reader.at):
        raise UnreadableError("a type isn't known")
    if is_array and made.serial:
        raise UnreadableError("an array of a serial type")
    return made._replace(is_array=is_array)


def _array(reader: Reader) -> bool:
    if reader.take("ARRAY"):
        if reader.take("["):
            reader.at += 1
            reader.need("]")
        return True
    found = False
    while reader.take("["):
        if reader.word != "]":
            reader.at += 1
        reader.need("]")
        found = True
    return found


def _special(reader: Reader) -> Optional[str]:
    """A type that the grammar has words for; ``None`` where another one comes."""
    word = reader.word
    if reader.ahead(1) == ".":
        return None
    if word in _CHARACTERS or word == "NATIONAL":
        return _characters(reader)
    if word in _TIMES:
        return _time(reader)
    if word == "INTERVAL":
        return _interval(reader)
    if word == "DOUBLE":
        reader.at += 1
        reader.take("PRECISION")  # which SQLite does without
        return "double precision"
    if word == "FLOAT":
        return _float(reader)
    if word == "BIT":
        return _bits(reader)
    if word in _WORDS:
        reader.at += 1
        base = _WORDS[word]
        if base == "numeric":
            return _numeric(reader)
        if base in _IDENTITIES and reader.word == "(":
            reader.group()  # a width, as SQLite and MySQL let it be written
        return base
    return None


def _characters(reader: Reader) -> str:
    reader.take("NATIONAL")
    word = reader.take_one(_CHARACTERS)
    if not word:
        raise UnreadableError("NATIONAL without CHARACTER")
    varying = word == "VARCHAR" or reader.take("VARYING")
    size = _number(reader)
    if varying:
        return f"character varying({size})" if size else "character varying"
    return f"character({size or 1})"


def _time(reader: Reader) -> str:
    base = reader.take_one(_TIMES).lower()
    precision = _number(reader)
    zone = "without"
    if reader.take("WITH", "TIME", "ZONE"):
        zone = "with"
    else:
        reader.take("WITHOUT", "TIME", "ZONE")
    return _shown_time(base, precision, zone)


def _shown_time(base: str, precision: str, zone: str) -> str:
    # More than six digits are made six, with a warning.
    shown = f"({min(int(precision), 6)})" if precision else ""
    return f"{base}{shown} {zone} time zone"


def _interval(reader: Reader) -> str:
    reader.need("INTERVAL")
    precision = _number(reader)
    if precision:
        return f"interval({min(int(precision), 6)})"
    first = reader.take_one(_FIELDS)
    if not first:
        return "interval"
    last = first
    if reader.take("TO"):
        last = reader.take_one(frozenset(_RANGES.get(first, ())))
        if not last:
            raise UnreadableError("an interval of unknown fields")
    shown = first.lower() if last == first else f"{first} to {last}".lower()
    if last == "SECOND":
        precision = _number(reader)
        shown += f"({min(int(precision), 6)})" if precision else ""
    return f"interval {shown}"


def _float(reader: Reader) -> str:
    reader.need("FLOAT")
    digits = _number(reader)
    if digits and not 1 <= int(digits) <= 53:
        raise UnreadableError("a precision out of range")
    return "real" if digits and int(digits) <= 24 else "double precision"


def _bits(reader: Reader) -> str:
    reader.need("BIT")
    varying = reader.take("VARYING")
    size = _number(reader)
    if varying:
        return f"bit varying({size})" if size else "bit varying"
    return f"bit({size or 1})"


def _numeric(reader: Reader) -> str:
    if reader.word != "(":
        return "numeric"
    start, end = reader.group()
    parts = reader.written(start, end).replace(" ", "").split(",")
    try:
        digits = [int(part) for part in parts]
    except ValueError:
        raise UnreadableError("a precision that isn't a number") from None
    if len(digits) > 2:
        raise UnreadableError("a precision of three parts")
    return f"numeric({digits[0]},{digits[1] if len(digits) > 1 else 0})"


def _number(reader: Reader) -> str:
    """A whole number in parentheses; empty where there are none."""
    if reader.word != "(":
        return ""
    start, end = reader.group()
    text = reader.written(start, end).strip()
    if end != start + 1 or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UnreadableError("a length that isn't a number")
    return str(int(text))


def _named(reader: Reader) -> TypeName:
    is_word = reader.statement.tokens[reader.at].kind is Kind.WORD if not reader.is_done else False
    name = reader.name()
    if name.schema in ("", "pg_catalog"):
        if not name.schema and name.name in _SERIAL:
            return TypeName(_SERIAL[name.name], serial=True)
        own = _own(reader, name.name, is_word)
        if own is not None:
            return TypeName(own)
    modifiers = _modifiers(reader)
    return TypeName("", name, modifiers)


def _own(reader: Reader, name: str, is_word: bool) -> Optional[str]:
    """A type of PostgreSQL's own by its name in the catalogue."""
    if name in _AS_THEY_ARE:
        return name
    if name not in _NAMES:
        return None
    if name == "char" and is_word and reader.statement.word(reader.at - 2) != ".":
        return None  # read before
    base = _NAMES[name]
    if base in _SIMPLE or name == "char":
        return base
    if base == "numeric":
        return _numeric(reader)
    size = _number(reader)
    if not size:
        return base
    if name in ("timestamp", "timestamptz", "time", "timetz"):
        stem, _, zone = base.partition(" ")
        return _shown_time(stem, size, zone.split()[0])
    stem = {"bpchar": "character", "bit": "bit"}.get(name, base)
    return f"{stem}({size})"


def _modifiers(reader: Reader) -> str:
    if reader.word != "(":
        return ""
    start, end = reader.group()
    tokens = reader.statement.tokens[start:end]
    text = reader.statement.text
    return "(" + "".join(text[token.start : token.end] for token in tokens) + ")"
