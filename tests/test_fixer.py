"""The rounds of the fixer, by toy rules whose fixes are as bad as a test wants them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import pytest

from mosaic_lint import fixer
from mosaic_lint.config import Config
from mosaic_lint.edits import Taken, moved, shifted
from mosaic_lint.engine import Mode, Report
from mosaic_lint.fixer import MAX_CHECKS, Answer, Ask, Fixed, fix
from mosaic_lint.model import Edit, Finding, Fix, Related, Safety, Span
from mosaic_lint.source import Source
from tests.in_memory import config

Rule = Callable[[str], List[Finding]]
"""A toy rule: from a text to its findings."""


IMPORT = Edit(Span(0, 0), "import\n", shared=True)


def found(code: str, span: Span, edits: Sequence[Edit], safety: Safety = Safety.SAFE) -> Finding:
    """A finding with a fix."""
    return Finding(code, code, span, Fix(safety, f"Fix {code}", tuple(edits)))


def swap(code: str, pattern: str, text: str, *more: Edit, safety: Safety = Safety.SAFE) -> Rule:
    """A rule that finds a pattern and writes a text in its place."""

    def check(source: str) -> List[Finding]:
        return [
            found(code, Span(*m.span()), [*more, Edit(Span(*m.span()), m.expand(text))], safety)
            for m in re.finditer(pattern, source)
        ]

    return check


class Toys:
    """An engine that knows only toy rules, and counts how often it is asked."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self.checks = 0

    def check(self, source: Source, _config: Config, mode: Mode) -> Report:
        self.checks += 1
        findings = [finding for rule in self.rules for finding in rule(source.text)]
        return Report(source, tuple(sorted([*findings, *mode.also], key=lambda f: f.order)))


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Toys]:
    def install(*rules: Rule) -> Toys:
        made = Toys(*rules)
        monkeypatch.setattr(fixer, "check", made.check)
        return made

    return install


def run(
    text: str,
    wanted: Callable[[Finding], bool] = lambda finding: True,
    also: Tuple[Finding, ...] = (),
    ask: Optional[Ask] = None,
    path: str = "a.txt.sql",
) -> Fixed:
    """Fix a text that needn't be Python."""
    return fix(Source(path, text), config(), wanted, Mode(also=also), ask)


def text_of(fixed: Fixed) -> str:
    return fixed.report.source.text


def reasons(fixed: Fixed) -> Dict[str, str]:
    return {f.code: f.unfixed for f in fixed.report.findings}


def codes(fixed: Fixed) -> List[str]:
    return [finding.code for finding in fixed.applied]


def test_all_fixes_that_are_apart_take_one_round(toys: Callable[..., Toys]) -> None:
    made = toys(swap("A", "a", "1"), swap("B", "b", "2"))
    fixed = run("a b a b")
    assert (text_of(fixed), codes(fixed)) == ("1 2 1 2", ["A", "B", "A", "B"])
    assert made.checks == 2
    assert fixed.is_changed


def test_text_without_fixes_is_checked_once(toys: Callable[..., Toys]) -> None:
    made = toys(swap("A", "a", "1"))
    fixed = run("xyz")
    assert (text_of(fixed), fixed.applied, made.checks) == ("xyz", (), 1)
    assert not fixed.is_changed


