"""Markers around changed code: what is read of them, and what is wrong with them."""

from __future__ import annotations

from datetime import date
from typing import List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mosaic_lint.markers import Marker, broken, read_markers
from mosaic_lint.pycomments import comments
from tests.growth import calls


def markers(text: str) -> List[Marker]:
    return read_markers(text, comments(text))


def told(*lines: str) -> List[Tuple[int, str]]:
    """The lines, from 0, on which something is wrong, and what."""
    text = "\n".join(lines)
    return [
        (text.count("\n", 0, found.marker.span.start), found.problem.value)
        for found in broken(markers(text))
    ]


SIGNED = {
    "2026-01-12 - Ines - reason": (date(2026, 1, 12), True),
    "2026-01-12": (date(2026, 1, 12), False),
    "2026-01-12 - 10:30 - Ines": (date(2026, 1, 12), True),
    "2026-01-12 - - reason": (date(2026, 1, 12), False),
    "- 2026-01-12 - Ines": (date(2026, 1, 12), True),
    ": 2026-01-12: Ines": (date(2026, 1, 12), True),
    "(2026-01-12, Ines)": (date(2026, 1, 12), True),
    "2026-01-12-Ines": (date(2026, 1, 12), True),
    "20260112 Ines": (date(2026, 1, 12), True),
    "2026-1-12 Ines": (None, True),
    "12/01/2026 - Ines": (None, True),
    "YYYY-MM-DD - Ines": (None, True),
    "2026-13-01 - Ines": (None, True),
    "0000-00-00 - Ines": (None, True),
    "2026-13-01 2026-01-12 Ines": (date(2026, 1, 12), True),
    "- Ines - see backup-20260112-103000": (None, True),
    "by Ines on 2026-01-12": (date(2026, 1, 12), True),
    "2026-01-12 by": (date(2026, 1, 12), False),
    "2026-01-12 - \u6797": (date(2026, 1, 12), True),
    "": (None, False),
}


@pytest.mark.parametrize("said", sorted(SIGNED))
def test_date_and_author(said: str) -> None:
    found = markers(f"# [CHANGE] {said}")
    assert [(marker.day, marker.has_author) for marker in found] == [SIGNED[said]]


BELOW = {
    "labels": (["# DATE: 2026-01-12", "# Modified by: Ines"], (date(2026, 1, 12), True)),
    "labels behind others": (["# ADDED: x", "# Date: 2026-01-12"], (date(2026, 1, 12), False)),
    "the date first": (["# 2026-01-12 - Ines"], (date(2026, 1, 12), True)),
    "a sentence": (["# Ines said so on 2026-01-12"], (None, False)),
    "an empty label": (["# AUTHOR:", "# DATE:"], (None, False)),
    "an empty line between": (["", "# DATE: 2026-01-12"], (None, False)),
    "code between": (["x = 1", "# DATE: 2026-01-12"], (None, False)),
    "another marker between": (["# [END CHANGE]", "# DATE: 2026-01-12"], (None, False)),
}


@pytest.mark.parametrize("name", sorted(BELOW))
def test_date_and_author_on_the_lines_below(name: str) -> None:
    lines, expected = BELOW[name]
    for end in ("\n", "\r\n", "\r"):
        found: Tuple[Optional[date], bool] = (None, False)
        marker = markers(end.join(["# [CHANGE]", *lines]))[0]
        found = (marker.day, marker.has_author)
        assert found == expected


CHANGE = "# [CHANGE] 2026-01-12 - Ines"


def test_balance() -> None:
    assert told(CHANGE, "# [END CHANGE]") == []
    assert told(CHANGE) == [(0, "never ended")]
    assert told("# [END CHANGE]") == [(0, "ends nothing")]
    assert told("# [BLOCK 1]", "# [END BLOCK 2]") == [(0, "never ended"), (1, "ends nothing")]
    assert told("# [END BLOCK 1]", "# [BLOCK 1]") == [(0, "ends nothing"), (1, "never ended")]
    assert told("# [BLOCK 1]", "# [BLOCK 1]", "# [END BLOCK 1]") == [(0, "never ended")]
    assert told("# [CHANGE]") == [(0, "lacking"), (0, "never ended")]


