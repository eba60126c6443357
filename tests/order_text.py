"""Graphs as text: one edge a line, as short as the code that it speaks of.

``a -> b`` is the usual way, ``a ~> b`` the one of an exception; exceptions that leave the function
from anywhere but a landing aren't shown, nor what nobody can reach. What is in a graph several
times is numbered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.order import Kind, Order, Point, reachable
from mosaic_lint.facts.orders import orders_of
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source

_SHOWN = {
    Kind.ENTRY: "entry",
    Kind.EXIT: "exit",
    Kind.RAISED: "raised",
    Kind.STATEMENT: "{code}",
    Kind.TEST: "{code}?",
    Kind.ITERABLE: "in {code}",
    Kind.TURN: "for {code}",
    Kind.ITEM: "with {code}",
    Kind.LEAVE: "leave",
    Kind.TRY: "try",
    Kind.LANDING: "landing",
    Kind.HANDLER: "except {code}",
    Kind.REST: "rest",
    Kind.FINALLY: "finally",
    Kind.SUBJECT: "match {code}",
    Kind.CASE: "case {code}",
}


def file_of(text: str) -> File:
    """A file with a text."""
    source = Source(str(Path("x.py").absolute()), text)
    return File(source, cst.parse_module(text), Settings(), lambda: False)


def order_of(text: str) -> Order:
    """The graph of a text's function, if it begins with one, or of the module."""
    file = file_of(text)
    first = file.module.body[0] if file.module.body else None
    return orders_of(file).of(first if isinstance(first, cst.FunctionDef) else file.module)


def _code(point: Point) -> str:
    node = point.node
    if isinstance(node, cst.For):
        node = node.target
    elif isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)):
        node = node.type
    elif isinstance(node, cst.MatchCase):
        node = node.pattern
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return f"def {node.name.value}"
    return cst.Module([]).code_for_node(node).strip(" ;,") if node is not None else ""


def names(order: Order) -> Dict[Point, str]:
    """A name for each point."""
    counted: Dict[str, int] = {}
    found: Dict[Point, str] = {}
    for point in order.points:
        name = _SHOWN[point.kind].format(code=_code(point)).strip()
        counted[name] = counted.get(name, 0) + 1
        found[point] = name if counted[name] == 1 else f"{name} #{counted[name]}"
    return found


def edges(order: Order) -> List[str]:
    """The edges of a graph."""
    name = names(order)
    seen = {order.entry, *reachable([order.entry], exceptions=True)}
    shown = [
        f"{name[point]} -> {name[after]}"
        for point in order.points
        if point in seen
        for after in point.after
    ]
    shown += [
        f"{name[point]} ~> {name[point.raises]}"
        for point in order.points
        if point in seen and point.raises not in (None, order.raised)
    ]
    return sorted(shown)
