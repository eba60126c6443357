"""A progress bar for whoever waits at a terminal."""

from __future__ import annotations

import time
from typing import Callable, Iterator, Optional, Sequence, TextIO, TypeVar

T = TypeVar("T")

_PATIENCE = 1.0


def tracked(
    items: Sequence[T],
    stream: Optional[TextIO],
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Yield the items, and show how far it is once that takes longer than a second.

    Args:
        items: what is worked on.
        stream: where to show it; nothing is shown where this is no terminal.
        clock: tells the seconds.
    """
    if stream is None or not stream.isatty():
        yield from items
        return
    started = clock()
    for done, item in enumerate(items):
        if clock() - started > _PATIENCE:
            yield from _shown(items, done, stream)
            return
        yield item


def _shown(items: Sequence[T], done: int, stream: TextIO) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        task = progress.add_task("", total=len(items), completed=done)
        for item in items[done:]:
            yield item
            progress.advance(task)
