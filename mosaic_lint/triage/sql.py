"""Suspect stage for SQL: texts that may hold a fault, calls whose parameters may not fit.

A plain constant is judged by the rules themselves, which need no more than its text, and so is what
is built of constants alone. Anything else that is built - by f-strings, ``+``, ``%``, ``format``,
``join`` - is suspect.
"""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Callable, FrozenSet, Iterable, Iterator, List, Optional, Set, Tuple

from mosaic_lint.settings import Settings
from mosaic_lint.sql.given import ANYTHING, NOTHING, Given
from mosaic_lint.sql.percent import PSYCOPG, PSYCOPG2
from mosaic_lint.sql.shape import may_become_a_statement, starts_like_a_statement
from mosaic_lint.triage.given import GivenReader
from mosaic_lint.triage.parameters import may_mismatch
from mosaic_lint.triage.sqlflow import Flow, Flows, TooMuch, constant_text, first_leaf
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name, meant
from mosaic_lint.vocabulary import OTHER_DRIVERS, SQL_SINKS, SQLITE_DRIVERS

Judge = Callable[[str, Given], bool]
"""Whether a rule may speak of a plain text, if that is SQL whose placeholders get such values."""

_QUERIES = frozenset(("query", "sql", "operation", "statement"))
_BUILDING = ("format", "format_map", "join")
_TAKING_FIRST = frozenset(("execute", "executemany", "executescript", "mogrify"))
_CONNECTING = frozenset(
    ("connect", "Connection", "ConnectionPool", "ThreadedConnectionPool", "SimpleConnectionPool",
     "register_adapter", "register_dumper", "RawCursor")
)  # fmt: skip

_SETTING = frozenset(("setattr", "__setattr__"))
"""Calls that may put something else in the place of a function or a constant."""


def suspect_sql(table: Table, settings: Settings, judge: Judge) -> Suspects:
    """Find SQL with which something may be wrong.

    Args:
        table: the file.
        settings: the options in force.
        judge: tells whether a rule may speak of a plain text.
    """
    return _Stage(table, settings, judge).run()


