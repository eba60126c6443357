"""The SQL of a Python file: what flows into a database, and texts that parse as a statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Container, Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple, Union

import libcst as cst

from mosaic_lint.change import SEVERAL_PLACES, Change, Changes, Declined
from mosaic_lint.facts.constancy import constancy_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.given import CallGiven
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.pieces import Pieces
from mosaic_lint.facts.receivers import Driver, receivers_of
from mosaic_lint.facts.sinks import Sink, sinks
from mosaic_lint.facts.sqltext import Hole, Part, SqlText, continued
from mosaic_lint.facts.texts import texts_of
from mosaic_lint.sql.given import NOTHING, Given
from mosaic_lint.sql.shape import is_sql, starts_like_a_statement
from mosaic_lint.sql.statement import Rewrite, Statement, read
from mosaic_lint.vocabulary import LOGGER_METHODS


@dataclass(frozen=True, eq=False)
class SqlQuery:
    """A text that is SQL.

    Args:
        text: the text.
        statements: its statements.
        expression: what makes the text.
        sink: the call that runs it; ``None`` where none is seen.
    """

    text: SqlText
    statements: Sequence[Statement]
    expression: cst.BaseExpression
    sink: Optional[Sink] = None


_STRINGS = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
_SHAPING = frozenset(
    ("format", "format_map", "join", "strip", "lstrip", "rstrip", "replace", "removesuffix",
     "removeprefix", "encode", "upper", "lower")
)  # fmt: skip
_ASKING = frozenset(
    ("startswith", "endswith", "find", "index", "count", "split", "partition", "rsplit",
     "rpartition", "replace", "getLogger", "print", "print_exc", "warn", "compile", "match",
     "search", "fullmatch", "findall", "sub", "subn", "finditer", "add_argument", "fail", "skip",
     "xfail", "assertEqual", "assertIn", "assertNotIn", "add_parser", "ArgumentParser", "Field",
     "echo", "secho", "notice", "raises", "warns", "assertNotEqual", "assertRegex",
     "assertRaisesRegex", "assert_called_with", "assert_called_once_with", "assert_any_call")
) | LOGGER_METHODS  # fmt: skip
"""Calls whose texts nobody runs: they are searched, shown or compared."""
_MAX_QUERIES = 20_000
_CONTINUING = (",", "(")
"""With what a list goes on."""


class Queries:
    """Finds the SQL of one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._texts = texts_of(file)
        self._pieces = Pieces(file)
        self._used: Set[int] = set()  # literals of what a sink runs, by identity
        self._seen: List[SqlText] = []
        self._elsewhere: Set[int] = set()  # literals of what other databases run, by identity

    def all(self) -> List[SqlQuery]:
        """The queries: first those that sinks run, then those that nobody is seen to run."""
        found: List[SqlQuery] = []
        for sink in sinks(self._file):
            found.extend(self._of_sink(sink))
        if not self._is_sqlite_only:
            self._use_translated()
            for expression in self._roots():
                found.extend(self._of_expression(expression))
        return found[:_MAX_QUERIES]

    @cached_property
    def _is_sqlite_only(self) -> bool:
        return receivers_of(self._file).usual is Driver.SQLITE

    def _of_sink(self, sink: Sink) -> Iterator[SqlQuery]:
        texts = self._texts.of(sink.query)
        for text in texts:
            given = CallGiven(self._file, text, sink, is_only=len(texts) == 1)
            statements = self._read(text, given)
            if sink.driver in (Driver.SQLITE, Driver.ELSEWHERE):
                self._elsewhere.update(id(node) for node in text.literals)
            if sink.driver is Driver.SQLITE:
                self._use(text)
            elif sink.driver is Driver.ELSEWHERE:
                self._use(text)
                yield SqlQuery(text, (), sink.query, sink)  # only what is built in matters
            elif statements and (sink.certain or is_sql(statements[0])):
                self._use(text)
                yield SqlQuery(text, statements, sink.query, sink)

    def _of_expression(self, expression: cst.BaseExpression) -> Iterator[SqlQuery]:
        is_piece = self._pieces.is_piece(expression)
        for known in self._texts.of(expression):
            text = continued(known, expression) if is_piece else known
            if starts_like_a_statement(text.text) and self._matters(text):
                statements = self._read(text)
                if statements and is_sql(statements[0]):
                    self._use(text)
                    yield SqlQuery(text, statements, expression)

    def _matters(self, text: SqlText) -> bool:
        """Whether a rule may speak of a text; else nobody need know whether it parses."""
        return any(text.holes) or self._file.may_speak(text.text)

    def _read(self, text: SqlText, given: Given = NOTHING) -> List[Statement]:
        file = self._file
        is_exact = text.exact and not text.composed  # braces of a template aren't SQL
        self._seen.append(text)
        return read(
            text.text,
            text.locate,
            defined=file.defined,
            is_exact=is_exact,
            known=file.lexed,
            given=given,
            rewrite=self._rewrite(text),
        )

    def _rewrite(self, text: SqlText) -> Rewrite:
        """What changes a text, but where one of its literals is also something else."""

        def rewrite(start: int, end: int, new: str) -> Changes:
            changes = text.replace(start, end, new)
            self._check_unity([_node(change) for change in changes])
            for change in changes:
                node = id(_node(change))
                if node in self._elsewhere:
                    raise Declined("another database runs it, too")
                wanted = new if change.text else ""
                if not all(_gives(part, wanted, change.text) for part in self._ways[node]):
                    raise Declined("its text is used in several ways")
            if start == end and text.text[end:].lstrip()[:1] not in _CONTINUING:
                self._check_end(text, end)
            return changes

        return rewrite

    def _check_unity(self, nodes: Sequence[cst.CSTNode]) -> None:
        """Make sure that what is changed in several literals is one thing always.

        A constant may have other uses, and a branch may be left out.

        Raises:
            Declined: the literals stand in different statements, or not on all ways the same is
                between them.
        """
        changed = {id(node) for node in nodes}
        if len(changed) < 2:
            return
        around = {id(self._statement_around(node)) for node in nodes}
        runs = {_run(text, changed) for text in self._seen} - {()}
        if len(around) > 1 or len(runs) > 1:
            raise Declined(SEVERAL_PLACES)

    def _statement_around(self, node: cst.CSTNode) -> Optional[cst.CSTNode]:
        kinds = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
        return next((one for one in self._tree.ancestors(node) if isinstance(one, kinds)), None)

    def _check_end(self, text: SqlText, at: int) -> None:
        """Make sure that nobody else goes on with a list where something is put in.

        Raises:
            Declined: another query does.
        """
        if any(end == at and id(part.node) in self._continued for part, end in text.ends):
            raise Declined("another query goes on with it")

    @cached_property
    def _continued(self) -> Set[int]:
        """The literals behind which some query goes on with a list, by identity."""
        return {
            id(part.node)
            for text in self._seen
            for part, end in text.ends
            if part.node is not None and text.text[end : end + 80].lstrip()[:1] in _CONTINUING
        }

    @cached_property
    def _ways(self) -> Dict[int, List[Part]]:
        """A part of each literal for each way on which it becomes SQL, by its identity."""
        found: Dict[Tuple[int, object], Part] = {}
        for text in self._seen:
            for part in text.parts:
                if part.node is not None:
                    found.setdefault((id(part.node), part.way), part)
        ways: Dict[int, List[Part]] = {}
        for (node, _), part in found.items():
            ways.setdefault(node, []).append(part)
        return ways

    def _use(self, text: SqlText) -> None:
        self._used.update(id(node) for node in text.literals)

    def _use_translated(self) -> None:
        """Leave out texts in which something is replaced before they are run."""
        for call in self._tree.of(cst.Call):
            if isinstance(call.func, cst.Attribute) and call.func.attr.value == "replace":
                old = self._texts.of(call.args[0].value) if call.args else []
                for text in self._texts.of(call.func.value) if old else ():
                    if old[0].text in text.text:
                        self._use(text)

    def _roots(self) -> Iterator[cst.BaseExpression]:
        """The whole expressions around literals that no sink runs, and names that are added to."""
        seen: Set[int] = set()
        for node in self._tree.nodes:
            if isinstance(node, _STRINGS) and not self._is_used(node):
                root = self._root(node)
                if id(root) not in seen and not self._is_shown(root):
                    seen.add(id(root))
                    yield root
        yield from self._added_to()

    def _is_used(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.SimpleString):
            return id(node) in self._used
        if isinstance(node, cst.ConcatenatedString):
            return self._is_used(node.left)
        assert isinstance(node, cst.FormattedString)
        return any(id(piece) in self._used for piece in node.parts)

    def _root(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """The largest expression that makes one text of a literal and what stands around it."""
        current = node
        while True:
            parent = self._tree.parent(current)
            if isinstance(parent, cst.ConcatenatedString) or (
                isinstance(parent, cst.BinaryOperation)
                and (isinstance(parent.operator, (cst.Add, cst.Multiply)) or parent.left is current)
            ):
                current = parent
            elif isinstance(parent, cst.Attribute) and parent.attr.value in _SHAPING:
                call = self._tree.parent(parent)
                if not isinstance(call, cst.Call) or call.func is not parent:
                    return current
                current = call
            else:
                return current

    def _is_shown(self, node: cst.BaseExpression) -> bool:
        """Whether a text is a docstring, or goes where texts are shown, compared or searched."""
        below: cst.CSTNode = node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, (cst.Expr, cst.ComparisonTarget, cst.Comparison, cst.Raise)):
                return not isinstance(ancestor, cst.Raise) or below is ancestor.exc
            if isinstance(ancestor, (cst.Annotation, cst.Assert)):
                return True
            if isinstance(ancestor, cst.Call):
                return below is not ancestor.func and self._asks(ancestor)
            if isinstance(ancestor, (cst.BaseSmallStatement, cst.FunctionDef, cst.Lambda)):
                return False
            if not isinstance(ancestor, (cst.Arg, cst.BinaryOperation, cst.IfExp)):
                return False
            below = ancestor
        return False

    def _asks(self, call: cst.Call) -> bool:
        """Whether nobody runs the texts that a call gets: an exception's message, for one."""
        name = last_name(call.func)
        is_error = name.endswith(("Error", "Exception", "Warning"))
        return name in _ASKING or is_error or isinstance(self._tree.parent(call), cst.Raise)

    def _added_to(self) -> Iterator[cst.BaseExpression]:
        """Names that ``+=`` made, where they are returned or passed on."""
        names = {
            statement.target.value
            for statement in self._tree.of(cst.AugAssign)
            if isinstance(statement.target, cst.Name)
        }
        if not names:
            return
        holders: Iterable[Union[cst.Return, cst.Arg, cst.Yield]] = (
            *self._tree.of(cst.Return), *self._tree.of(cst.Arg), *self._tree.of(cst.Yield),
        )  # fmt: skip
        for holder in holders:
            for value in _alone_or_together(holder.value):
                if isinstance(value, cst.Name) and value.value in names:
                    if not self._is_shown(value):
                        yield value