def test_what_was_found_first_is_kept(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"))
    fixed = run("a")
    assert fixed.before.source.text == "a"
    assert [finding.code for finding in fixed.before.findings] == ["A"]


def test_overlapping_fixes_take_further_rounds(toys: Callable[..., Toys]) -> None:
    made = toys(swap("A", "ab", "xb"), swap("B", "b", "y"), swap("C", "bc", "bz"))
    fixed = run("abc")
    assert sorted(codes(fixed)) == ["A", "B"], "the fix of C went with that of B"
    assert text_of(fixed) == "xyc"
    assert made.checks == 3


def test_touching_fixes_are_not_made_at_once(toys: Callable[..., Toys]) -> None:
    made = toys(swap("A", "a", "1"), swap("B", "b", "2"))
    assert text_of(run("ab")) == "12"
    assert made.checks == 3


def test_fix_between_the_edits_of_another_waits(toys: Callable[..., Toys]) -> None:
    def around(text: str) -> List[Finding]:
        ends = [(m.start(), m.end()) for m in re.finditer(r"<[^<>]*>", text)]
        return [
            found("A", Span(s, e), [Edit(Span(s, s + 1), "("), Edit(Span(e - 1, e), ")")])
            for s, e in ends
        ]

    made = toys(around, swap("B", "b", "2"))
    fixed = run("<b>")
    assert (text_of(fixed), codes(fixed), made.checks) == ("(2)", ["A", "B"], 3)


def test_shared_edit_is_made_once(toys: Callable[..., Toys]) -> None:
    made = toys(swap("A", "a", "1", IMPORT))
    fixed = run("x a a")
    assert (text_of(fixed), len(fixed.applied), made.checks) == ("import\nx 1 1", 2, 2)


def test_only_what_is_wanted_is_fixed(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"), swap("B", "b", "2", safety=Safety.UNSAFE))
    fixed = run("a b", lambda f: f.fix is not None and f.fix.safety is Safety.SAFE)
    assert text_of(fixed) == "1 b"
    (left,) = fixed.report.findings
    assert (left.code, left.unfixed) == ("B", "")
    assert left.fix is not None


def test_refused_fix_leaves_the_good_ones(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"), swap("B", "b", "b"), swap("C", "c", "3"))
    fixed = run("a a a b c c c")
    assert text_of(fixed) == "1 1 1 b 3 3 3"
    assert reasons(fixed) == {"B": "B would still be found"}


def test_fix_that_leads_to_something_new_is_refused(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "z"), lambda text: [Finding("Z", "Z", Span(0, 1))] * text.count("z"))
    fixed = run("a")
    assert text_of(fixed) == "a"
    assert reasons(fixed) == {"A": "it would lead to Z"}


def test_result_must_compile(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "good", "1 +"), swap("B", "two", "2"))
    fixed = run("x = good\ny = two\n", path="a.py")
    assert text_of(fixed) == "x = good\ny = 2\n"
    assert reasons(fixed) == {"A": "the result would not compile"}


def test_what_did_not_compile_before_need_not_afterwards(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "two", "2"))
    assert text_of(run("x = = two\n", path="a.py")) == "x = = 2\n"


@pytest.mark.parametrize("bad", [1, 2, 3])
def test_many_good_fixes_survive_some_bad_ones(toys: Callable[..., Toys], bad: int) -> None:
    made = toys(swap("A", "a", "1"), swap("B", "b", "b"))
    text = "a " * 40
    for number in range(bad):
        text = text[: number * 26] + "b " + text[number * 26 :]
    fixed = run(text)
    assert text_of(fixed) == text.replace("a", "1")
    assert made.checks <= MAX_CHECKS


def test_equal_fixes_are_told_apart_by_their_place(toys: Callable[..., Toys]) -> None:
    # The same line twice; only the second one's fix leads to something new.
    toys(
        swap("A", "a", "1"),
        lambda text: [Finding("Z", "Z", Span(0, 0))] if text.endswith("1\n") else [],
    )
    fixed = run("x = a\nx = a\n")
    assert text_of(fixed) == "x = 1\nx = a\n"
    assert reasons(fixed) == {"A": "it would lead to Z"}


def test_refused_fix_stays_refused_when_the_text_before_it_grows(
    toys: Callable[..., Toys],
) -> None:
    # round 1: B is refused, A goes and inserts a line; round 2: C, which touched A
    made = toys(swap("B", "b", "b"), swap("A", "a", "1", IMPORT), swap("C", "c", "3"))
    fixed = run("b ac")
    assert text_of(fixed) == "import\nb 13"
    assert reasons(fixed) == {"B": "B would still be found"}
    assert made.checks == 5, "first, both, B, A, C"


def test_fixes_that_lead_to_each_other_are_refused(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "b"), swap("B", "b", "a"), swap("C", "c", "3"))
    fixed = run("a c")
    assert text_of(fixed) == "a 3"
    assert reasons(fixed) == {"A": "it would lead to B"}


