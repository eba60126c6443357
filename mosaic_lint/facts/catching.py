"""Whether an exception that an expression may raise is expected where it stands."""

from __future__ import annotations

from typing import FrozenSet, Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.exceptions import Exceptions
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import flow_of
from mosaic_lint.facts.functions import decorator_names
from mosaic_lint.facts.names import last_name
from mosaic_lint.llm_vocabulary import FOREIGN_VALIDATION
from mosaic_lint.tree import Tree

_RAISING = frozenset(("raises", "assertRaises", "assertRaisesRegex"))
_EXPECTING = _RAISING | frozenset(("suppress",))
_HARMLESS_DECORATORS = frozenset(
    ("staticmethod", "classmethod", "lru_cache", "cache", "wraps", "retry", "on_exception")
)
_MAX_CALLERS = 3  # of callers of callers
_Tries = (cst.Try, cst.TryStar)


class Catching:
    """Answers for one file.

    Args:
        file: the file.
        wanted: the last names of the exceptions that catch what is meant, its bases included.
    """

    def __init__(self, file: File, wanted: FrozenSet[str]) -> None:
        self._file = file
        self._tree = file.tree
        self._steps = flow_of(file).steps
        self._exceptions = Exceptions(file)
        self._wanted = wanted

    def is_handled(self, node: cst.CSTNode, depth: int = _MAX_CALLERS) -> bool:
        """Whether a handler around an expression takes what it raises.

        The handlers of all callers count where the file shows all callers.
        """
        if self._is_caught(node):
            return True
        function = self._tree.enclosing(node, cst.FunctionDef)
        if function is None or depth == 0 or not _is_called_plainly(function):
            return False
        calls = self._callers(function)
        return bool(calls) and all(self.is_handled(call, depth - 1) for call in calls)

    def _callers(self, function: cst.FunctionDef) -> List[cst.CSTNode]:
        """The calls of a function; none where it is handed on, so that others may call it."""
        found: List[cst.CSTNode] = []
        for reference in self._steps.references(function):
            call = self._tree.parent(reference)
            if not isinstance(call, cst.Call) or call.func is not reference:
                return []
            found.append(call)
        return found

    def _is_caught(self, node: cst.CSTNode) -> bool:
        below = node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, (cst.FunctionDef, cst.Lambda)):
                return False
            if isinstance(ancestor, _Tries) and below is ancestor.body:
                if any(self._takes(handler.type) for handler in ancestor.handlers):
                    return True
            if isinstance(ancestor, cst.With) and below is ancestor.body:
                if any(self._takes(expected) for expected in self._expected(ancestor)):
                    return True
            below = ancestor
        return False

    def _expected(self, block: cst.With) -> Iterator[cst.BaseExpression]:
        """What ``suppress`` and the like are told to expect."""
        for item in block.items:
            if isinstance(item.item, cst.Call) and last_name(item.item.func) in _EXPECTING:
                yield from (argument.value for argument in item.item.args)

    def _takes(self, caught: Optional[cst.BaseExpression]) -> bool:
        """Whether a handler takes the exception; a constant from elsewhere may hold it."""
        if caught is None:
            return True
        names = [name for name in self._exceptions.caught(caught) if not _is_foreign(name)]
        last = {name.rpartition(".")[2] for name in names}
        return bool(last & self._wanted) or any(name.isupper() for name in last)


def _is_called_plainly(function: cst.FunctionDef) -> bool:
    """Whether no decorator hands a function to somebody who calls it: a route, for example."""
    return _HARMLESS_DECORATORS.issuperset(decorator_names(function))


def _is_foreign(name: str) -> bool:
    """Whether an exception is one of the same name that the file or another package defines."""
    return name.partition(".")[0] in ("<local>", *FOREIGN_VALIDATION)


def is_test_of_failure(tree: Tree, node: cst.CSTNode) -> bool:
    """Whether a test wants an expression to fail: ``with pytest.raises(...)``."""
    return any(
        isinstance(item.item, cst.Call) and last_name(item.item.func) in _RAISING
        for ancestor in tree.ancestors(node)
        if isinstance(ancestor, cst.With)
        for item in ancestor.items
    )