def test_what_is_never_ended_crosses_nothing() -> None:
    assert told(CHANGE, "# [BLOCK 1]", "# [END CHANGE]") == [(1, "never ended")]
    assert told("# [BLOCK 1]", CHANGE, "# [END BLOCK 1]") == [(1, "never ended")]


def test_crossing_is_told_at_the_end_that_comes_too_early() -> None:
    one, two, three = "# [BLOCK 1]", "# [BLOCK 2]", "# [BLOCK 3]"
    ends = [line.replace("[", "[END ") for line in (one, two, three)]
    assert told(one, two, ends[0], ends[1]) == [(2, "crossed")]
    assert told(one, two, three, *ends) == [(3, "crossed"), (4, "crossed")]
    assert told(one, two, three, ends[1], ends[2], ends[0]) == [(3, "crossed")]
    assert told(one, two, three, *reversed(ends)) == []


def test_other_is_the_innermost_that_is_crossed() -> None:
    text = (
        "# [BLOCK 1]\n# [BLOCK 2]\n# [BLOCK 3]\n# [END BLOCK 1]\n# [END BLOCK 3]\n# [END BLOCK 2]"
    )
    (found,) = broken(markers(text))
    assert found.other is not None
    assert (found.marker.name, found.other.name) == ("BLOCK 1", "BLOCK 3")


def test_dates_tell_changes_apart() -> None:
    second = CHANGE.replace("12", "13")
    ends = ["# [END CHANGE] 2026-01-12", "# [END CHANGE] 2026-01-13"]
    assert told(CHANGE, second, *ends) == [(2, "crossed")]
    assert told(CHANGE, second, *reversed(ends)) == []
    assert told(CHANGE, second, ends[0]) == [(1, "never ended")]
    assert told(CHANGE, "# [END CHANGE] 2026-02-01") == []


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    lines=st.lists(
        st.sampled_from(
            ["# [BLOCK 1]", "# [BLOCK 2]", "# [END BLOCK 1]", "# [END BLOCK 2]", CHANGE,
             "# [CHANGE] 2026-01-13", "# [END CHANGE] 2026-01-12", "# [END CHANGE]", "x = 1"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_without_what_is_told_all_is_right(lines: List[str]) -> None:
    """What is left when each line that is told is taken away is balanced and encloses properly."""
    while True:
        wrong = {line for line, _ in told(*lines)}
        if not wrong:
            break
        lines = [line for number, line in enumerate(lines) if number not in wrong]
    opened: List[str] = []
    for marker in markers("\n".join(lines)):
        if not marker.is_end:
            opened.append(marker.key)
        else:
            assert opened.pop() == marker.key
    assert opened == []


@pytest.mark.parametrize(
    "piece",
    ["# [CHANGE]\n", "# [BLOCK 1]\n", "# [END BLOCK 1]\n", "[BLOCK 1] ", "[CHANGE", "[END ", "#",
     "# [CHANGE] 2026-01-12\n# x\n", "# [CHANGE] 2026-01-12 - x\n", "2026-01-12 ", " - ",
     "[BLOCK aaaaaaaa]",
     "# [BLOCK 1]\n# [BLOCK 2]\n# [END BLOCK 1]\n# [END BLOCK 2]\n", "--- ", "\n#"],
)  # fmt: skip
def test_work_is_linear(piece: str) -> None:
    def work(count: int) -> int:
        text = "# [CHANGE] " + piece * count + CHANGE
        return calls(lambda: list(broken(markers(text))))

    assert work(8_000) < 12 * work(1_000)
