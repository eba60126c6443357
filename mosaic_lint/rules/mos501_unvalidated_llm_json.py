"""MOS501: what a language model said is parsed, and nobody checks what came out."""

from __future__ import annotations

from typing import Iterator

import libcst as cst

from mosaic_lint.anchor import Line, Step
from mosaic_lint.facts.llm_parses import LlmParse
from mosaic_lint.facts.trail import source_name, source_node, trail
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS501",
    name="unvalidated-llm-json",
    message="{parser}() on LLM output (from {source}, line {line}) without validation: "
    "use YourModel.model_validate_json({text})",
    subscribes="LlmParse",
    triggers=("load", "decode", "eval"),
    stage="llm-parses",
    playbook="Pattern 5: validated LLM output",
)
def unvalidated_llm_json(parse: LlmParse, context: Context) -> Iterator[Draft]:
    """
    What:
        `json.loads` - or another parser, `yaml.safe_load`, `ast.literal_eval`, `eval` - on the
        output of a language model, and no validator gets the result.

    Why:
        A model answers with text, not with a promise. Sooner or later a field is missing, has
        another type or another name, and the error shows far from here.

    Example:
        def ideas(prompt):
            text = call_claude(prompt)
            return json.loads(text)["ideas"]

    Instead:
        def ideas(prompt):
            text = call_claude(prompt)
            try:
                return Ideas.model_validate_json(text).ideas
            except ValidationError:
                logger.exception("not what was asked for")
                raise

    Fix safety:
        No fix is offered.

    Limits:
        Output is what the SDKs of Anthropic, OpenAI, Google, litellm and LangChain give, functions
        in `llm-calls`, requests to known hosts, and parameters in `llm-names`; it is followed
        through names, attributes, items, text methods, `re`, f-strings, loops and the module's
        functions, not through containers and functions of other modules. A result is validated if
        it reaches, in the same function, `model_validate`, `parse_obj`, `validate_python`, a model
        made of `**data`, a function in `llm-validators`, or a function of the module that does one
        of these; a function of another module whose name begins or ends with `validate` is
        believed.
    """
    if parse.is_validated:
        return
    source = parse.path[0]
    name = source_name(context.file, source)
    text = parse.text.value if isinstance(parse.text, cst.Name) else "text"
    yield context.report(
        parse.node,
        related=[Step(source_node(source), f"LLM output of {name}"), *trail(parse.path)],
        parser=parse.parser,
        source=name,
        line=Line(source_node(source)),
        text=text,
    )
