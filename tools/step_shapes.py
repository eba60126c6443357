"""Modules whose shape might cost more than their length: one unit of code, many times."""

from __future__ import annotations

from textwrap import indent
from typing import Callable, Dict

_HEAD = """\
import logging
from api.storage import get_conn

log = logging.getLogger(__name__)
table = "contacts"


def helper(value):
    return value


def pick(rows):
    return "a" if rows else "b"
"""

_BLOCK = """\
with get_conn() as conn:
    cur = conn.cursor()
    text = source(model="m")
    for row in rows:
        if row:
            total += helper(row)
    name = pick(rows)
    cur.execute(f"SELECT {name} FROM {table}", (total,))
    log.info("x %s", text)
"""

_RUN = "cur.execute(f'SELECT {x} FROM t')\n"


def ordinary(count: int) -> str:
    """Functions of ten lines, each with a connection, a loop, helpers and a query."""
    return _HEAD + "".join(
        f"\n\ndef load_{n}(rows, total=0):\n{indent(_BLOCK, '    ')}    return total\n"
        for n in range(count)
    )


def _methods(count: int) -> str:
    block = indent(_BLOCK.replace("{table}", "{self.table}"), "        ")
    return f"{_HEAD}class A:\n    table = 'x'\n" + "".join(
        f"    def load_{n}(self, rows, total=0):\n{block}        self.total = total\n"
        for n in range(count)
    )


def _one_function(count: int) -> str:
    return f"{_HEAD}def load(rows, total=0):\n" + indent(_BLOCK, "    ") * count


def _in_function(unit: str) -> Callable[[int], str]:
    """A function with a unit many times."""

    def shape(count: int) -> str:
        units = "".join(unit.replace("_N", f"_{n}") for n in range(count))
        return f"{_HEAD}def f(cur, x, y, rows):\n{indent(units, '    ')}    return x\n"

    return shape


def _in_block(opening: str, unit: str, closing: str = "") -> Callable[[int], str]:
    """A function with a unit many times in one block."""

    def shape(count: int) -> str:
        units = "".join(unit.replace("_N", f"_{n}") for n in range(count))
        body = f"{opening}{indent(units, '    ')}{closing}"
        return f"{_HEAD}def f(cur, x, y, rows):\n{indent(body, '    ')}    return x\n"

    return shape


