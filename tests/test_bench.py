"""The generated service of the benchmark is what its cases claim, clean and dirty."""

from __future__ import annotations

import ast
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Dict, Iterator, Mapping, Tuple

import pytest

from mosaic_lint.config import Config, Selection
from mosaic_lint.engine import Mode, check
from mosaic_lint.source import Source
from tools.bench.service import SEED, ServiceStats, write_service, write_single_module
from tools.bench.shapes import PIECES, compose_shapes
from tools.bench.sites_flow import find_all_sites
from tools.bench.statements import LENGTH, write_statements

FIRST = ("MOS1", "MOS3")
ALL = ("MOS1", "MOS2", "MOS3", "MOS4")
EVERY = (*ALL, "MOS5", "MOS9")
CONNECTIONS = {f"MOS{number}" for number in (101, 104, 105, 107)}
HANDLERS = {f"MOS{number}" for number in (301, 302, 303, 304, 305, 306)}
FLOW = {f"MOS{number}" for number in (103, 106, 501, 502, 503, 901)}
FINGERPRINTS = {
    "clean": "860ff1fd6bc3980f",
    "dirty, MOS1 and 3": "f0855182c0251c40",
    "dirty, MOS1 to 4": "fea32be1443a84f6",
    "dirty, all chapters": "795f0ad7f2290b86",
    "one file": "3cdd5ae1aef802c7",
    "statements": "beb752e00dd9bfb6",
}
"""Of the files that are measured. Whoever changes one makes all numbers before incomparable."""
SQL = {f"MOS{number}" for number in (201, 202, 203, 204, 205, 208, 209, 210, 211, 212, 213, 402)}
FAULT_EVERY = 40


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Tuple[Path, ServiceStats]:
    """The clean service."""
    folder = tmp_path_factory.mktemp("clean")
    return folder, write_service(folder)


@pytest.fixture(scope="module")
def dirty_flow(tmp_path_factory: pytest.TempPathFactory) -> Tuple[Path, ServiceStats]:
    """The service with these faults, and those that only show in what follows."""
    folder = tmp_path_factory.mktemp("dirty_flow")
    return folder, write_service(
        folder, fault_every=FAULT_EVERY, chapters=EVERY, find=find_all_sites
    )


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Tuple[Path, ServiceStats]:
    """The service with faults of all kinds that show where they stand."""
    folder = tmp_path_factory.mktemp("dirty")
    return folder, write_service(folder, fault_every=FAULT_EVERY)


