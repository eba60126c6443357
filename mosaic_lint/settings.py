"""The options that several facts and rules share, as frozen data.

A rule's own options live in the rule's file. Every default is the playbook's, so that a project
that follows it needs no configuration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Tuple

from mosaic_lint.llm_vocabulary import LLM_NAMES


def option(default: Any, help_text: str, choices: Tuple[str, ...] = ()) -> Any:
    """Declare an option of a settings or rule-options dataclass.

    Args:
        default: the value where the configuration says nothing.
        help_text: one sentence for ``mosaic-lint rule`` and the documentation.
        choices: the allowed values, for a string that is one of few.

    Returns:
        A dataclass field that carries both; the configuration's check is derived from it.
    """
    return field(default=default, metadata={"help": help_text, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """What more than one fact or rule asks for."""

    connection_factories: Tuple[str, ...] = option(
        ("get_conn",),
        "Callables that return a context manager over a pooled connection, by last name.",
    )
    driver: str = option(
        "psycopg2",
        "The driver behind the factories.",
        ("psycopg2", "psycopg"),
    )
    logger_names: Tuple[str, ...] = option(
        (),
        "More names of loggers, besides log, logger, logging and their underscored forms.",
    )
    log_functions: Tuple[str, ...] = option(
        ("sentry_sdk.capture_exception",),
        "Functions that count as logging; a dotted name is matched in full, a bare one by its end.",
    )
    cli_paths: Tuple[str, ...] = option(
        ("scripts/", "tests/", "bin/", "tools/"),
        "Folders of command-line code, at any depth; a leading / anchors one at the root.",
    )
    llm_calls: Tuple[str, ...] = option(
        ("claude_api_call", "call_claude", "call_openai", "call_llm", "ask_llm"),
        "Functions whose value is a language model's output, besides the calls of the SDKs; a "
        "dotted name is matched by its end, a bare one by the last name.",
    )
    llm_names: Tuple[str, ...] = option(
        LLM_NAMES,
        "Names of parameters that hold a language model's output; words such as raw and json don't "
        "matter.",
    )
    llm_validators: Tuple[str, ...] = option(
        ("jsonschema.validate", "fastjsonschema.validate", "msgspec.convert", "cattrs.structure",
         "dacite.from_dict", "pydantic.parse_obj_as", "typeguard.check_type"),
        "Functions that check data which was parsed from a language model's output; a dotted "
        "name is matched by its end, a bare one by the last name.",
    )  # fmt: skip
    canonical_scripts: Tuple[str, ...] = option(
        ("scripts/deploy.sh", "scripts/verify_live_deployment.sh", "scripts/push.sh",
         "scripts/pre_push_verification.sh", "scripts/deploy_frontend_netlify.sh",
         "scripts/predeploy_sanity.sh", "scripts/update_version.sh"),
        "Scripts that people start; a path from the project's folder, or from scripts/.",
    )  # fmt: skip
    version_module: str = option(
        "api/index.py",
        "The entry point that carries the service's version, as the end of its path.",
    )
    required_header_fields: Tuple[str, ...] = option(
        ("MODULE", "PURPOSE", "VERSION", "LAST_MODIFIED", "MODIFIED_BY", "CHANGES_THIS_VERSION",
         "ROLLBACK_PATH"),
        "Fields that the header of each file must have.",
    )  # fmt: skip
    protected_tables: Tuple[str, ...] = option(
        ("users", "sessions", "wimd_outputs", "job_matches", "resume_versions", "file_uploads"),
        "Tables that nobody may alter, drop or truncate.",
    )
    max_file_size: int = option(
        1_000_000,
        "Files with more bytes than this are not analysed, but reported as MOS001.",
    )
    include_markdown: bool = option(
        False,
        "Check the Python and SQL in the fenced blocks of Markdown files too.",
    )
