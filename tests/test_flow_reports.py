"""What users see of the rules that follow values: messages with lines, and the way there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from tests import flake8_process
from tests.cli_process import found, run
from tests.in_memory import report
from tests.test_reports_sarif import validate

MODULE = '''\
"""Größe 🏔: plans by a model."""
import json

import anthropic

client = anthropic.Anthropic(timeout=20)


def ask(prompt):
    message = client.messages.create(model="m", max_tokens=10, messages=[prompt])
    return message.content[0].text


def plan(prompt):
    """Größe 🏔"""; text = ask(prompt)
    return json.loads(text)
'''
MESSAGE = (
    "json.loads() on LLM output (from client.messages.create, line 10) without validation: "
    "use YourModel.model_validate_json(text)"
)
WAY = [
    (10, 15, "LLM output of client.messages.create"),
    (10, 5, "message holds it"),
    (9, 5, "ask() hands it out"),
    (15, 20, "text holds it"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "plans.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def test_json_tells_the_way_from_the_model_to_the_parser(project: Path) -> None:
    (finding,) = found("--select", "MOS5", "plans.py", cwd=project)
    assert (finding["line"], finding["column"]) == (16, 12)
    assert finding["message"] == MESSAGE
    steps = [(step["line"], step["column"], step["message"]) for step in finding["related"]]
    assert steps == WAY
    assert finding["related"][3]["end_line"] == 15
    assert finding["related"][3]["end_column"] == 38


def test_sarif_has_the_way_as_a_code_flow(project: Path) -> None:
    done = run("check", "--select", "MOS5", "--output-format", "sarif", "plans.py", cwd=project)
    log: Dict[str, Any] = json.loads(done.stdout)
    validate(log)
    (result,) = log["runs"][0]["results"]
    (flow,) = result["codeFlows"]
    places = [_place(step["location"]) for step in flow["threadFlows"][0]["locations"]]
    assert [place[:2] for place in places] == [*(step[:2] for step in WAY), (16, 12)]
    related = [_place(location) for location in result["relatedLocations"]]
    assert related == WAY


def _place(location: Dict[str, Any]) -> Tuple[int, int, str]:
    region = location["physicalLocation"]["region"]
    return region["startLine"], region["startColumn"], location["message"]["text"]


def test_flake8_shows_the_line_of_the_source(project: Path) -> None:
    (shown,) = flake8_process.found("plans.py", cwd=project)
    assert shown == ("plans.py", 16, 12, "MOS501", MESSAGE)


def test_concise_is_one_line_a_finding(project: Path) -> None:
    done = run("check", "--select", "MOS5", "--output-format", "concise", "plans.py", cwd=project)
    assert done.stdout == f"plans.py:16:12: MOS501 {MESSAGE}\n"


def messages(source: str, *codes: str, **options: Any) -> List[str]:
    """The messages of some codes about a module."""
    told = report(source.encode(), "api/x.py", select=list(codes), **options)
    return [finding.message for finding in told.findings]


def test_escape_tells_where_its_block_was_entered() -> None:
    source = (
        "def f():\n    with get_conn() as conn:\n        cursor = conn.cursor()\n"
        "    return cursor.fetchall()\n"
    )
    assert messages(source, "MOS103") == [
        "cursor is used after the block of line 2, which gives the connection back: "
        "move this into the block"
    ]


def test_escape_by_return_and_into_an_attribute_give_their_own_advice() -> None:
    source = (
        "def f(self):\n    with get_conn() as conn:\n        self.cursor = conn.cursor()\n"
        "        return conn\n"
    )
    assert messages(source, "MOS103") == [
        "self.cursor outlives the block of line 2, which gives the connection back: "
        "open a connection where one is needed",
        "conn is returned from the block of line 2, which gives the connection back: "
        "return what was fetched instead",
    ]


def test_validation_and_timeout_say_what_to_write() -> None:
    source = (
        "import openai\nclient = openai.OpenAI()\n\n\ndef f(prompt):\n"
        "    answer = client.responses.create(model='m', input=prompt)\n"
        "    return Plan.model_validate_json(answer.output_text)\n"
    )
    assert messages(source, "MOS502", "MOS503") == [
        'client.responses.create() may wait for minutes: write "timeout=30.0" in the call '
        "or in openai.OpenAI(...)",
        "Plan.model_validate_json() on LLM output (from client.responses.create, line 6) outside "
        "of a try that catches ValidationError: catch it, log it, and retry or answer with a "
        "fallback",
    ]


def test_parameter_is_a_source_with_its_own_line() -> None:
    source = (
        "import json\n\n\ndef f(\n    a,\n    llm_reply,\n):\n    return json.loads(llm_reply)\n"
    )
    (message,) = messages(source, "MOS501")
    assert "(from llm_reply, line 6)" in message
