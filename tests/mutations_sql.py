"""Rewrites of Python source that hide SQL: its literals, its calls, the way from one to the other.

As in :mod:`tests.mutations`, which registers them, the meaning needn't stay.
"""

from __future__ import annotations

import ast
import re
import tokenize
from typing import Callable, Dict, Iterator, List, Sequence, Set

from tests.mutations import MUTATIONS as ALL
from tests.mutations import Mutation, _apply, _rewritten, _starts, indented, mutation, tokens_of

SINKS = frozenset(
    ("execute", "executemany", "executescript", "mogrify", "execute_values", "execute_batch", "SQL",
     "read_sql", "read_sql_query")
)  # fmt: skip

_BEFORE_THESE = frozenset(ALL)

# --- literals ----------------------------------------------------------------------------------


def _literals(text: str, new: Callable[[str], str]) -> str:
    """Replace each plain literal of at least four characters by what ``new`` makes of its value.

    A comment keeps the triggers, which are found in the text as it is written.
    """
    starts = _starts(text)
    edits = []
    for token in tokens_of(text):
        if token.type == tokenize.STRING and token.string[0] in "'\"rR":
            value = ast.literal_eval(token.string)
            start = starts[token.start[0] - 1] + token.start[1]
            end = starts[token.end[0] - 1] + token.end[1]
            if isinstance(value, str) and len(value) > 3:
                edits.append((start, end, new(value)))
    return f"# {' '.join(sorted(SINKS))}, select, update\n{_apply(text, edits)}"


def _escaped(value: str, characters: str, form: str) -> str:
    shown = (form.format(ord(c)) if c in characters else repr(c)[1:-1] for c in value)
    return "'" + "".join(shown).replace("'", "\\'").replace("\\\\'", "\\'") + "'"


@mutation
def literals_split(text: str) -> str:
    return _literals(text, lambda value: f"{value[:3]!r} {value[3:]!r}")


@mutation
def literals_of_single_characters(text: str) -> str:
    return _literals(text, lambda value: " ".join(map(repr, value[:300])))


@mutation
def literals_with_hexadecimal_escapes(text: str) -> str:
    return _literals(text, lambda value: _escaped(value, "?%:`", "\\x{:02x}"))


@mutation
def literals_with_unicode_escapes(text: str) -> str:
    return _literals(text, lambda value: _escaped(value, "?SsUuIiDdCc'", "\\u{:04x}"))


@mutation
def literals_with_names_of_characters(text: str) -> str:
    return _literals(text, lambda value: repr(value).replace("?", r"\N{QUESTION MARK}"))


@mutation
def literals_formatted(text: str) -> str:
    return _literals(text, lambda v: "f" + repr(v).replace("{", "{{").replace("}", "}}"))


@mutation
def literals_half_formatted(text: str) -> str:
    return _literals(text, lambda v: f"f'' {v[:3]!r} {v[3:]!r}")


@mutation
def literals_added(text: str) -> str:
    return _literals(text, lambda value: f"({value[:3]!r} + {value[3:]!r})")


@mutation
def literals_behind_nothing(text: str) -> str:
    return _literals(text, lambda value: f"('' + ' ' + {value!r})")


@mutation
def literals_added_in_many_pieces(text: str) -> str:
    return _literals(text, lambda v: f"('' + {v[0]!r} + {v[1]!r} + {v[2:5]!r} + {v[5:]!r})")


def _triggering_itself(new: Callable[[str], str]) -> Mutation:
    """The same without the comment, so that the literals themselves must trigger."""
    return lambda text: _literals(text, new).partition("\n")[2]


ALL["literals_with_line_ends"] = _triggering_itself(lambda v: repr("\n" + v.replace(" ", "\n")))
ALL["literals_with_tabs"] = _triggering_itself(lambda v: repr("\t" + v.replace(" ", "\r\t")))
ALL["literals_in_lines"] = _triggering_itself(
    lambda v: "".join(f"\n    {word!r}" for word in re.findall(r"\S+\s*|\s+", v)).join("()")
)


