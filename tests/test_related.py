"""A finding's path: its places, the line in its message, and what each report makes of it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import FrozenInstanceError
from typing import Any, Dict, Iterator, List, Tuple

import libcst as cst
import pytest

from mosaic_lint import registry
from mosaic_lint.anchor import Line, Step
from mosaic_lint.engine import Mode, Report, check_bytes
from mosaic_lint.model import Finding, Related, Span
from mosaic_lint.parse import parse
from mosaic_lint.positions import Locator
from mosaic_lint.reports import load
from mosaic_lint.reports.results import Results
from mosaic_lint.rule import Check, Context, Draft, Rule
from mosaic_lint.source import Source
from mosaic_lint.tree import Tree
from mosaic_lint.triage import everything
from tests import traced
from tests.in_memory import config
from tests.test_positions import CASES
from tests.test_reports_sarif import validate

Shown = Tuple[int, int, str, str]
"""Line, column, the marked text and the message."""


@pytest.fixture(autouse=True)
def _more_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "rules", traced.rules)
    monkeypatch.setattr(registry, "names", traced.names)


def report(data: bytes, path: str = "x.py", *, triage: bool = True, **options: Any) -> Report:
    options = {"select": ["MOS99"], "include_markdown": True, **options}
    return check_bytes(path, data, config(**options), Mode(triage=triage, strict=True))


def shown(told: Report) -> List[Tuple[Shown, List[Shown]]]:
    """The findings, each with its steps."""

    def one(span: Span, message: str) -> Shown:
        return (*told.source.position(span.start), told.source.text[slice(*span)], message)

    return [
        (one(f.span, f.message), [one(step.span, step.message) for step in f.related])
        for f in told.findings
    ]


# --- places -------------------------------------------------------------------------------------

TEXT = """\
# é 😀
def other():
    return 'not seen'

def f(items):
    for item in items:
        x = '😀'; y = 'é', ask(item,
\t\t\t'q')
        print(x)
