"""One walk over a concrete syntax tree: its nodes by type, and each node's parent.

White space, brackets and punctuation are not walked; whoever needs them reads them off the node.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Optional, Tuple, Type, TypeVar, Union

import libcst as cst

N = TypeVar("N", bound=cst.CSTNode)

Function = Union[cst.FunctionDef, cst.Lambda]

_SKIPPED_PREFIXES = ("whitespace", "leading_", "lines_after", "trailing_")
_SKIPPED_FIELDS = frozenset(
    ("lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "colon",
     "equal", "dot", "header", "footer", "indent", "asynchronous", "default_indent",
     "default_newline", "encoding", "has_trailing_newline", "separator", "first_colon",
     "second_colon", "vbar")
)  # fmt: skip

_SEQUENCES = (list, tuple)
# What a field may hold that is no node. LibCST's classes are abstract base classes, for which
# isinstance() is ten times slower than a look at the class.
_NO_NODES = frozenset((type(None), str, bool, int, cst.MaybeSentinel))

# Nodes whose body is listed before what stands before it in the text.
_OUT_OF_ORDER = frozenset(
    (cst.FunctionDef, cst.ClassDef, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase)
)

_fields_of: Dict[type, Tuple[str, ...]] = {}


def _fields(kind: type) -> Tuple[str, ...]:
    fields = _fields_of.get(kind)
    if fields is None:
        declared = getattr(kind, "__dataclass_fields__", {})
        names = [name for name in declared if declared[name].type not in (str, "str", bool, "bool")]
        fields = tuple(
            name
            for name in (sorted(names, key=_textual_order) if kind in _OUT_OF_ORDER else names)
            if name not in _SKIPPED_FIELDS and not name.startswith(_SKIPPED_PREFIXES)
        )
        _fields_of[kind] = fields
    return fields


def _textual_order(field: str) -> int:
    return {"decorators": -1, "body": 1}.get(field, 0)


def children(node: cst.CSTNode) -> List[cst.CSTNode]:
    """The direct children that mean something, in the order of the text."""
    found: List[cst.CSTNode] = []
    kind = node.__class__
    for name in _fields_of[kind] if kind in _fields_of else _fields(kind):
        value = getattr(node, name)
        if value.__class__ in _SEQUENCES:
            found.extend(item for item in value if item.__class__ not in _NO_NODES)
        elif value.__class__ not in _NO_NODES:
            found.append(value)
    return found


def walk(
    node: cst.CSTNode, enter: Optional[Callable[[cst.CSTNode], bool]] = None
) -> Iterator[cst.CSTNode]:
    """The node and all below it, parents first, siblings in the order of the text.

    Args:
        node: where to start.
        enter: asked for each node but the first; below one for which it says no nothing is
            visited, though the node itself is.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or enter is None or enter(current):
            stack.extend(reversed(children(current)))


class Tree:
    """A module's nodes by type and parent.

    Args:
        module: the parsed module.

    Attributes:
        nodes: all nodes in the order of the text, parents first.
    """

    def __init__(self, module: cst.Module) -> None:
        self.module = module
        self._parents: Dict[int, cst.CSTNode] = {}  # by identity
        self._nodes: Dict[type, List[cst.CSTNode]] = {}
        self.nodes: List[cst.CSTNode] = []
        self._indexes: Dict[int, int] = {}  # filled when it is asked for
        self._walk()

    def _walk(self) -> None:
        parents, nodes = self._parents, self._nodes
        in_order = self.nodes.append
        stack: List[cst.CSTNode] = [self.module]
        while stack:
            node = stack.pop()
            in_order(node)
            kind = node.__class__
            if kind in nodes:
                nodes[kind].append(node)
            else:
                nodes[kind] = [node]
            below = children(node)
            for child in below:
                parents[id(child)] = node
            below.reverse()
            stack.extend(below)

    def index(self, node: cst.CSTNode) -> int:
        """The place of a node among all, in the order of the text."""
        if not self._indexes:
            self._indexes = {id(node): index for index, node in enumerate(self.nodes)}
        return self._indexes.get(id(node), -1)

    def of(self, kind: Type[N]) -> List[N]:
        """All nodes of exactly this type, in the order of the text."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

    def parent(self, node: cst.CSTNode) -> Optional[cst.CSTNode]:
        """The node above; ``None`` for the module."""
        return self._parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes above, innermost first."""
        current = self._parents.get(id(node))
        while current is not None:
            yield current
            current = self._parents.get(id(current))

    def enclosing(self, node: cst.CSTNode, *kinds: Type[N]) -> Optional[N]:
        """The innermost node above of exactly one of the types."""
        for ancestor in self.ancestors(node):
            if ancestor.__class__ in kinds:
                return ancestor
        return None
