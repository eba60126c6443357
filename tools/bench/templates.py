"""The template language of the generated service.

A template is Python source with `$words` in it (see `vocabulary`). Three marker lines, each a
comment alone on its line, make one template give many bodies:

    #?      a choice begins
    #:      the next alternative (an empty one makes the choice optional)
    #.      the choice ends

Choices don't nest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from string import Template as Substitution

from .vocabulary import Entity, words_for

_CHOICE = re.compile(r"^ *#\?\n(.*?)^ *#\.\n", re.DOTALL | re.MULTILINE)
_ALTERNATIVE = re.compile(r"^ *#:\n", re.MULTILINE)
_SECTION = re.compile(r"^=== (\S+)\n(.*?)(?=^=== |\Z)", re.DOTALL | re.MULTILINE)
_DEFINED = re.compile(r"^(?:(?:async )?def|class) (\w+)|^([A-Z][A-Z0-9_]+)\b.* = ", re.MULTILINE)


@dataclass(frozen=True)
class Template:
    """A piece of a module: one function, one method, or a few definitions that belong together."""

    name: str
    text: str

    def render(self, entity: Entity, rng: Random) -> str:
        """Return the source for `entity`, with every choice made."""

        def choose(match: re.Match[str]) -> str:
            return rng.choice(_ALTERNATIVE.split(match.group(1)))

        chosen = _CHOICE.sub(choose, self.text)
        return Substitution(chosen).substitute(words_for(entity, rng))


def parse_templates(text: str) -> tuple[Template, ...]:
    """Split `text` at its `=== name` lines into templates."""
    return tuple(Template(name, body.strip("\n") + "\n") for name, body in _SECTION.findall(text))


def defined_names(source: str) -> set[str]:
    """Return the names that `source` defines at its top level."""
    return {function or constant for function, constant in _DEFINED.findall(source)}