ALL["literals_with_comments_of_sql"] = _triggering_itself(
    lambda v: repr("/* a */" + v.replace(" ", "/* a */ ", 1))
)


@mutation
def literals_in_holes(text: str) -> str:
    return _literals(text, lambda value: f"f'''{{NOTHING}}{{ {value!r} }}'''")


@mutation
def literals_in_bytes(text: str) -> str:
    return _literals(text, lambda v: f"{v!r}.encode()" if not v.isascii() else f"b{v!r}")


@mutation
def literals_in_upper_case(text: str) -> str:
    return _literals(text, lambda value: repr(value.swapcase()))


@mutation
def literals_in_comments_of_sql(text: str) -> str:
    return _literals(text, lambda value: repr(f"/* of /* x */ */ -- ?\n ({value}"))


@mutation
def literals_with_a_private_character(text: str) -> str:
    return _literals(text, lambda value: repr(value.replace(" ", "\ue000")))


# --- expressions -------------------------------------------------------------------------------


class _OnQuery(ast.NodeTransformer):
    """Put the first argument of each call of a sink into a template."""

    def __init__(self, template: str) -> None:
        self._template = template

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        place = 1 if _last(node.func) in ("execute_values", "execute_batch") else 0
        if _last(node.func) in SINKS and len(node.args) > place:
            if not isinstance(node.args[place], ast.Starred):
                node.args[place] = _fill(self._template, node.args[place])
        return node


class _OnSink(ast.NodeTransformer):
    """Put each call of a sink into a template, or what it calls."""

    def __init__(self, template: str, *, callee: bool = False) -> None:
        self._template = template
        self._callee = callee

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _last(node.func) not in SINKS:
            return node
        if not self._callee:
            return _fill(self._template, node)
        node.func = _fill(self._template, node.func)
        return node


class _Constants(ast.NodeTransformer):
    """Replace each text of some length by another expression, and keep what was replaced."""

    def __init__(self, new: Callable[[int], str]) -> None:
        self.values: List[str] = []
        self._new = new

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if not isinstance(node.value, str) or len(node.value) < 8:
            return node
        self.values.append(node.value)
        return ast.parse(self._new(len(self.values) - 1), mode="eval").body


