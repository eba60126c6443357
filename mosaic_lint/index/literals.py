"""String literals of Python that the running Python can't parse, being older than the code."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from typing import Iterator, List, NamedTuple, Optional

_BETWEEN = (tokenize.NL, tokenize.COMMENT)
_LINE_ENDS = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


class Literal(NamedTuple):
    """A string literal, implicit concatenation included.

    Args:
        node: it, parsed by itself.
        line: its first line, from 1.
        column: its first column, from 1, in characters.
        end_line: its last line.
    """

    node: ast.expr
    line: int
    column: int
    end_line: int


def literals(text: str) -> Iterator[Literal]:
    """The string literals of a file that can be read by tokens; docstrings aren't among them.

    Args:
        text: the file's text.
    """
    run: List[tokenize.TokenInfo] = []
    begins = True  # a logical line
    run_begins = False
    for token in _tokens(text):
        if token.type == tokenize.STRING:
            run_begins = begins if not run else run_begins
            run.append(token)
        elif token.type not in _BETWEEN:
            is_docstring = run_begins and token.type == tokenize.NEWLINE
            found = _parsed(run) if run and not is_docstring else None
            if found is not None:
                yield found
            run = []
        begins = token.type in _LINE_ENDS or (begins and token.type in _BETWEEN)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to where they can't be read any more."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return  # what stands behind isn't known


def _parsed(run: List[tokenize.TokenInfo]) -> Optional[Literal]:
    source = "(" + "\n".join(token.string for token in run) + ")"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    line, column = run[0].start
    return Literal(node, line, column + 1, run[-1].end[0])
