"""MOS503: a language model is asked, and the answer may take for ever."""

from __future__ import annotations

from typing import Iterator, Tuple

from mosaic_lint.anchor import Step
from mosaic_lint.facts.answers import Answer
from mosaic_lint.facts.llm_clients import LlmCall
from mosaic_lint.llm_vocabulary import LLM_IMPORTS
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS503",
    name="llm-call-without-timeout",
    message='{call}() may wait for minutes: write "{timeout}" in {place}',
    subscribes="LlmCall",
    triggers=LLM_IMPORTS,
    stage="llm-calls",
    playbook="Pattern 5: validated LLM output",
)
def llm_call_without_timeout(call: LlmCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A call of an SDK for language models, without `timeout` in the call or in the client that
        this module makes.

    Why:
        The SDKs wait for ten minutes, or without end, and a worker that waits serves nobody. A few
        slow answers stop the whole service.

    Example:
        import anthropic

        client = anthropic.Anthropic()

        def answer(messages):
            return client.messages.create(model="claude-sonnet-4-5", messages=messages)

    Instead:
        import anthropic

        client = anthropic.Anthropic(timeout=30.0)

        def answer(messages):
            return client.messages.create(model="claude-sonnet-4-5", messages=messages)

    Fix safety:
        No fix is offered.

    Limits:
        `timeout=None` is no timeout. Silent where the client comes from elsewhere, where unknown
        options are passed (`**options`, an HTTP client of one's own), and inside
        `asyncio.wait_for` and `asyncio.timeout`. Embeddings, files and the like aren't meant.
    """
    if call.has_timeout is not Answer.NO:
        return
    made = context.file.code(call.made.func) if call.made is not None else ""
    related = [Step(call.made, f"{made}() makes the client")] if call.made is not None else []
    timeout, place = _advice(call.name, made)
    yield context.report(call.node, related=related, call=call.name, timeout=timeout, place=place)


def _advice(method: str, made: str) -> Tuple[str, str]:
    """What to write, and where: the SDKs differ."""
    if made.endswith("GenerativeModel"):
        return 'request_options={"timeout": 30}', "the call"
    if "models.generate_content" in method or "chats" in method:
        return "http_options=HttpOptions(timeout=30_000)", f"{made}(...)" if made else "the client"
    if "Completion." in method:
        return "request_timeout=30", "the call"
    return "timeout=30.0", f"the call or in {made}(...)" if made else "the call"
