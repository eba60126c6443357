"""Estimates of repairs, by a language model that reads what customers write."""

import json
import logging

import anthropic
from pydantic import BaseModel, ValidationError

logger = logging.getLogger(__name__)

client = anthropic.Anthropic(timeout=20.0)
patient = anthropic.Anthropic(max_retries=5)


class Estimate(BaseModel):
    """What a repair will take."""

    minutes: int
    parts: list


def ask(question):
    """The model's answer as text, without the fence that it likes to put around."""
    message = client.messages.create(
        model="claude-sonnet-4-5", max_tokens=500, messages=[{"role": "user", "content": question}]
    )
    text = message.content[0].text
    return text.removeprefix("```json").removesuffix("```")


def estimate(complaint):
    """What a complaint will take to repair; None if the model doesn't know."""
    try:
        return Estimate.model_validate_json(ask(f"Estimate this repair as JSON: {complaint}"))
    except ValidationError:
        logger.exception("no estimate for %r", complaint)
        return None


def needed_parts(complaint):
    """The parts that a repair needs."""
    answer = json.loads(ask(f"List the parts for this repair as JSON: {complaint}"))
    return answer["parts"]


def estimate_strictly(complaint):
    """What a complaint will take, for the workshop's own use."""
    return Estimate.model_validate_json(ask(f"Estimate this repair as JSON: {complaint}"))


def summary(complaints):
    """A week's complaints in a few sentences."""
    question = {"role": "user", "content": f"Sum up: {complaints}"}
    message = patient.messages.create(
        model="claude-sonnet-4-5", max_tokens=500, messages=[question]
    )
    return message.content[0].text