"""

STEPS = [
    (6, 5, "for", "in this loop"),
    (7, 14, "😀", "the question"),
    (7, 23, "é", "the question"),
    (7, 27, "ask(item,\n\t\t\t'q')", "the answer of ask()"),
    (8, 5, "q", "the question"),
]

FAULT = (9, 15, "x", "x is printed (from line 6): print a constant")


@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_steps_and_lines_are_those_of_the_file(bom: str, end: str, triage: bool) -> None:
    told = report((bom + TEXT.replace("\n", end)).encode(), triage=triage)
    expected = [(*place, text.replace("\n", end), message) for *place, text, message in STEPS]
    before = [] if triage else [(3, 13, "not seen", "the question")]
    fault = FAULT if triage else (*FAULT[:3], FAULT[3].replace("line 6", "line 3"))
    assert shown(told) == [(fault, before + expected)]


def test_form_feeds_and_stubs_before_a_step_move_nothing() -> None:
    text = "\f" + TEXT.replace("def", "\fdef")
    ((fault, steps),) = shown(report(text.encode()))
    assert (fault, steps) == (FAULT, STEPS)


def test_every_form_of_anchor_is_found() -> None:
    text = "async def f():\n    x = (  # here\n        await y\n    )\n    print(x)  # a place\n"
    ((fault, steps),) = shown(report(text.encode()))
    assert steps == [
        (5, 15, "# a place", "a comment"),
        (2, 9, "(  # here\n        await y", "awaited"),
    ]
    assert fault == (5, 11, "x", "x is printed (from line 5): print a constant")


def test_finding_without_steps_has_none() -> None:
    ((fault, steps),) = shown(report(b"\nprint(x)\n"))
    assert (fault, steps) == ((2, 7, "x", "x is printed (from line 2): print a constant"), [])


def test_loop_is_marked_alike_alone_and_among_steps_of_its_head() -> None:
    for head in ("y", "ask(y)"):
        ((_, steps),) = shown(report(f"for x in {head}:\n    print(x)\n".encode()))
        assert steps[0] == (1, 1, "for", "in this loop")
        assert len(steps) == 1 + (head != "y")


def test_steps_of_braces_are_no_fields_of_the_message() -> None:
    ((fault, _),) = shown(report(b"ask()\nprint({1: '{line}'})\n"))
    assert fault[3] == "{1: '{line}'} is printed (from line 1): print a constant"


def test_only_the_statements_of_steps_are_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    generated: List[cst.CSTNode] = []
    near = Locator._near

    def noted(self: Locator, unit: cst.CSTNode, nodes: List[cst.CSTNode]) -> Any:
        generated.append(unit)
        return near(self, unit, nodes)

    monkeypatch.setattr(Locator, "_near", noted)
    monkeypatch.setattr(Locator, "_far", None)
    assert len(report(b"a = 1\nb = ask()\nc = 2\nprint(b)\nd = 3\nprint(a)\n").findings) == 2
    code = [cst.Module([]).code_for_node(unit).strip() for unit in generated]
    assert sorted(code) == ["b = ask()", "print(a)", "print(b)"]
    generated.clear()
    assert report(b"b = ask()\n").findings == ()
    assert generated == []


@pytest.mark.parametrize("name", CASES)
def test_place_of_a_node_depends_on_no_other(name: str) -> None:
    """A step stands where it stands: alone, with others, and where there is no ``ast``."""
    source = Source.from_bytes(f"{name}.py", CASES[name].data)
    try:
        statements = ast.parse(source.text)
    except SyntaxError:
        pytest.skip("this Python can't read it")
    excerpt = everything(source, statements, ()).excerpt
    tree = Tree(parse(excerpt))
    kinds = (cst.BaseExpression, cst.BaseSmallStatement, cst.BaseCompoundStatement,
             cst.ExceptHandler)  # fmt: skip
    nodes = [node for node in tree.nodes if isinstance(node, kinds)]
    together = Locator(source, excerpt, tree, statements).spans(nodes)
    if tree.module.code == excerpt.text:  # otherwise a node is as good as its statement
        without = Locator(source, excerpt, tree, None).spans(nodes)
        assert [together[node] for node in nodes] == [without[node] for node in nodes]
    for node in nodes:
        assert Locator(source, excerpt, tree, statements).spans([node]) == {node: together[node]}


# --- other languages ----------------------------------------------------------------------------

SQL = "-- é\n\nSELECT '😀' AS\tx\n  FROM t\n LIMIT 1;\nSELECT 1 LIMIT 2;\n"
SQL_SHOWN = [
    (
        (5, 2, "LIMIT", "LIMIT comes behind line 3: leave it out"),
        [(3, 1, "SELECT", "begins here"), (4, 3, "FROM", "reads")],
    ),
    (
        (6, 10, "LIMIT", "LIMIT comes behind line 6: leave it out"),
        [(6, 1, "SELECT", "begins here")],
    ),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_steps_in_a_script(bom: str, end: str) -> None:
    assert shown(report((bom + SQL.replace("\n", end)).encode(), "x.sql")) == SQL_SHOWN


@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
def test_steps_in_sql_in_python(triage: bool) -> None:
    text = (
        "cursor.execute('é'\n)\ncursor.execute(\n  'SELECT \\x31 '\n  '''FROM t\n  LIMIT 1'''\n)\n"
    )
    assert shown(report(text.encode(), triage=triage)) == [
        (
            (6, 3, "LIMIT", "LIMIT comes behind line 4: leave it out"),
            [(4, 4, "SELECT", "begins here"), (5, 6, "FROM", "reads")],
        )
    ]


MARKDOWN = """\
# é 😀

> - ```python
>   é = 'ü', ask(
>      1)
>   print(é)
>   ```

- größe

