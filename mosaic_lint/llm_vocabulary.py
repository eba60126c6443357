"""Names of the world of language models that triage and facts must agree on, as data.

Checked against anthropic 0.7x, openai 1.x and 2.x, openai 0.28, google-generativeai 0.8,
google-genai 1.x, litellm 1.x and langchain-core 0.3.
"""

from __future__ import annotations

import re
from typing import Iterable, Tuple

LLM_CALL_TAILS = frozenset(
    (kind, method)
    for kind, methods in (
        ("messages", ("create", "stream", "parse")),
        ("completions", ("create", "parse", "stream")),
        ("responses", ("create", "parse", "stream")),
        ("ChatCompletion", ("create", "acreate")),
        ("Completion", ("create", "acreate")),
    )
    for method in methods
)
"""The last two names of the SDKs' calls: ``client.messages.create``."""
GENERATING = frozenset(("generate_content", "generate_content_async", "generate_content_stream"))
"""Methods of Google's models and clients; nobody else's have these names."""
WHOLE_CALLS = frozenset(
    ("litellm.completion", "litellm.acompletion", "litellm.text_completion",
     "litellm.atext_completion", "litellm.responses", "litellm.aresponses",
     "litellm.batch_completion")
)  # fmt: skip
"""Functions by their qualified name."""
LLM_CALL_NAMES = frozenset(
    [method for _, method in LLM_CALL_TAILS]
    + sorted(GENERATING)
    + [name.rpartition(".")[2] for name in WHOLE_CALLS]
)
"""The last names of all of these."""
RAW = frozenset(("with_raw_response", "with_streaming_response"))
"""What may stand before the last name."""

NO_ANSWERS = frozenset(("threads",))
"""Before ``messages.create``: it stores a message, and no model answers."""

CALL_KEYWORDS = frozenset(
    ("model", "messages", "input", "prompt", "contents", "max_tokens", "system", "engine", "stream",
     "deployment_id", "response_format", "text_format", "temperature", "tools", "extra_body",
     "instructions", "max_output_tokens", "response_model", "output_format")
)  # fmt: skip
"""Keywords of the SDKs' calls. Where others are given, as to ``messages.create(to=...)``, it is
somebody else's call."""

LLM_PACKAGES = (
    "anthropic", "openai", "litellm", "google.generativeai", "google.genai", "vertexai", "groq",
    "mistralai", "together", "cohere", "langchain", "instructor",
)  # fmt: skip
"""The SDKs by the name under which they are imported, or the beginning of it."""
LLM_IMPORTS = tuple(name.rpartition(".")[2] for name in LLM_PACKAGES)
"""What surely occurs in a file that imports one of them, ``from google import genai`` as well."""
LLM_CLIENTS = re.compile(
    r"(?:anthropic|openai|groq|mistralai|together|cohere)\."
    r"(?:\w+\.)*(?:Async)?(?:Azure)?(?:Anthropic\w*|OpenAI|Groq|Mistral|Together|Client(?:V2)?)"
)
"""The classes of the SDKs' clients, by qualified name."""
LLM_MODULES = frozenset(
    ("openai", "openai.chat", "openai.chat.completions", "openai.completions", "openai.responses",
     "openai.ChatCompletion", "openai.Completion", "litellm")
) | WHOLE_CALLS  # fmt: skip
"""What the SDKs' modules offer without a client."""
OTHER_MESSENGERS = frozenset(
    ("twilio", "sendgrid", "mailchimp", "mailchimp_transactional", "vonage", "telegram",
     "slack_sdk", "googleapiclient", "django", "sqlalchemy")
)  # fmt: skip
"""Packages whose objects have ``messages`` or ``responses``, too."""
CHAT_MODELS = re.compile(
    r"langchain[\w.]*\.(?:Chat(?!Prompt|Message|History|Result|Generation)\w+|init_chat_model"
    r"|(?!Fake)\w*LLM|(?!Fake)\w*OpenAI|Anthropic\w*|Google\w*AI|Bedrock\w*|Ollama)"
    r"|google\.generativeai\.GenerativeModel|vertexai\.[\w.]*GenerativeModel|google\.genai\.Client"
)
"""Classes whose instances are a model, by qualified name."""
MODEL_CALLS = frozenset(
    ("invoke", "ainvoke", "stream", "astream", "batch", "abatch", "predict", "apredict", "generate",
     "send_message", "send_message_async", "send_message_stream")
)  # fmt: skip
"""Methods of models and of chats with them."""
MODEL_PARTS = frozenset(("chats", "aio"))
"""Attributes of a model's client that lead to it."""
MODEL_COPIES = frozenset(
    ("start_chat", "create", "with_retry", "with_config", "with_fallbacks", "bind", "bind_tools")
)
"""Methods whose value is a model again."""

_HOSTS = (
    r"api\.anthropic\.com|api\.openai\.com|openai\.azure\.com|generativelanguage\.googleapis\.com"
    r"|aiplatform\.googleapis\.com|api\.mistral\.ai|api\.groq\.com|openrouter\.ai"
    r"|api\.deepseek\.com|api\.together\.(?:xyz|ai)|api\.perplexity\.ai|api\.x\.ai"
    r"|api\.cohere\.(?:ai|com)|bedrock-runtime\.[\w-]+\.amazonaws\.com"
)
LLM_HOSTS = re.compile(_HOSTS)
"""Where models are served, anywhere in a text."""
LLM_URL = re.compile(rf"\s*(?:https?://)?(?:[^/?#]*[.-])?(?:{_HOSTS})(?=[/:?#]|\s*\Z)")
"""An address there, at the beginning of a text."""
NO_OUTPUT = re.compile(
    r"/(?:embeddings?|moderations?|files|audio|images|batches|models)\b(?!/[\w.-]+:)"
)
"""Paths on those hosts that give something else than text of a model."""
HTTP_CALLS = frozenset(
    ("get", "post", "put", "request", "stream", "urlopen", "fetch", "send", "getresponse")
)
"""Functions and methods that send a request, or take its answer."""
HTTP_CLIENTS = frozenset(("ClientSession", "HTTPSConnection"))
"""Clients whose first argument is a host."""

