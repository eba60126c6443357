"""The server and the driver do what the cases claim."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, List, Optional

import pytest

from tests.server.case import Case, Program, cases
from tests.server.connections import Connections

EVERY = list(cases())
ALL = [case for case in EVERY if not case.program.connects]
BAD = [case for case in ALL if case.bad]
GOOD = [case for case in ALL if not case.bad]
FIXED = [case for case in BAD if case.fixed is not None]
CONNECTING = [case for case in EVERY if case.program.connects]
LEAST = 8  # cases of each kind for each rule


def identity(case: Case) -> str:
    return case.id


def run(program: Program, case: Case, cursor: Any) -> Any:
    """What a program gives back."""
    namespace: Dict[str, Any] = {"__name__": "case"}
    exec(compile(program.source, case.id, "exec"), namespace)
    return namespace["run"](cursor, *case.args)


def prepare(case: Case, cursor: Any) -> None:
    """Bring about what a case starts from."""
    if case.setup:
        cursor.execute(case.setup)


def refusal(error: BaseException) -> str:
    """The SQLSTATE of an error, or the name of its class."""
    state: Optional[str] = getattr(error, "pgcode", None)
    return state or type(error).__name__


@pytest.mark.parametrize("case", BAD, ids=identity)
def test_fault_fails_as_claimed(case: Case, cursor: Any) -> None:
    prepare(case, cursor)
    if case.twice:
        run(case.program, case, cursor)
    if case.program.raises is None:
        assert run(case.program, case, cursor) == case.program.returns
        return
    with pytest.raises(Exception) as caught:  # noqa: PT011
        run(case.program, case, cursor)
    assert refusal(caught.value) == case.program.raises, caught.value


@pytest.mark.parametrize("case", FIXED, ids=identity)
def test_fixed_form_runs(case: Case, cursor: Any) -> None:
    assert case.fixed is not None
    prepare(case, cursor)
    if case.twice:
        run(case.fixed, case, cursor)
    result = run(case.fixed, case, cursor)
    if case.fixed.returns is not None:
        assert result == case.fixed.returns


@pytest.mark.parametrize("case", GOOD, ids=identity)
def test_near_miss_runs(case: Case, cursor: Any) -> None:
    prepare(case, cursor)
    if case.twice:
        run(case.program, case, cursor)
    result = run(case.program, case, cursor)
    if case.program.returns is not None:
        assert result == case.program.returns


# --- programs that open their connections themselves


def run_program(program: Program, case: Case, connections: Connections) -> Any:
    """What a program gives back."""
    namespace: Dict[str, Any] = {"__name__": "case", "get_conn": connections.get_conn}
    exec(compile(program.source, case.id, "exec"), namespace)
    return namespace["run"]()


@pytest.mark.parametrize("case", [c for c in CONNECTING if c.bad], ids=identity)
def test_faulty_program_is_refused(case: Case, connections: Connections) -> None:
    with contextlib.suppress(connections.errors):
        run_program(case.program, case, connections)
    assert case.program.raises in connections.refused


@pytest.mark.parametrize("case", [c for c in CONNECTING if c.fixed], ids=identity)
def test_fixed_program_runs(case: Case, connections: Connections) -> None:
    assert case.fixed is not None
    result = run_program(case.fixed, case, connections)
    assert case.program.raises not in connections.refused
    if case.fixed.returns is not None:
        assert result == case.fixed.returns


@pytest.mark.parametrize("case", [c for c in CONNECTING if not c.bad], ids=identity)
def test_near_miss_of_a_program_runs(case: Case, connections: Connections) -> None:
    claimed = {bad.program.raises for bad in CONNECTING if bad.bad and bad.code == case.code}
    if case.program.raises is None:
        result = run_program(case.program, case, connections)
        if case.program.returns is not None:
            assert result == case.program.returns
    else:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            run_program(case.program, case, connections)
        assert refusal(caught.value) == case.program.raises, caught.value
    assert not claimed.intersection(connections.refused)
    shown = connections.refused or case.program.returns is not None
    assert shown, "nothing failed, so that nothing is shown"


def test_cases_have_names_of_their_own() -> None:
    names: List[str] = [case.id for case in EVERY]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("code", sorted({case.code for case in EVERY}))
def test_rule_has_enough_cases(code: str) -> None:
    assert len([case for case in EVERY if case.code == code and case.bad]) >= LEAST
    assert len([case for case in EVERY if case.code == code and not case.bad]) >= LEAST
