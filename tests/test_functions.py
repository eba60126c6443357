"""A callee means just the functions that it may be, and arguments meet their parameters."""

from __future__ import annotations

from typing import Dict, List, Optional

import libcst as cst
import pytest

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import (
    decorator_names,
    functions_of,
    handed_out,
    is_generator,
    is_property,
    returned,
)
from tests.followed import file_of, positions

DEFINITIONS: Dict[str, str] = {
    # a call of use(callee) expects the lines of the definitions that it may mean
    "a function": """
        def f(): pass
        use(f)  # 2
        """,
    "a function of a function": """
        def f():
            def f(): pass
            use(f)  # 3
        use(f)  # 2
        """,
    "a lambda": """
        f = lambda: 1
        use(f)  # 2
        use(lambda: 1)  # 4
        """,
    "other names": """
        def f(): pass
        g = f
        h = g
        use(h)  # 2
        use(i := h)  #
        use(i)  # 2
        """,
    "one of two": """
        if x:
            def f(): pass
        else:
            def f(): pass
        use(f)  # 3 5
        g = f if y else (lambda: 1)
        use(g)  # 3 5 7
        """,
    "the last of two": """
        def f(): pass
        def f(): pass
        use(f)  # 3
        """,
    "perhaps something else": """
        def f(): pass
        if x:
            f = other
        use(f)  #
        """,
    "given another value later": """
        def f(): pass
        def g():
            use(f)  #
        f = wrap(f)
        """,
    "given another value by a function": """
        def f(): pass
        def g():
            global f
            f = other
        use(f)  #
        """,
    "a parameter": """
        def f(): pass
        def g(f):
            use(f)  #
        """,
    "a parameter's default": """
        def f(): pass
        def g(h=f):
            use(h)  #
        """,
    "imported": """
        from m import f
        use(f)  #
        import g
        use(g.f)  #
        """,
    "unknown": """
        use(f)  #
        use(f())  #
        use(f[0])  #
        use(f.g)  #
        """,
    "methods": """
        class A:
            def f(self): pass
            @staticmethod
            def g(): pass
            @classmethod
            def h(cls):
                use(cls.f)  # 3
                use(cls.h)  # 7
            def i(self):
                use(self.f)  # 3
                use(self.g)  # 5
                use(type(self).g)  # 5
                use(self.__class__.h)  # 7
                use(self.j)  #
                use(self.f.f)  #
        use(A.f)  # 3
        use(A().f)  # 3
        a = A()
        use(a.f)  # 3
        use(b.f)  #
        """,
    "methods by another name of self": """
        class A:
            def f(this): pass
            def g(this):
                use(this.f)  # 3
            @staticmethod
            def h(this):
                use(this.f)  #
        """,
    "methods in a closure": """
        class A:
            def f(self): pass
            def g(self):
                return lambda: use(self.f)  # 3
        """,
    "inherited methods": """
        class A:
            def f(self): pass
        class B(A): pass
        class C(Unknown, B):
            def g(self):
                use(self.f)  # 3
                use(super().f)  # 3
        use(C().f)  # 3
        """,
    "overridden methods": """
        class A:
            def f(self): pass
            def g(self):
                use(self.f)  # 3 7
        class B(A):
            def f(self):
                use(super().f)  # 3
            def h(self):
                use(self.f)  # 7
        use(A().f)  # 3
        use(B().f)  # 7
        """,
    "methods of a class that inherits from itself": """
        class A(A):
            def f(self):
                use(self.f)  # 3
                use(super().g)  #
        class B(C):
            def f(self): pass
        class C(B):
            def g(self):
                use(self.f)  # 7
        """,
    "methods that are something else": """
        class A:
            f = other
            def g(self):
                use(self.f)  #
        class B:
            def f(self): pass
            f = wrap(f)
            def g(self):
                use(self.f)  #
        class C:
            def f(self): pass
            def g(self):
                self.f = other
                use(self.f)  #
        """,
    "methods that are replaced": """
        class A:
            def f(self): pass
            def g(self): pass
            def h(self): pass
            def i(self):
                use(self.f)  #
                use(self.g)  #
                use(self.h)  # 5
        class B(A):
            def i(self):
                use(self.f)  #
        class Other:
            def i(self):
                self.h = 1
        A.f = other
        setattr(A, "g", other)
        """,
    "methods that a derived class gives something else": """
        class A:
            def f(self): pass
            def g(self):
                use(self.f)  #
        class B(A):
            f = other
        """,
    "properties": """
        class A:
            @property
            def f(self): pass
            @f.setter
            def f(self, value): pass
            def g(self):
                use(self.f)  # 4
        """,
    "too deep": "def f0(): pass\n"
    + "".join(f"f{n + 1} = f{n}\n" for n in range(30))
    + "use(f5)  # 1\nuse(f30)  #\n",
    "circles": """
        f = g
        g = f
        use(f)  #
        """,
}


def lines(file: File, nodes: List[cst.CSTNode]) -> List[int]:
    """The lines on which nodes begin."""
    return sorted(line for line, _ in positions(file, nodes))


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_callee_means_these_functions(name: str) -> None:
    file = file_of(DEFINITIONS[name])
    functions = functions_of(file)
    written = file.source.text.splitlines()
    for call in file.tree.of(cst.Call):
        if isinstance(call.func, cst.Name) and call.func.value == "use":
            (line,) = lines(file, [call])
            expected = [int(number) for number in written[line - 1].partition("#")[2].split()]
            assert lines(file, [*functions.definitions(call.args[0].value)]) == expected, line


