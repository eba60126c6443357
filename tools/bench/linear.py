"""Measures whether a line costs more where much stands around it.

The same code is checked by the engine in ordinary modules, in one long function, and in one module
of many functions (see `shapes`). What a process costs before it has read a line of it is taken off
both sides: it would hide a part of the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .cases import EVERY, Case, Outcome, engine_command
from .service import SEED
from .shapes import PIECES, compose_shapes, write_shape
from .timing import Command, Usage, compare
from .work import UnequalWorkError, read_codes

NUMBER = 2_000
LIMIT = 2.0
PAIRS, PAIRS_QUICK = 5, 1
_START_RUNS = 3


@dataclass(frozen=True)
class ShapeCase:
    """A shape of the code, and what it is compared with."""

    case: Case
    ordinary: Command
    unusual: Command


def _command(folder: Path, output: Path) -> Command:
    names = sorted(path.name for path in folder.glob("*.py"))
    return Command(engine_command(EVERY, *names), folder, output)


def _start(folder: Path) -> float:
    """Return the processor time of a run over one piece of each kind: start and imports."""
    write_shape(folder / "start", compose_shapes(len(PIECES), SEED).one_function)
    command = _command(folder / "start", folder / "start.txt")
    command.run()
    return median(command.run().cpu for _ in range(_START_RUNS))


def prepare_shapes(folder: Path, *, quick: bool) -> Iterator[ShapeCase]:
    """Write the files of all shapes below `folder` and yield the cases."""
    start = _start(folder)

    def net(usage: Usage) -> float:
        return usage.cpu - start

    shapes = compose_shapes(NUMBER, SEED + 4)
    write_shape(folder / "ordinary", shapes.ordinary)
    ordinary = _command(folder / "ordinary", folder / "ordinary.txt")
    for title, sources in (
        ("10,000 lines in one function", shapes.one_function),
        (f"{NUMBER:,} functions in one module", shapes.many_functions),
    ):
        place = folder / title.replace(" ", "-")
        lines = write_shape(place, sources)
        case = Case(
            title=title,
            folder=place,
            files=len(sources),
            lines=lines,
            limit=LIMIT,
            pairs=PAIRS_QUICK if quick else PAIRS,
            measure=net,
            measured="net user + system",
            chapters=EVERY,
            faults=NUMBER,
            expected=shapes.findings,
        )
        yield ShapeCase(case, ordinary, _command(place, folder / "unusual.txt"))


def measure_shape(shape: ShapeCase) -> Outcome:
    """Check both shapes in pairs, and look whether both gave the same findings."""
    case = shape.case
    result = compare(shape.ordinary, shape.unusual, pairs=case.pairs, measure=case.measure)
    _, usual = read_codes(shape.ordinary.output)
    _, findings = read_codes(shape.unusual.output)
    if usual != findings:
        raise UnequalWorkError(f"{case.title}: {findings}, but {usual} in ordinary modules")
    return Outcome(case, result, findings)
