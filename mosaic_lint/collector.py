"""Python's cyclic garbage collector, out of the way while trees are built."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing in a block: each collection would look at all nodes of all trees again.

    That was a third of parsing a file, and a fifth of judging one with 2,000 statements.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
