"""Calls of language models: by the SDKs, by functions that the settings name, over HTTP."""

from __future__ import annotations

from functools import cached_property
from typing import FrozenSet, Iterator, List, Optional, Sequence

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, returned
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.steps import Place
from mosaic_lint.facts.texts import texts_of
from mosaic_lint.llm_vocabulary import (
    CALL_KEYWORDS,
    CHAT_MODELS,
    GENERATING,
    HTTP_CALLS,
    HTTP_CLIENTS,
    LLM_CALL_NAMES,
    LLM_CALL_TAILS,
    LLM_HOSTS,
    LLM_URL,
    NO_ANSWERS,
    NO_OUTPUT,
    OTHER_MESSENGERS,
    RAW,
    VALIDATING_LLM,
    WHOLE_CALLS,
)

_PLAIN_FUNCTIONS = frozenset(name.rpartition(".")[2] for name in WHOLE_CALLS)
_WITH_DEFAULT = 2  # arguments of getenv
_BASE_URL = ("base_url", "api_base", "endpoint")


class LlmCalls:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._tree = file.tree
        self._functions = functions_of(file)
        settings = file.settings.llm_calls
        self._bare = frozenset(name for name in settings if "." not in name)
        self._dotted = frozenset(settings) - self._bare
        last = frozenset(name.rpartition(".")[2] for name in settings)
        self._wanted = LLM_CALL_NAMES | last | frozenset(("acompletion", "completion"))

    def callees(self) -> Iterator[cst.BaseExpression]:
        """Functions and methods that ask a model, called or handed on to be called."""
        for call in self._tree.of(cst.Call):
            if self.is_callee(call.func) and self._fits(call.func, call.args):
                yield call.func
            for index, argument in enumerate(call.args):
                if isinstance(argument.value, (cst.Name, cst.Attribute)):
                    given = call.args[index + 1 :]  # "to_thread(client.messages.create, ...)"
                    if self.is_callee(argument.value) and self._fits(argument.value, given):
                        yield argument.value

    def is_callee(self, expression: cst.BaseExpression) -> bool:
        """Whether calling an expression asks a model."""
        if not isinstance(expression, (cst.Name, cst.Attribute)):
            return False
        if not self._names.may_mean(expression, self._wanted):
            return False
        qualified = self._names.qualified(expression)
        return self.is_sdk(expression, qualified) or self._is_configured(expression, qualified)

    def is_sdk(self, expression: cst.BaseExpression, qualified: FrozenSet[str]) -> bool:
        """Whether a callee is an SDK's."""
        if any(_is_others(name) for name in qualified) or self._functions.definitions(expression):
            return False
        if qualified & WHOLE_CALLS:
            return True
        return _has_tail(_spelled(expression)) or any(
            _has_tail(name.split(".")) for name in qualified
        )

    def _is_configured(self, expression: cst.BaseExpression, qualified: FrozenSet[str]) -> bool:
        """Whether a callee is a function that the settings name, whose value isn't validated."""
        names = {last_name(expression), *(name.rpartition(".")[2] for name in qualified)}
        if not (names & self._bare or any(map(self._is_dotted, qualified))):
            return False
        definitions = self._functions.definitions(expression)
        return not (definitions and all(map(self._gives_model, definitions)))

    def _is_dotted(self, qualified: str) -> bool:
        return any(f".{qualified}".endswith(f".{name}") for name in self._dotted)

    def _gives_model(self, function: cst.CSTNode) -> bool:
        """Whether a function of this file hands out what it has validated."""
        if not isinstance(function, cst.FunctionDef):
            return False
        values = returned(function)
        return bool(values) and all(
            isinstance(origin, cst.Call) and last_name(origin.func) in VALIDATING_LLM
            for value in values
            for origin in self._names.origins(value)
        )

    def _fits(self, callee: cst.BaseExpression, arguments: Sequence[cst.Arg]) -> bool:
        """Whether the arguments may be those of an SDK, which takes keywords only."""
        name = last_name(callee)
        if name not in LLM_CALL_NAMES or name in GENERATING or name in _PLAIN_FUNCTIONS:
            return True
        if any(argument.star for argument in arguments):
            return True
        plain = [a.value for a in arguments if a.keyword is None]
        if not all(isinstance(value, cst.Ellipsis) for value in plain):
            return False
        keywords = {argument.keyword.value for argument in arguments if argument.keyword}
        return not keywords or bool(keywords & CALL_KEYWORDS)

    def is_validated(self, place: Place) -> bool:
        """Whether a call gives an object that was validated: ``response_model=``."""
        return isinstance(place, cst.Call) and any(
            argument.keyword is not None
            and argument.keyword.value == "response_model"
            and last_name(argument.value) != "None"
            for argument in place.args
        )

    # --- models

    def models(self) -> Iterator[cst.Call]:
        """The calls that make a model, or a client of a host of models."""
        for call in self._tree.of(cst.Call):
            if self._names.may_mean(call.func, self._model_names):
                if any(map(CHAT_MODELS.fullmatch, self._names.qualified(call.func))):
                    yield call
        for call in self._tree.of(cst.Call) if self._has_host else ():
            if any(self._is_host(a) for a in call.args if _is_base_url(a, call)):
                yield call

    @cached_property
    def _model_names(self) -> FrozenSet[str]:
        """The last names of what the file imports or reads that may be a class of models."""
        nodes = [*self._tree.of(cst.Attribute), *self._tree.of(cst.Name)]
        return frozenset(
            name
            for name in map(last_name, nodes)
            if name.startswith(("Chat", "Generative", "Client", "init_chat", "Bedrock", "Ollama",
                                "Anthropic", "Google", "OpenAI", "AzureOpenAI"))
            or name.endswith(("LLM", "OpenAI"))
        )  # fmt: skip

    # --- HTTP

    @cached_property
    def _has_host(self) -> bool:
        return LLM_HOSTS.search(self._file.source.text) is not None

    def http(self) -> Iterator[cst.Call]:
        """The requests to hosts of models."""
        yield from self._addressed(HTTP_CALLS)

    def requests(self) -> Iterator[cst.Call]:
        """What is made to be sent to hosts of models: ``Request(url)``."""
        yield from self._addressed(frozenset(("Request",)))

    def _addressed(self, names: FrozenSet[str]) -> Iterator[cst.Call]:
        """The calls of functions that are given an address of such a host."""
        for call in self._tree.of(cst.Call) if self._has_host else ():
            if last_name(call.func) in names:
                if any(map(self._is_host, _urls(call))):
                    yield call

    def is_http(self, name: str) -> bool:
        """Whether a method of an HTTP client sends a request."""
        return name in HTTP_CALLS

    def gives_no_text(self, place: Place) -> bool:
        """Whether a request asks for something else than text: for embeddings, for example."""
        return isinstance(place, cst.Call) and any(
            NO_OUTPUT.search(text)
            for argument in _urls(place)
            for text in self._texts(argument.value)
        )

    def _is_host(self, argument: cst.Arg) -> bool:
        return any(
            LLM_URL.match(text) and not NO_OUTPUT.search(text)
            for text in self._texts(argument.value)
        )

    def _texts(self, value: cst.BaseExpression) -> List[str]:
        found = [text.text for text in texts_of(self._file).of(value)]
        for origin in self._names.origins(value):
            if isinstance(origin, cst.Call) and len(origin.args) == _WITH_DEFAULT:
                if last_name(origin.func) in ("getenv", "get"):  # the address if nobody sets one
                    default = origin.args[1].value
                    found.extend(text.text for text in texts_of(self._file).of(default))
        return found