def _in_module(unit: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """A module with a unit many times, each with its number and the next one's."""

    def shape(count: int) -> str:
        units = (unit.replace("_N", f"_{n}").replace("_M", f"_{n + 1}") for n in range(count))
        return f"{_HEAD}{before}{''.join(units)}{after.replace('_N', f'_{count}')}"

    return shape


def _nested(opening: str, depth: int, inner: str) -> str:
    lines = ["    " * level + opening.replace("_N", f"_{level}") for level in range(depth)]
    return "\n".join([*lines, indent(inner, "    " * depth)])


def _circle(count: int) -> str:
    """Names that copy each other in a loop."""
    first = "".join(f"a_{n} = 'a'\n" for n in range(count))
    copies = "".join(
        f"a_{n} = a_{(n + 1) % count} or a_{(n * 7 + 3) % count}\n" for n in range(count)
    )
    runs = "".join(_RUN.replace("{x}", f"{{a_{n}}}") for n in range(count))
    body = f"{first}for z in x:\n{indent(copies, '    ')}{runs}"
    return f"{_HEAD}def f(cur, x):\n{indent(body, '    ')}"


SHAPES: Dict[str, Callable[[int], str]] = {
    "many functions": ordinary,
    "many methods": _methods,
    "one function": _one_function,
    "one name, many values": _in_function(f"x = source(x)\n{_RUN}"),
    "one name, many values in branches": _in_function(f"if y:\n    x = source(x)\n{_RUN}"),
    "one name, many branches that leave": _in_function(f"if y:\n    x = y\n    return x\n{_RUN}"),
    "one name, many values in a loop": _in_block("for z in y:\n", f"x = source(x)\n{_RUN}"),
    "one name, many values in a try": _in_block("try:\n", f"x = g(x)\n{_RUN}", "finally:\n    x\n"),
    "one name, many tries": _in_function(f"try:\n    x = g(x)\nexcept E:\n    log.info(x)\n{_RUN}"),
    "one name, many cases": _in_block("match x:\n", f"case [1, x] if x:\n    x = g(x)\n    {_RUN}"),
    "one name, many closures": _in_function(f"x = source(x)\ndef g_N():\n    {_RUN}"),
    "one name, many comprehensions": _in_function("x = [y for y in x if y]\n"),
    "one name, many additions": _in_function("x += y\n"),
    "one list, many additions": _in_function("y.append('a')\ncur.execute(' AND '.join(y))\n"),
    "one name, many tests": _in_function(f"if x not in {{'a', 'b'}}:\n    raise E\n{_RUN}"),
    "one name, many tests of nothing": _in_function(f"if x not in y:\n    raise E\n{_RUN}"),
    "many names unpacked": _in_function("x, (y, *z) = y, x\n"),
    "many names in a circle": _circle,
    "one global, many functions": _in_module(
        "def f_N(cur):\n    global x\n    x = 'a'\n    " + _RUN, "x = 'a'\n"
    ),
    "one counter, many functions": _in_module(
        "def f_N(cur):\n    global x\n    x += 1\n    return x\n", "x = 0\n"
    ),
    "helpers that call the next": _in_module(
        "def f_N(x, cur):\n    return f_M(x, cur)\n",
        after="def f_N(x, cur):\n    return x\nf_0(source(), table)\n",
    ),
    "helpers that run and call the next": _in_module(
        f"def f_N(x, cur):\n    {_RUN}    return f_M(x, cur)\n",
        after="def f_N(x, cur):\n    return x\nf_0(source(), table)\n",
    ),
    "one helper, many calls": _in_module(
        "def f_N(cur):\n    x = source()\n    cur.execute(f'SELECT {helper(x)}, {helper(table)}')\n"
    ),
    "one helper with many returns": _in_function(
        "def g_N(x):\n    if x == 1:\n        return 'a'\n    return x\n"
        "cur.execute(f'SELECT {g_N(table)}')\n"
    ),
    "loops in loops": _in_function(
        "y = 0\n" + _nested("for x_N in x:", 20, "y = y + helper(x_0)\n" + _RUN)
    ),
    "loops with tests": _in_function(
        _nested("while x:", 10, "x = x or y\n" + _RUN) + "x = helper(x)\n"
    ),
    "one loop, many turns cut short": _in_block(
        "for z in y:\n", "x_N = z\nif z == x_N:\n    x_N = x\n    continue\ncur.execute(f'{x_N}')\n"
    ),
    "one attribute, many methods": _in_module(
        "    def f_N(self, cur):\n        self.x = source(self.x)\n        "
        + _RUN.replace("{x}", "{self.x}"),
        "class A:\n",
    ),
    "one attribute, many values": _in_function(
        "self.x = source(self.x)\n" + _RUN.replace("{x}", "{self.x}")
    ),
    "one class, many that inherit": _in_module(
        "class B_N(A):\n    T = 'b'\n    def f(self): return 'b'\n",
        "class A:\n    T = 'a'\n    def f(self): return 'a'\n    def g(self, cur):\n"
        + "        cur.execute(f'SELECT {self.T} FROM {self.f()}')\n" * 200,
    ),
    "classes that inherit from the next": _in_module(
        "class A_M(A_N):\n    def g(self, cur):\n"
        "        cur.execute(f'SELECT {self.T} FROM {self.f()}')\n",
        "class A_0:\n    T = 'a'\n    def f(self): return 'a'\n",
    ),
    "connections of a stack": _in_block(
        "with ExitStack() as stack:\n", "x_N = stack.enter_context(get_conn())\nx_N.cursor()\n"
    ),
    "many blocks with a connection": _in_function(
        "with get_conn() as conn:\n    cur = conn.cursor()\ncur.execute('SELECT 1')\n"
    ),
}
"""The shapes by name; each makes a module of so many units."""
