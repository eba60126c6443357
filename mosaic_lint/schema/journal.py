"""Changes of dictionaries that can be taken back."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_MISSING: Any = object()


class Journal:
    """What was changed, in order, so that it can be undone: as a transaction is."""

    def __init__(self) -> None:
        self._undo: List[Callable[[], None]] = []

    @property
    def mark(self) -> int:
        """The present moment, to which :meth:`undo` goes back."""
        return len(self._undo)

    def put(self, mapping: Dict[_Key, _Value], key: _Key, value: _Value) -> None:
        """Set an item."""
        before = mapping.get(key, _MISSING)
        mapping[key] = value
        if before is _MISSING:
            self._undo.append(lambda: mapping.__delitem__(key))
        else:
            self._undo.append(lambda: mapping.__setitem__(key, before))

    def discard(self, mapping: Dict[_Key, _Value], key: _Key) -> None:
        """Remove an item, if it is there, from a mapping whose order says nothing."""
        before = mapping.pop(key, _MISSING)
        if before is not _MISSING:
            self._undo.append(lambda: mapping.__setitem__(key, before))

    def replace(self, mapping: Dict[_Key, _Value], items: Dict[_Key, _Value]) -> None:
        """Give a mapping other items, in their order."""
        before = dict(mapping)
        mapping.clear()
        mapping.update(items)
        self._undo.append(lambda: _set(mapping, before))

    def set(self, thing: object, attribute: str, value: object) -> None:
        """Set an attribute."""
        before = getattr(thing, attribute)
        setattr(thing, attribute, value)
        self._undo.append(lambda: setattr(thing, attribute, before))

    def undo(self, mark: int) -> None:
        """Take back everything since a moment."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def forget(self) -> None:
        """Keep everything for good."""
        self._undo.clear()


def _set(mapping: Dict[_Key, _Value], items: Dict[_Key, _Value]) -> None:
    mapping.clear()
    mapping.update(items)
