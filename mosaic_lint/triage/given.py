"""What a query may be given of which rules over its statements speak."""

from __future__ import annotations

import ast
from typing import AbstractSet, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Set

from mosaic_lint.sql.given import ANYTHING, NOTHING, Bound, Given, Value
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.percent import placeholders
from mosaic_lint.triage.sqlflow import Flows
from mosaic_lint.triage.table import last_name, meant

_SHOWING = (
    ast.Tuple, ast.List, ast.Set, ast.Dict,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_PASSING = (ast.Starred, ast.BinOp, ast.BoolOp, ast.IfExp, ast.NamedExpr, ast.Await, ast.Subscript)
_ALL = frozenset(Value)


class GivenReader:
    """Reads the parameters of one file's queries.

    Args:
        flows: tells what names may mean.
        dumps: the names that ``json.dumps`` may go by.
        letters: what makes a placeholder behind ``%``.
    """

    def __init__(self, flows: Flows, dumps: AbstractSet[str], letters: FrozenSet[str]) -> None:
        self._flows = flows
        self._dumps = dumps
        self._letters = letters

    def of(self, call: ast.Call, query: ast.expr) -> Given:
        """Anything if a call's parameters may hold what matters, else nothing.

        Args:
            call: the call.
            query: the argument that is its query.
        """
        named = (keyword.value for keyword in call.keywords)
        values = (value for value in (*call.args, *named) if value is not query)
        return ANYTHING if self._kinds(values) else NOTHING

    def exactly(self, call: ast.Call, text: str) -> Given:
        """What each placeholder may get, where a tuple, list or dict shows it.

        Args:
            call: the call.
            text: all of its query.
        """
        if last_name(call.func) != "execute" or len(call.args) != 2 or call.keywords:
            return ANYTHING
        shown = call.args[1]
        if isinstance(shown, (ast.Tuple, ast.List)):
            if any(isinstance(element, ast.Starred) for element in shown.elts):
                return ANYTHING
            values: Dict[object, ast.expr] = dict(enumerate(shown.elts))
        elif isinstance(shown, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in shown.keys]
            if not all(isinstance(key, str) for key in keys):
                return ANYTHING
            values = dict(zip(keys, shown.values))
        else:
            return ANYTHING
        kinds = {key: self._kinds_of(value) for key, value in values.items()}
        return _Shown(text, self._letters, kinds)

    def _kinds_of(self, element: ast.expr) -> FrozenSet[Value]:
        """What an element may be; of a collection any of its own elements counts."""
        if _is_number(element):
            return frozenset((Value.INTEGER,))
        return self._kinds((element,))

    def _kinds(self, values: Iterable[ast.expr]) -> FrozenSet[Value]:
        """What may be among values and the elements of those that are collections."""
        found: Set[Value] = set()
        waiting: List[ast.expr] = list(values)
        seen: Set[int] = set()  # bindings, by identity
        while waiting and len(found) < len(_ALL):
            node = waiting.pop()
            if last_name(node):
                for binding in self._flows.reaching(node, last_name(node)):
                    if id(binding) not in seen:
                        seen.add(id(binding))
                        waiting.append(binding.value)
                continue
            if isinstance(node, ast.Call) and self._dumps & meant(node.func):
                found.add(Value.JSON)
            shown = list(_shown(node))
            if any(map(_is_number, shown)):
                found.add(Value.INTEGER)
            waiting.extend(shown)
            waiting.extend(_passed(node))
        return frozenset(found)


class _Shown(Given):
    """What the elements of a display may be."""

    def __init__(
        self, text: str, letters: FrozenSet[str], kinds: Dict[object, FrozenSet[Value]]
    ) -> None:
        self._kinds = kinds
        self._keys: Dict[int, object] = {
            found.start: place if found.name is None else found.name
            for place, found in enumerate(placeholders(text, letters))
        }

    def values(self, token: Token) -> Sequence[Bound]:
        """What a placeholder may get."""
        kinds = self._kinds.get(self._keys.get(token.start), frozenset())
        return [Bound(kind, None, "0") for kind in kinds]

    def fields(self, token: Token, place: Optional[int]) -> Sequence[Bound]:
        """What the fields of a row may be that a placeholder gets: the same."""
        return self.values(token)


def _shown(node: ast.expr) -> Iterator[ast.expr]:
    """The elements of a collection that an expression shows."""
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords)
    elif isinstance(node, _SHOWING):
        yield from (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _passed(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression may pass on."""
    if isinstance(node, ast.Call):
        yield from node.args
        if isinstance(node.func, ast.Attribute):
            yield node.func.value
    elif isinstance(node, _PASSING):
        yield from (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _is_number(node: ast.expr) -> bool:
    """Whether a value is the literal 0 or 1, or may be."""
    waiting: List[ast.expr] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.IfExp):
            waiting += [current.body, current.orelse]
        elif isinstance(current, ast.Constant) and type(current.value) is int:
            if current.value in (0, 1):
                return True
    return False
