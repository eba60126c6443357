"""The index of the rules is true, and each rule stands where its code says."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Dict, Set

import libcst
import pytest

from mosaic_lint import registry
from mosaic_lint.config import options
from mosaic_lint.facts import FACTS, PROJECT_FACTS, TEXT_FACTS
from mosaic_lint.registry import Misfiled, RuleEntry, collect, load, names, rules
from mosaic_lint.rule import Rule
from mosaic_lint.settings import Settings
from mosaic_lint.triage import STAGES, expand
from tools.gen_index import INDEX, render

REPOSITORY = Path(__file__).resolve().parents[1]
RULES = REPOSITORY / "mosaic_lint" / "rules"
ENTRY = next(iter(rules().values()))
FACTS_OF_STAGE = {"text": TEXT_FACTS, "project": PROJECT_FACTS}
"""The facts of the stages that parse nothing; rules of any other stage have the rest."""


def other(**changes: str) -> RuleEntry:
    """The first rule's entry with changes."""
    return dataclasses.replace(ENTRY, **changes)  # type: ignore[arg-type]


def test_index_is_up_to_date() -> None:
    assert INDEX.read_text(encoding="utf-8") == render(), "run python -m tools.gen_index"


def test_generator_tells_whether_the_index_is_up_to_date() -> None:
    command = [sys.executable, "-m", "tools.gen_index", "--check"]
    assert subprocess.run(command, cwd=REPOSITORY, check=False).returncode == 0


def test_every_file_of_a_rule_is_in_the_index() -> None:
    files = {path.stem for path in RULES.glob("*.py") if path.stem != "__init__"}
    assert {entry.module.rpartition(".")[2] for entry in rules().values()} == files


def test_rules_come_in_the_order_of_their_codes() -> None:
    assert list(rules()) == sorted(rules())
    assert set(names()) == {*rules(), *registry.ENGINE_CODES}


@pytest.mark.parametrize("code", sorted(rules()))
def test_entry_agrees_with_the_rule(code: str) -> None:
    entry = rules()[code]
    rule = load(entry)
    assert isinstance(rule, Rule)
    for field in ("code", "name", "message", "subscribes", "triggers", "stage", "playbook", "fix"):
        assert getattr(entry, field) == getattr(rule.meta, field), field
    assert (entry.default_on, entry.since) == (rule.meta.default_on, rule.meta.since)
    assert rule.check.__name__ == entry.name.replace("-", "_")
    assert entry.summary
    declared = dataclasses.fields(rule.meta.options) if rule.meta.options else ()
    assert [option.name for option in entry.options] == [
        field.name.replace("_", "-") for field in declared
    ]


@pytest.mark.parametrize("code", sorted(rules()))
def test_what_a_rule_names_exists(code: str) -> None:
    entry = rules()[code]
    assert entry.stage in {*STAGES, "sql", *FACTS_OF_STAGE}, "the table has the other stages"
    facts = FACTS_OF_STAGE.get(entry.stage, FACTS)
    if entry.stage in FACTS_OF_STAGE or entry.subscribes in facts:
        module, _, function = facts[entry.subscribes].partition(":")
        assert callable(getattr(import_module(module), function))
    else:
        assert issubclass(getattr(libcst, entry.subscribes), libcst.CSTNode)
    assert entry.triggers or entry.stage in FACTS_OF_STAGE
    assert not (entry.triggers and entry.stage == "project"), "projects have no text to search"
    for trigger in entry.triggers:
        assert all(expand(trigger, Settings())), trigger


@pytest.mark.parametrize("code", sorted(rules()))
def test_rule_imports_no_other_rule(code: str) -> None:
    file = RULES / f"{rules()[code].module.rpartition('.')[2]}.py"
    imported: Set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert [name for name in imported if name.startswith("mosaic_lint.rules")] == []


@pytest.mark.parametrize("code", sorted(rules()))
def test_message_is_one_line_that_says_what_to_write(code: str) -> None:
    message = rules()[code].message
    assert "\n" not in message
    assert message[0].islower() or message.startswith("{")
    assert not message.endswith(".")


def test_code_that_is_taken_is_refused() -> None:
    with pytest.raises(Misfiled, match=f"{ENTRY.code} is taken by {ENTRY.name}"):
        collect([ENTRY, ENTRY])


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "MOS999"},
        {"name": "another-name"},
        {"module": "mosaic_lint.rules.mos999_pool_as_connection"},
        {"module": "mosaic_lint.rules.pool_as_connection"},
        {"module": "mosaic_lint.rules.mos101_pool_as_connections"},
    ],
)
def test_rule_in_the_wrong_file_is_refused(changes: Dict[str, str]) -> None:
    with pytest.raises(Misfiled, match="doesn't belong into"):
        collect([other(**changes)])


def test_no_two_rules_share_a_name_or_an_option() -> None:
    assert len({entry.name for entry in rules().values()}) == len(rules())
    owned = [option.name for entry in rules().values() for option in entry.options]
    shared = [field.name.replace("_", "-") for field in dataclasses.fields(Settings)]
    everything = [*owned, *shared, "select", "ignore", "exclude", "per-file-ignores"]
    assert len(everything) == len(set(everything))
    assert set(options()) == set(everything)


def test_index_is_read_without_importing_rules() -> None:
    script = (
        "import sys\nfrom mosaic_lint import registry\nregistry.rules(); registry.names()\n"
        "print([m for m in sys.modules if m.startswith('mosaic_lint.rules') or m == 'libcst'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_facts_are_named_once_and_exist() -> None:
    named = [*FACTS, *TEXT_FACTS, *PROJECT_FACTS]
    assert len(named) == len(set(named))
    for target in (*FACTS.values(), *TEXT_FACTS.values(), *PROJECT_FACTS.values()):
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))
    assert not [name for name in named if hasattr(libcst, name)]
