"""Small texts that say where values get to, for the tests of the flow.

``source()`` is where values come from; ``use(x)  # yes`` expects one in ``x``, and ``use(x)`` none.
"""

from __future__ import annotations

from typing import Dict

CASES: Dict[str, str] = {
    "assignment": """
        a = source()
        b = c = a
        use(a)  # yes
        use(b)  # yes
        use(c)  # yes
        use(d)
        """,
    "annotated assignment": """
        a: str = source()
        b: str
        use(a)  # yes
        use(b)
        """,
    "rebinding": """
        a = source()
        use(a)  # yes
        a = 1
        use(a)
        a = source()
        use(a)  # yes
        """,
    "rebinding in one branch": """
        def f(x):
            a = source()
            if x:
                a = 1
                use(a)
            use(a)  # yes
        """,
    "rebinding in all branches": """
        def f(x):
            a = source()
            if x:
                a = 1
            elif y:
                a = 2
            else:
                a = 3
            use(a)
        """,
    "branch that leaves": """
        def f(x):
            a = 1
            if x:
                a = source()
                return use(a)  # yes
            use(a)
        """,
    "branch that leaves the turn of a loop": """
        def f(xs):
            for x in xs:
                a = 1
                if x:
                    a = source()
                    continue
                use(a)
            use(a)  # yes
        """,
    "branch that leaves the loop": """
        def f(xs):
            for x in xs:
                a = 1
                if x:
                    a = source()
                    break
                use(a)
            use(a)  # yes
        """,
    "branch without rebinding that leaves": """
        def f(x):
            a = source()
            if not x:
                return None
            else:
                a = 1
            use(a)
        """,
    "loop: bound in the turn before": """
        a = 1
        for x in xs:
            use(a)  # yes
            a = source()
        use(a)  # yes
        """,
    "loop: bound anew in each turn": """
        a = source()
        for x in xs:
            a = x
            use(a)
        use(a)  # yes
        """,
    "loop: its own target": """
        x = source()
        for x in xs:
            use(x)
        """,
    "loop over a value": """
        for a in source():
            use(a)  # yes
        else:
            use(a)  # yes
        use(a)  # yes
        """,
    "loop with else": """
        def f(xs):
            a = 1
            for x in xs:
                a = source()
            else:
                use(a)  # yes
                a = 2
            use(a)
            for x in xs:
                a = source()
                if x:
                    break
            else:
                a = 2
            use(a)  # yes
        """,
    "loop with a test that reads what the turn bound": """
        a = 1
        while use(a):  # yes
            a = source()
        """,
    "loop: a test that binds": """
        while a := source():
            use(a)  # yes
        use(a)  # yes
        """,
    "loop: async": """
        async def f(xs):
            async for a in source():
                use(a)  # yes
            async for a in xs:
                use(a)
        """,
    "try: handler sees what was there before": """
        def f():
            a = source()
            try:
                a = g()
            except ValueError:
                use(a)  # yes
            use(a)  # yes
        """,
    "try: handlers leave": """
        def f():
            a = source()
            try:
                a = g()
            except ValueError:
                raise
            except KeyError:
                return None
            use(a)
        """,
    "try: handler rebinds": """
        def f():
            a = source()
            try:
                a = g()
            except ValueError:
                a = None
            use(a)
        """,
    "try: handler sees all that was bound before it failed": """
        def f():
            a = 1
            try:
                a = source()
                a = g(1)
                h()
            except ValueError:
                use(a)  # yes
            else:
                use(a)
        """,
    "try: bound in the handler": """
        def f():
            a = 1
            try:
                g()
            except ValueError:
                a = source()
            except KeyError:
                use(a)
            use(a)  # yes
        """,
    "try: bound in else": """
        def f():
            a = source()
            try:
                g()
            except ValueError:
                return None
            else:
                a = 1
            use(a)
        """,
    "try: bound in finally": """
        def f():
            a = source()
            try:
                g()
            finally:
                a = 1
            use(a)
        """,
    "try: finally sees everything": """
        def f():
            a = 1
            try:
                g()
            except ValueError:
                a = source()
            else:
                b = source()
            finally:
                use(a)  # yes
                use(b)  # yes
        """,
    "try: finally sees what was before": """
        def f():
            a = source()
            try:
                a = g()
            finally:
                use(a)  # yes
            use(a)
        """,
    "try: name of the exception": """
        def f():
            e = source()
            try:
                g()
            except ValueError as e:
                use(e)
        """,
    "with": """
        with source() as a:
            use(a)  # yes
        use(a)  # yes
        with a as b, other() as c:
            use(b)  # yes
            use(c)
        """,
    "with: async": """
        async def f():
            async with source() as a:
                use(a)  # yes
        """,
    "with: unpacked": """
        with source() as (a, b), other() as (c, d):
            use(a)  # yes
            use(b)  # yes
            use(c)
        """,
    "with: something that swallows exceptions": """
        from contextlib import suppress
        a = source()
        with suppress(ValueError):
            a = g()
        use(a)  # yes
        """,
    "with: something else": """
        a = source()
        with lock:
            a = g()
        use(a)
        """,
    "comprehensions": """
        a = source()
        use([x for x in a])  # yes
        use({x for x in a})  # yes
        use({x: 1 for x in a})  # yes
        use({1: x for x in a})  # yes
        use(x for x in a)  # yes
        use([1 for x in a])
        use([x for x in b if a])
        """,
    "comprehensions: inside": """
        a = source()
        b = [use(x) for x in a]  # yes
        b = [use(y) for x in a for y in x]  # yes
        b = [use(y) for x in a for y in z]
        b = [use(a) for x in z]  # yes
        b = [use(a) for a in z]
        b = [y for x in a if use(x)]  # yes
        """,
    "comprehension over the name of its target": """
        a = source()
        b = [use(a) for a in a]  # yes
        """,
    "comprehension: async": """
        async def f():
            return [use(x) async for x in source()]  # yes
        """,
    "walrus": """
        if (a := source()) and use(a):  # yes
            use(a)  # yes
        use(a)  # yes
        use(b := a)  # yes
        use(b)  # yes
        """,
    "walrus in a comprehension": """
        def f(xs):
            y = [z for x in xs if (z := source())]
            use(z)  # yes
        """,
    "unpacking": """
        a, b = source()
        use(a)  # yes
        use(b)  # yes
        c, d = source(), 1
        use(c)  # yes
        use(d)
        [e, f] = 1, source()
        use(e)
        use(f)  # yes
        """,
    "unpacking: starred": """
        a, *b = source()
        use(a)  # yes
        use(b)  # yes
        """,
    "unpacking: nested": """
        a, (b, *c) = source()
        use(a)  # yes
        use(b)  # yes
        use(c)  # yes
        """,
    "unpacking: nested displays": """
        a, (b, c) = 1, (source(), 2)
        use(a)
        use(b)  # yes
        use(c)
        """,
    "unpacking: a part of a display": """
        a, (b, c) = source(), other()
        use(a)  # yes
        use(b)
        use(c)
        (d, e), f = source(), other()
        use(d)  # yes
        use(e)  # yes
        use(f)
        """,
    "unpacking: swapped": """
        a, b = source(), 1
        a, b = b, a
        use(a)
        use(b)  # yes
        """,
    "unpacking in a loop": """
        for a, (b, c) in source():
            use(a)  # yes
            use(c)  # yes
        x = [use(b) for a, b in source()]  # yes
        """,
    "augmented assignment": """
        a = source()
        a += 1
        use(a)  # yes
        b = 1
        b += source()
        use(b)  # yes
        b = 2
        use(b)
        """,
    "operators and texts": """
        a = source()
        use(a + 1)  # yes
        use(1 + a)  # yes
        use("%s" % a)  # yes
        use(f"x {a}")  # yes
        use(f"x {1:{a}}")  # yes
        use("x" f"{a}")  # yes
        use(a if b else c)  # yes
        use(b if a else c)
        use(b or a)  # yes
        use(not a)
        use(a == 1)
        use(b[a])
        """,
    "displays": """
        a = source()
        use([a])  # yes
        use((1, a))  # yes
        use({a})  # yes
        use({1: a})  # yes
        use([*a])  # yes
        use({**a})  # yes
        use([b])
        """,
    "closures": """
        def f():
            a = source()
            def g():
                use(a)  # yes
            def h(a):
                use(a)
            def i():
                a = 1
                use(a)
            return lambda: use(a)  # yes
        """,
    "closures: bound behind the inner function": """
        def f():
            a = 1
            def g():
                use(a)  # yes
            a = source()
            return g
        """,
    "closures: bound anew before the inner function": """
        def f():
            a = source()
            a = 1
            def g():
                use(a)
            return g
        """,
    "closures: bound in a loop": """
        def f(xs):
            a = 1
            for x in xs:
                def g():
                    use(a)  # yes
                a = source()
        """,
    "class in a function": """
        def f():
            a = source()
            class C:
                b = a
                use(b)  # yes
                def g(self):
                    use(a)  # yes
                    use(b)
        """,
    "module": """
        a = source()
        def f():
            use(a)  # yes
        def g(a):
            use(a)
        def h():
            a = 1
            use(a)
        """,
    "global": """
        a = 1
        def f():
            global a
            a = source()
        def g():
            use(a)  # yes
        def h(a):
            use(a)
        use(a)  # yes
        """,
    "global: of another name": """
        def f():
            global a
            a = source()
            b = source()
        def g():
            use(a)  # yes
            use(b)
        """,
    "global: bound anew in the function": """
        a = 1
        def f(x):
            global a
            a = source()
            use(a)  # yes
            a = 1
            use(a)
            if x:
                a = 2
            use(a)
        def g():
            use(a)  # yes
        """,
    "nonlocal": """
        def f():
            a = 1
            def g():
                nonlocal a
                a = source()
                use(a)  # yes
            g()
            return a
        """,
    "attributes of self": """
        class A:
            def __init__(self):
                self.a = source()
                self.b = 1
            def f(self):
                use(self.a)  # yes
                use(self.b)
                use(other.a)
        class B:
            def f(self):
                use(self.a)
        """,
    "attributes of self: with annotations and additions": """
        class A:
            def f(self):
                self.a: str = source()
                self.b += source()
            def g(self):
                use(self.a)  # yes
                use(self.b)  # yes
        """,
    "attributes of self: unpacked": """
        class A:
            def f(self):
                self.a, self.b = 1, source()
                self.a, b = 1, 2
            def g(self):
                use(self.a)
        """,
    "attributes of self: another first parameter": """
        class A:
            def f(this, self):
                self.a = source()
                this.b = source()
            def g(self):
                use(self.a)
                use(self.b)  # yes
        """,
    "attributes of self: bound anew": """
        class A:
            def f(self):
                self.a = source()
                use(self.a)  # yes
                self.a = clean(self.a)
                use(self.a)
            def g(self):
                use(self.a)  # yes
        """,
    "attributes of self: bound anew in one branch": """
        class A:
            def f(self, x):
                self.a = source()
                if x:
                    self.a = 1
                    use(self.a)
                use(self.a)  # yes
        """,
    "attributes of self: bound anew for another method": """
        class A:
            def f(self, x):
                self.a = source()
            def g(self):
                use(self.a)  # yes
                self.a = 1
                use(self.a)
        """,
    "attributes of self: bound anew in a closure": """
        class A:
            def f(self, x):
                self.a = 1
                def g():
                    use(self.a)  # yes
                self.a = source()
        """,
    "class attributes": """
        class A:
            a = source()
            use(a)  # yes
            def f(self):
                use(a)
        """,
    "match": """
        match source():
            case [a, *b]:
                use(a)  # yes
                use(b)  # yes
            case {"x": c, **d}:
                use(c)  # yes
                use(d)  # yes
            case C(x=e) | C(y=e):
                use(e)  # yes
            case f:
                use(f)  # yes
        """,
    "match: of something else": """
        a = source()
        match b:
            case [a, c]:
                use(a)
            case C(a):
                use(a)
            case {"x": 1, **a}:
                use(a)
            case _:
                use(a)  # yes
        use(a)  # yes
        """,
    "match: bound in all cases": """
        def f(x):
            a = source()
            match x:
                case 1:
                    a = 1
                case 2:
                    return None
                case _:
                    a = 3
            use(a)
        """,
    "match: bound in some cases": """
        def f(x):
            a = source()
            match x:
                case 1:
                    a = 1
                case 2:
                    a = 2
            use(a)  # yes
        """,
    "lambdas": """
        f = lambda: source()
        use(f())  # yes
        use(f)
        use((lambda x: x)(source()))  # yes
        use((lambda x: 1)(source()))
        """,
    "properties": """
        from functools import cached_property
        class A:
            @property
            def a(self):
                return source()
            @cached_property
            def b(self):
                return source()
            def c(self):
                return source()
            def f(self):
                use(self.a)  # yes
                use(self.b)  # yes
                use(self.c)
                use(self.c())  # yes
        """,
    "functions": """
        def f():
            return source()
        use(f())  # yes
        use(f)
        g = f
        use(g())  # yes
        h = g if x else other
        use(h())  # yes
        use(other())
        """,
    "functions: methods": """
        class A:
            def f(self):
                return source()
            @classmethod
            def g(cls):
                return source()
            @staticmethod
            def h():
                return source()
            def i(self):
                use(self.f())  # yes
                use(self.g())  # yes
                use(A.h())  # yes
                use(A().f())  # yes
                use(other.f())
        a = A()
        use(a.f())  # yes
        class B(A):
            def j(self):
                use(self.f())  # yes
                use(super().f())  # yes
        class C:
            def f(self):
                return 1
            def j(self):
                use(self.f())
        """,
    "functions: overridden": """
        class A:
            def f(self):
                return source()
        class B(A):
            def f(self):
                use(super().f())  # yes
                return 1
            def g(self):
                use(self.f())
        """,
    "functions: awaited": """
        async def f():
            return source()
        async def g():
            use(await f())  # yes
        """,
    "functions: returned by a name": """
        def f(x):
            a = source()
            if x:
                return a
            a = 1
            return a
        use(f(1))  # yes
        """,
    "functions: another one's return": """
        def f():
            def g():
                return source()
            return 1
        use(f())
        """,
    "functions: decorated as something else": """
        def f():
            return source()
        f = wrap(f)
        use(f())
        """,
    "functions: redefined": """
        def f():
            return source()
        def f():
            return 1
        use(f())
        """,
    "generators": """
        def f():
            yield source()
        for a in f():
            use(a)  # yes
        use(f())
        use([b for b in f()])  # yes
        """,
    "generators: delegation": """
        def f():
            yield from source()
        def g():
            yield from f()
        for a in f():
            use(a)  # yes
        for a in g():
            use(a)  # yes
        """,
    "context managers": """
        from contextlib import contextmanager
        @contextmanager
        def f():
            yield source()
        with f() as a:
            use(a)  # yes
        """,
    "helpers": """
        def same(x):
            return x
        use(same(source()))  # yes
        use(same(1))
        a = same(source())
        use(a)  # yes
        b = same(other)
        use(b)
        """,
    "helpers: arguments by place and by name": """
        def second(a, b=1, *c, d=2, **e):
            return b
        use(second(source(), 1))
        use(second(1, source()))  # yes
        use(second(1, b=source()))  # yes
        use(second(b=1, a=source()))
        use(second(*source()))
        use(second(1, d=source()))
        use(second(1, 2, source()))
        use(second(1, e=source()))
        """,
    "helpers: what is returned": """
        def part(x):
            return x[0]
        def text(x):
            return f"{x}"
        def count(x):
            return len(x)
        def branch(x, y):
            if y:
                return 1
            z = x
            return z or y
        def nothing(x):
            use(x)
        use(part(source()))  # yes
        use(text(source()))  # yes
        use(count(source()))
        use(branch(source(), 1))  # yes
        use(branch(1, source()))  # yes
        use(nothing(source()))
        """,
    "helpers: of helpers": """
        def first(x):
            return second(x)
        def second(x):
            return third(x)
        def third(x):
            return x
        use(first(source()))  # yes
        use(first(1))
        use(third(1))
        """,
    "helpers: recursion": """
        def f(x, n):
            if n:
                return f(x, n - 1)
            return x
        use(f(source(), 1))  # yes
        use(f(1, source()))
        """,
    "helpers: mutual recursion": """
        def f(x):
            if y:
                return g(x)
            return 1
        def g(x):
            if y:
                return x
            return f(x)
        use(f(source()))  # yes
        use(g(source()))  # yes
        use(f(1))
        use(g(1))
        """,
    "helpers: mutual recursion that never returns": """
        def f(x):
            return g(x)
        def g(x):
            return f(x)
        use(f(source()))
        use(g(source()))
        """,
    "helpers: methods": """
        class A:
            def same(self, x):
                return x
            @staticmethod
            def static(x):
                return x
            @classmethod
            def make(cls, x):
                return x
            def f(self):
                use(self.same(source()))  # yes
                use(self.same(1))
                use(self.static(source()))  # yes
                use(self.make(source()))  # yes
                use(A.make(source()))  # yes
                use(A.same(self, source()))  # yes
                use(A.same(source(), 1))
        """,
    "helpers: of another class": """
        class A:
            def same(self, x):
                return 1
        class B:
            def same(self, x):
                return x
            def f(self, a):
                use(self.same(source()))  # yes
                use(A().same(source()))
                use(a.same(source()))
        """,
    "helpers: lambdas": """
        same = lambda x: x
        use(same(source()))  # yes
        use(same(1))
        """,
    "helpers: generators": """
        def each(x):
            yield x
        use(each(source()))
        for a in each(source()):
            use(a)  # yes
        for a in each(1):
            use(a)
        """,
    "helpers: closures": """
        def f(x):
            def g():
                return x
            return g()
        use(f(source()))  # yes
        use(f(1))
        """,
    "helpers: an attribute keeps it": """
        class A:
            def put(self, x):
                self.x = x
                return 1
            def f(self):
                use(self.put(source()))
        """,
    "helpers: a default": """
        def f(x=source()):
            use(x)  # yes
            return x
        """,
    "helpers: unknown ones": """
        from m import f
        use(f(source()))
        use(g(source()))
        use(a.b.c(source()))
        use(x[0](source()))
        use(f(source)(source()))
        """,
    "helpers: two functions of one name": """
        if x:
            def f(x):
                return x
        else:
            def f(x):
                return 1
        use(f(source()))  # yes
        """,
    "helpers: given away": """
        def f(x):
            return x
        f = other
        use(f(source()))
        """,
    "deleted": """
        a = source()
        del a
        use(a)
        b, c = source(), source()
        del (b, d[0])
        use(b)
        use(c)  # yes
        """,
    "star imports": """
        from m import *
        a = source()
        use(a)  # yes
        use(b)
        """,
    "imports": """
        a = source()
        from m import a
        use(a)
        import m as b, c.d
        use(b)
        use(c)
        """,
    "exec": """
        a = source()
        exec("a = 1")
        use(a)  # yes
        exec("b = source()")
        use(b)
        globals()["c"] = source()
        use(c)
        """,
    "monkey patching": """
        import m
        m.f = source()
        use(m.f)
        def f(x):
            return x
        class A:
            def f(self, x):
                return x
            def g(self):
                use(self.f(source()))
        A.f = f
        setattr(A, "g", f)
        """,
    "too many bindings": "a = source()\n"
    + "".join(f"if x[{n}]:\n    a = {n}\n" for n in range(60))
    + "use(a)\n",
    "assertions and other statements": """
        a = source()
        assert a, use(a)  # yes
        raise use(a) from a  # yes
        """,
    "decorators and defaults": """
        a = source()
        @use(a)  # yes
        def f(x=use(a)):  # yes
            pass
        class A(use(a)):  # yes
            pass
        """,
    "starred arguments": """
        def f(x, y):
            return y
        use(f(*source()))
        use(f(1, *source()))
        use(f(**source()))
        """,
}
"""Where values get to."""