def sources(folder: Path) -> Dict[str, str]:
    """The modules below a folder."""
    paths = sorted(folder.rglob("*.py"))
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def executed(source: str) -> Iterator[Tuple[str, ast.expr]]:
    """The literal statements that run with parameters written beside them."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "execute" and len(node.args) == 2:
            query, parameters = node.args
            if isinstance(query, ast.Constant) and isinstance(query.value, str):
                yield query.value, parameters


def fingerprint(folder: Path) -> str:
    """What all files below a folder and their names come down to."""
    joined = "\0".join(f"{path}\0{source}" for path, source in sources(folder).items())
    return sha256(joined.encode("utf-8")).hexdigest()[:16]


def found(modules: Mapping[str, str]) -> Counter[str]:
    """What the linter finds, by code."""
    config = Config(root=Path("/"), selection=Selection(select=EVERY))
    return Counter(
        finding.code
        for path, text in modules.items()
        for finding in check(Source(path, text), config, Mode(strict=True)).findings
    )


@pytest.mark.parametrize("which", ["clean", "dirty", "dirty_flow"])
def test_modules_are_python_39_and_ascii(which: str, request: pytest.FixtureRequest) -> None:
    folder, _ = request.getfixturevalue(which)
    for path, source in sources(folder).items():
        ast.parse(source, path, feature_version=(3, 9))
        assert source.isascii(), path


def test_a_statement_about_every_25_lines(clean: Tuple[Path, ServiceStats]) -> None:
    _, stats = clean
    assert 22 <= stats.lines / stats.statements <= 28


def test_clean_parameters_fit_their_statements(clean: Tuple[Path, ServiceStats]) -> None:
    checked = 0
    for path, source in sources(clean[0]).items():
        for query, parameters in executed(source):
            left = re.sub(r"%%|%s|%\(\w+\)s", "", query)
            assert "%" not in left, (path, query)
            if isinstance(parameters, ast.Tuple):
                assert query.count("%s") == len(parameters.elts), (path, query)
                checked += 1
            elif isinstance(parameters, ast.Dict):
                names = {key.value for key in parameters.keys if isinstance(key, ast.Constant)}
                assert set(re.findall(r"%\((\w+)\)s", query)) == names, (path, query)
                checked += 1
    assert checked > 200


def test_clean_definitions_are_guarded(clean: Tuple[Path, ServiceStats]) -> None:
    text = "\n".join(sources(clean[0]).values())
    definitions = re.findall(r"\b(?:CREATE|DROP) (?:TABLE|INDEX)\b.*|\bADD COLUMN\b.*", text)
    assert len(definitions) > 20
    assert all(re.search(r"IF (?:NOT )?EXISTS", line) for line in definitions)


def test_clean_inserts_say_what_a_conflict_does(clean: Tuple[Path, ServiceStats]) -> None:
    text = "\n".join(sources(clean[0]).values())
    assert text.count("INSERT INTO") == text.count("ON CONFLICT") > 20


def test_every_kind_of_fault_is_planted(dirty: Tuple[Path, ServiceStats]) -> None:
    _, stats = dirty
    assert set(stats.findings) == CONNECTIONS | HANDLERS | SQL
    assert min(stats.findings.values()) >= 3
    assert stats.faults == pytest.approx(stats.lines / FAULT_EVERY, rel=0.1)


def test_every_kind_of_fault_that_shows_in_what_follows_is_planted(
    dirty_flow: Tuple[Path, ServiceStats],
) -> None:
    _, stats = dirty_flow
    assert set(stats.findings) == CONNECTIONS | HANDLERS | SQL | FLOW
    # Seven places ask a language model, and MOS501 and MOS502 share them.
    assert min(stats.findings.values()) >= 2
    assert stats.faults == pytest.approx(stats.lines / FAULT_EVERY, rel=0.1)


def test_the_linter_finds_what_is_planted(
    clean: Tuple[Path, ServiceStats], dirty_flow: Tuple[Path, ServiceStats]
) -> None:
    assert not found(sources(clean[0]))
    assert found(sources(dirty_flow[0])) == dirty_flow[1].findings


def test_what_was_measured_before_is_measured_again(
    clean: Tuple[Path, ServiceStats], dirty_flow: Tuple[Path, ServiceStats], tmp_path: Path
) -> None:
    written = {"clean": clean[0], "dirty, all chapters": dirty_flow[0]}
    for name, chapters in (("dirty, MOS1 and 3", FIRST), ("dirty, MOS1 to 4", ALL)):
        written[name] = tmp_path / name
        write_service(written[name], fault_every=FAULT_EVERY, chapters=chapters)
    written["one file"] = tmp_path / "single"
    write_single_module(written["one file"] / "services" / "ticket_service.py")
    written["statements"] = tmp_path / "statements"
    write_statements(written["statements"] / "queries.py", number=2_000, seed=SEED + 3)
    assert {name: fingerprint(folder) for name, folder in written.items()} == FINGERPRINTS


def test_the_same_every_time(dirty: Tuple[Path, ServiceStats], tmp_path: Path) -> None:
    write_service(tmp_path, fault_every=FAULT_EVERY)
    assert sources(tmp_path) == sources(dirty[0])


def test_faults_of_some_chapters_only(tmp_path: Path) -> None:
    stats = write_service(tmp_path, fault_every=FAULT_EVERY, chapters=FIRST)
    assert stats.findings
    assert all(code.startswith(FIRST) for code in stats.findings)


def test_module_of_statements(tmp_path: Path) -> None:
    path = tmp_path / "queries.py"
    stats = write_statements(path, number=200, seed=1)
    source = path.read_text("utf-8")
    ast.parse(source, feature_version=(3, 9))
    assert source.count(".execute(") == stats.statements == 200
    assert stats.characters / stats.statements == pytest.approx(LENGTH, rel=0.05)
    assert sum(stats.findings.values()) == 20


def test_shapes_hold_the_same_code() -> None:
    shapes = compose_shapes(2_000, seed=1)
    bodies = []
    for modules, functions in (
        (shapes.ordinary, 400),
        (shapes.one_function, 1),
        (shapes.many_functions, 2_000),
    ):
        assert all(text.isascii() for text in modules.values())
        trees = [ast.parse(text, feature_version=(3, 9)) for text in modules.values()]
        steps = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert len(steps) == functions
        # The first statement gives `total` its value, the last one returns it.
        bodies.append([ast.dump(node) for step in steps for node in step.body[1:-1]])
        if functions == 1:
            assert steps[0].end_lineno is not None
            assert steps[0].end_lineno - steps[0].lineno >= 10_000
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(shapes.ordinary) == 20


def test_the_linter_finds_the_same_in_all_shapes() -> None:
    shapes = compose_shapes(10 * len(PIECES), seed=1)
    assert set(shapes.findings.values()) == {10}
    assert found(shapes.ordinary) == shapes.findings
    assert found(shapes.one_function) == shapes.findings
    assert found(shapes.many_functions) == shapes.findings
