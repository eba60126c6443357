"""Generates a service as people write them: FastAPI routes, PostgreSQL, workers, plain logic.

The same seed gives the same files. With `fault_every` the very same service has faults planted
into it (see `faults`), so that a clean and a dirty run differ in nothing else.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .faults import Find, plant
from .modules import KINDS, Kind, compose_module
from .sites import find_sites
from .vocabulary import ENTITIES, Entity

SEED = 20_251_202
_SHORTEST, _LONGEST = 155, 340
_LAYOUT = (
    ("api/routes", "{many}.py"),
    ("services", "{one}_service.py"),
    ("workers", "{one}_worker.py"),
    ("api", "{one}_queries.py"),
)


@dataclass(frozen=True)
class ServiceStats:
    """What a generated service consists of."""

    files: int
    lines: int
    functions: int
    classes: int
    statements: int
    faults: int
    findings: Counter[str] = field(default_factory=Counter)
    """How many findings the planted faults are worth, by code."""


def _plan(rng: Random) -> Iterator[tuple[str, Kind, tuple[Entity, Entity]]]:
    """Yield path, kind and subjects of ever more modules, in a mixed order."""
    yield "api/storage.py", KINDS["api"], (ENTITIES[0], ENTITIES[1])
    round_number = 0
    while True:
        suffix = "" if round_number == 0 else f"_{round_number + 1}"
        slots = [(place, entity) for place in _LAYOUT for entity in ENTITIES]
        rng.shuffle(slots)
        for (folder, pattern), entity in slots:
            name = pattern.format(one=entity.one, many=entity.many).replace(".py", f"{suffix}.py")
            related = rng.choice([other for other in ENTITIES if other is not entity])
            yield f"{folder}/{name}", KINDS[folder], (entity, related)
        round_number += 1


def compose_service(lines: int) -> dict[str, str]:
    """Return the clean service, path to source, of at least `lines` lines."""
    rng = Random(SEED)
    sources: dict[str, str] = {}
    total = 0
    for path, kind, entities in _plan(rng):
        if total >= lines:
            break
        source = compose_module(path, kind, entities, rng.randint(_SHORTEST, _LONGEST), rng)
        sources[path] = source
        total += source.count("\n")
    return sources


def write_service(
    folder: Path,
    *,
    lines: int = 10_000,
    fault_every: int | None = None,
    chapters: tuple[str, ...] = ("MOS",),
    find: Find = find_sites,
) -> ServiceStats:
    """Write the service below `folder`, with a fault about every `fault_every` lines if asked.

    The faults are those whose codes start with one of `chapters`, at the sites that `find` finds:
    `find_sites` is for the cases that were there first, `find_all_sites` knows more.
    """
    sources = compose_service(lines)
    faults = 0
    findings: Counter[str] = Counter()
    if fault_every is not None:
        planted = plant(sources, fault_every, Random(SEED + 1), chapters, find)
        sources, faults, findings = planted.sources, planted.number, planted.findings
    for path, source in sources.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source, encoding="utf-8")
    return _stats(sources, faults, findings)


def write_single_module(path: Path, *, lines: int = 500) -> int:
    """Write one clean module of about `lines` lines and return its number of lines."""
    rng = Random(SEED + 2)
    source = compose_module(
        f"{path.parent.name}/{path.name}", KINDS["services"], (ENTITIES[2], ENTITIES[5]), lines, rng
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return source.count("\n")


def _stats(sources: dict[str, str], faults: int, findings: Counter[str]) -> ServiceStats:
    functions = classes = statements = 0
    for path, source in sources.items():
        for node in ast.walk(ast.parse(source, path)):
            functions += isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            classes += isinstance(node, ast.ClassDef)
            statements += (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("execute", "execute_values")
            )
    number = sum(source.count("\n") for source in sources.values())
    return ServiceStats(len(sources), number, functions, classes, statements, faults, findings)