def test_cycle_through_uncovered_findings_ends_with_the_original(
    toys: Callable[..., Toys], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The net lets it pass, so that only the repeated text tells.
    monkeypatch.setattr(fixer, "objection", lambda before, after, applied: "")
    toys(swap("A", "a", "b"), swap("B", "b", "a"))
    fixed = run("a")
    assert (text_of(fixed), fixed.applied) == ("a", ())
    assert reasons(fixed) == {"A": "the fixes of A, B undo each other here"}


def test_rounds_are_bounded(toys: Callable[..., Toys], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixer, "objection", lambda before, after, applied: "")
    made = toys(swap("A", "a+", r"\g<0>a"))
    fixed = run("a")
    assert made.checks == MAX_CHECKS
    assert text_of(fixed) == "a" * MAX_CHECKS
    assert reasons(fixed) == {"A": "too many fixes depend on each other here; run it again"}


def test_encoding_that_cannot_hold_the_text(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "\N{EURO SIGN}"), swap("B", "b", "ä"))
    source = Source.from_bytes("a.py", b"# coding: latin-1\n'a' 'b' '\xe4'\n")
    result = fix(source, config(), lambda finding: finding.span.start > 18)
    assert result.report.source.to_bytes() == b"# coding: latin-1\n'a' '\xe4' '\xe4'\n"
    told = {f.unfixed for f in result.report.findings if f.unfixed}
    assert told == {"the file's encoding, iso-8859-1, can't hold it"}


def test_fix_must_not_move_the_coding_comment(toys: Callable[..., Toys]) -> None:
    toys(swap("A", r"\Aonce", "once upon\n\n"), swap("B", r"\A#", "\n\n#"))
    source = Source.from_bytes("a.py", b"# coding: latin-1\n'\xe4'\n")
    result = fix(source, config(), lambda finding: True)
    assert result.report.source.text == source.text
    (told,) = {f.unfixed for f in result.report.findings}
    assert told.startswith("the file couldn't be read any more: not utf-8")


