"""Statements: tokens with the places where they stand, and small questions about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import (
    Any,
    Callable,
    Container,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from mosaic_lint.change import Change, Changes
from mosaic_lint.model import Span
from mosaic_lint.sql.given import NOTHING, Given
from mosaic_lint.sql.lexer import HOLE, Kind, Token, tokens
from mosaic_lint.sql.roles import bracket_names, placeholders, slices

_VERBS = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "VALUES", "CREATE", "UNION"))
MAX_STATEMENT = 1_000_000
"""Characters of a statement beyond which it isn't read."""
_BEFORE_KIND = frozenset(("OR", "REPLACE", "TEMP", "TEMPORARY", "CONSTRAINT"))
_MAX_TOKENS = 50_000  # of a text; what follows is data

Locate = Callable[[int, int], Any]
Rewrite = Callable[[int, int, str], Changes]


def spans(start: int, end: int) -> Span:
    """The places of a text that is the file's own."""
    return Span(start, end)


def in_place(start: int, end: int, text: str) -> Changes:
    """The changes of a text that is the file's own."""
    return [Change(Span(start, end), text)]


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement, or what may be a part of one.

    Args:
        text: the text that it stands in.
        tokens: its tokens, with offsets in ``text``.
        locate: turns offsets in ``text`` into an anchor for a finding.
        in_file: whether it stands in an SQL script, where psql's variables are allowed.
        defined: names (in upper case) that the project's own DDL defines.
        siblings: all statements of the text, this one among them.
        is_exact: whether the text is made of just what is seen, in this order.
        given: what a program gives to its placeholders.
        rewrite: turns offsets in ``text`` and a new text into changes of the file.
    """

    text: str
    tokens: Sequence[Token]
    locate: Locate = spans
    in_file: bool = False
    defined: Container[str] = frozenset()
    siblings: Sequence[Statement] = ()
    is_exact: bool = True
    given: Given = NOTHING
    rewrite: Rewrite = in_place

    def change(self, text: str, token: Token, last: Optional[Token] = None) -> Changes:
        """Put a text in the place of a token, or of all from it to another.

        Args:
            text: what comes.
            token: the first token.
            last: the last one.

        Raises:
            Declined: a value is built in there, or the literal can't hold the text.
        """
        return self.rewrite(token.start, (last or token).end, text)

    def remove(self, first: int, last: int) -> Changes:
        """Take out the tokens from an index to another, with the white space on one side of them.

        Raises:
            Declined: a value is built in there.
        """
        start, end = self.tokens[first].start, self.tokens[last].end
        text = self.text
        if not first:
            end += len(text[end:]) - len(text[end:].lstrip())
        elif "--" in text[self.tokens[first - 1].end : start]:
            start, end = self._on_line(start, end)  # what is behind must not become a comment
        elif text[end : end + 1].isspace() or end == len(text) or text[end] in ",;)":
            while start > self.start and text[start - 1].isspace():
                start -= 1
        return self.rewrite(start, end, "")

    def _on_line(self, start: int, end: int) -> Tuple[int, int]:
        """A part of the text with its line, if it has one alone, or with the blanks behind it."""
        text = self.text
        while text[end : end + 1] in (" ", "\t"):
            end += 1
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].isspace() and text[end : end + 1] in ("\r", "\n"):
            return line, text.index("\n", end) + 1 if "\n" in text[end:] else end
        return start, end

    def insert(self, text: str, behind: Token) -> Changes:
        """Put a text right behind a token.

        Raises:
            Declined: a value is built in there, or the literal can't hold the text.
        """
        return self.rewrite(behind.end, behind.end, text)

    def at(self, token: Token, last: Optional[Token] = None) -> Any:
        """The anchor of a token, or of all from it to another."""
        return self.locate(token.start, (last or token).end)

    @property
    def start(self) -> int:
        """The offset of its first character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """The offset behind its last character."""
        return self.tokens[-1].end

    @cached_property
    def words(self) -> Tuple[str, ...]:
        """Each token's text: words in upper case, anything else as written."""
        return tuple(token.text for token in self.tokens)

    @cached_property
    def depths(self) -> Tuple[int, ...]:
        """For each token how many parentheses are open around it."""
        depths: List[int] = []
        depth = 0
        for token in self.tokens:
            depth -= token.text == ")"
            depths.append(max(depth, 0))
            depth += token.text == "("
        return tuple(depths)

    def word(self, index: int) -> str:
        """The text of a token; empty outside of the statement."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def starts_with(self, *words: str) -> bool:
        """Whether the first tokens are these words."""
        return self.words[: len(words)] == words

    def follows(self, index: int, *words: str) -> bool:
        """Whether the tokens from an index on are these words."""
        return self.words[index : index + len(words)] == words

    def find(self, *words: str) -> Iterator[int]:
        """Each index at which these words follow each other."""
        first, length = words[0], len(words)
        for index, word in enumerate(self.words):
            if word == first and self.words[index : index + length] == words:
                yield index

    @cached_property
    def tree(self) -> Optional[Any]:
        """Sqlglot's root node, parsed once; ``None`` where the statement is opaque."""
        from mosaic_lint.sql.parser import tree

        return tree(self)

    @cached_property
    def placeholders(self) -> FrozenSet[int]:
        """The indexes of question marks that stand for a value."""
        return placeholders(self.tokens)

    @cached_property
    def bracketed(self) -> FrozenSet[int]:
        """The indexes of opening brackets around a name, as SQLite and SQL Server quote."""
        return bracket_names(self.tokens)

    @cached_property
    def slices(self) -> FrozenSet[int]:
        """The indexes of ``:name`` that are no placeholders, but the end of a slice."""
        return slices(self.tokens)

    @cached_property
    def has_holes(self) -> bool:
        """Whether a part of it isn't known."""
        return any(HOLE in token.text for token in self.tokens)

    def name_end(self, index: int) -> int:
        """The index behind a possibly qualified name that starts at an index."""
        position = index + 1
        while self.word(position) == "." and position + 1 < len(self.tokens):
            position += 2
        return position

    def closing(self, index: int) -> int:
        """The index of the parenthesis that closes the one at an index; the end if none does."""
        return self._closings.get(index, len(self.tokens))

    @cached_property
    def _closings(self) -> Dict[int, int]:
        """The index of the parenthesis that closes each opening one."""
        found: Dict[int, int] = {}
        opened: List[int] = []
        for index, word in enumerate(self.words):
            if word == "(":
                opened.append(index)
            elif word == ")" and opened:
                found[opened.pop()] = index
        return found

    @cached_property
    def verbs(self) -> Tuple[Tuple[int, str], ...]:
        """The words outside of parentheses that begin a statement or a part of one."""
        return tuple(
            (index, word)
            for index, (word, depth) in enumerate(zip(self.words, self.depths))
            if depth == 0 and word in _VERBS
        )