INSIDE: Dict[str, str] = {
    "a helper": """
        def f(x, y):
            use(x)  # yes
            use(y)
        f(source(), 1)
        """,
    "a helper of a helper": """
        def f(x):
            g(x)
        def g(x):
            use(x)  # yes
        f(source())
        """,
    "what a helper returns goes to the call that gave it": """
        def f(x):
            use(x)  # yes
            return x
        use(f(source()))  # yes
        use(f(1))
        """,
    "what a helper's helper returns": """
        def f(x):
            y = g(x)
            use(y)  # yes
            return y
        def g(x):
            return x
        use(f(source()))  # yes
        use(f(1))
        use(g(1))
        """,
    "what a helper yields": """
        def f(x):
            yield x
        for a in f(source()):
            use(a)  # yes
        for a in f(1):
            use(a)
        """,
    "an attribute that a helper keeps": """
        class A:
            def put(self, x):
                self.x = x
            def get(self):
                return self.x
            def f(self):
                self.put(source())
                use(self.x)  # yes
                use(self.get())  # yes
        """,
    "a function in a helper": """
        def f(x):
            def g():
                use(x)  # yes
                return x
            use(g())  # yes
        f(source())
        """,
    "recursion": """
        def f(x, n):
            use(x)  # yes
            use(n)
            return f(x, n - 1) if n else x
        use(f(source(), 2))  # yes
        """,
    "a function of a list": """
        def f(x):
            use(x)
        run(f, source())
        """,
}
"""Where they get to if the policy follows them into functions of the file."""