def _spelled(expression: cst.BaseExpression) -> List[str]:
    """The last names of an attribute chain, up to three, as they are written."""
    names: List[str] = []
    current = expression
    while isinstance(current, cst.Attribute) and len(names) < 3:
        names.insert(0, current.attr.value)
        current = current.value
    if isinstance(current, cst.Name) and len(names) < 3:
        names.insert(0, current.value)
    return names


def _has_tail(names: List[str]) -> bool:
    """Whether names end like an SDK's call."""
    plain = [name for name in names if name not in RAW]
    if len(plain) > 2 and plain[-3] in NO_ANSWERS:
        return False
    if plain and plain[-1] in GENERATING and len(plain) > 1:
        return True
    return len(plain) > 1 and (plain[-2], plain[-1]) in LLM_CALL_TAILS


def _is_others(qualified: str) -> bool:
    return qualified.partition(".")[0] in OTHER_MESSENGERS


def _urls(call: cst.Call) -> List[cst.Arg]:
    """The arguments of a request that may be its address."""
    plain = [argument for argument in call.args[:2] if argument.keyword is None]
    return plain + [a for a in call.args if a.keyword is not None and a.keyword.value == "url"]


def _is_base_url(argument: cst.Arg, call: cst.Call) -> bool:
    if argument.keyword is not None:
        return argument.keyword.value in _BASE_URL
    return last_name(call.func) in HTTP_CLIENTS and argument is call.args[0]


def llm_calls_of(file: File) -> LlmCalls:
    """The calls of models in a file, found once."""
    found: Optional[LlmCalls] = file.answers.get("llm calls")
    if found is None:
        found = file.answers["llm calls"] = LlmCalls(file)
    return found
