"""Where a file that isn't Python holds code of a shell, by the language that it is in."""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterator, List, Pattern, Tuple

from mosaic_lint.lifecycle.code import LISTS_WORDS, LITERAL, RUNS, TELLS, Code, Module, Piece
from mosaic_lint.lifecycle.shell import Word
from mosaic_lint.lifecycle.yaml import code_in_yaml

Find = Callable[[str], Iterator[Piece]]


_SHELL = re.compile(
    r".*\.(?:sh|bash|zsh|ksh|dash|command|bats|envrc)|(?:.*/)?\.envrc|\.(?:husky|githooks)/.*"
)
_SHEBANG = re.compile(r"#!.*\b(?:ba|z|da|k|a)?sh\b")
_CONTINUED = r"(?:[^\r\n\\]|\\(?:\r\n|.|\n))*"


def pieces(path: str, text: str) -> Iterator[Piece]:
    """The code of a shell that a file holds.

    Args:
        path: the file.
        text: its text.
    """
    name = path.rpartition("/")[2]
    if _is_shell(path, text):
        yield Code(0, len(text))
        return
    for pattern, find in _LANGUAGES:
        if pattern.fullmatch(name):
            yield from find(text)
            return


def _is_shell(path: str, text: str) -> bool:
    return _SHELL.fullmatch(path) is not None or _SHEBANG.match(text) is not None


_SET = re.compile(
    r"(?m)^[ \t]*(?:(?:export|ENV|ARG|-)[ \t]+)?(?P<name>[A-Z_][A-Z0-9_]*)[ \t]*(?:[:?]?=|:)[ \t]*"
    r"[\"']?(?P<value>[^\"'\s#]*archive[^\"'\s#]*)"
)


def variables(path: str, text: str) -> Dict[str, Word]:
    """The variables that a recipe, an image or a workflow sets to something in an archive.

    Args:
        path: the file; a script of a shell's sets its own as it goes.
        text: its text.
    """
    if _is_shell(path, text):
        return {}
    return {
        match["name"]: Word(match["value"], *match.span("value")) for match in _SET.finditer(text)
    }


def _lines(pattern: str) -> Find:
    """Code that a pattern finds, in its group ``code``."""
    compiled = re.compile(pattern, re.MULTILINE)

    def find(text: str) -> Iterator[Piece]:
        for match in compiled.finditer(text):
            yield Code(*match.span("code"))

    return find


_INSTRUCTION = re.compile(
    r"(?im)^[ \t]*(?:HEALTHCHECK\b.*?\b)?(?:RUN|CMD|ENTRYPOINT)[ \t]+(?:--\S+[ \t]+)*"
    rf"(?P<code>{_CONTINUED})"
)


def _dockerfile(text: str) -> Iterator[Piece]:
    for match in _INSTRUCTION.finditer(text):
        if match["code"].startswith("["):
            yield _words(text, *match.span("code"))
        else:
            yield Code(*match.span("code"))


def _batch(text: str) -> Iterator[Piece]:
    """Each line of a script of Windows as words; a backslash is no escape there."""
    for match in re.finditer(r"[^\r\n]+", text):
        if re.match(r"(?i)\s*(?:rem\b|::|#)", match.group()):
            continue
        words = []
        for word in re.finditer(r"\"[^\"]*\"|'[^']*'|[^\s\"']+", match.group()):
            if word.group().startswith("#"):
                break
            start = match.start() + word.start()
            words.append(Word(word.group().strip("\"'@"), start, start + len(word.group())))
        if words and "=" not in words[0].text and not words[0].text.startswith("$"):
            yield words


def _words(text: str, start: int, end: int) -> List[Word]:
    """The string literals of a list."""
    found = []
    for match in LITERAL.finditer(text, start, end):
        found.append(Word(match.group()[1:-1], *match.span()))
    return found


def _listed(text: str, start: int, end: int, key: str, sure: bool) -> Iterator[Piece]:
    """The strings of a list: the words of one command, or each a command."""
    words = _words(text, start, end)
    if LISTS_WORDS.fullmatch(key) and not any(re.search(r"\s", word.text) for word in words[:1]):
        yield words
    else:
        yield from (Code(word.start + 1, word.end - 1, sure) for word in words)


_ASSIGNED = re.compile(
    r"""(?mx) ^[ \t]*\[\[?(?P<header>[^\[\]\r\n]*)\]
      | ^(?P<key>[\w."'-]+) [ \t]*=[ \t]* (?P<value>\[[^\]]{0,2000}\] | .* (?:\r?\n[ \t]+.*)*)
      | ^[ \t]+(?P<inner>[\w."'-]+) [ \t]*=[ \t]* (?P<inline>.*)"""
)


def _assigned(text: str) -> Iterator[Piece]:
    """TOML and its kin: ``key = value`` under headers."""
    header = ""
    for match in _ASSIGNED.finditer(text):
        if match["header"] is not None:
            header = re.split(r"[.:]", match["header"])[-1].strip(" \"'")
            continue
        group = "value" if match["key"] else "inline"
        key = (match["key"] or match["inner"]).strip("\"'").rpartition(".")[2]
        sure = RUNS.fullmatch(key) is not None or RUNS.fullmatch(header) is not None
        if key in TELLS:
            continue
        yield from _value(text, *match.span(group), key, sure)


