"""Suspect stages for language models: files in which output may meet what a rule is about.

Nearly no file asks a model. One that does, and has a parser or validator too, is parsed as a whole,
since the way between them leads through any function.
"""

from __future__ import annotations

import ast
from typing import FrozenSet, Set

from mosaic_lint.llm_vocabulary import (
    GENERATING,
    LLM_CALL_TAILS,
    LLM_HOSTS,
    LLM_PACKAGES,
    PARSER_NAMES,
    RAW,
    VALIDATING_LLM,
    OutputNames,
)
from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name
from mosaic_lint.triage.unstaged import suspect_everything

_KINDS = frozenset(kind for kind, _ in LLM_CALL_TAILS)
_METHODS = frozenset(method for _, method in LLM_CALL_TAILS)
_MODELS = ("langchain", "genai", "generative", "vertexai", "litellm")
"""What is imported where models are objects, or functions of a module."""


def suspect_parses(table: Table, settings: Settings) -> Suspects:
    """Find files in which a model's output may be parsed."""
    return _everything_if(PARSER_NAMES, table, settings)


def suspect_validations(table: Table, settings: Settings) -> Suspects:
    """Find files in which a model's output may be validated."""
    return _everything_if(VALIDATING_LLM, table, settings)


def suspect_llm_calls(table: Table, settings: Settings) -> Suspects:
    """Find files that call an SDK."""
    imports = any(module.startswith(LLM_PACKAGES) for module in _imported(table))
    return suspect_everything(table, settings) if imports else Suspects()


def _everything_if(wanted: FrozenSet[str], table: Table, settings: Settings) -> Suspects:
    """Suspect all of a file that mentions one of some names and asks a model."""
    if _mentioned(table) & wanted and asks_a_model(table, settings):
        return suspect_everything(table, settings)
    return Suspects()


def _mentioned(table: Table) -> Set[str]:
    """The names and attributes of a file, and what it imports by name."""
    found = {node.attr for node in table.of(ast.Attribute)}
    found |= {node.id for node in table.of(ast.Name)}
    return found | {alias.name.rpartition(".")[2] for alias in table.of(ast.alias)}


def asks_a_model(table: Table, settings: Settings) -> bool:
    """Whether a file may ask a language model, or is given what one said."""
    mentioned = _mentioned(table)
    calls = {name.rpartition(".")[2] for name in settings.llm_calls}
    if mentioned & (calls | GENERATING):
        return True
    if mentioned & _METHODS and mentioned & _KINDS and _has_tail(table):
        return True
    names = OutputNames(settings.llm_names)
    if any(node.arg in names for node in table.of(ast.arg)):
        return True
    if any(part in module for module in _imported(table) for part in _MODELS):
        return True
    return LLM_HOSTS.search(table.source.text) is not None


def _has_tail(table: Table) -> bool:
    """Whether a method of an SDK is read from something that may have it."""
    kinds = table.aliases(_KINDS | RAW)
    return any(
        node.attr in _METHODS and last_name(node.value) in kinds for node in table.of(ast.Attribute)
    )


def _imported(table: Table) -> Set[str]:
    modules = {node.module or "" for node in table.of(ast.ImportFrom)}
    names = {
        f"{node.module}.{alias.name}" for node in table.of(ast.ImportFrom) for alias in node.names
    }
    plain = {alias.name for node in table.of(ast.Import) for alias in node.names}
    return modules | names | plain
