"""The server and the driver do what the cases claim."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from tests.server.case import Case, Program, cases

ALL = list(cases())
BAD = [case for case in ALL if case.bad]
GOOD = [case for case in ALL if not case.bad]
FIXED = [case for case in BAD if case.fixed is not None]
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


def test_cases_have_names_of_their_own() -> None:
    names: List[str] = [case.id for case in ALL]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("code", sorted({case.code for case in ALL}))
def test_rule_has_enough_cases(code: str) -> None:
    assert len([case for case in BAD if case.code == code]) >= LEAST
    assert len([case for case in GOOD if case.code == code]) >= LEAST