def _last(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _fill(template: str, value: ast.expr) -> ast.expr:
    expression = _Fill(value).visit(ast.parse(template, mode="eval").body)
    assert isinstance(expression, ast.expr)
    return expression


class _Fill(ast.NodeTransformer):
    def __init__(self, value: ast.expr) -> None:
        self._value = value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._value if node.id == "VALUE" else node


for _name, _text in {
    "query_by_choice": "VALUE if flag else 'SELECT 1'",
    "query_walrus": "(query := VALUE)",
    "query_dedented": "textwrap.dedent(VALUE)",
    "query_cast": "cast(str, VALUE)",
    "query_stripped": "VALUE.strip().lstrip()",
    "query_behind_nothing": "'' + VALUE",
    "query_in_a_hole": "f'{VALUE}'",
    "query_in_a_hole_behind_nothing": "f' {VALUE} '",
    "query_joined": "' '.join([VALUE])",
    "query_joined_with_nothing": "''.join(['', VALUE, ''])",
    "query_formatted": "VALUE.format()",
    "query_item": "{'a': VALUE}['a']",
    "query_item_by_get": "{'a': VALUE}.get('a', 'SELECT ?')",
    "query_repeated": "VALUE * 1",
    "query_through_loop": "[query for query in [VALUE]]",
}.items():
    ALL[_name] = _rewritten(lambda t=_text: _OnQuery(t))  # type: ignore[misc]

for _name, _text in {
    "sink_in_lambda": "(lambda: VALUE)()",
    "sink_in_lambda_with_defaults": "(lambda query='SELECT 1', sql=sql: VALUE)()",
    "sink_in_comprehension": "[VALUE for query in (query, 'SELECT ?')]",
    "sink_awaited": "(await VALUE)",
    "sink_in_call": "retry(lambda: VALUE, times=3)",
}.items():
    ALL[_name] = _rewritten(lambda t=_text: _OnSink(t))  # type: ignore[misc]

for _name, _text in {
    "sink_walrus": "(run := VALUE)",
    "sink_by_choice": "(VALUE if flag else other)",
    "sink_partial": "functools.partial(VALUE)",
    "sink_as_default": "(lambda run=VALUE: run)()",
}.items():
    ALL[_name] = _rewritten(lambda t=_text: _OnSink(t, callee=True))  # type: ignore[misc]


class _Keywords(ast.NodeTransformer):
    """Swap positional arguments of sinks and keywords."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _last(node.func) in SINKS and not any(isinstance(a, ast.Starred) for a in node.args):
            given = [ast.keyword(name, value) for name, value in zip(self._names, node.args)]
            node.args = [*(k.value for k in node.keywords if k.arg), *node.args[len(given) :]]
            node.keywords = [*reversed(given), *(k for k in node.keywords if k.arg is None)]
        return node


ALL["arguments_as_keywords"] = _rewritten(lambda: _Keywords("query", "vars"))
ALL["arguments_as_keywords_of_helpers"] = _rewritten(lambda: _Keywords("cur", "sql", "argslist"))
ALL["arguments_as_keywords_of_others"] = _rewritten(lambda: _Keywords("sql", "params"))


class _Stars(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _last(node.func) in SINKS:
            stars = [ast.Starred(ast.Name(n, ast.Load()), ast.Load()) for n in ("one", "two")]
            node.args = [*stars, *node.args]
        return node


ALL["arguments_behind_stars"] = _rewritten(_Stars)


class _Parentheses(ast.NodeTransformer):
    """Hide which name is called behind a name for it, bound right before the statement."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                setattr(node, field, list(self._renamed(body)))
        return super().generic_visit(node)

    def _renamed(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in body:
            if isinstance(statement, (ast.Expr, ast.Assign, ast.Return)):
                for call in ast.walk(statement):
                    if isinstance(call, ast.Call) and _last(call.func) in SINKS:
                        yield ast.Assign([ast.Name("run", ast.Store())], call.func)
                        call.func = ast.Name("run", ast.Load())
            yield statement


ALL["sink_under_another_name"] = _rewritten(_Parentheses)


@mutation
def sinks_imported_under_other_names(text: str) -> str:
    names = "|".join(sorted(SINKS))
    imports = "from psycopg2.extras import execute_values as values, execute_batch as batch\n"
    text = re.sub(r"\bexecute_values\(", "values(", text)
    text = re.sub(r"\bexecute_batch\(", "batch(", text)
    return imports + text if re.search(rf"\b(?:{names})\(", text) else text


@mutation
def parentheses_around_arguments(text: str) -> str:
    return re.sub(r"\b(execute|executemany|mogrify)\(([\w.]+)", r"\1((\n(\2)\n)", text)


# --- places of constants -----------------------------------------------------------------------


def _moved(use: str, before: str, each: str, after: str = "", *, at_end: bool = False) -> Mutation:
    """Move texts elsewhere: what reads one (``{0}``), and how they are kept there."""

    def mutate(text: str) -> str:
        mover = _Constants(lambda number: use.format(number))
        tree = ast.fix_missing_locations(mover.visit(ast.parse(text)))
        if not mover.values:
            return text
        kept = "".join(each.format(n, repr(value)) for n, value in enumerate(mover.values))
        store, rest = f"{before}{kept}{after}\n", ast.unparse(tree)
        return f"{rest}\n{store}" if at_end else f"{store}{rest}\n"

    return mutate


for _name, _mutation in {
    "texts_at_module_level": _moved("TEXT_{0}", "", "TEXT_{0} = {1}\n"),
    "texts_at_the_end_of_the_module": _moved("TEXT_{0}", "", "TEXT_{0} = {1}\n", at_end=True),
    "texts_in_a_class": _moved("Texts.T{0}", "class Texts:\n", "    T{0} = {1}\n"),
    "texts_in_an_enum": _moved(
        "Texts.T{0}.value", "from enum import Enum\nclass Texts(str, Enum):\n", "    T{0} = {1}\n"
    ),
    "texts_in_a_table": _moved("TEXTS['t{0}']", "TEXTS = {\n", "    't{0}': {1},\n", "}\n"),
    "texts_in_a_table_by_get": _moved(
        "TEXTS.get('t{0}')", "TEXTS = dict(\n", "    t{0}={1},\n", ")\n"
    ),
    "texts_in_a_list": _moved("TEXTS[{0}]", "TEXTS = [\n", "    {1},\n", "]\n"),
    "texts_in_tuples": _moved("TEXT_{0}", "", "TEXT_{0}, OTHER_{0} = {1}, None\n"),
    "texts_of_another_function": _moved(
        "TEXT_{0}", "def fill(self):\n    pass\n", "    global TEXT_{0}\n    TEXT_{0} = {1}\n"
    ),
    "texts_that_look_local_elsewhere": _moved(
        "TEXT_{0}", "", "TEXT_{0} = {1}\ndef other_{0}():\n    TEXT_{0} = 1\n"
    ),
    "texts_in_two_steps": _moved("TEXT_{0}", "", "FIRST_{0} = {1}\nTEXT_{0} = FIRST_{0}.strip()\n"),
    "texts_that_grow": _moved("TEXT_{0}", "", "TEXT_{0} = ''\nTEXT_{0} += {1}\n"),
    "texts_in_a_list_that_grows": _moved(
        "' '.join(TEXTS_{0})", "", "TEXTS_{0} = []\nTEXTS_{0}.append({1})\n"
    ),
    "texts_by_walrus": _moved("TEXT_{0}", "", "use(TEXT_{0} := {1})\n"),
    "texts_with_annotations": _moved("TEXT_{0}", "", "TEXT_{0}: Final[str] = {1}\n"),
    "texts_in_branches": _moved(
        "TEXT_{0}", "", "if flag:\n    TEXT_{0} = {1}\nelse:\n    TEXT_{0} = None\n"
    ),
    "texts_in_long_literals": _moved(
        "TEXTS['t{0}']", "TEXTS = {\n" + "    'x': 1,\n" * 40, "    't{0}': {1},\n", "}\n"
    ),
}.items():
    ALL[_name] = _mutation


class _Grown(ast.NodeTransformer):
    """Cut what a name is bound to, and add the rest: ``q = "SEL"; q += "ECT 1"``."""

    def __init__(self, cut: int) -> None:
        self._cut = cut

    def visit_Assign(self, node: ast.Assign) -> object:
        value, target = node.value, node.targets[0]
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            return node
        if len(node.targets) > 1 or not isinstance(target, ast.Name) or len(value.value) <= 3:
            return node
        first, rest = value.value[: self._cut], value.value[self._cut :]
        grown = ast.AugAssign(ast.Name(target.id, ast.Store()), ast.Add(), ast.Constant(rest))
        return [ast.Assign([target], ast.Constant(first)), grown]


def _grown(cut: int) -> Mutation:
    mutate = _rewritten(lambda: _Grown(cut))
    return lambda text: f"# select, execute_values\n{mutate(text)}"


ALL["grown_by_addition"] = _grown(3)
ALL["grown_from_nothing"] = _grown(0)

# --- what stands around ------------------------------------------------------------------------


def _stored(text: str) -> List[str]:
    found: Set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return sorted(found)


def _unrelated(form: str, *, first: bool = False) -> Mutation:
    """Add a function for each name that the text binds, which uses it for something else."""

    def mutate(text: str) -> str:
        added = "\n".join(form.format(n, name) for n, name in enumerate(_stored(text)))
        return f"{added}\n{text}" if first else f"{text}\n{added}\n"

    return mutate


for _name, _form in {
    "names_bound_elsewhere": "def other_{0}():\n    {1} = 'DELETE FROM t'\n    return {1}\n",
    "names_grown_elsewhere": "def other_{0}(x):\n    {1}.append('x = ?')\n    {1}['a'] = x\n",
    "names_added_elsewhere": "def other_{0}({1}):\n    {1} += 'SELECT ?'\n    return {1}\n",
    "names_as_parameters_elsewhere": "def other_{0}({1}=None):\n    return print_({1})\n",
    "names_in_comprehensions_elsewhere": "def other_{0}(x):\n    return ['%s' for {1} in x]\n",
    "names_as_attributes_elsewhere": "def other_{0}(self):\n    self.{1} = 'SELECT 1'\n",
    "names_in_classes_elsewhere": (
        "class Other{0}:\n    {1} = 1\n    def f(self): return self.{1}\n"
    ),
    "names_global_elsewhere": "def other_{0}():\n    global {1}\n    {1} = 'SELECT 1'\n",
}.items():
    ALL[_name] = _unrelated(_form)
    ALL[f"{_name}_before"] = _unrelated(_form, first=True)


class _Inside(ast.NodeTransformer):
    """Begin each function with something that uses the same names for other things."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._names: List[str] = []

    def visit_Module(self, node: ast.Module) -> ast.AST:
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        names |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
        self._names = sorted(name for name in names if name not in ("self", "cls"))
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        self.generic_visit(node)
        forms = [self._form.format(n, name) for n, name in enumerate(self._names) if name in used]
        node.body[:0] = ast.parse("\n".join(forms)).body
        return node


for _name, _form in {
    "names_in_inner_functions": "def inner_{0}():\n    {1} = 'SELECT 1'\n    return {1}",
    "names_in_inner_classes": "class Inner{0}:\n    {1} = 'SELECT 1'",
    "names_in_inner_comprehensions": "inner = ['x' for {1} in ('SELECT 1',)]",
    "names_in_inner_lambdas": "inner = lambda {1}='SELECT 1': {1}",
    "names_as_attributes_inside": "inner.{1} = 'SELECT 1'",
    "names_grown_inside": "{1}.append('SELECT 1')",
}.items():
    ALL[_name] = _rewritten(lambda f=_form: _Inside(f))  # type: ignore[misc]


class _Defaults(ast.NodeTransformer):
    """Hand each function the module's texts as defaults of parameters of the same name."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        names = [
            target.id
            for statement in node.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        ]
        for function in ast.walk(node):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                taken = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
                for name in sorted(set(names) - taken):
                    function.args.kwonlyargs.append(ast.arg(name))
                    function.args.kw_defaults.append(ast.Name(name, ast.Load()))
        return node


ALL["constants_as_defaults"] = _rewritten(_Defaults)


@mutation
def two_hundred_unrelated_functions(text: str) -> str:
    unrelated = "def unrelated_{0}(cur, query):\n    rows = [query, {0}]\n    return sum(rows)\n"
    half = "\n".join(unrelated.format(n) for n in range(100))
    return f"{half}\n{text}\n{half}"


@mutation
def in_a_function_with_the_same_names(text: str) -> str:
    names = _stored(text)[:40]
    head = "".join(f"    {name} = {name}_given = 1\n" for name in names)
    return f"def around(self):\n    pass\n{head}\n    def inner():\n        pass\n" + indented(
        text, "        "
    )


SQL_MUTATIONS: Dict[str, Mutation] = {n: m for n, m in ALL.items() if n not in _BEFORE_THESE}
