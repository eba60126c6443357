"""Characters as a literal must be written to have them."""

from __future__ import annotations

import ast

import pytest

from mosaic_lint.change import Declined
from mosaic_lint.literals import written

OPENINGS = ('"', "'", '"""', "'''", 'r"', "r'", 'r"""', "R'''", 'b"', "rb'''", 'u"')
TEXTS = (
    "plain", '"', "'", '""', "''", '"""', "'''", 'YYYY"T"HH24', "'x'", '"x"', 'a"', "a'", "a\nb",
    "\\d", 'x""y', "it's \"so\"", "",
)  # fmt: skip


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("around", ["", "x"])
def test_value_has_the_text(opening: str, text: str, around: str) -> None:
    try:
        found = written(text, opening)
    except Declined:
        assert "r" in opening.lower()
        return
    quote = opening.lstrip("rRbBuU")
    value = ast.literal_eval(f"{opening}{around}{found}{around}{quote}")
    value = value.decode("ascii") if isinstance(value, bytes) else value
    assert value == around + text + around


def test_quotes_within_three_are_written_as_they_are() -> None:
    assert written('YYYY"T"HH24', '"""') == 'YYYY"T"HH24'
    assert written('YYYY"T"HH24', 'r"""') == 'YYYY"T"HH24'
    assert written('YYYY"T"HH24', '"') == 'YYYY\\"T\\"HH24'
