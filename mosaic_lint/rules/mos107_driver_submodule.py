"""MOS107: a submodule of the driver is used and nothing in the file imports it."""

from __future__ import annotations

from functools import partial
from typing import Iterator

import libcst as cst

from mosaic_lint.change import Declined
from mosaic_lint.facts.submodules import unimported_submodules
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.submodules import imported
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS107",
    name="driver-submodule",
    message="{submodule} is a submodule that nothing in this file imports: "
    'write "import {importable}"',
    subscribes="Module",
    triggers=("psycopg",),
    stage="submodules",
    playbook="Pattern 1: database context manager",
    fix="safe",
)
def driver_submodule(module: cst.Module, context: Context) -> Iterator[Draft]:
    """
    What:
        `psycopg2.extras`, `.pool`, `.sql`, `.errorcodes` or `.tz` is used in a file that imports
        only `psycopg2`.

    Why:
        A package doesn't load its submodules. The attribute exists only if some other module
        happened to import it first; otherwise the line ends in an AttributeError, often only in
        the worker or the script that starts differently.

    Example:
        import psycopg2

        factory = psycopg2.extras.RealDictCursor

    Instead:
        import psycopg2
        import psycopg2.extras

        factory = psycopg2.extras.RealDictCursor

    Fix safety:
        Safe: `import psycopg2.extras` is added behind the import of the package. Where only
        functions import the package, each that uses the submodule gets the import. There is no fix
        where the package's name means something else, and for `psycopg.pool`, which is another
        package.

    Limits:
        One finding for each submodule, at its first use. An import under `TYPE_CHECKING` doesn't
        count; one inside a function makes the rule silent, because nobody knows when it runs.
        `psycopg.pool` doesn't exist at all: the pool is the package `psycopg_pool`.
    """
    for use in unimported_submodules(context.file):
        fix = partial(imported, use.submodule) if use.importable == use.submodule else _renamed
        yield context.report(use.node, submodule=use.submodule, importable=use.importable, fix=fix)


def _renamed(site: Site) -> Repair:
    raise Declined("it is a package of its own, and has another name wherever it is used")
