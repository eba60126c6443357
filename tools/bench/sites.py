"""Finds where in clean code a fault could have been written, and what it would look like.

Here are the faults of connections and of error handling; those of SQL are in `sites_sql`.
"""

from __future__ import annotations

import ast
from random import Random

from .blocks import bodies, is_factory_block, placed, statements
from .site import Site
from .sites_sql import SqlFinder


class _Finder:
    """Collects the sites of one file."""

    def __init__(self, path: str, source: str, tree: ast.Module, rng: Random) -> None:
        self._path = path
        self._lines = source.split("\n")
        self._tree = tree
        self._rng = rng
        self.sites: list[Site] = []

    def find(self) -> list[Site]:
        self._driver_import()
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for statement, inside in statements(node.body, ()):
                    self._statement(statement, inside, node)
        return self.sites

    def _add(
        self, kind: str, codes: str, span: tuple[int, int], text: list[str], group: str = ""
    ) -> None:
        """Add a site: the lines of `span` become `text`."""
        start, end = span
        self.sites.append(
            Site(
                kind=kind,
                codes=tuple(codes.split()),
                path=self._path,
                anchor=start,
                start=start,
                end=end,
                replacement=tuple(text),
                group=group or f"line {start}",
            )
        )

    def _statement(
        self,
        node: ast.stmt,
        inside: tuple[str, ...],
        function: ast.FunctionDef | ast.AsyncFunctionDef,
    ) -> None:
        if isinstance(node, ast.With) and is_factory_block(node):
            self._connection(node)
        elif isinstance(node, ast.Try) and "with" not in inside and "handler" not in inside:
            self._handler(node)
        if "handler" in inside:
            return
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.For, ast.If, ast.Return)):
            self._print_before(node, function)
        if isinstance(node, ast.Expr) and _logger_method(node) in ("debug", "info", "warning"):
            self._instead_of_logger(node)
        elif "with" not in inside and _does_something(node):
            self._wrapped(node, function)

    def _connection(self, node: ast.With) -> None:
        """MOS101, MOS104, MOS105: one block of a connection, one fault."""
        start, end, indent, text = placed(node, self._lines)
        group = f"with {start}"
        if len(node.items) > 1:
            bound = [f"{indent}conn = get_conn()", text[0].replace("get_conn() as conn, ", "")]
            self._add("pool as connection", "MOS101", (start, start), bound, group)
        elif self._rng.choice((True, False)):
            dedented = [line[4:] if line.startswith(indent + "    ") else line for line in text[1:]]
            bound = [f"{indent}conn = get_conn()", *dedented]
            self._add("pool as connection", "MOS101", (start, end), bound, group)
        else:
            bound = [f"{indent}conn = get_conn()", f"{indent}with conn:"]
            self._add("pool as connection", "MOS101", (start, start), bound, group)
        for body in bodies(node):
            for position, statement in enumerate(body):
                following = body[position + 1] if position + 1 < len(body) else None
                self._executed(statement, following, group)

    def _executed(self, node: ast.stmt, following: ast.stmt | None, group: str) -> None:
        """MOS104, MOS105 where a cursor executes something, and fetches the next moment."""
        first, last, inner, own = placed(node, self._lines)
        name = own[0].strip().partition(".execute(")[0]
        if name not in ("cursor", "cur") or not own[0].startswith(f"{inner}{name}.execute("):
            return
        changed = [own[0].replace(f"{name}.execute(", "conn.execute(", 1), *own[1:]]
        self._add("conn.execute", "MOS104", (first, last), changed, group)
        if isinstance(following, ast.Assign) and following.lineno == following.end_lineno:
            fetch = self._lines[following.lineno - 1].strip()
            target, _, call = fetch.partition(f" = {name}.fetch")
            if call:
                own = [own[0].replace(name, f"{target} = {name}", 1), *own[1:]]
                own[-1] += f".fetch{call}"
                self._add("chained execute", "MOS105", (first, following.lineno), own, group)

    def _handler(self, node: ast.Try) -> None:
        """MOS301 to MOS304 in the last handler of a `try`, where that is a broad one."""
        handler = node.handlers[-1] if node.handlers else None
        if handler is None or not isinstance(handler.type, ast.Name):
            return
        if handler.type.id != "Exception":
            return
        start, indent = handler.lineno, " " * handler.col_offset
        end = handler.body[-1].end_lineno or handler.body[-1].lineno
        group = f"handler {start}"
        caught, inner = f"{indent}except Exception:", f"{indent}    "
        if handler.name is None:
            self._add("bare except", "MOS301", (start, start), [f"{indent}except:"], group)
        self._add("silent except", "MOS302", (start, end), [caught, f"{inner}pass"], group)
        bare = [f"{indent}except:", f"{inner}pass"]
        self._add("bare and silent except", "MOS301 MOS302", (start, end), bare, group)
        printed = [f"{indent}except Exception as exc:", f'{inner}print(f"failed: {{exc}}")']
        self._add("print in except", "MOS303", (start, end), printed, group)
        logged = [f"{indent}except Exception as exc:", f'{inner}logger.error("failed: %s", exc)']
        self._add("lost traceback", "MOS304", (start, end), logged, group)

    def _wrapped(self, node: ast.stmt, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """MOS301 to MOS304 around a statement that had no handler."""
        start, end, indent, text = placed(node, self._lines)
        inner = f"{indent}    "
        head = [f"{indent}try:", *(f"    {line}" if line else line for line in text)]
        caught = f"{indent}except Exception:"
        named = f"{indent}except Exception as exc:"
        message = f"{function.name} failed"
        group = f"wrapped {start}"
        for kind, codes, tail in (
            ("bare except", "MOS301", [f"{indent}except:", f'{inner}logger.warning("{message}")']),
            ("silent except", "MOS302", [caught, f"{inner}pass"]),
            ("bare and silent except", "MOS301 MOS302", [f"{indent}except:", f"{inner}pass"]),
            ("print in except", "MOS303", [named, f'{inner}print("{message}", exc)']),
            ("lost traceback", "MOS304", [named, f'{inner}logger.error("{message}: %s", exc)']),
        ):
            self._add(kind, codes, (start, end), head + tail, group)

    def _print_before(
        self, node: ast.stmt, function: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> None:
        """MOS305: somebody looked what arrives here, and forgot it."""
        start, _, indent, text = placed(node, self._lines)
        if text[0].startswith(f"{indent}elif "):
            return
        arguments = [name.arg for name in function.args.args if name.arg != "self"]
        shown = self._rng.choice(arguments) if arguments else '"here"'
        added = f'{indent}print("{function.name}", {shown})'
        self._add("print in service", "MOS305", (start, start), [added, text[0]])

    def _instead_of_logger(self, node: ast.Expr) -> None:
        """MOS305, MOS306: a message by the wrong way."""
        start, end, indent, text = placed(node, self._lines)
        method = _logger_method(node)
        rest = text[0].removeprefix(f"{indent}logger.{method}(")
        printed = [f"{indent}print({rest}", *text[1:]]
        self._add("print in service", "MOS305", (start, end), printed)
        rooted = [f"{indent}logging.{self._rng.choice(('info', 'warning', 'error'))}({rest}"]
        self._add("root logger", "MOS306", (start, end), [*rooted, *text[1:]])

    def _driver_import(self) -> None:
        """MOS107: `psycopg2.extras` in use, and nothing that imports it."""
        if "import psycopg2.extras" not in self._lines:
            return
        line = self._lines.index("import psycopg2.extras") + 1
        instead = [] if "import psycopg2" in self._lines else ["import psycopg2"]
        uses = (
            node.lineno
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "extras"
            and isinstance(node.value, ast.Name)
            and node.value.id == "psycopg2"
        )
        self.sites.append(
            Site(
                kind="driver submodule",
                codes=("MOS107",),
                path=self._path,
                anchor=min(uses),
                start=line,
                end=line,
                replacement=tuple(instead),
                group="driver",
            )
        )


def _does_something(node: ast.stmt) -> bool:
    """Tell whether a simple statement calls something, so that it could fail."""
    if not isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)):
        return False
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def _logger_method(node: ast.Expr) -> str:
    """Return `info` for `logger.info(...)`, and nothing for all else."""
    call = node.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return ""
    owner = call.func.value
    return call.func.attr if isinstance(owner, ast.Name) and owner.id == "logger" else ""


def find_sites(path: str, source: str, rng: Random) -> list[Site]:
    """Return all places of one file where a fault could stand."""
    tree = ast.parse(source, path)
    other = _Finder(path, source, tree, rng).find()
    return [*other, *SqlFinder(path, source, tree, rng).find()]