class _Stage:
    """The stage's way through one file."""

    def __init__(self, table: Table, settings: Settings, judge: Judge) -> None:
        self._table = table
        self._settings = settings
        self._judge = judge
        self._flows = Flows(table)
        self._suspects = Suspects()
        self._names: Set[str] = set()  # that suspects are made of
        self._cleared: List[Tuple[ast.expr, int]] = []  # and the lines that they are used on

    def run(self) -> Suspects:
        try:
            self._look_at_calls()
            self._look_at_statements()
        except TooMuch:
            self._suspects.lines.update(self._all_lines())
            return self._suspects
        if self._suspects.lines:
            self._keep_context()
        return self._suspects

    # --- what is run

    def _look_at_calls(self) -> None:
        sinks = self._table.aliases(SQL_SINKS)
        for call in self._table.of(ast.Call):
            if sinks & meant(call.func):
                for query in _queries(call):
                    self._look_at_call(call, query)

    def _look_at_call(self, call: ast.Call, query: ast.expr) -> None:
        if self._is_harmless(call, query):
            self._cleared.append((query, call.lineno))
            return
        flow = self._flows.of(query)
        self._suspect(flow, call.lineno)
        self._names.update(_names_in(call))

    def _is_harmless(self, call: ast.Call, query: ast.expr) -> bool:
        """Whether a query is nothing but constants, with nothing wrong in it or its parameters."""
        given = self._reader.of(call, query)
        plain = self._flows.plain(query)
        if plain is not None:
            exact = self._reader.exactly(call, plain) if given is ANYTHING else given
            return not self._judge(plain, exact) and not may_mismatch(call, [plain], self._table)
        made = self._flows.composed(query)
        if made is not None:
            text, is_exact = made.texts[0], made.is_exact
            fits = not may_mismatch(call, [text], self._table, is_exact=is_exact)
            return fits and not self._judge(text, given)
        flow = self._flows.of(query)
        return not flow.is_built and not (
            any(self._judge(text, given) for text in flow.texts)
            or may_mismatch(call, flow.texts, self._table)
        )

    @cached_property
    def _reader(self) -> GivenReader:
        """Tells what queries may be given."""
        dumps = self._table.aliases(frozenset(("dumps",)))
        letters = PSYCOPG if self._settings.driver == "psycopg" else PSYCOPG2
        return GivenReader(self._flows, dumps, letters)

    def _suspect(self, flow: Flow, *lines: int) -> None:
        self._suspects.lines.update(flow.lines)
        self._suspects.lines.update(lines)
        self._names |= flow.names

    # --- what looks like a statement

    def _look_at_statements(self) -> None:
        statements = [c for c in self._table.of(ast.Constant) if _is_statement(c)]
        if not statements and not any(map(_is_cut_off, self._table.of(ast.Constant))):
            return
        ignored = {id(statement.value) for statement in self._table.of(ast.Expr)}
        ignored |= {id(v) for joined in self._table.of(ast.JoinedStr) for v in joined.values}
        alone = {
            constant.lineno
            for constant in statements
            if id(constant) not in ignored and self._judge(constant_text(constant) or "", NOTHING)
        }
        self._suspects.lines |= alone
        names = self._flows.beginning_with(_may_begin)
        for node in self._built():
            if _begins_so(node, names):
                self._look_at_text(node)
        self._look_at_additions(names)
        if alone:
            self._look_at_uses(alone)

    def _look_at_uses(self, lines: Set[int]) -> None:
        """Where texts that are suspect alone are used, since there they may be a part only."""
        replaced = (
            (call.func.value, call.lineno)
            for call in self._table.of(ast.Call)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "replace"
        )
        for node, line in (*self._cleared, *replaced):
            flow = self._flows.of(node)
            if flow.lines & lines:
                self._suspect(flow, line)
                self._names.update(_names_in(node))

    def _look_at_text(self, node: ast.expr) -> None:
        plain = self._flows.plain(node)
        made = self._flows.composed(node) if plain is None else None
        text = made.texts[0] if made is not None else plain
        if text is not None and not self._judge(text, NOTHING):
            self._cleared.append((node, node.lineno))
            return
        flow = self._flows.of(node)
        if any(map(starts_like_a_statement, flow.starts)) or _becomes_a_statement(flow):
            self._suspect(flow, node.lineno)

    def _built(self) -> Iterator[ast.expr]:
        """The expressions that may build a text of several pieces."""
        yield from self._table.of(ast.JoinedStr)
        parts = {id(operation.left) for operation in self._table.of(ast.BinOp)}
        yield from (o for o in self._table.of(ast.BinOp) if id(o) not in parts)
        for call in self._table.of(ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in _BUILDING:
                yield call

    def _look_at_additions(self, names: Set[str]) -> None:
        """``name += text``, which may make a statement of a name: where it goes matters, too."""
        added = {
            statement.target.id
            for statement in self._table.of(ast.AugAssign)
            if isinstance(statement.target, ast.Name) and statement.target.id in names
        }
        if not added:
            return
        values: List[Optional[ast.expr]] = [node.value for node in self._table.of(ast.Return)]
        values += [node.value for node in self._table.of(ast.Yield)]
        for call in self._table.of(ast.Call):
            values += [*call.args, *(keyword.value for keyword in call.keywords)]
        values += [v for value in values if isinstance(value, ast.Tuple) for v in value.elts]
        for value in values:
            if isinstance(value, ast.Name) and value.id in added:
                self._look_at_text(value)

    # --- what suspects need to be understood

    def _keep_context(self) -> None:
        if self._speaks_sqlite():
            self._suspects.context.update(self._all_lines())
            return
        names = self._flows.spread(self._names)
        self._suspects.context.update(self._flows.lines_of(names, self._suspects.lines))
        openers = self._table.aliases(_CONNECTING | self._telling_factories())
        self._suspects.keep(call for call in self._table.of(ast.Call) if openers & meant(call.func))
        self._suspects.keep(_definitions(self._table, names | openers))
        self._suspects.keep(c for c in self._table.of(ast.Call) if last_name(c.func) in _SETTING)

    def _telling_factories(self) -> FrozenSet[str]:
        """The connection factories, where their calls tell whose other connections are."""
        others = OTHER_DRIVERS - {"psycopg", "psycopg_pool"}
        if not any(name.partition(".")[0] in others for name in self._imported()):
            return frozenset()
        names = self._settings.connection_factories
        return frozenset(name.rpartition(".")[2] for name in names)

    def _all_lines(self) -> range:
        return range(1, len(self._table.source.line_starts) + 1)

    def _speaks_sqlite(self) -> bool:
        """Whether the file uses SQLite's driver, so that anything may tell whose a query is."""
        aliases = [a for node in self._table.of(ast.Import) for a in node.names]
        names = {a.asname or a.name.partition(".")[0] for a in aliases if _is_sqlite(a.name)} | {
            a.asname or a.name
            for node in self._table.of(ast.ImportFrom)
            for a in node.names
            if _is_sqlite(node.module or "")
        }
        return bool(names) and (
            "*" in names or any(node.id in names for node in self._table.of(ast.Name))
        )

    def _imported(self) -> Set[str]:
        """The modules that are imported, from which something is, or its names."""
        imported = {a.name for node in self._table.of(ast.Import) for a in node.names}
        return imported | {node.module or "" for node in self._table.of(ast.ImportFrom)}


def _is_sqlite(module: str) -> bool:
    return module.partition(".")[0] in SQLITE_DRIVERS


def _queries(call: ast.Call) -> List[ast.expr]:
    """The arguments that may be a query."""
    named = [keyword.value for keyword in call.keywords if keyword.arg in _QUERIES]
    plain = [argument for argument in call.args if not isinstance(argument, ast.Starred)]
    if isinstance(call.func, ast.Attribute) and call.func.attr in _TAKING_FIRST:
        plain = plain[:1]
    return [*plain[:2], *named]


def _is_statement(constant: ast.Constant) -> bool:
    text = constant_text(constant)
    return text is not None and starts_like_a_statement(text)


def _is_cut_off(constant: ast.Constant) -> bool:
    """Whether a text is a part of a word that begins statements."""
    text = constant_text(constant)
    return bool(text) and may_become_a_statement(text or "") and not (text or "").isspace()


def _may_begin(text: str) -> bool:
    return starts_like_a_statement(text) or may_become_a_statement(text)


def _becomes_a_statement(flow: Flow) -> bool:
    """Whether a text that begins with next to nothing may go on to be a statement."""
    if not any(map(may_become_a_statement, flow.starts)):
        return False
    texts = set(flow.texts)
    cut_off = [text for text in texts if may_become_a_statement(text) and text.strip()]
    return any(map(starts_like_a_statement, texts)) or any(
        _may_begin(first + text) for first in cut_off for text in texts if text.strip()
    )


def _begins_so(node: ast.expr, names: Set[str]) -> bool:
    """Whether a text may begin like a statement."""
    first = first_leaf(node)
    if last_name(first):
        return last_name(first) in names
    return any(
        _may_begin(constant_text(inner) or "")
        if isinstance(inner, ast.Constant)
        else last_name(inner) in names
        for inner in ast.walk(first)
    )


def _names_in(node: ast.AST) -> Iterator[str]:
    return (name for name in map(last_name, ast.walk(node)) if name)


def _definitions(table: Table, names: Iterable[str]) -> Iterator[ast.stmt]:
    wanted = frozenset(names)
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        yield from (node for node in table.of(kind) if node.name in wanted)  # type: ignore
