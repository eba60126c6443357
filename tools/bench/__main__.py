"""`python -m tools.bench`: what does the plugin cost? Exit status 1 if more than it may."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .absolute import measure_ceiling
from .cases import measure, prepare, prepare_ceilings
from .fixing import measure_fixing, prepare_fixing
from .index import loading_spread, measure_index
from .linear import measure_shape, prepare_shapes
from .report import (
    PluginMissingError,
    ceiling_spread,
    ceiling_table,
    document,
    everything,
    findings_by_code,
    fix_table,
    loading_table,
    machine,
    shape_table,
    spread,
    table,
)
from .timing import CommandFailedError
from .work import UnequalWorkError


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument(
        "--pairs",
        type=int,
        default=15,
        metavar="N",
        help="pairs of runs for a case of many files (default: 15)",
    )
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="write the page for the documentation to FILE"
    )
    parser.add_argument(
        "--quick", action="store_true", help="few pairs: a first impression, nothing to publish"
    )
    arguments = parser.parse_args(given)
    if arguments.pairs < 1:
        parser.error("--pairs: at least one pair")
    if arguments.quick and arguments.write:
        parser.error("--write: not with --quick, the numbers are too few to publish")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Measure all cases, print the table, write the page."""
    arguments = _arguments(given)
    pairs = 1 if arguments.quick else arguments.pairs
    try:
        on = machine()
        print(f"{on.plugin}, flake8 {on.flake8}, {on.python}, {on.processor} x {on.cores}")
        with tempfile.TemporaryDirectory(prefix="lint-bench-") as name:
            folder = Path(name)
            outcomes = []
            for case in prepare(folder, pairs, quick=arguments.quick):
                outcome = measure(case, folder)
                print(spread(outcome), file=sys.stderr, flush=True)
                outcomes.append(outcome)
            heights = []
            for ceiling in prepare_ceilings(folder, quick=arguments.quick):
                height = measure_ceiling(ceiling, folder)
                print(ceiling_spread(height), file=sys.stderr, flush=True)
                heights.append(height)
            shapes = []
            for shape in prepare_shapes(folder, quick=arguments.quick):
                outcome = measure_shape(shape)
                print(spread(outcome), file=sys.stderr, flush=True)
                shapes.append(outcome)
            fixings = []
            for fixing in prepare_fixing(folder, pairs):
                outcome = measure_fixing(fixing)
                print(spread(outcome), file=sys.stderr, flush=True)
                fixings.append(outcome)
            loadings = []
            for loading in measure_index(folder, quick=arguments.quick):
                print(loading_spread(loading), file=sys.stderr, flush=True)
                loadings.append(loading)
    except (PluginMissingError, UnequalWorkError, CommandFailedError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2

    print(table(outcomes))
    print()
    print(ceiling_table(heights))
    print()
    print(shape_table(shapes))
    print()
    print(fix_table(fixings))
    print()
    print(loading_table(loadings))
    for one in everything(outcomes, heights, [*shapes, *fixings]):
        if one.case.expected or one.findings:
            print(f"found/planted, {one.case.title}: {findings_by_code(one)}")
    if arguments.write:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_text(
            document(outcomes, heights, shapes, fixings, loadings, on), encoding="utf-8"
        )
    compared = [*outcomes, *shapes, *fixings]
    fine = all(outcome.is_fast_enough and outcome.found_what_is_there for outcome in compared)
    fine = fine and all(height.keeps_limit and height.found_what_is_there for height in heights)
    fine = fine and all(loading.keeps_limit for loading in loadings)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