\t```sql
\tSELECT '😀'\tFROM t
\t LIMIT 1;
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_steps_and_lines_in_markdown_are_those_of_the_file(bom: str, end: str) -> None:
    pytest.importorskip("markdown_it")
    assert shown(report((bom + MARKDOWN.replace("\n", end)).encode(), "x.md")) == [
        (
            (6, 11, "é", "é is printed (from line 4): print a constant"),
            [
                (4, 10, "ü", "the question"),
                (4, 14, f"ask({end}>      1)", "the answer of ask()"),
            ],
        ),
        (
            (13, 3, "LIMIT", "LIMIT comes behind line 12: leave it out"),
            [(12, 2, "SELECT", "begins here"), (12, 13, "FROM", "reads")],
        ),
    ]


# --- what stays as it was -----------------------------------------------------------------------


def run_instead(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    """Have another function run for the rule over calls."""
    monkeypatch.setattr(traced, "traced_value", Rule(traced.traced_value.meta, check))


def test_findings_that_differ_in_their_steps_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(call: cst.Call, context: Context) -> Iterator[Draft]:
        for message in ("one way", "another way"):
            step = Step(call.func, message)
            yield context.report(call.args[0], related=[step], value="x", line=Line(call))

    run_instead(monkeypatch, twice)
    ((fault, steps),) = shown(report(b"print(x)\n"))
    assert fault == (1, 7, "x", "x is printed (from line 1): print a constant")
    assert steps == [(1, 1, "print", "another way")]


def test_findings_that_differ_in_the_line_of_their_source_are_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def twice(call: cst.Call, context: Context) -> Iterator[Draft]:
        for argument in call.args:
            yield context.report(call.func, value="x", line=Line(argument))

    run_instead(monkeypatch, twice)
    told = report(b"print(x,\n  y)\n")
    assert [f.message for f in told.findings] == [
        "x is printed (from line 1): print a constant",
        "x is printed (from line 2): print a constant",
    ]


def test_order_is_that_of_the_faults_whatever_their_sources() -> None:
    told = report(b"print(ask())\nprint(x)\n", select=["MOS305", "MOS998"])
    assert [(*told.source.position(f.span.start), f.code) for f in told.findings] == [
        (1, 1, "MOS305"),
        (1, 7, "MOS998"),
        (2, 1, "MOS305"),
        (2, 7, "MOS998"),
    ]


def test_noqa_speaks_for_the_line_of_the_fault_not_of_a_step() -> None:
    wanted = ["MOS998", "MOS002"]
    assert shown(report(b"x = ask()\nprint(x)  # noqa: MOS998\n", select=wanted)) == []
    told = report(b"x = ask()  # noqa: MOS998\nprint(x)\n", select=wanted)
    assert [(told.source.position(f.span.start).line, f.code) for f in told.findings] == [
        (1, "MOS002"),
        (2, "MOS998"),
    ]


def test_message_that_lacks_a_value_is_the_fault_of_its_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(call: cst.Call, context: Context) -> Iterator[Draft]:
        yield context.report(call, line=Line(call))

    run_instead(monkeypatch, broken)
    told = check_bytes("x.py", b"print(x)\n", config(select=["MOS998", "MOS305", "MOS0"]))
    assert [f.code for f in told.findings] == ["MOS004", "MOS305"]
    assert told.findings[0].message == ("MOS998 failed with KeyError: 'value'; please report it")


def test_step_is_compared_but_not_ordered_by() -> None:
    plain = Finding("MOS998", "x", Span(2, 3))
    traced_one = Finding("MOS998", "x", Span(2, 3), related=(Related(Span(0, 1), "here"),))
    assert plain.related == ()
    assert plain != traced_one
    assert plain.order == traced_one.order
    with pytest.raises(FrozenInstanceError):
        traced_one.related[0].message = "there"  # type: ignore[misc]


# --- reports ------------------------------------------------------------------------------------

FLOW = "# é\nx = '😀', ask(\n  1)\n\n\n\n\n\nif x:\n\tprint(x)\n"
MESSAGE = "x is printed (from line 2): print a constant"

TEXT_REPORT = f"""\
api/x.py:10:8: MOS998 {MESSAGE}
   |
10 |     print(x)
   |           ^
   = line 2: the question
   = line 2: the answer of ask()

"""


def rendered(name: str, text: str = FLOW, *, colour: bool = False) -> str:
    told = report(text.encode(), "api/x.py")
    return load(name)(Results((told,), 1, colour))


def test_text_has_a_line_for_each_step() -> None:
    assert rendered("text") == TEXT_REPORT


def test_colours_of_steps_change_nothing_but_colours() -> None:
    coloured = rendered("text", colour=True)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == TEXT_REPORT
    assert coloured.splitlines()[4] == "\x1b[34m   =\x1b[0m line 2: the question"


def test_text_keeps_a_step_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def wild(call: cst.Call, context: Context) -> Iterator[Draft]:
        step = Step(call.func, "a\nb \x1b[31m\u202e")
        yield context.report(call.args[0], related=[step], value="x", line=Line(call))

    run_instead(monkeypatch, wild)
    assert rendered("text", "print(x)\n").splitlines()[4] == "  = line 1: a␊b ␛[31m\ufffd"


def test_json_has_the_steps_where_there_are_some() -> None:
    first, second = json.loads(rendered("json", f"print(y)\n{FLOW}"))
    assert list(first) == [
        "code", "name", "message", "path", "line", "column", "end_line", "end_column", "fix", "url",
    ]  # fmt: skip
    assert list(second) == [*first, "related"]
    assert second["related"] == [
        {"message": "the question", "line": 3, "column": 6, "end_line": 3, "end_column": 7},
        {"message": "the answer of ask()", "line": 3, "column": 10, "end_line": 4, "end_column": 5},
    ]


def location(line: int, column: int, end: Tuple[int, int], message: str) -> Dict[str, Any]:
    region = {"startLine": line, "startColumn": column, "endLine": end[0], "endColumn": end[1]}
    artifact = {"uri": "api/x.py", "uriBaseId": "%SRCROOT%"}
    place = {"artifactLocation": artifact, "region": region}
    return {"physicalLocation": place, "message": {"text": message}}


def test_sarif_has_the_steps_and_the_flow_to_the_finding() -> None:
    log = json.loads(rendered("sarif", f"print(y)\n{FLOW}"))
    validate(log)
    first, second = log["runs"][0]["results"]
    assert not {"relatedLocations", "codeFlows"} & set(first)
    steps = [
        location(3, 6, (3, 7), "the question"),
        location(3, 10, (4, 5), "the answer of ask()"),
    ]
    fault = location(11, 8, (11, 9), MESSAGE.replace("line 2", "line 3"))
    assert second["relatedLocations"] == [{"id": 1, **steps[0]}, {"id": 2, **steps[1]}]
    assert second["codeFlows"] == [
        {"threadFlows": [{"locations": [{"location": place} for place in (*steps, fault)]}]}
    ]
    assert second["locations"] == [{"physicalLocation": fault["physicalLocation"]}]


@pytest.mark.parametrize("key", ["relatedLocations", "codeFlows"])
def test_schema_looks_at_the_steps(key: str) -> None:
    log = json.loads(rendered("sarif"))
    log["runs"][0]["results"][0][key] = [{"id": "one"}]
    with pytest.raises(AssertionError):
        validate(log)


@pytest.mark.parametrize("name", ["concise", "github"])
def test_formats_of_one_line_a_finding_stay_so(name: str) -> None:
    said = rendered(name)
    assert said.count("\n") == 1
    assert f"api/x.py:10:8: MOS998 {MESSAGE}\n" in said
    assert "ask()" not in said