def test_byte_order_mark_stays(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"))
    source = Source.from_bytes("a.py", b"\xef\xbb\xbfx = a\r\ny = 2\n")
    result = fix(source, config(), lambda finding: True)
    assert result.report.source.to_bytes() == b"\xef\xbb\xbfx = 1\r\ny = 2\n"


def test_what_the_project_found_moves_along(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1111"))
    text = "a b\nc d\n"
    place = found("P", Span(6, 7), [Edit(Span(6, 7), "D")])
    whole = Finding("W", "W", Span(0, 0))
    fixed = run(text, lambda finding: finding.code == "A", (whole, place))
    assert text_of(fixed) == "1111 b\nc d\n"
    assert [(f.code, f.span) for f in fixed.report.findings] == [
        ("W", Span(0, 0)),
        ("P", Span(9, 10)),
    ]


def test_fix_of_what_the_project_found_is_applied_once(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1111"))
    place = found("P", Span(6, 7), [Edit(Span(6, 7), "D")])
    fixed = run("a b\nc d\n", also=(place,))
    assert text_of(fixed) == "1111 b\nc D\n"
    assert (codes(fixed), fixed.report.findings) == (["A", "P"], ())


def test_fix_in_another_file_is_not_ours(toys: Callable[..., Toys]) -> None:
    toys()
    elsewhere = found("P", Span(0, 1), [Edit(Span(0, 1), "D")])
    assert elsewhere.fix is not None
    elsewhere = replace(elsewhere, fix=replace(elsewhere.fix, path="/other.sql"))
    fixed = run("a", also=(elsewhere,))
    assert (text_of(fixed), fixed.report.findings) == ("a", (elsewhere,))


def test_project_finding_whose_text_is_gone_loses_its_fix(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a b", "1"))
    place = found("P", Span(2, 3), [Edit(Span(2, 3), "B")])
    fixed = run("a b", lambda finding: finding.code == "A", (place,))
    (left,) = fixed.report.findings
    assert (left.code, left.fix, left.unfixed) == ("P", None, "the text around it has changed")


def test_change_of_a_dated_file_is_no_objection(toys: Callable[..., Toys]) -> None:
    def stale(text: str) -> List[Finding]:
        if "1" not in text or "new" in text:
            return []
        at = text.index("old")
        return [found("MOS707", Span(at, at + 3), [Edit(Span(at, at + 3), "new")])]

    toys(swap("A", "a", "1"), stale)
    fixed = run("old a")
    assert (text_of(fixed), codes(fixed)) == ("new 1", ["A", "MOS707"])


def test_date_that_its_fix_leaves_stale_is_refused(toys: Callable[..., Toys]) -> None:
    toys(swap("MOS707", "old|older", "older"))
    fixed = run("old")
    assert text_of(fixed) == "old"
    assert reasons(fixed) == {"MOS707": "MOS707 would still be found"}


def test_blocks_of_markdown_must_still_compile(toys: Callable[..., Toys]) -> None:
    pytest.importorskip("markdown_it")
    toys(swap("A", "one", "1 +"), swap("B", "two", "2"))
    fixed = run("```python\nx = one\n```\n\n```python\ny = two\n```\n", path="a.md")
    assert text_of(fixed) == "```python\nx = one\n```\n\n```python\ny = 2\n```\n"
    assert reasons(fixed) == {"A": "the result would not compile"}


def test_blocks_of_markdown_must_stay_blocks(toys: Callable[..., Toys]) -> None:
    pytest.importorskip("markdown_it")
    toys(swap("A", "python", "text"))
    text = "```python\nx = 1\n```\n"
    assert text_of(run(text, path="a.md")) == text


# --- one at a time ------------------------------------------------------------------------------


class Answers:
    """Somebody who answers, and what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = iter(answers)
        self.asked: List[Tuple[str, str, str]] = []

    def __call__(self, finding: Finding, before: Source, after: Source) -> Answer:
        self.asked.append((finding.code, before.text, after.text))
        return next(self._answers)


def test_each_fix_is_asked_for_and_shown_alone(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"), swap("B", "b", "2"), swap("C", "c", "3"))
    ask = Answers(Answer.YES, Answer.NO, Answer.YES)
    fixed = run("a b c", ask=ask)
    assert ask.asked == [
        ("A", "a b c", "1 b c"),
        ("B", "1 b c", "1 2 c"),
        ("C", "1 b c", "1 b 3"),
    ]
    assert (text_of(fixed), codes(fixed)) == ("1 b 3", ["A", "C"])
    assert reasons(fixed) == {"B": "left as it was"}


def test_all_takes_the_rest_without_a_question(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"), swap("B", "b", "2"))
    ask = Answers(Answer.NO, Answer.ALL)
    fixed = run("a b a b", ask=ask)
    assert (text_of(fixed), len(ask.asked)) == ("a 2 1 2", 2)


def test_quit_keeps_what_was_accepted(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "1"))
    ask = Answers(Answer.YES, Answer.QUIT)
    fixed = run("a a a", ask=ask)
    assert (text_of(fixed), len(ask.asked), len(fixed.applied)) == ("1 a a", 2, 1)


def test_nobody_is_asked_for_what_does_not_work(toys: Callable[..., Toys]) -> None:
    toys(swap("A", "a", "a"), swap("B", "b", "2"))
    ask = Answers(Answer.YES)
    fixed = run("a b", ask=ask)
    assert (text_of(fixed), [code for code, _, _ in ask.asked]) == ("a 2", ["B"])


# --- edits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(0, 0), Span(0, 0)),
        (Span(0, 1), Span(2, 3)),
        (Span(3, 6), Span(5, 7)),
        (Span(4, 5), Span(6, 6)),
        (Span(7, 9), Span(8, 10)),
    ],
)
def test_spans_move_with_the_text(span: Span, expected: Span) -> None:
    edits = [Edit(Span(0, 0), "++"), Edit(Span(4, 6), "x")]
    assert moved(span, edits) == expected


def test_steps_of_a_finding_move_too() -> None:
    finding = Finding("A", "A", Span(5, 6), related=(Related(Span(3, 4), "step"),))
    (step,) = shifted(finding, [Edit(Span(1, 1), "++")]).related
    assert step.span == Span(5, 6)


def test_taken_places_are_found_among_many() -> None:
    taken = Taken()
    for start in range(0, 1000, 10):
        assert taken.admits([Edit(Span(start, start + 5), "x")])
    assert not taken.admits([Edit(Span(503, 504), "x")])
    assert not taken.admits([Edit(Span(505, 507), "x")]), "it touches one"
    assert not taken.admits([Edit(Span(506, 506), "x"), Edit(Span(526, 526), "x")])
    assert taken.admits([Edit(Span(506, 507), "x")])