BROKEN = [
    "",
    "def f(): ...",
    "source()",
    "class A:\n    self.x = source()\n",
    "lambda: (yield source())",
    "return source()",
    "yield source()",
    "nonlocal a\na = source()\na",
    "def f():\n    nonlocal a\n    a = source()\n    a\n",
    "global a\na = source()\na",
    "a = a = a",
    "a += a",
    "del a",
    "f(*source(), **source())",
    "class A(source()): pass",
    "for source().x in y: pass",
    "with source() as x[0]: pass",
    "[*a, b] = *c, d = source()",
    "a: int",
    "a: source() = a",
    "try: pass\nfinally: a = source()\na",
    "match source():\n    case {}: pass\n",
    "match source():\n    case None | 1 | A() | [_, *_] | {'a': _, **r}: r\n",
    "print(f'{source()!r:>{source()}}')",
    "x = lambda *a, b=source(), **c: (a, b, c)",
    "async def f():\n    return [x async for x in source() if await x]\n",
    "def f(x):\n    return f\nf(f(f(source())))(source())\n",
    "f = lambda x: f(x)\nf(source())\n",
    "class A:\n    def __init__(self): self.a = self.b = self.a\n",
    "class A:\n    class A:\n        def f(self): self.f = self.f(source())\n",
    "import a.b as a, b.c\nfrom . import *\nfrom .. import a as b\na(b, source())\n",
    "type X = source()\n",
    "def f[T](x: T = source()) -> T: return x\nf(source())\n",
]
"""Code that nobody writes, and some of which Python refuses."""