JSON_PARSERS = frozenset(
    ("json.loads", "json.load", "orjson.loads", "ujson.loads", "ujson.load", "simplejson.loads",
     "simplejson.load", "rapidjson.loads", "json5.loads", "yaml.safe_load", "yaml.load",
     "yaml.full_load", "ast.literal_eval", "builtins.eval", "json.JSONDecoder().decode",
     "json.JSONDecoder().raw_decode", "json.decoder.JSONDecoder().decode")
)  # fmt: skip
"""What turns a text into data without asking what is in it."""
VALUE_KEEPING = frozenset(
    ("builtins.str", "builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted",
     "builtins.reversed", "builtins.iter", "builtins.next", "builtins.aiter", "builtins.anext",
     "builtins.enumerate", "builtins.zip", "builtins.filter", "builtins.getattr", "builtins.bytes",
     "builtins.repr", "builtins.format", "builtins.max", "builtins.min", "builtins.vars",
     "builtins.dict", "textwrap.dedent", "inspect.cleandoc", "html.unescape", "typing.cast",
     "copy.copy", "copy.deepcopy", "io.StringIO", "io.BytesIO", "codecs.decode",
     "asyncio.wait_for", "asyncio.gather", "asyncio.run", "asyncio.create_task",
     "asyncio.ensure_future", "asyncio.shield", "asyncio.as_completed", "itertools.chain",
     "itertools.islice", "unicodedata.normalize", "urllib.parse.unquote", "contextlib.closing",
     "contextlib.aclosing", "functools.reduce", "asyncio.run_coroutine_threadsafe", "anyio.run")
)  # fmt: skip
"""Functions whose value still is, or holds, what they are given."""

PARSER_NAMES = frozenset(name.rpartition(".")[2] for name in JSON_PARSERS)

VALIDATING = frozenset(
    ("model_validate", "model_validate_strings", "model_validate_json", "parse_obj", "parse_raw",
     "validate_python", "validate_strings", "validate_json")
)  # fmt: skip
"""Methods that check data and raise, those of old versions among them."""
VALIDATING_LLM = frozenset(
    ("model_validate_json", "model_validate", "model_validate_strings", "validate_json",
     "validate_python", "validate_strings")
)  # fmt: skip
"""Methods that raise a ValidationError where a model's output isn't what it should be."""

FOREIGN_VALIDATION = frozenset(
    ("jsonschema", "django", "marshmallow", "cerberus", "wtforms", "voluptuous", "rest_framework",
     "fastjsonschema", "mongoengine", "werkzeug")
)  # fmt: skip
"""Packages with a ValidationError of their own."""
VALIDATION_ERRORS = frozenset(("ValidationError", "ValueError", "Exception", "BaseException"))
"""What catches pydantic's ValidationError, which is a ValueError; by last name."""
TIMEOUTS = frozenset(("timeout", "request_timeout", "default_request_timeout", "max_wait"))
"""Keywords that say how long to wait."""

_MODELS = ("llm", "claude", "gpt", "chatgpt", "openai", "anthropic", "gemini", "ai", "completion",
           "model", "assistant")  # fmt: skip
_OUTPUTS = ("response", "resp", "output", "reply", "answer", "text", "completion", "content",
            "result", "json", "raw")  # fmt: skip
_OTHERS = frozenset(("completion_completion", "completion_result", "model_text", "model_content",
                     "model_result", "model_json", "model_raw", "assistant_result"))  # fmt: skip
LLM_NAMES = tuple(
    name
    for name in (f"{model}_{output}" for model in _MODELS for output in _OUTPUTS)
    if name not in _OTHERS
)
"""What parameters are called that hold a model's output."""
_FILLERS = frozenset(
    ("raw", "the", "full", "last", "final", "str", "string", "json", "body", "cleaned", "stripped")
)
_ENDINGS = ("text", "content")
_SHORTEST = 2  # words of a name
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")


class OutputNames:
    """Tells whether a name is one of those for a model's output.

    Args:
        names: ``llm_response`` and the like; words joined by an underscore.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._wanted = frozenset(map(_words, names))

    def __contains__(self, name: str) -> bool:
        """Whether a name is one of the names, words such as ``raw`` and ``json`` left out."""
        words = _words(name)
        if words in self._wanted:
            return True
        meant = tuple(word for word in words if word not in _FILLERS)
        if len(meant) > _SHORTEST and meant[-1] in _ENDINGS:  # "llm_response_text"
            meant = meant[:-1]
        return meant in self._wanted


def _words(name: str) -> Tuple[str, ...]:
    """The words of a name in lower case, without digits and plurals: ``gpt4_responses``."""
    words = tuple(word.lower().rstrip("0123456789") for word in _WORD.findall(name))
    return (*words[:-1], words[-1].rstrip("s")) if words else ()