def _value(text: str, start: int, end: int, key: str, sure: bool) -> Iterator[Piece]:
    value = text[start:end]
    if value.startswith("["):
        yield from _listed(text, start, end, key, sure)
    elif value.startswith("{"):
        for match in re.finditer(r"([\w-]+)[ \t]*=[ \t]*(\"[^\"]*\"|'[^']*')", value):
            inner = sure or RUNS.fullmatch(match.group(1)) is not None
            yield Code(start + match.start(2) + 1, start + match.end(2) - 1, inner)
    elif value.startswith(('"""', "'''")):
        close = text.find(value[:3], start + 3)
        yield Code(start + 3, close if close >= 0 else end, sure)
    else:
        literal = LITERAL.match(text, start, end)
        if literal:
            yield Code(literal.start() + 1, literal.end() - 1, sure)
        else:
            yield Code(start, end, sure)


_JSON = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|[{}\[\]:,]')


def _json(text: str) -> Iterator[Piece]:
    parents: List[str] = []
    key = last = ""
    for match in _JSON.finditer(text):
        shown = match.group()
        if shown in "{[":
            parents.append(key)
        elif shown in "}]":
            key = parents.pop() if parents else ""
        elif shown == ":":
            key = last
        elif shown == ",":
            key = parents[-1] if parents and not key else key
        else:
            last = shown[1:-1]
            if not re.match(r"\s*:", text[match.end() : match.end() + 20]) and key not in TELLS:
                sure = any(RUNS.fullmatch(name) for name in (*parents[-3:], key))
                yield Code(match.start() + 1, match.end() - 1, sure)


_CALLED = re.compile(
    r"""(?mx) \b(?P<imports>import|require|require_relative)\b [ \t]*\(?[ \t]*
        (?P<name>"[^"\r\n]*"|'[^'\r\n]*')
      | ^[ \t]*(?:import|export|\})[^"'\r\n]*\bfrom[ \t]+ (?P<module>"[^"\r\n]*"|'[^'\r\n]*')
      | \b(?:exec|spawn|fork|execa|shell|system|sh|bash|bat|run|command)\w*
        (?: [ \t]*\( (?P<arguments>[^()]{0,500}) | [ \t]+(?P<bare>["'][^\r\n]*) )
      | \$[`] (?P<ticks>[^`]{0,500}) [`]"""
)
_COMMENTS = re.compile(r"(?m)^[ \t]*(?://|#|\*|/\*).*")
_TEXT = re.compile(
    r"'{3}.*?'{3}|\"{3}.*?\"{3}|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'|`[^`]*`", re.DOTALL
)


def _calls(text: str) -> Iterator[Piece]:
    """Languages whose calls run what a string names: JavaScript, Groovy, Ruby, PHP, Perl."""
    comments = [match.span() for match in _COMMENTS.finditer(text)]
    position = 0
    for match in _CALLED.finditer(text):
        while position < len(comments) and comments[position][1] <= match.start():
            position += 1
        if position < len(comments) and comments[position][0] <= match.start():
            continue
        if match["ticks"] is not None:
            yield Code(*match.span("ticks"))
            continue
        group = str(match.lastgroup)
        if group in ("name", "module"):
            yield Module(match.start(group) + 1, match.end(group) - 1)
            continue
        strings = list(_TEXT.finditer(text, *match.span(group)))
        words = [_unquoted(string) for string in strings]
        if len(words) == 1 or (words and re.search(r"\s", words[0].text)):
            yield Code(words[0].start, words[0].end)
        elif words:
            yield words


def _unquoted(match: re.Match[str]) -> Word:
    width = 3 if match.group()[:3] in ("'''", '"""') else 1
    start, end = match.start() + width, match.end() - width
    return Word(match.group()[width:-width], start, end)


_RECIPE = rf"^\t[@+-]*(?P<code>{_CONTINUED})"
_LANGUAGES: Tuple[Tuple[Pattern[str], Find], ...] = (
    (re.compile(r"(?:GNU)?[Mm]akefile(?:\..*)?|.*\.mk"), _lines(_RECIPE)),
    (re.compile(r"\.?[Jj]ustfile|.*\.just"), _lines(rf"^[ \t]+[@-]*(?P<code>{_CONTINUED})")),
    (re.compile(r"(?:.*\.)?(?:Docker|Container)file(?:\..*)?"), _dockerfile),
    (re.compile(r".*\.ya?ml"), code_in_yaml),
    (re.compile(r".*\.(?:toml|ini|cfg|conf)|Pipfile"), _assigned),
    (re.compile(r"(?:package|composer|deno|app|vercel|railway|nixpacks|tasks|launch|devcontainer"
                r"|turbo|nx|project)\.jsonc?|.*\.json5"), _json),
    (re.compile(r"Procfile(?:\..*)?"), _lines(rf"^[\w-]+:[ \t]*(?P<code>{_CONTINUED})")),
    (re.compile(r"crontab(?:\..*)?|.*\.cron(?:tab)?|cron"),
     _lines(r"^(?!#)[ \t]*(?:@\w+|(?:\S+[ \t]+){4}\S+)[ \t]+(?:root[ \t]+|\w+[ \t]+(?=[./]))?"
            r"(?P<code>.*)")),
    (re.compile(r".*\.p?sql"), _lines(r"^\\ir?[ \t]+(?P<code>\S+)")),
    (re.compile(r".*\.service"), _lines(rf"^Exec\w+=[-@:+!]*(?P<code>{_CONTINUED})")),
    (re.compile(r".*\.(?:bat|cmd|ps1|psm1)"), _batch),
    (re.compile(r".*\.(?:[cm]?[jt]sx?|groovy|gradle|rb|php|pl|pm)|Jenkinsfile.*|Rakefile|Fastfile"
                r"|Vagrantfile|Gemfile"), _calls),
)  # fmt: skip
"""The languages by the names of their files; what isn't here holds no code that is known."""
