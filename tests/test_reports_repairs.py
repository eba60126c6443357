"""The closing lines of a run that fixes."""

from __future__ import annotations

from mosaic_lint.model import Edit, Finding, Fix, Safety, Span
from mosaic_lint.reports.repairs import Repairs, summary

HERE = Span(0, 1)


def finding(code: str, safety: str = "", unfixed: str = "") -> Finding:
    """A finding, with a fix if that has a safety."""
    fix = Fix(Safety(safety), "Write it", (Edit(HERE, "x"),)) if safety else None
    return Finding(code, "wrong", HERE, fix, unfixed=unfixed)


def test_each_code_says_what_was_fixed_and_what_was_not_and_why() -> None:
    applied = [finding("MOS201", "safe")] * 12 + [finding("MOS201", "unsafe")] * 2
    left = [
        finding("MOS201", unfixed="a hole hides the rest"),
        finding("MOS201", "unsafe"),
        finding("MOS201", "unsafe"),
        finding("MOS201"),
        finding("MOS202", "safe"),
        finding("MOS902"),
        finding("MOS001"),
    ]
    repairs = Repairs(tuple(applied), tuple(left), 3, 2, is_patch=False, takes_unsafe=False)
    assert summary(repairs, 40) == (
        "MOS001 unreadable-file: 1 not fixed: this code has no fix\n"
        "MOS201 sqlite-placeholder: 12 fixed, 2 fixed (unsafe), 4 not fixed: "
        "unsafe, --unsafe-fixes applies it (2); a hole hides the rest (1); "
        "there is no fix here (1)\n"
        "MOS202 sqlite-autoincrement: 1 not fixed: not asked for\n"
        "MOS902 unauthenticated-endpoint: 1 not fixed: this code has no fix\n"
        "Fixed 14 findings in 3 files, 7 left in 2 files (40 checked).\n"
    )


def test_patch_only_promises() -> None:
    repairs = Repairs((finding("MOS201", "safe"),), (), 1, 0, is_patch=True, takes_unsafe=False)
    assert summary(repairs, 1) == (
        "MOS201 sqlite-placeholder: 1 to fix\n"
        "Would fix 1 finding in 1 file, none left (1 checked).\n"
    )


def test_nothing_to_say() -> None:
    nothing = Repairs((), (), 0, 0, is_patch=False, takes_unsafe=True)
    assert summary(nothing, 2) == "No findings (2 files checked).\n"
    left = Repairs((), (finding("MOS201", "unsafe"),), 0, 1, is_patch=False, takes_unsafe=True)
    assert summary(left, 2).endswith("Fixed nothing, 1 left in 1 file (2 checked).\n")


def test_reason_stays_on_its_line() -> None:
    left = (finding("MOS201", unfixed="two\nlines"),)
    told = summary(Repairs((), left, 0, 1, is_patch=False, takes_unsafe=False), 1)
    assert told.startswith(
        "MOS201 sqlite-placeholder: 1 not fixed: two\N{SYMBOL FOR LINE FEED}lines\n"
    )
