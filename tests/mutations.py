r"""Rewrites of Python source that keep it parsable, to ask whether triage still sees everything.

A mutation doesn't keep the meaning; what is asked is only whether the findings with triage and
without it are the same. Each takes a text with ``\n`` line ends and gives a new one, or the same
where it has nothing to do.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from typing import Callable, Dict, Iterator, List, Sequence, Set, Tuple, Union

Mutation = Callable[[str], str]
Edit = Tuple[int, int, str]

MUTATIONS: Dict[str, Mutation] = {}

WATCHED = frozenset(
    ("get_conn", "print", "Exception", "ValueError", "logger", "logging", "getLogger", "suppress",
     "contextlib", "psycopg2", "sys", "traceback")
)  # fmt: skip
"""Names that rules know, each of which a mutation hides behind an alias."""

_SIMPLE = (
    ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Pass,
    ast.Continue, ast.Break, ast.Delete, ast.Assert,
)  # fmt: skip


def mutation(function: Mutation) -> Mutation:
    """Register a mutation under its name."""
    MUTATIONS[function.__name__] = function
    return function


def parses(text: str) -> bool:
    """Whether the Python that runs can read the text."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# --- text and tokens ---------------------------------------------------------------------------


def tokens_of(text: str) -> List[tokenize.TokenInfo]:
    """The tokens of a text that parses; none where ``tokenize`` refuses it."""
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return []


