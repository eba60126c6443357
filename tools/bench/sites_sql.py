"""Finds the statements of clean code, and what they would look like with a fault in their SQL.

Each fault is worth one finding of one code. So a change is made only where it is the whole fault:
`%s` becomes `?` in all of a string or not at all, a percent sign loses its double where there is
only one, a value goes into the text only where nothing proves it constant.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .site import Site
from .sql_faults import ANY_TEXT_FAULTS, CALL_FAULTS, WHOLE_TEXT_FAULTS, Parts

_FIRST_WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "DROP", "ALTER")
_PRAGMA_SHARE = 0.1
_SCALARS = frozenset({"str", "int", "float", "date", "datetime"})


@dataclass(frozen=True)
class _Function:
    """What has to be known of a function to put its arguments into SQL."""

    arguments: frozenset[str]
    texts: frozenset[str]
    """Those that are annotated as text."""
    scalars: frozenset[str]
    """Those that are annotated as one value."""


class SqlFinder:
    """Collects the sites of one file that are about SQL."""

    def __init__(self, path: str, source: str, tree: ast.Module, rng: Random) -> None:
        self._path = path
        self._source = source
        self._lines = source.split("\n")
        self._starts = _starts(source)
        self._tree = tree
        self._rng = rng
        self.sites: list[Site] = []

    def find(self) -> list[Site]:
        """Return the sites of the file."""
        self._driver()
        for statement in self._tree.body:
            if isinstance(statement, ast.Assign):
                self._assignment(statement)
        for function in ast.walk(self._tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                known = _known(function)
                for node in ast.walk(function):
                    if isinstance(node, ast.Expr):
                        self._expression(node, known)
                    elif isinstance(node, ast.Assign):
                        self._assignment(node)
        return self.sites

    def _expression(self, node: ast.Expr, known: _Function) -> None:
        call = node.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return
        if call.func.attr == "append" and call.args:
            self._fragment(node, call.args[0])
        elif call.func.attr == "execute" and call.args and self._is_sql(call.args[0]):
            if self._rng.random() < _PRAGMA_SHARE:
                self._pragma(node, call.func.value)
            self._text(node, call.args[0])
            if len(call.args) > 1:
                self._call(node, call.args[0], call.args[1], known)

    def _assignment(self, node: ast.Assign) -> None:
        """MOS201: `["?"] * n`; and the texts that are bound to a name before they run."""
        if self._is_sql(node.value):
            self._text(node, node.value)
        start, end = self._span(node)
        text = self._source[start:end]
        if text.count('["%s"]') == 1:
            self._replace("sqlite placeholder", "MOS201", node, text.replace('["%s"]', '["?"]'))

    def _fragment(self, node: ast.Expr, argument: ast.expr) -> None:
        """MOS201 in a piece of a statement."""
        if isinstance(argument, ast.Constant) and str(argument.value).endswith(" = %s"):
            start, end = self._span(node)
            text = self._source[start:end].replace("%s", "?")
            self._replace("sqlite placeholder", "MOS201", node, text)

    def _text(self, node: ast.stmt, query: ast.expr) -> None:
        """Faults that stand in the text alone, one of each kind."""
        first, last = self._span(query)
        text = self._source[first:last]
        faults = ANY_TEXT_FAULTS if _parts(text) > 1 else (*ANY_TEXT_FAULTS, *WHOLE_TEXT_FAULTS)
        for fault in faults:
            forms = [changed for form in fault.forms if (changed := form(text)) not in (None, text)]
            if forms:
                start, end = self._span(node)
                changed = self._rng.choice(forms)
                new = f"{self._source[start:first]}{changed}{self._source[last:end]}"
                self._replace(fault.kind, fault.code, node, new)

    def _call(
        self, node: ast.Expr, query: ast.expr, parameters: ast.expr, known: _Function
    ) -> None:
        """Faults in how the text and the parameters go together, one of each kind."""
        first, last = self._span(query)
        if _parts(self._source[first:last]) > 1:
            return
        begin, stop = self._span(parameters)
        start, end = self._span(node)
        parts = Parts(
            query=self._source[first:last],
            parameters=self._source[begin:stop],
            values=tuple(
                value.id if isinstance(value, ast.Name) else ""
                for value in (parameters.elts if isinstance(parameters, ast.Tuple) else ())
            ),
            arguments=known.arguments,
            texts=known.texts,
            scalars=known.scalars,
        )
        for fault in CALL_FAULTS:
            forms = [changed for form in fault.forms if (changed := form(parts)) is not None]
            if not forms:
                continue
            text, values = self._rng.choice(forms)
            between = self._source[last:begin] if values else ""
            head, tail = self._source[start:first], self._source[stop:end]
            self._replace(fault.kind, fault.code, node, f"{head}{text}{between}{values}{tail}")

    def _pragma(self, node: ast.Expr, receiver: ast.expr) -> None:
        """MOS203: what SQLite has to be told before it minds foreign keys."""
        if isinstance(receiver, ast.Name):
            line = self._lines[node.lineno - 1]
            added = f'{" " * node.col_offset}{receiver.id}.execute("PRAGMA foreign_keys = ON")'
            self._add("sqlite statement", "MOS203", (node.lineno, node.lineno), (added, line))

    def _driver(self) -> None:
        """MOS209: what is left of the days on SQLite."""
        for node in self._tree.body:
            line = self._lines[node.lineno - 1]
            span = (node.lineno, node.lineno)
            if line == "import logging":
                self._add("sqlite driver", "MOS209", span, (line, "import sqlite3"), "sqlite")
            elif line.startswith("logger = "):
                url = 'LEGACY_URL = "sqlite:///data/legacy.db"'
                self._add("sqlite driver", "MOS209", span, (line, url), "sqlite")

    def _is_sql(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return False
        return node.value.lstrip().partition(" ")[0].rstrip() in _FIRST_WORDS

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node starts and ends; the generated service is ASCII."""
        last, column = node.end_lineno, node.end_col_offset
        assert last is not None
        assert column is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[last - 1] + column

    def _replace(self, kind: str, code: str, node: ast.stmt, text: str) -> None:
        """Add a site: a statement becomes `text`."""
        end = node.end_lineno or node.lineno
        whole = f"{' ' * node.col_offset}{text}"
        self._add(kind, code, (node.lineno, end), tuple(whole.split("\n")))

    def _add(
        self, kind: str, code: str, span: tuple[int, int], text: tuple[str, ...], group: str = ""
    ) -> None:
        start, end = span
        name = group or f"line {start}"
        self.sites.append(Site(kind, (code,), self._path, start, start, end, text, name))


def _starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _parts(literal: str) -> int:
    """Return how many literals stand side by side."""
    tokens = tokenize.generate_tokens(io.StringIO(f"({literal})").readline)
    return sum(token.type == tokenize.STRING for token in tokens)


def _known(function: ast.FunctionDef | ast.AsyncFunctionDef) -> _Function:
    """Return the arguments that nothing in a function tests or binds again."""
    given = {argument.arg: argument for argument in function.args.args}
    touched = set(_touched(function))
    free = {name for name in given if name not in touched and name != "self"}
    kinds = {
        name: annotation.id
        for name in free
        if isinstance(annotation := given[name].annotation, ast.Name)
    }
    return _Function(
        frozenset(free),
        frozenset(name for name, kind in kinds.items() if kind == "str"),
        frozenset(name for name, kind in kinds.items() if kind in _SCALARS),
    )


def _touched(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            names: list[ast.expr] = [node.left, *node.comparators]
            yield from (name.id for name in names if isinstance(name, ast.Name))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