PARAMETERS = [
    # parameters, arguments, the parameter that each argument is bound to
    ("a, b", "1, 2", ["a", "b"]),
    ("a, b", "1, b=2", ["a", "b"]),
    ("a, b", "b=1, a=2", ["b", "a"]),
    ("a, b=1", "1", ["a"]),
    ("a, /, b", "1, 2", ["a", "b"]),
    ("a, /, b", "1, a=2", ["a", None]),
    ("a, *, b", "1, b=2", ["a", "b"]),
    ("a, *, b", "1, 2", ["a", None]),
    ("a, *b", "1, 2, 3", ["a", None, None]),
    ("a, **b", "1, c=2", ["a", None]),
    ("a, b", "*x, 2", [None, None]),
    ("a, b", "1, *x", ["a", None]),
    ("a, b", "**x", [None]),
    ("a, b", "1, **x", ["a", None]),
    ("a, b", "*x, b=2", [None, "b"]),
    ("", "1", [None]),
]


@pytest.mark.parametrize("form", ["def f({}): pass", "f = lambda {}: 1"])
@pytest.mark.parametrize(("parameters", "arguments", "expected"), PARAMETERS)
def test_argument_meets_its_parameter(
    form: str, parameters: str, arguments: str, expected: List[Optional[str]]
) -> None:
    file = file_of(f"{form.format(parameters)}\nf({arguments})\n")
    functions = functions_of(file)
    call = file.tree.of(cst.Call)[-1]
    (function,) = functions.definitions(call.func)
    found = [functions.parameter(call, argument, function) for argument in call.args]
    assert [p.name.value if p is not None else None for p in found] == expected


METHODS = """
class A:
    def f(self, x): pass
    @classmethod
    def g(cls, x): pass
    @staticmethod
    def h(x): pass
    def i(self):
        def j(x): pass
        {}
a = A()
"""


@pytest.mark.parametrize(
    "call",
    ["self.f(1)", "self.g(1)", "self.h(1)", "A.f(self, 1)", "A.g(1)", "A.h(1)", "A().f(1)", "j(1)",
     "type(self).g(1)", "a.f(1)"],
)  # fmt: skip
def test_method_gets_its_instance_by_itself(call: str) -> None:
    file = file_of(METHODS.format(call))
    functions = functions_of(file)
    node = next(c for c in file.tree.of(cst.Call) if file.code(c) == call)
    (function,) = functions.definitions(node.func)
    found = functions.parameter(node, node.args[-1], function)
    assert found is not None
    assert found.name.value == "x"


@pytest.mark.parametrize(
    ("parameters", "arguments", "expected"),
    [
        ("a, x", "1, 2", "2"),
        ("a, x", "x=2, a=1", "2"),
        ("a, x=3", "1", "3"),
        ("a, *, x=3", "1", "3"),
        ("a, *, x=3", "1, x=2", "2"),
        ("a, x", "1", None),
        ("a, x=3", "*y", None),
        ("a, x=3", "1, **y", None),
        ("x=3, *a", "", "3"),
    ],
)
def test_parameter_is_given(parameters: str, arguments: str, expected: Optional[str]) -> None:
    file = file_of(f"def f({parameters}): pass\nf({arguments})\n")
    (function,) = file.tree.of(cst.FunctionDef)
    (call,) = file.tree.of(cst.Call)
    parameter = next(p for p in file.tree.of(cst.Param) if p.name.value == "x")
    given = functions_of(file).argument(call, parameter, function)
    assert (file.code(given) if given is not None else None) == expected


def test_returned_and_handed_out() -> None:
    file = file_of("""
        def f():
            if x:
                return 1
            def g():
                return 2
            class A:
                def h(self):
                    return 3
            i = lambda: (yield 4)
            yield 5
            yield
            yield from j()
            return
        """)
    function = file.tree.of(cst.FunctionDef)[0]
    assert [file.code(node) for node in returned(function)] == ["1"]
    assert [file.code(node) for node in handed_out(function)] == ["1", "5"]
    assert is_generator(function)
    assert not is_generator(file.tree.of(cst.FunctionDef)[1])
    (inner,) = file.tree.of(cst.Lambda)
    assert [file.code(node) for node in returned(inner)] == ["(yield 4)"]


def test_decorators() -> None:
    file = file_of("""
        class A:
            @functools.cached_property
            def f(self): pass
            @app.get("/x")
            @cache
            def g(self): pass
            @property
            def h(self): pass
        """)
    f, g, h = file.tree.of(cst.FunctionDef)
    assert decorator_names(g) == ["get", "cache"]
    assert [is_property(function) for function in (f, g, h)] == [True, False, True]


def test_attributes_that_mean_a_method() -> None:
    file = file_of("""
        class A:
            def f(self):
                self.f()
                other.f()
                return self.f
        class B(A):
            def g(self):
                return super().f
        A.f
        """)
    (function,) = [f for f in file.tree.of(cst.FunctionDef) if f.name.value == "f"]
    attributes = functions_of(file).attributes(function)
    assert lines(file, [*attributes]) == [4, 6, 9, 10]