def read(
    text: str,
    locate: Locate = spans,
    *,
    start: int = 0,
    end: int = -1,
    in_file: bool = False,
    defined: Container[str] = frozenset(),
    is_exact: bool = True,
    known: Optional[Dict[str, List[Token]]] = None,
    given: Given = NOTHING,
    rewrite: Rewrite = in_place,
) -> List[Statement]:
    """Read the statements of a text.

    Args:
        text: SQL, with :data:`~mosaic_lint.sql.lexer.HOLE` for what isn't known.
        locate: turns offsets in ``text`` into an anchor.
        start: the offset where to begin.
        end: the offset where to stop; -1 for the text's end.
        in_file: whether the text is an SQL script's.
        defined: names that the project's own DDL defines.
        is_exact: whether the text is made of just what is seen, in this order.
        known: the tokens of whole texts that were read before, to be filled and used.
        given: what a program gives to the placeholders.
        rewrite: turns offsets in ``text`` and a new text into changes of the file.

    Returns:
        The statements in order; none where the text is longer than :data:`MAX_STATEMENT`.
    """
    if (len(text) if end < 0 else end) - start > MAX_STATEMENT:
        return []
    found: List[Statement] = []
    lexed = known.get(text) if known is not None else None
    if lexed is None:
        lexed = tokens(text, start, end, limit=_MAX_TOKENS)
        if known is not None:
            known[text] = lexed
    for part in _split(lexed):
        found.append(
            Statement(text, part, locate, in_file, defined, found, is_exact, given, rewrite)
        )
    return found


def _split(found: List[Token]) -> Iterator[List[Token]]:
    """Split tokens at semicolons; a body of ``BEGIN ... END`` stays whole."""
    part: List[Token] = []
    body = _Body()
    depth = 0
    for token in found:
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth = max(depth - 1, 0)
        if token.text == ";" and not depth and not body.is_open:
            if part:
                yield part
            part, body = [], _Body()
        else:
            part.append(token)
            body.take(token, is_first=len(part) == 1)
    if part:
        yield part


class _Body:
    """The body of an SQLite trigger or of an SQL function, as far as it is read."""

    def __init__(self) -> None:
        self._creates = False
        self._kind = ""  # of what is created
        self._has_begun = False
        self._level = 0

    @property
    def is_open(self) -> bool:
        """Whether the body isn't closed yet."""
        return self._level > 0 and self._kind in ("TRIGGER", "FUNCTION", "PROCEDURE")

    def take(self, token: Token, *, is_first: bool) -> None:
        """Read the next token of the statement."""
        word = token.text
        if is_first:
            self._creates = word == "CREATE"
        elif self._creates and token.kind is Kind.WORD:
            if not self._kind and word not in _BEFORE_KIND:
                self._kind = word
            self._has_begun = self._has_begun or word == "BEGIN"
            if self._has_begun:
                self._level += (word in ("BEGIN", "CASE")) - (word == "END")


class Group(NamedTuple):
    """Some tokens that stand in the same string literal.

    Args:
        statement: the statement of the first one.
        token: the first one.
        all: each with its statement, in order.
    """

    statement: Statement
    token: Token
    all: Sequence[Tuple[Statement, Token]]


def by_literal(statement: Statement, pick: Callable[[Statement], Iterable[Token]]) -> List[Group]:
    """Some tokens by the string literal that they stand in.

    Args:
        statement: a statement; what isn't the first of its text gives nothing, since literals may
            hold several.
        pick: gives the tokens of a statement.
    """
    if statement.siblings and statement is not statement.siblings[0]:
        return []
    groups: Dict[object, List[Tuple[Statement, Token]]] = {}
    for sibling in statement.siblings or (statement,):
        for token in pick(sibling):
            literal = getattr(sibling.at(token), "literal", None)
            groups.setdefault(literal, []).append((sibling, token))
    return [Group(*group[0], group) for group in groups.values()]
