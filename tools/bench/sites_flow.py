"""Finds where in clean code a fault could stand that only shows in what follows.

A connection that outlives its block, an error that is swallowed, a statement for each row of
another, an answer of a language model that nobody checks: to see these, a linter has to follow
values and the order of statements. The changes are as small as in real code: a line in front of
the block's end or behind it, a `try` too many or too few.
"""

from __future__ import annotations

import ast
from random import Random

from .blocks import bodies, is_factory_block, placed, statements
from .site import Site
from .sites import find_sites

_NOTE = '"UPDATE job_runs SET failed = TRUE"'
_FOR_EACH = (
    '"UPDATE job_items SET seen_at = NOW() WHERE id = %s"',
    '"DELETE FROM job_items WHERE id = %s"',
    '"SELECT COUNT(*) FROM job_items WHERE id = %s"',
)
_HANDLER_SHARE = 0.15
"""How often the statement in a handler is a site, of which there are far more than of others."""
_ENDLESS = ("Anthropic()", "Anthropic(timeout=None)", "Anthropic(max_retries=3)")


class FlowFinder:
    """Collects the sites of one file that are about what follows."""

    def __init__(self, path: str, source: str, tree: ast.Module, rng: Random) -> None:
        self._path = path
        self._lines = source.split("\n")
        self._tree = tree
        self._rng = rng
        self.sites: list[Site] = []

    def find(self) -> list[Site]:
        """Return the sites of the file."""
        for function in ast.walk(self._tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for statement, _ in statements(function.body, ()):
                    if isinstance(statement, ast.With) and is_factory_block(statement):
                        self._block(statement, function)
                    elif isinstance(statement, ast.Try):
                        self._answer(statement)
                    elif isinstance(statement, ast.Assign):
                        self._client(statement)
        return self.sites

    def _add(self, kind: str, code: str, node: ast.stmt, text: list[str], group: str) -> None:
        """Add a site: a statement becomes `text`."""
        end = node.end_lineno or node.lineno
        start = node.lineno
        self.sites.append(Site(kind, (code,), self._path, start, start, end, tuple(text), group))

    def _block(self, node: ast.With, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """MOS103, MOS106, MOS901: one block of a connection, one fault."""
        group = f"with {node.lineno}"
        self._escape(node, function, group)
        for body in bodies(node):
            for position, statement in enumerate(body):
                follows = any(_cursor(other, "execute") for other in body[position + 1 :])
                self._swallow(statement, function, group, follows=follows)
                self._repeat(statement, group)

    def _escape(
        self, node: ast.With, function: ast.FunctionDef | ast.AsyncFunctionDef, group: str
    ) -> None:
        """MOS103: the last statement of a block, behind it, or a cursor that leaves it."""
        body = list(bodies(node))[-1]
        last = body[-1]
        _, _, indent, text = placed(last, self._lines)
        cursor = _cursor(last, "fetch")
        if cursor and last.end_lineno == node.end_lineno:
            less = last.col_offset - node.col_offset
            dedented = [line[less:] if line.startswith(indent) else line for line in text]
            self._add("escaped connection", "MOS103", last, dedented, group)
            if isinstance(last, ast.Return):
                self._add("escaped connection", "MOS103", last, [f"{indent}return {cursor}"], group)
        cursor = _cursor(body[0], "execute")
        if cursor and any(argument.arg == "self" for argument in function.args.args):
            _, _, indent, text = placed(body[0], self._lines)
            kept = [*text, f"{indent}self._cursor = {cursor}"]
            self._add("escaped connection", "MOS103", body[0], kept, group)

    def _swallow(
        self,
        node: ast.stmt,
        function: ast.FunctionDef | ast.AsyncFunctionDef,
        group: str,
        *,
        follows: bool,
    ) -> None:
        """MOS106: an error is caught, and another statement follows, there or in the handler."""
        cursor = _cursor(node, "execute")
        if not cursor or not isinstance(node, ast.Expr):
            return
        if not follows and self._rng.random() > _HANDLER_SHARE:
            return
        _, _, indent, text = placed(node, self._lines)
        caught = [f"{indent}except Exception:"]
        if "import psycopg2" in self._lines and self._rng.choice((True, False)):
            caught = [f"{indent}except psycopg2.Error:"]
        caught.append(f'{indent}    logger.exception("{function.name} goes on without it")')
        if not follows:
            caught.append(f"{indent}    {cursor}.execute({_NOTE})")
        tried = [f"{indent}try:", *(f"    {line}" if line else line for line in text)]
        self._add("swallowed error", "MOS106", node, tried + caught, group)

    def _repeat(self, node: ast.stmt, group: str) -> None:
        """MOS901: one more statement for each row that was fetched."""
        _, _, indent, text = placed(node, self._lines)
        query = self._rng.choice(_FOR_EACH)
        if isinstance(node, ast.For) and (cursor := _cursor_of_rows(node.iter)):
            first = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
            added = f"{indent}    {cursor}.execute({query}, ({ast.unparse(first)},))"
            body = node.body[0].lineno - node.lineno
            self._add("query in loop", "MOS901", node, [*text[:body], added, *text[body:]], group)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            cursor, row = _cursor_of_rows(node.value), "row[0]"
            if isinstance(node.value, ast.ListComp) and "row[0]" in ast.unparse(node.value.elt):
                cursor, row = _cursor_of_rows(node.value.generators[0].iter), "row"
            if cursor:
                loop = f"{indent}for row in {node.targets[0].id}:"
                added = f"{indent}    {cursor}.execute({query}, ({row},))"
                self._add("query in loop", "MOS901", node, [*text, loop, added], group)

    def _answer(self, node: ast.Try) -> None:
        """MOS501, MOS502: what a language model said is not validated, or nobody minds if not."""
        for statement in node.body:
            if not isinstance(statement, ast.Assign) or not _is_validation(statement.value):
                continue
            group = f"answer {node.lineno}"
            _, _, indent, text = placed(statement, self._lines)
            target, _, call = text[0].strip().partition(" = ")
            if len(text) == 1 and "import json" in self._lines:
                parsed = f"{indent}{target} = json.loads({call.partition('(')[2]}"
                self._add("unvalidated answer", "MOS501", statement, [parsed], group)
            first, last = node.body[0].lineno, node.body[-1].end_lineno
            bare = [line[4:] if line else line for line in self._lines[first - 1 : last]]
            self._add("unexpected answer", "MOS502", node, bare, group)
            _, _, _, text = placed(node, self._lines)
            if not any("except Exception" in line for line in text):
                narrow = [line.replace("ValidationError", "KeyError") for line in text]
                self._add("unexpected answer", "MOS502", node, narrow, group)

    def _client(self, node: ast.Assign) -> None:
        """MOS503: a client that waits for ever."""
        _, _, indent, text = placed(node, self._lines)
        start = f"{indent}client = "
        if text[0].startswith(f"{start}Anthropic(timeout="):
            endless = [f"{start}{self._rng.choice(_ENDLESS)}"]
            self._add("endless call", "MOS503", node, endless, f"client {node.lineno}")


def _cursor(node: ast.stmt, method: str) -> str:
    """Return the cursor whose `execute`, or anything with `fetch`, a statement calls."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr.startswith(method):
            return part.value.id if isinstance(part.value, ast.Name) else ""
    return ""


def _cursor_of_rows(node: ast.expr) -> str:
    """Return the cursor of `cursor.fetchall()`, and nothing for all else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    owner = node.func.value
    return owner.id if node.func.attr == "fetchall" and isinstance(owner, ast.Name) else ""


def _is_validation(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "model_validate_json"
    )


def find_all_sites(path: str, source: str, rng: Random) -> list[Site]:
    """Return all places of one file where a fault of any kind could stand."""
    flow = FlowFinder(path, source, ast.parse(source, path), rng).find()
    return [*find_sites(path, source, rng), *flow]
