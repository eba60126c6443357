"""Whether arguments and options say how long to wait."""

from __future__ import annotations

from functools import cached_property
from typing import FrozenSet, Iterable, List, Optional, Sequence

import libcst as cst

from mosaic_lint.facts.answers import Answer
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.pystrings import literal
from mosaic_lint.facts.scopes import Binding, dotted
from mosaic_lint.llm_vocabulary import TIMEOUTS

_OPTIONS = frozenset(
    ("request_options", "http_options", "config", "client_options", "client_kwargs", "extra_query",
     "model_kwargs")
)  # fmt: skip
"""Keywords that may hold a timeout among other things."""
_CUSTOM = frozenset(("http_client", "http_async_client", "transport", "client", "async_client"))
"""Keywords that bring a client with settings of its own."""
_NOTHING = frozenset(("None", "NOT_GIVEN", "omit", "NotGiven"))
_CHANGING = frozenset(("update", "setdefault"))


class Timeouts:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._names = file.names

    def given(self, arguments: Iterable[cst.Arg]) -> Answer:
        """Whether arguments of a call say how long to wait; unknown for options from elsewhere."""
        return either([self._of_argument(argument) for argument in arguments])

    def _of_argument(self, argument: cst.Arg) -> Answer:
        if argument.star == "**":
            return self._of_spread(argument.value)
        keyword = argument.keyword.value if argument.keyword is not None else ""
        return self._of_keyword(keyword, argument.value)

    def _of_keyword(self, keyword: str, value: cst.BaseExpression) -> Answer:
        if keyword in TIMEOUTS:
            return self._is_time(value)
        if keyword in _OPTIONS:
            return self._of_options(value)
        return Answer.UNKNOWN if keyword in _CUSTOM else Answer.NO

    def _is_time(self, value: cst.BaseExpression) -> Answer:
        """Whether a timeout is one: ``None`` isn't."""
        origins = self._names.origins(value)
        return Answer.NO if origins and all(map(_is_nothing, origins)) else Answer.YES

    def _of_spread(self, value: cst.BaseExpression) -> Answer:
        """Whether ``**options`` hold a timeout; a name may have got one later."""
        if dotted(value) in self._changed:
            return Answer.UNKNOWN
        return self._of_options(value)

    def _of_options(self, value: cst.BaseExpression) -> Answer:
        origins = self._names.origins(value)
        return either([self._of_origin(origin) for origin in origins] or [Answer.UNKNOWN])

    def _of_origin(self, origin: Origin) -> Answer:
        if isinstance(origin, Binding):
            return Answer.UNKNOWN
        if isinstance(origin, cst.Dict):
            return either([self._of_element(element) for element in origin.elements])
        if isinstance(origin, cst.Call):  # "HttpOptions(timeout=...)", "dict(model=...)"
            plain = [a for a in origin.args if a.keyword is None and a.star != "**"]
            return Answer.UNKNOWN if plain else self.given(origin.args)
        return Answer.NO if _is_nothing(origin) else Answer.UNKNOWN

    def _of_element(self, element: cst.BaseDictElement) -> Answer:
        if isinstance(element, cst.StarredDictElement):
            return self._of_spread(element.value)
        assert isinstance(element, cst.DictElement)
        key = literal(element.key) if isinstance(element.key, cst.SimpleString) else None
        return self._of_keyword(key.text, element.value) if key is not None else Answer.UNKNOWN

    @cached_property
    def _changed(self) -> FrozenSet[str]:
        """The names of dicts that may get a timeout after they were made."""
        found: List[str] = []
        for assign in self._tree.of(cst.Assign):
            for target in assign.targets:
                if isinstance(target.target, cst.Subscript):
                    if _may_be_timeout(target.target):
                        found.append(dotted(target.target.value))
        for call in self._tree.of(cst.Call):
            if isinstance(call.func, cst.Attribute) and call.func.attr.value in _CHANGING:
                found.append(dotted(call.func.value))
        found += [dotted(statement.target) for statement in self._tree.of(cst.AugAssign)]
        return frozenset(filter(None, found))


def either(answers: Sequence[Answer]) -> Answer:
    """Yes if one says yes, no if all say no."""
    if Answer.YES in answers:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.NO


def _is_nothing(origin: Origin) -> bool:
    """Whether a value is no time at all: ``None``, or a ``Timeout(None)``."""
    if isinstance(origin, cst.Call) and last_name(origin.func) == "Timeout":
        return len(origin.args) == 1 and last_name(origin.args[0].value) == "None"
    return isinstance(origin, cst.BaseExpression) and last_name(origin) in _NOTHING


def _may_be_timeout(target: cst.Subscript) -> bool:
    """Whether an item that is assigned may be the timeout."""
    index: Optional[cst.BaseSlice] = target.slice[0].slice if target.slice else None
    value = index.value if isinstance(index, cst.Index) else None
    key = literal(value) if isinstance(value, cst.SimpleString) else None
    return key is None or key.text in TIMEOUTS
