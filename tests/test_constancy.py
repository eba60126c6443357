"""What is proven to be constant, in whatever order it is asked."""

from __future__ import annotations

import random
from typing import Dict, List

import libcst as cst
import pytest

from mosaic_lint.facts.constancy import Constancy
from mosaic_lint.facts.file import File
from mosaic_lint.facts.proofs import PROVEN, any_of, together
from tests.followed import expected, file_of, positions

CASES: Dict[str, str] = {
    # use(x)  # yes: x is proven
    "a circle of names": """
        a = b = "x"
        for c in d:
            b = a
            a = b or "y"
        use(a)  # yes
        use(b)  # yes
        """,
    "a circle with something else": """
        a = b = "x"
        for c in d:
            b = a
            a = b or c
        use(a)
        use(b)
        """,
    "a circle of circles": """
        a = b = c = e = "x"
        for f in d:
            b = a
            c = b
            a = c or e
            e = a or b
            b = e
        use(a)  # yes
        use(b)  # yes
        use(c)  # yes
        use(e)  # yes
        """,
    "a circle of circles with something else": """
        a = b = c = e = "x"
        for f in d:
            b = a
            c = b
            a = c or e
            e = a or f
            b = e
        use(a)
        use(b)
        use(c)
        use(e)
        """,
    "recursion": """
        def f(x, n):
            return f(x, n - 1) if n else x
        use(f("a", b))  # yes
        use(f(b, 1))
        """,
    "recursion that swaps": """
        def f(x, y, n):
            if n:
                return f(y, x, n - 1)
            return x
        use(f("a", "b", c))  # yes
        use(f("a", c, 1))
        use(f(c, "a", 1))
        """,
    "recursion that turns around": """
        def f(x, y, z, n):
            if n:
                return f(y, z, x, n - 1)
            return x
        use(f("a", "b", "c", d))  # yes
        use(f("a", "b", d, 1))
        use(f("a", d, "b", 1))
        use(f(d, "b", "c", 1))
        """,
    "mutual recursion": """
        def f(x, y):
            return g(y, x) if y else "a"
        def g(x, y):
            return f(y, x) if y else x
        use(f("a", "b"))  # yes
        use(f(c, "b"))  # yes
        use(f("a", c))
        use(g("a", "b"))  # yes
        use(g("a", c))  # yes
        use(g(c, "b"))
        """,
    "mutual recursion that never returns": """
        def f(x):
            return g(x)
        def g(x):
            return f(x)
        use(f(a))  # yes
        """,
    "recursion with a circle of names": """
        def f(x, n):
            a = b = x
            for c in d:
                a = b + f(a, n)
                b = a
            return b
        use(f("a", e))  # yes
        use(f(e, 1))
        """,
    "methods in a circle": """
        class A:
            def f(self, x):
                return self.g(x) + "a"
            def g(self, x):
                return self.f(x) if x else x
        use(A().f("a"))  # yes
        use(A().f(b))
        use(A().g("a"))  # yes
        """,
    "one of two factors": """
        def f(x, y):
            return x * y
        use(f("a", b))  # yes
        use(f(b, "a"))
        use(f(b, c))
        """,
    "a parameter that only decides": """
        def f(x):
            if x in ("a", "b"):
                return x
            return "a" if x else "b"
        use(f(a))  # yes
        """,
    "an inner function's own parameter": """
        def f(x):
            def g(y):
                return x + y
            use(x)
            use(g("a"))
            return g("a")
        use(f("a"))  # yes
        use(f(b))
        """,
    "a lambda in a function": """
        def f(x):
            return (lambda y: y)(x)
        use(f("a"))  # yes
        use(f(b))
        """,
    "a default": """
        from m import a
        def f(x, y="a", z=a):
            return x + y
        def g(x, y=a):
            return x + y
        use(f("a"))  # yes
        use(f("a", a))
        use(g("a"))
        use(g("a", "b"))  # yes
        """,
    "a default that is bound later": """
        a = "x"
        def f(x=a):
            return x
        a = b
        use(f())  # yes
        use(a)
        """,
    "attributes of derived classes": """
        class A:
            B = "a"
            C = "a"
            def f(self):
                use(self.B)
                use(self.C)  # yes
                use(A.B)  # yes
        class D(A):
            B = e
            C = "b"
        """,
    "attributes of base classes": """
        class A:
            def __init__(self, x):
                self.B = x
                self.C = "a"
        class D(A):
            B = C = "a"
            def f(self):
                use(self.B)
                use(D.B)
        class E:
            B = "a"
            def f(self):
                use(self.B)  # yes
        """,
    "attributes that are something else": """
        class A:
            B, C = d
            E = "a"
            E, F = "a", "b"
            def G(self): return "a"
            def f(self):
                use(self.B)
                use(self.E)  # yes
                use(self.F)  # yes
                use(self.G)
                use(self.G())  # yes
        """,
    "a list that grows in a helper": """
        def f(x):
            a = []
            for b in x:
                a.append("b")
            return ", ".join(a)
        def g(x):
            a = []
            for b in x:
                a.append(b)
            return ", ".join(a)
        use(f(c))  # yes
        use(g(c))
        use(g(["a", "b"]))  # yes
        """,
    "a name that functions share": """
        a = b = "x"
        def f(c):
            global a, b
            a = b = "y"
            g(c)
            use(a)
            use(b)  # yes
        def g(c):
            global a
            a = c
        use(b)  # yes
        """,
    "what isn't a function": """
        class A:
            pass
        use(A())
        use(a.b("x"))
        use(a[0]("x"))
        use(print("x"))
        """,
}


