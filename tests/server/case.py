"""Cases: a claim about PostgreSQL that both a real server and the linter are asked about.

A file ``cases/MOS201.toml`` holds ``[[bad]]`` and ``[[good]]`` cases of a rule. Each has a ``name``
and either ``sql`` (with ``params``, the Python source of ``execute``'s second argument),
``source``, a module that defines ``run(cur)``, or ``program``, one that defines ``run()`` and opens
its connections by ``with get_conn() as conn:``.

* ``setup``: SQL that is run before; at the top of the file for all of its cases.
* ``args``: the source of a tuple of more arguments for ``run``.
* ``raises``: the SQLSTATE, or the name of the exception's class where the driver refuses. In a
  program it is enough that the server refuses some statement so, even if the program swallows it.
* ``returns``: the source of what ``run`` gives back, where the result is what is wrong, or right.
* ``twice``: the first run works, the claim is about the second one.
* ``fixed``, ``fixed_params``, ``fixed_source``, ``fixed_program``, ``fixed_returns``: what must run
  instead.
* ``allowed``: codes of MOS2 that the linter may report in a good case, or in a fixed form.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple

try:
    import tomllib
except ImportError:  # Python before 3.11
    import tomli as tomllib

FOLDER = Path(__file__).parent / "cases"
SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")

_BUILT = """\
def run(cur):
    cur.execute({arguments})
    return cur.fetchall() if cur.description else None
"""
_KEYS = {
    "name", "sql", "params", "source", "program", "setup", "args", "raises", "returns", "twice",
    "fixed", "fixed_params", "fixed_source", "fixed_program", "fixed_returns", "allowed",
}  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A module that defines ``run``, and what it must do.

    Args:
        source: its text.
        raises: the SQLSTATE or the class of what it raises, if it does.
        returns: what it gives back, where that matters.
        connects: whether it opens its connections itself.
    """

    source: str
    raises: Optional[str] = None
    returns: Optional[Any] = None
    connects: bool = False


@dataclass(frozen=True)
class Case:
    """A claim.

    Args:
        code: the rule that it is about.
        name: what is claimed.
        bad: whether it is a fault, or only looks like one.
        program: the code.
        fixed: the code without the fault, where there is one.
        setup: SQL that is run before.
        args: more arguments of ``run``.
        twice: whether the claim is about a second run.
        allowed: other codes that may be found.
    """

    code: str
    name: str
    bad: bool
    program: Program
    fixed: Optional[Program]
    setup: str = ""
    args: Tuple[Any, ...] = ()
    twice: bool = False
    allowed: Tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """Its name in a test run."""
        return f"{self.code}-{'bad' if self.bad else 'good'}-{self.name.replace(' ', '_')}"


def _source(sql: str, params: Optional[str]) -> str:
    """The module that executes a statement."""
    arguments = repr(sql) if params is None else f"{sql!r}, {params}"
    return _BUILT.format(arguments=arguments)


def _value(source: Optional[str]) -> Any:
    """The value of a literal's source."""
    return None if source is None else ast.literal_eval(source)


def _fixed(table: Mapping[str, Any]) -> Optional[Program]:
    """The form without the fault, if a case gives one."""
    returns = _value(table.get("fixed_returns"))
    if "fixed_program" in table:
        return Program(table["fixed_program"], returns=returns, connects=True)
    if "fixed_source" in table:
        return Program(table["fixed_source"], returns=returns)
    if "fixed" in table:
        params = table.get("fixed_params", table.get("params"))
        return Program(_source(table["fixed"], params), returns=returns)
    return None


def read(file: Path) -> Iterator[Case]:
    """The cases of a file.

    Args:
        file: it is named after the rule.

    Raises:
        ValueError: a case has a key that nobody reads, or makes no claim.
    """
    tables: Dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    for kind in ("bad", "good"):
        for table in tables[kind]:
            unknown = set(table) - _KEYS
            if unknown:
                raise ValueError(f"{file.name}: {table['name']}: unknown {sorted(unknown)}")
            if kind == "bad" and not {"raises", "returns"} & set(table):
                raise ValueError(f"{file.name}: {table['name']}: claims nothing")
            connects = "program" in table
            source = table.get("program") or table.get("source")
            source = source or _source(table["sql"], table.get("params"))
            returns = _value(table.get("returns"))
            yield Case(
                code=file.stem,
                name=table["name"],
                bad=kind == "bad",
                program=Program(source, table.get("raises"), returns, connects),
                fixed=_fixed(table),
                setup=tables.get("setup", "") + table.get("setup", ""),
                args=_value(table.get("args")) or (),
                twice=table.get("twice", False),
                allowed=tuple(table.get("allowed", ())),
            )


def cases() -> Iterator[Case]:
    """All cases, in order."""
    for file in sorted(FOLDER.glob("MOS*.toml")):
        yield from read(file)