def _starts(text: str) -> List[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _apply(text: str, edits: Sequence[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _names(text: str) -> Iterator[Tuple[str, int, int]]:
    """The names in a text that aren't attributes: name, start and end."""
    starts, before = _starts(text), ""
    for token in tokens_of(text):
        if token.type == tokenize.NAME and before not in (".", "import", "from", "as"):
            start = starts[token.start[0] - 1] + token.start[1]
            yield token.string, start, start + len(token.string)
        before = token.string


def replace_names(text: str, new: Callable[[str], str]) -> str:
    """Replace each name that is no attribute and no import by what ``new`` makes of it."""
    return _apply(text, [(start, end, new(name)) for name, start, end in _names(text)])


def _inside_strings(text: str) -> List[int]:
    """The lines (from 1) that begin inside a string."""
    found: List[int] = []
    opened: List[int] = []
    for token in tokens_of(text):
        kind = tokenize.tok_name[token.type]
        if kind == "STRING":
            found.extend(range(token.start[0] + 1, token.end[0] + 1))
        elif kind == "FSTRING_START":
            opened.append(token.start[0])
        elif kind == "FSTRING_END":
            found.extend(range(opened.pop() + 1, token.end[0] + 1))
    return found


def indented(text: str, by: str = "    ") -> str:
    """The text one level deeper; what begins inside a string stays."""
    inside = set(_inside_strings(text))
    lines = text.split("\n")
    return "\n".join(
        by + line if line.strip() and number not in inside else line
        for number, line in enumerate(lines, start=1)
    )


@mutation
def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


@mutation
def lone_cr(text: str) -> str:
    return text.replace("\n", "\r")


@mutation
def tabs(text: str) -> str:
    inside = set(_inside_strings(text))
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number + 1 not in inside:
            width = len(line) - len(line.lstrip(" "))
            lines[number] = "\t" * (width // 4) + " " * (width % 4) + line[width:]
    return "\n".join(lines)


@mutation
def form_feeds_before_definitions(text: str) -> str:
    return re.sub(r"(?m)^(?=(def|class|async|@))", "\f", text)


@mutation
def form_feed_lines(text: str) -> str:
    return "\f\n" + re.sub(r"(?m)^(?= *(def|class)\b)", "\f\n  \f\n", text)


@mutation
def form_feeds_with_lone_cr(text: str) -> str:
    return lone_cr(form_feeds_before_definitions(text))


@mutation
def long_header(text: str) -> str:
    return "# a header with a é and an \U0001f600\n" * 60 + text


@mutation
def unrelated_functions(text: str) -> str:
    unrelated = "def unrelated_{0}(values):\n    return sum(v for v in values if v > {0})\n"
    return text + "\n\n" + "\n\n".join(unrelated.format(n) for n in range(30)) + "\n"


@mutation
def twice_in_one_file(text: str) -> str:
    return text + "\n\n" + text


@mutation
def no_newline_at_the_end(text: str) -> str:
    return text.rstrip("\n")


@mutation
def line_separators_in_comments(text: str) -> str:
    """Characters at which ``str.splitlines`` breaks, and Python doesn't."""
    return text.replace("# ", "# é\u2028\x85\x0c ")


@mutation
def backslashes(text: str) -> str:
    """Break the line before each ``=`` of an assignment."""
    return re.sub(r"(?m)^( *[\w.]+) = (?=\S)", r"\1 \\\n        = ", text)


@mutation
def new_line_after_each_bracket(text: str) -> str:
    return _after_brackets(text, "\n")


@mutation
def twelve_lines_after_each_bracket(text: str) -> str:
    """What is long at module level is cut down to a stub."""
    return _after_brackets(text, "\n" * 12)


def _after_brackets(text: str, new: str) -> str:
    starts = _starts(text)
    ends = [
        starts[token.end[0] - 1] + token.end[1]
        for token in tokens_of(text)
        if token.type == tokenize.OP and token.string in ("(", "[")
    ]
    return _apply(text, [(end, end, new) for end in ends])


@mutation
def parentheses_around_values(text: str) -> str:
    return re.sub(r"(?m)^( *[\w.]+ = )([^\n\\#'\"(\[{]*\([^\n()#]*\))$", r"\1(\n\2\n)", text)


@mutation
def asynchronous(text: str) -> str:
    return re.sub(r"(?m)^( *)(def|with|for)\b", r"\1async \2", text)


@mutation
def no_comments(text: str) -> str:
    starts = _starts(text)
    edits = []
    for token in tokens_of(text):
        if token.type == tokenize.COMMENT:
            start = starts[token.start[0] - 1] + token.start[1]
            edits.append((start, start + len(token.string), ""))
    return _apply(text, edits)


@mutation
def joined_by_semicolons(text: str) -> str:
    starts = _starts(text)
    edits = []
    for body in _bodies(ast.parse(text)):
        for one, two in zip(body, body[1:]):
            if isinstance(one, _SIMPLE) and isinstance(two, _SIMPLE):
                start = starts[(one.end_lineno or 0) - 1] + _characters(text, one, end=True)
                end = starts[two.lineno - 1] + _characters(text, two, end=False)
                if "#" not in text[start:end]:
                    edits.append((start, end, "; "))
    return _apply(text, edits)


def _characters(text: str, node: ast.stmt, *, end: bool) -> int:
    """A column in characters, where ``ast`` counts bytes."""
    line = (node.end_lineno or 0) if end else node.lineno
    column = (node.end_col_offset or 0) if end else node.col_offset
    start = _starts(text)[line - 1]
    return len(text[start:].split("\n", 1)[0].encode()[:column].decode())


def _bodies(tree: ast.AST) -> Iterator[List[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield body


# --- names -------------------------------------------------------------------------------------


@mutation
def locals_renamed(text: str) -> str:
    stored = {
        node.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return replace_names(text, lambda name: f"{name}_renamed" if name in stored else name)


def _hidden(name: str) -> str:
    return f"{name}_hidden" if name in WATCHED else name


def _binding(text: str, form: str) -> str:
    """A binding of each hidden name that the text uses, in a form with ``{0}`` and ``{1}``."""
    used = sorted({name for name, _, _ in _names(text)} & WATCHED)
    return "".join(form.format(f"{name}_hidden", name) + "\n" for name in used)


def _module_alias(form: str, *, at_end: bool = False) -> Mutation:
    def mutate(text: str) -> str:
        hidden, binding = replace_names(text, _hidden), _binding(text, form)
        return f"{hidden}\n{binding}" if at_end else f"{binding}\n{hidden}"

    return mutate


for _name, _form in {
    "aliases": "{0} = {1}",
    "aliases_in_tuples": "{0}, other = {1}, None",
    "aliases_of_aliases": "first = {1}\n{0} = first",
    "aliases_in_branches": "if flag:\n    {0} = {1}\nelse:\n    {0} = None",
    "aliases_by_choice": "{0} = {1} if flag else None",
    "aliases_by_or": "{0} = flag or {1}",
    "aliases_by_walrus": "use({0} := {1})",
    "aliases_by_partial": "{0} = functools.partial({1})",
    "aliases_by_global": "def bind_{1}():\n    global {0}\n    {0} = {1}",
    "aliases_in_handlers": "try:\n    {0} = {1}\nexcept ImportError:\n    {0} = None",
    "aliases_with_annotation": "{0}: object = {1}",
    "aliases_by_import": "from somewhere import {1} as {0}",
    "aliases_by_module": "import somewhere.{1} as {0}",
    "aliases_in_loops": "for {0} in ({1},):\n    pass",
    "aliases_by_with": "with {1} as {0}:\n    pass",
    "aliases_by_functions": "def {0}(*a, **k):\n    return {1}(*a, **k)",
    "aliases_by_lambda": "{0} = lambda *a: {1}(*a)",
    "aliases_by_sum": "{0} = ({1},) + ()",
    "aliases_that_are_long": "{0} = choose(\n" + "    1,\n" * 12 + "    {1},\n)",
    "aliases_of_attributes": "{0} = {1}.bind(1)",
}.items():
    MUTATIONS[_name] = _module_alias(_form)
MUTATIONS["aliases_at_the_end"] = _module_alias("{0} = {1}", at_end=True)
MUTATIONS["aliases_by_global_at_the_end"] = _module_alias(
    "def bind_{1}():\n    global {0}\n    {0} = {1}", at_end=True
)


def _through_self(form: str) -> Mutation:
    """Hide the watched names behind attributes of ``self`` that another method sets."""

    def mutate(text: str) -> str:
        used = replace_names(text, lambda n: f"self.{n}_hidden" if n in WATCHED else n)
        binding = indented(_binding(text, form), "        ")
        return (
            "class Holder:\n"
            f"    def use(self):\n        pass\n{indented(used, '        ')}\n"
            f"    def __init__(self, other):\n        pass\n{binding}\n"
        )

    return mutate


MUTATIONS["attributes"] = _through_self("self.{0} = {1}")
MUTATIONS["attributes_of_attributes"] = _through_self("self.first = {1}\nself.{0} = self.first")
MUTATIONS["attributes_by_choice"] = _through_self("self.{0} = other or {1}")
MUTATIONS["attributes_in_tuples"] = _through_self("self.{0}, self.n = {1}, 1")
MUTATIONS["attributes_that_bind"] = _through_self("self.{0} = {1}.bind(1)")


@mutation
def aliases_in_class_body(text: str) -> str:
    used = replace_names(text, lambda name: f"self.{_hidden(name)}" if name in WATCHED else name)
    return (
        f"class Holder:\n    pass\n{indented(_binding(text, '{0} = {1}'))}\n"
        f"    def use(self):\n        pass\n{indented(used, '        ')}\n"
    )


@mutation
def aliases_as_parameters(text: str) -> str:
    used = sorted({name for name, _, _ in _names(text)} & WATCHED)
    parameters = ", ".join(f"{name}_hidden={name}" for name in used)
    return f"def outer({parameters}):\n    pass\n{indented(replace_names(text, _hidden))}\n"


# --- places ------------------------------------------------------------------------------------


def _wrapped(head: str, tail: str = "") -> Mutation:
    depth = len(head) - len(head.lstrip(" "))
    assert depth == 0
    level = "    " * head.count(":\n")
    last = head.rstrip("\n").rpartition("\n")[2]
    level = " " * (len(last) - len(last.lstrip())) + "    "

    def mutate(text: str) -> str:
        return f"{head}{level}pass\n{indented(text, level)}\n{tail}"

    return mutate


for _name, _parts in {
    "in_a_class": ("class Wrapped:\n", ""),
    "in_a_class_with_long_head": ("class Wrapped(\n    Base,\n    metaclass=Meta,\n):\n", ""),
    "in_a_function": ("def wrapped(self):\n", ""),
    "in_an_async_function": ("async def wrapped(self):\n", ""),
    "in_a_method": (
        "class Wrapped:\n    @decorated(\n        1\n    )\n    def method(self):\n",
        "",
    ),
    "in_nested_classes": ("class Outer:\n    class Inner:\n        def method(self):\n", ""),
    "in_a_branch": ("if flag:\n", "else:\n    print('else')\n"),
    "in_the_main_guard": ("if __name__ == '__main__':\n", ""),
    "in_another_guard": ("if __name__ == 'worker':\n", ""),
    "in_a_try": ("try:\n", "finally:\n    pass\n"),
    "in_a_handler": ("try:\n    pass\nexcept Exception:\n", "else:\n    print('else')\n"),
    "in_a_loop": ("for item in items:\n", "else:\n    print('else')\n"),
    "in_a_with": ("with get_conn() as conn:\n", ""),
    "in_type_checking": ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n", ""),
}.items():
    MUTATIONS[_name] = _wrapped(*_parts)


# --- structure, by way of the ast --------------------------------------------------------------


def _rewritten(transformer: Callable[[], ast.NodeTransformer]) -> Mutation:
    def mutate(text: str) -> str:
        tree = transformer().visit(ast.parse(text))
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"

    return mutate


class _Template(ast.NodeTransformer):
    """Put each value of a kind into a template, where ``VALUE`` stands for it."""

    def __init__(self, kind: str, template: str) -> None:
        self._kind = kind
        self._template = template

    def _filled(self, value: ast.expr) -> ast.expr:
        filler = _Filler(value)
        expression = filler.visit(ast.parse(self._template, mode="eval").body)
        assert isinstance(expression, ast.expr)
        return expression

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        if self._kind == "assigned":
            node.value = self._filled(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if self._kind == "callee":
            node.func = self._filled(node.func)
        elif self._kind == "argument":
            node.args = [a if isinstance(a, ast.Starred) else self._filled(a) for a in node.args]
        elif self._kind == "call":
            return self._filled(node)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        if self._kind == "caught" and node.type is not None:
            node.type = self._filled(node.type)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if self._kind == "receiver" and isinstance(node.ctx, ast.Load):
            node.value = self._filled(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        if self._kind == "annotation" and node.annotation is not None:
            node.annotation = self._filled(node.annotation)
        return node


class _Filler(ast.NodeTransformer):
    def __init__(self, value: ast.expr) -> None:
        self._value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._value if node.id == "VALUE" else node


def _template(kind: str, template: str) -> Mutation:
    return _rewritten(lambda: _Template(kind, template))


for _name, _kind, _text in (
    ("assigned_by_or", "assigned", "None or VALUE"),
    ("assigned_by_choice", "assigned", "VALUE if flag else None"),
    ("assigned_walrus", "assigned", "(inner := VALUE)"),
    ("assigned_awaited", "assigned", "await VALUE"),
    ("assigned_through_call", "assigned", "identity(VALUE)"),
    ("assigned_through_keyword", "assigned", "identity(value=VALUE)"),
    ("assigned_in_tuple", "assigned", "(VALUE, None)"),
    ("assigned_in_dict", "assigned", "{'value': VALUE}"),
    ("assigned_item", "assigned", "[VALUE][0]"),
    ("assigned_lambda", "assigned", "lambda: VALUE"),
    ("assigned_sum", "assigned", "VALUE + ()"),
    ("assigned_comprehension", "assigned", "[VALUE for item in items]"),
    ("callee_by_choice", "callee", "(VALUE if flag else other)"),
    ("callee_by_or", "callee", "(other or VALUE)"),
    ("callee_walrus", "callee", "(inner := VALUE)"),
    ("callee_partial", "callee", "functools.partial(VALUE)"),
    ("callee_static", "callee", "staticmethod(VALUE)"),
    ("callee_from_call", "callee", "VALUE()"),
    ("callee_item", "callee", "[VALUE][0]"),
    ("callee_attribute", "callee", "VALUE.method"),
    ("argument_by_choice", "argument", "VALUE if flag else other"),
    ("argument_walrus", "argument", "(inner := VALUE)"),
    ("argument_in_call", "argument", "closing(VALUE)"),
    ("call_awaited", "call", "(await VALUE)"),
    ("call_by_or", "call", "(VALUE or other)"),
    ("call_in_call", "call", "closing(VALUE)"),
    ("call_entered", "call", "stack.enter_context(VALUE)"),
    ("call_in_lambda", "call", "(lambda: VALUE)"),
    ("call_in_f_string", "call", "f'{VALUE}'"),
    ("caught_in_tuple", "caught", "(VALUE,)"),
    ("caught_by_sum", "caught", "(KeyError,) + (VALUE,)"),
    ("caught_unpacked", "caught", "(*VALUE, KeyError)"),
    ("caught_by_choice", "caught", "VALUE if flag else KeyError"),
    ("caught_by_or", "caught", "VALUE or KeyError"),
    ("caught_walrus", "caught", "(inner := VALUE)"),
    ("caught_from_call", "caught", "errors(VALUE)"),
    ("caught_item", "caught", "VALUE[0]"),
    ("receiver_by_or", "receiver", "(other or VALUE)"),
    ("receiver_by_choice", "receiver", "(VALUE if flag else other)"),
    ("receiver_walrus", "receiver", "(inner := VALUE)"),
    ("receiver_awaited", "receiver", "(await VALUE)"),
    ("annotation_optional", "annotation", "Optional[VALUE]"),
    ("annotation_union", "annotation", "VALUE | None"),
):
    MUTATIONS[_name] = _template(_kind, _text)


class _AttributesAcrossMethods(ast.NodeTransformer):
    """Make locals attributes of ``self``, and cut each function into two methods."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        body: List[ast.stmt] = []
        methods: List[ast.stmt] = []
        for statement in node.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                methods.extend(self._cut(statement))
            else:
                body.append(statement)
        if methods:
            body.extend(ast.parse("class Cut:\n    pass").body)
            body[-1].body = methods  # type: ignore[attr-defined]
        node.body = body
        return node

    def _cut(self, function: Union[ast.FunctionDef, ast.AsyncFunctionDef]) -> Iterator[ast.stmt]:
        stored = {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        _ToAttributes(stored).visit(function)
        first, rest = function.body[:-1], function.body[-1:]
        parameters = function.args
        parameters.args.insert(0, ast.arg("self", None))
        for number, part in enumerate((rest, first)):
            if part:
                method = ast.parse(f"def {function.name}_{number}(self):\n    pass").body[0]
                assert isinstance(method, ast.FunctionDef)
                method.body, method.args = part, parameters
                yield method


class _ToAttributes(ast.NodeTransformer):
    def __init__(self, names: Set[str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._names:
            return node
        return ast.Attribute(ast.Name("self", ast.Load()), node.id, node.ctx)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        node.value = self.visit(node.value)
        return node


MUTATIONS["attributes_across_methods"] = _rewritten(_AttributesAcrossMethods)


class _WrapBodies(ast.NodeTransformer):
    """Put the body of each handler or function into another statement."""

    def __init__(self, kinds: Tuple[type, ...], template: str) -> None:
        self._kinds = kinds
        self._template = template

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, self._kinds):
            wrapper = ast.parse(textwrap.dedent(self._template)).body
            holder = wrapper[0]
            while not isinstance(getattr(holder, "body", None), list):
                raise AssertionError("a template begins with a compound statement")
            holder.body = node.body  # type: ignore[attr-defined]
            node.body = wrapper  # type: ignore[attr-defined]
        return node


_HANDLERS = (ast.ExceptHandler,)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
for _name, _kinds, _text in (
    ("handlers_in_branches", _HANDLERS, "if flag:\n    pass"),
    ("handlers_in_functions", _HANDLERS, "def later():\n    pass"),
    ("handlers_in_classes", _HANDLERS, "class Later:\n    pass"),
    ("handlers_in_handlers", _HANDLERS, "try:\n    pass\nexcept KeyError:\n    pass"),
    ("functions_in_loops", _FUNCTIONS, "while flag:\n    pass"),
    ("functions_in_functions", _FUNCTIONS, "def inner(self):\n    pass"),
    ("functions_in_classes", _FUNCTIONS, "class Inner:\n    pass"),
    ("functions_in_blocks", _FUNCTIONS, "with get_conn() as conn:\n    pass"),
    ("functions_in_tries", _FUNCTIONS, "try:\n    pass\nexcept Exception:\n    x = 1"),
):
    MUTATIONS[_name] = _rewritten(lambda k=_kinds, t=_text: _WrapBodies(k, t))  # type: ignore[misc]


class _Reversed(ast.NodeTransformer):
    def visit_Module(self, node: ast.Module) -> ast.Module:
        node.body.reverse()
        return node


MUTATIONS["reversed_order"] = _rewritten(_Reversed)


def mutated(text: str, name: str) -> str:
    """The text after a mutation, or unchanged where the result wouldn't parse."""
    if not parses(text):
        return text
    try:
        result = MUTATIONS[name](re.sub(r"\r\n?", "\n", text))
    except (SyntaxError, ValueError, RecursionError):
        return text
    return result if parses(result) else text
