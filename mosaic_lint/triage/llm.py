"""Suspect stages for language models: files in which output may meet what a rule is about.

Nearly no file asks a model. One that does is parsed as a whole where it has a parser, a validator
outside of a ``try``, or a client without a timeout, since the way between model and fault leads
through any function.
"""

from __future__ import annotations

import ast
import re
from typing import FrozenSet, Iterator, Optional, Set, Tuple

from mosaic_lint.llm_vocabulary import (
    FOREIGN_VALIDATION,
    GENERATING,
    LLM_CALL_TAILS,
    LLM_HOSTS,
    LLM_PACKAGES,
    PARSER_NAMES,
    RAW,
    TIMEOUTS,
    VALIDATING_LLM,
    VALIDATION_ERRORS,
    OutputNames,
)
from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name, meant
from mosaic_lint.triage.unstaged import suspect_everything

_KINDS = frozenset(kind for kind, _ in LLM_CALL_TAILS)
_METHODS = frozenset(method for _, method in LLM_CALL_TAILS)
_PLAIN_CLIENT = re.compile(r"(?:Async)?(?:Azure)?(?:Anthropic\w*|OpenAI)")
_PLAIN_MODULES = frozenset(("anthropic", "openai"))
_MODELS = ("langchain", "genai", "generative", "vertexai", "litellm")
"""What is imported where models are objects, or functions of a module."""


def suspect_parses(table: Table, settings: Settings) -> Suspects:
    """Find files in which a model's output may be parsed."""
    return _everything_if(PARSER_NAMES, table, settings)


def suspect_validations(table: Table, settings: Settings) -> Suspects:
    """Find files in which a model's output may be validated."""
    if all(_is_surely_handled(table)):
        return Suspects()
    return _everything_if(VALIDATING_LLM, table, settings)


def suspect_llm_calls(table: Table, settings: Settings) -> Suspects:
    """Find files that call an SDK, and don't tell each of its clients a timeout."""
    imports = any(module.startswith(LLM_PACKAGES) for module in _imported(table))
    if not imports or _has_timeouts(table):
        return Suspects()
    return suspect_everything(table, settings)


def _is_surely_handled(table: Table) -> Iterator[bool]:
    """For each mention of a validator, whether a handler around it surely takes what it raises."""
    called = {id(call.func) for call in table.of(ast.Call)}
    taking = VALIDATION_ERRORS - _foreign_names(table)
    bodies = [lines for node in table.of(ast.Try) for lines in _handled_lines(node, taking)]
    scopes = table.scope_lines()
    handled = {
        line
        for first, last in bodies
        if scopes.isdisjoint(range(first, last + 1))  # a function in it runs elsewhere
        for line in range(first, last + 1)
    }
    for node in table.of(ast.Attribute):
        if node.attr in VALIDATING_LLM:
            yield node.lineno in handled and id(node) in called


def _foreign_names(table: Table) -> Set[str]:
    """The names that a file defines, or imports from packages with exceptions of their own."""
    found = {node.name for node in table.of(ast.ClassDef)}
    for node in table.of(ast.ImportFrom):
        if (node.module or "").partition(".")[0] in FOREIGN_VALIDATION:
            found.update(alias.asname or alias.name for alias in node.names)
    for imported in table.of(ast.Import):
        if any(a.name.partition(".")[0] in FOREIGN_VALIDATION for a in imported.names):
            found.add("ValidationError")
    return found


def _handled_lines(node: ast.Try, taking: FrozenSet[str]) -> Iterator[Tuple[int, int]]:
    """The lines of a ``try`` body whose handlers take a ValidationError."""
    if any(_takes_validation_errors(handler.type, taking) for handler in node.handlers):
        last = node.body[-1]
        if last.end_lineno is not None and node.lineno < node.body[0].lineno:
            yield node.body[0].lineno, last.end_lineno


def _takes_validation_errors(caught: Optional[ast.expr], taking: FrozenSet[str]) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(last_name(element) in taking for element in caught.elts)
    return caught is None or last_name(caught) in taking


def _has_timeouts(table: Table) -> bool:
    """Whether an SDK's clients are made in the plain way only, each with a timeout."""
    imported = [a for node in table.of(ast.ImportFrom) for a in node.names if _is_sdk(node.module)]
    if any(a.asname or not _is_plain_name(a.name) for a in imported):
        return False
    plain = [a for node in table.of(ast.Import) for a in node.names if _is_sdk(a.name)]
    if any(a.asname or a.name not in _PLAIN_MODULES for a in plain):
        return False
    if any(map(_is_model_module, _imported(table))):
        return False
    modules = {alias.name for alias in plain}
    for node in table.of(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in modules:
            if not _is_plain_name(node.attr):
                return False  # a call of the module itself, or something else of it
    clients = table.aliases(frozenset(filter(_PLAIN_CLIENT.fullmatch, _mentioned(table))))
    return all(
        any(keyword.arg in TIMEOUTS and not _is_none(keyword.value) for keyword in call.keywords)
        for call in table.of(ast.Call)
        if clients & meant(call.func)
    )


def _is_plain_name(name: str) -> bool:
    """Whether a name of an SDK is a client's class, or an exception."""
    return bool(_PLAIN_CLIENT.fullmatch(name)) or name.endswith("Error")


def _is_sdk(module: Optional[str]) -> bool:
    return module is not None and module.startswith(LLM_PACKAGES)


def _is_model_module(module: str) -> bool:
    return any(part in module for part in _MODELS)


def _is_none(value: ast.expr) -> bool:
    """Whether a timeout may be none: ``None``, or a name that may mean it."""
    return not isinstance(value, (ast.Call, ast.Constant)) or (
        isinstance(value, ast.Constant) and value.value is None
    )


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
    if any(map(_is_model_module, _imported(table))):
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
