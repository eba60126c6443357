"""What the fields that a header lacks should say, so far as somebody knows."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from mosaic_lint.change import Declined
from mosaic_lint.facts.headers import SCHEMA_VERSION_FORM, VERSION_FORM, FileHeader
from mosaic_lint.facts.version_constants import QUOTES, constants_of
from mosaic_lint.fixes.site import Site
from mosaic_lint.header import LIST_FIELDS, header_text

_CONSTANTS = {"VERSION": "API_VERSION", "SCHEMA_VERSION": "SCHEMA_VERSION"}
_TODO = {
    "MODULE": "the file's path",
    "PURPOSE": "what the file is for",
    "MODIFIED_BY": "who changed it",
    "AUTHOR": "who wrote it",
    "SPRINT": "in which sprint it was changed",
    "CHANGES_THIS_VERSION": "what has changed",
    "DEPENDENCIES": "what the file needs",
    "ROLLBACK_PATH": "how to go back",
    "TESTING": "how it was tested",
    "MVP_PHASE": "what is being built",
    "PHASE": "what is being built",
}
_WIDTH = 79
_SENTENCE = re.compile(r"[.!?](?=\s+[A-Z\"'(\[`]|\Z)")
_END = re.compile(r"[.!?]\Z(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)")
_MARKS = r"[ \t*#:@-]*"
_FACTS = (
    r"authors?|changed|changes|copyright|created|date|dependencies|e-?mail|file|filename|history"
    r"|jira|last modified|licen[cs]e|maintainers?|migration|modified|module|name|path|requires"
    r"|revision|rollback|since|ticket|updated|usage|version"
)
# A line that says something else than what the file is for, or begins to.
_FACT = re.compile(
    rf"{_MARKS}(?:(?:{_FACTS})(?: (?:at|by|date|id|name|on))?\W{{0,4}}:(?=\W|\Z)"
    r"|changeset\s|migrate:|\+goose\b)",
    re.IGNORECASE,
)
# The same where that goes on below.
_LIST = re.compile(
    rf"{_MARKS}(?:changes|dependencies|history|requires|usage)\W{{0,4}}:(?=\W|\Z)", re.IGNORECASE
)
_HEADING = re.compile(rf"{_MARKS}(?:description|overview|purpose|summary)\W*:\W*", re.IGNORECASE)
_LABEL = re.compile(r"\W*[A-Z]\w*(?: \w+)?\W{0,4}:(?=\s|\Z)")
# A line that only names the file, as a path or a module.
_NAME = re.compile(r"[\w-]+(?:[/.\\][\w-]+)+:?")
_FIELD = re.compile(r"\W*[A-Z][A-Z0-9_]+\W{0,4}:")
_RULER = re.compile(r"[\W_]+")


class NewField(NamedTuple):
    """A field that is put into a header.

    Args:
        name: its name.
        value: what it says, line by line; one at least.
    """

    name: str
    value: Tuple[str, ...]

    @property
    def is_list(self) -> bool:
        """Whether what it says are items below its name, where the header has lists."""
        return self.name in LIST_FIELDS


class Values:
    """What is known of one file.

    Args:
        site: a place in it.
        file: its header.
        purpose: what the file is for; empty where nothing tells.
    """

    def __init__(self, site: Site, file: FileHeader, purpose: str) -> None:
        self._site = site
        self._file = file
        self._purpose = purpose if can_hold(site, purpose) else ""
        self._is_new = len(file.missing) == len(file.required)

    def field(self, name: str) -> NewField:
        """A field with what is known of it, else with a TODO.

        Raises:
            Declined: nothing that would be right can be written there.
        """
        known: Dict[str, Callable[[], Tuple[str, ...]]] = {
            "MODULE": lambda: (module_of(self._file, self._site),),
            "PURPOSE": self._wrapped_purpose,
            "VERSION": lambda: (self.version,),
            "SCHEMA_VERSION": self._schema_version,
            "LAST_MODIFIED": lambda: (self.last_modified,),
            "MODIFIED_BY": lambda: (user_of(self._site) or todo(name),),
        }
        return NewField(name, known[name]() if name in known else (todo(name),))

    @property
    def version(self) -> str:
        """As the entry point's constant says, or a new header's file, which else begins anew."""
        first = self._first_version if self._is_new else "1.0.0-TODO"
        return self._constant("VERSION", VERSION_FORM.fullmatch) or first

    @property
    def _first_version(self) -> str:
        """As the file tells in another form, else the first."""
        said = told(header_text(self._site.text, self._site.source.language).text, "version")
        return said if VERSION_FORM.fullmatch(said) else "1.0.0"

    @property
    def last_modified(self) -> str:
        """Today, since the file is changed now."""
        return today().isoformat()

    @property
    def schema_version(self) -> str:
        """As the entry point's constant says, else the first."""
        return self._constant("SCHEMA_VERSION", SCHEMA_VERSION_FORM.fullmatch) or "v1"

    def _schema_version(self) -> Tuple[str, ...]:
        known = self._constant("SCHEMA_VERSION", SCHEMA_VERSION_FORM.fullmatch)
        return (known,) if known else ("v1", "TODO: check it")

    def _wrapped_purpose(self) -> Tuple[str, ...]:
        name = "PURPOSE: "
        lines = textwrap.wrap(
            self._purpose or todo("PURPOSE"),
            _WIDTH,
            initial_indent=name,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        return (lines[0][len(name) :], *(line.strip() for line in lines[1:]))

    def _constant(self, field: str, fits: Callable[[str], object]) -> str:
        """What the entry point's constant says, with which its header has to agree."""
        if not self._file.is_entry_point:
            return ""
        name = _CONSTANTS[field]
        bindings = (constants_of(self._site.source) or {}).get(name)
        value = bindings[-1].value if bindings else None
        if value is None or None in [binding.value for binding in bindings or ()]:
            return ""
        if not fits(value):
            raise Declined(f"the constant {name} says {value!r}, which the header can't repeat")
        return value


def today() -> date:
    """The day on which a file is fixed."""
    return date.today()


def todo(name: str) -> str:
    """What a field says of which nothing is known."""
    return f"TODO: {_TODO[name]}" if name in _TODO else "TODO"


def user_of(site: Site) -> Optional[str]:
    """The name under which the user commits, if it can be written into the file."""
    name = " ".join((site.project.git.user_name or "").split())
    return name if name.strip(QUOTES) and can_hold(site, name) else None


def module_of(file: FileHeader, site: Site) -> str:
    """The path that a header names as the module.

    Raises:
        Declined: no header can hold it.
    """
    path = file.shown_path
    if not file.path:
        return todo("MODULE")
    if not can_hold(site, path) or path != path.strip(f" {QUOTES}"):
        raise Declined("the file's path can't be written into its header")
    return path


def can_hold(site: Site, text: str) -> bool:
    """Whether a text is one line, and the file's encoding has its characters."""
    try:
        text.encode(site.source.encoding)
    except UnicodeEncodeError:
        return False
    return text.isprintable()


def purpose_in(text: str) -> str:
    """The first sentence of a text that describes a file; empty where there is none.

    Args:
        text: a docstring, or what comments say.
    """
    named = told(text, "purpose", "description", "summary")
    lines = [named] if named else _first_paragraph(text)
    paragraph = " ".join(" ".join(lines).split())
    end = _SENTENCE.search(paragraph)
    sentence = paragraph if end is None else paragraph[: end.start()]
    sentence = sentence.strip(" \t:;,-*#")
    return sentence if sentence.isprintable() else ""


def told(text: str, *names: str) -> str:
    """What a description says behind one of some names, in letters of any size.

    Args:
        text: a docstring, or what comments say.
        names: the names.

    Returns:
        One line, or nothing.
    """
    either = "|".join(map(re.escape, names))
    line = rf"^{_MARKS}(?:{either})[ \t*]*:[ \t:*]*([^\s*].*)"
    match = re.search(line, text, re.IGNORECASE | re.MULTILINE)
    said = match.group(1).strip(" \t*#|") if match is not None else ""
    return said if said.isprintable() else ""


def _first_paragraph(text: str) -> List[str]:
    """The lines of a text's first paragraph, or heading, up to a sentence's end or a field.

    Who wrote it, and when, may stand above.
    """
    lines: List[str] = []
    is_list = False
    for line in map(str.strip, text.split("\n")):
        if _FIELD.match(line) or (lines and _LABEL.match(line)):
            break
        if not lines and _LIST.match(line):
            is_list = True
        if is_list:
            is_list = bool(line)
            continue
        if _FACT.match(line) or _HEADING.fullmatch(line):
            if lines:
                break
            continue
        if line and not _RULER.fullmatch(line) and not (_NAME.fullmatch(line) and not lines):
            lines.append(line)
            if _END.search(line):
                break
        elif lines:
            break
    return lines