def _node(change: Change) -> cst.CSTNode:
    """The literal, or the text between replacement fields, that is changed."""
    node: cst.CSTNode = getattr(change.anchor, "node", change.anchor)
    return node


def _run(text: SqlText, nodes: Container[int]) -> Tuple[int, ...]:
    """What a text has from the first to the last of some literals, by identity."""
    found = [id(part.node) for part in text.parts]
    places = [index for index, node in enumerate(found) if node in nodes]
    return tuple(found[places[0] : places[-1] + 1]) if places else ()


def _gives(part: Part, text: str, rendered: str) -> bool:
    """Whether a part's literal has to have a text as it was written for another part."""
    if rendered == part.rendered(text, before=" ", after=" "):
        return True  # first, as a raw string may hold it so only
    return rendered == part.rendered(text)


def _alone_or_together(value: Optional[cst.CSTNode]) -> Iterator[Optional[cst.CSTNode]]:
    """A value, or what a tuple holds: a query may be returned with its parameters."""
    if isinstance(value, cst.Tuple):
        yield from (element.value for element in value.elements)
    else:
        yield value


def queries_of(file: File) -> List[SqlQuery]:
    """The queries of a file, found once."""
    found: Optional[List[SqlQuery]] = file.answers.get("queries")
    if found is None:
        found = file.answers["queries"] = Queries(file).all()
    return found


def statements(file: File) -> Iterator[Statement]:
    """The fact ``SqlStatement``."""
    for query in queries_of(file):
        yield from query.statements


def holes(file: File) -> Iterator[Hole]:
    """The fact ``SqlHole``: values built into SQL, each place once, though it may get several."""
    constancy = constancy_of(file)
    places: Dict[int, Hole] = {}  # by identity of the anchor
    for query in queries_of(file):
        for hole in query.text.holes:
            if not hole.passed:
                known = places.setdefault(id(hole.anchor), hole)
                is_safe = known.composed or constancy.is_proven(known.expression)
                if known is not hole and is_safe:
                    places[id(hole.anchor)] = hole
    yield from places.values()