def proven(file: File, calls: List[cst.Call]) -> List[int]:
    """The lines on which ``use()`` is given something constant, asked in the order of calls."""
    constancy = Constancy(file)
    found = [call for call in calls if constancy.is_proven(call.args[0].value)]
    return sorted(line for line, _ in positions(file, found))


def used(file: File) -> List[cst.Call]:
    """The calls of ``use()``."""
    calls = file.tree.of(cst.Call)
    return [c for c in calls if isinstance(c.func, cst.Name) and c.func.value == "use"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_just_these_are_proven(name: str) -> None:
    file = file_of(CASES[name])
    assert proven(file, used(file)) == expected(file)


@pytest.mark.parametrize("name", sorted(CASES))
def test_order_of_questions_does_not_matter(name: str) -> None:
    file = file_of(CASES[name])
    everything = [node for node in file.tree.nodes if isinstance(node, cst.BaseExpression)]
    for seed in range(10):
        shuffled = random.Random(seed)
        calls = shuffled.sample(used(file), len(used(file)))
        constancy = Constancy(file)
        for node in shuffled.sample(everything, len(everything)):
            constancy.needs(node)
        found = [call for call in calls if constancy.is_proven(call.args[0].value)]
        assert sorted(line for line, _ in positions(file, found)) == expected(file)
        assert proven(file, calls) == expected(file)


def test_proofs_together() -> None:
    file = file_of("def f(a, b): pass")
    first, second = (frozenset((parameter,)) for parameter in file.tree.of(cst.Param))
    assert together([]) == PROVEN
    assert together([PROVEN, first, second]) == first | second
    assert together([first, None]) is None
    assert any_of([]) is None
    assert any_of([None, first, second]) == first
    assert any_of([first, None, PROVEN]) == PROVEN


def test_long_chains_are_not_proven_and_stop_nothing() -> None:
    chain = "".join(f"def f{n}(x): return f{n + 1}(x)\n" for n in range(1000))
    names = "".join(f"a{n + 1} = a{n}\n" for n in range(1000))
    file = file_of(f"{chain}def f1000(x): return x\na0 = 'x'\n{names}use(f0('a'))\nuse(a1000)\n")
    constancy = Constancy(file)
    assert not any(constancy.is_proven(call.args[0].value) for call in used(file))
