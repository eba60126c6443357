"""What programs do with their arguments: which run a file, and which only look at it."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.lifecycle.shell import Word

_RESERVED = frozenset("if then elif else while until do ! { } time".split())
_WRAPPERS = frozenset(
    """sudo doas env exec nohup command builtin nice ionice setsid stdbuf timeout xvfb-run chronic
    caffeinate unbuffer eval watch xargs parallel entr npx bunx
    pnpx uvx pipx""".split()
)
# Before the command that they start they want one more word: a host, a lock.
_WITH_TARGET = frozenset(("ssh", "flock"))
_INTERPRETER = re.compile(
    r"(?:ba|z|da|k|a)?sh|source|\.|python[\d.]*w?|pypy3?|node|nodejs|ruby|perl|php|deno|bun|tsx"
    r"|ts-node|pwsh|powershell|Rscript|julia|lua|groovy|bats|pytest|call|&"
)
# They run what one of their options, or their standard input, names.
_BY_OPTION = re.compile(
    r"psql|mysql|sqlite3|g?make|locust|gunicorn|just|task|awk|docker-compose|docker"
)
_OPTIONS = frozenset(("-f", "--file", "-C", "--directory", "--makefile", "--justfile"))
_DIRECT = frozenset("ansible-playbook k6 artillery newman uvicorn streamlit tcsh expect".split())
# Their arguments may be commands of another shell, or of another machine's.
_HANDS_ON = frozenset(
    """su trap docker docker-compose podman kubectl heroku railway fly flyctl vagrant poetry pipenv
    pdm uv hatch rye tox nox conda mamba pnpm yarn npm bundle concurrently nodemon gcloud
    start-stop-daemon alias screen tmux coverage""".split()
)
_HANDS_OVER = frozenset(("run", "exec", "-c", "--command"))
# Behind "--" these take a command; others take arguments of a program that they know themselves.
_SEPARATES = frozenset("kubectl heroku railway fly flyctl docker podman vagrant hatch uv".split())
_NO_PROGRAM = frozenset((".", "source", "call", "&"))
_TAKES_FILES = frozenset(("pytest", "bats"))
_WITH_VALUE = re.compile(r"-[a-z]*o|-X|-W|-r|--require|-O|\+O|--rcfile|--init-file|-I|-File")
_CODE_FOLLOWS = frozenset(("-c", "-e", "--eval", "-p", "--print"))
_ONLY_READS = re.compile(r"-[euvx]*n[euvx]*")
"""Options with which a shell checks the syntax of a script, and runs nothing."""
_ASSIGNMENT = re.compile(r"\w+\+?=.*", re.DOTALL)
_VALUED = frozenset(("-p", "-i", "-l", "-o", "-n", "-u", "-I", "-P", "-L", "-w", "-g", "-a", "-k"))
_AMOUNT = re.compile(r"-.*|\d+[smhd]?|\w+=.*", re.DOTALL)


class Run(NamedTuple):
    """What a command runs.

    Args:
        words: the words that name what is run.
        texts: the words that hold code of a shell.
    """

    words: Sequence[Word] = ()
    texts: Sequence[Word] = ()


def arguments(words: Sequence[Word]) -> List[Word]:
    """A command's words from its program on.

    Args:
        words: all of them: also assignments, reserved words, and programs that start another.
    """
    index = 0
    while index < len(words):
        text = words[index].text
        if _name(text) in _WRAPPERS or _name(text) in _WITH_TARGET:
            index += 1
            while index < len(words) and _AMOUNT.fullmatch(words[index].text):
                index += 2 if words[index].text in _VALUED else 1
            index += _name(text) in _WITH_TARGET
        elif text in _RESERVED or _ASSIGNMENT.fullmatch(text) or words[index].is_input:
            index += 1
        else:
            break
    return list(words[index:])


def run_by(words: Sequence[Word], *, is_command: bool = True) -> Run:
    """Tell what a command runs.

    Args:
        words: its words.
        is_command: whether the text is surely a command; otherwise an interpreter must say so.
    """
    left = arguments(words)
    inputs = [word for word in words if word.is_input]
    if not left:
        return Run(())
    if re.search(r"\s", left[0].text) and "$(" not in left[0].text:
        return Run((), left[:1])
    name = _name(left[0].text)
    if _INTERPRETER.fullmatch(name):
        return _interpreted(name, left[1:], inputs)
    if _BY_OPTION.fullmatch(name):
        found = [*_by_option(left[1:]), *inputs]
        if found or name not in _HANDS_ON:
            return Run(found)
    if name in _DIRECT:
        return Run(_files(left, 1))
    if name in _HANDS_ON:
        return _handed_on(left)
    return Run(left[:1] if is_command else ())


def is_shell(words: Sequence[Word]) -> bool:
    """Whether a command runs its standard input as shell code."""
    left = arguments(words)
    if not left:
        return any(_name(word.text) == "ssh" for word in words)
    return _is_shell(_name(left[0].text))


def _is_shell(name: str) -> bool:
    return name.endswith("sh") and _INTERPRETER.fullmatch(name) is not None and name != "pwsh"


def _name(text: str) -> str:
    name = text.replace("\\", "/").rpartition("/")[2]
    return name[:-4] if name.endswith((".exe", ".EXE")) else name or text


def _interpreted(name: str, words: Sequence[Word], inputs: Sequence[Word]) -> Run:
    """What an interpreter runs: its first argument that is no option."""
    index = 0
    while index < len(words):
        text = words[index].text
        if words[index].is_input:
            index += 1
        elif _is_shell(name) and re.fullmatch(r"-[a-z]*c", text):
            return Run((), words[index + 1 : index + 2])
        elif text in _CODE_FOLLOWS or (_is_shell(name) and _ONLY_READS.fullmatch(text)):
            return Run(())
        elif text == "-m":
            files = _files(words, index + 1)
            return Run(files if _runs_files(words, index) else words[index + 1 : index + 2])
        elif _WITH_VALUE.fullmatch(text):
            index += 1 if text.endswith("-File") else 2
        elif re.match(r"[-+].", text) or (name in ("deno", "bun") and text in ("run", "test")):
            index += 1
        else:
            return Run(_files(words, index) if name in _TAKES_FILES else words[index : index + 1])
    return Run(inputs)


def _files(words: Sequence[Word], first: int) -> List[Word]:
    """The words from one on that are neither options nor may be their values."""
    return [
        word
        for index, word in enumerate(words[first:], first)
        if not word.text.startswith("-") and not (index and words[index - 1].text.startswith("--"))
    ]


def _runs_files(words: Sequence[Word], index: int) -> bool:
    module = words[index + 1].text if index + 1 < len(words) else ""
    return module in ("pytest", "coverage", "pdb", "cProfile", "trace", "unittest")


def _by_option(words: Sequence[Word]) -> Iterator[Word]:
    for index, word in enumerate(words):
        if word.text in _OPTIONS:
            yield from words[index + 1 : index + 2]
        elif word.text.startswith(("--file=", "--directory=", "-f", "-C")):
            yield word


def _handed_on(words: Sequence[Word]) -> Run:
    """What a program hands on to another shell or machine."""
    texts = [word for word in words[1:] if re.search(r"\s", word.text)]
    if words[0].text == "trap":
        texts = list(words[1:2])  # the others are signals
    for index, word in enumerate(words[1:], 1):
        if word.text not in _NO_PROGRAM and _INTERPRETER.fullmatch(_name(word.text)):
            return _interpreted(_name(word.text), words[index + 1 :], ())
    separated = "--" in [word.text for word in words] and _name(words[0].text) in _SEPARATES
    for previous, word in zip(words, words[1:]):
        if previous.text == "--" if separated else previous.text in _HANDS_OVER:
            return Run((word,), texts)
    return Run((), texts)


def option_value(text: str) -> Tuple[Optional[str], int]:
    """The value in ``--file=value`` and ``-fvalue``, and how far in it begins."""
    match = re.match(r"--[\w-]+=|-[a-zA-Z](?=[\w./$])", text)
    return (text[match.end() :], match.end()) if match else (None, 0)
