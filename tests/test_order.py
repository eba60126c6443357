"""The graphs of what may run after what, edge by edge."""

from __future__ import annotations

from textwrap import dedent
from typing import Dict, List, Tuple

import libcst as cst
import pytest

from mosaic_lint.facts.order import Kind, Order, Point, leading_to, reachable
from mosaic_lint.facts.orders import orders_of
from tests.order_text import edges, file_of, names, order_of

GRAPHS: Dict[str, Tuple[str, str]] = {
    "module, semicolons": (
        """
        a
        b; c
        """,
        """
        a -> b
        b -> c
        c -> exit
        entry -> a
        """,
    ),
    "nothing": ("", "entry -> exit"),
    "if, elif, else on one line each": (
        """
        if x: a
        elif y: b; c
        else: d
        e
        """,
        """
        a -> e
        b -> c
        c -> e
        d -> e
        e -> exit
        entry -> x?
        x? -> a
        x? -> y?
        y? -> b
        y? -> d
        """,
    ),
    "if without else": (
        """
        if (n := x()):
            a
        b
        """,
        """
        (n := x())? -> a
        (n := x())? -> b
        a -> b
        b -> exit
        entry -> (n := x())?
        """,
    ),
    "if that is known": (
        """
        if False: a
        else: b
        if 1: c
        else: d
        """,
        """
        1? -> c
        False? -> b
        b -> 1?
        c -> exit
        entry -> False?
        """,
    ),
    "while with break, continue, else": (
        """
        while x:
            if y: break
            if z: continue
            a
        else:
            b
        c
        """,
        """
        a -> x?
        b -> c
        break -> c
        c -> exit
        continue -> x?
        entry -> x?
        x? -> b
        x? -> y?
        y? -> break
        y? -> z?
        z? -> a
        z? -> continue
        """,
    ),
    "while True without break": (
        """
        while True:
            a
        b
        """,
        """
        True? -> a
        a -> True?
        entry -> True?
        """,
    ),
    "while True with break": (
        """
        while True:
            if x: break
        else:
            a
        b
        """,
        """
        True? -> x?
        b -> exit
        break -> b
        entry -> True?
        x? -> True?
        x? -> break
        """,
    ),
    "for with else": (
        """
        for i in xs:
            if i: break
        else:
            a
        b
        """,
        """
        a -> b
        b -> exit
        break -> b
        entry -> in xs
        for i -> a
        for i -> i?
        i? -> break
        i? -> for i
        in xs -> for i
        """,
    ),
    "loops in loops": (
        """
        def f():
            for i in xs:
                while y:
                    if z: continue
                    return a
        """,
        """
        continue -> y?
        entry -> in xs
        for i -> exit
        for i -> y?
        in xs -> for i
        return a -> exit
        y? -> for i
        y? -> z?
        z? -> continue
        z? -> return a
        """,
    ),
    "return, raise and what is never reached": (
        """
        def f():
            if x: return
            raise E
            a
        """,
        """
        entry -> x?
        return -> exit
        x? -> raise E
        x? -> return
        """,
    ),
    "assert": (
        """
        assert x
        assert False
        a
        """,
        """
        assert x -> assert False
        entry -> assert x
        """,
    ),
    "calls that don't come back": (
        """
        import sys
        if x: sys.exit(1)
        if y: leave()
        if z: refuse()
        if w: flask.abort(404)
        a
        def leave(): raise E
        def refuse() -> "NoReturn": ...
        """,
        """
        a -> def leave
        def leave -> def refuse
        def refuse -> exit
        entry -> import sys
        import sys -> x?
        w? -> a
        w? -> flask.abort(404)
        x? -> sys.exit(1)
        x? -> y?
        y? -> leave()
        y? -> z?
        z? -> refuse()
        z? -> w?
        """,
    ),
    "calls that may come back": (
        """
        leave(); again(); exit(); self.fail
        def exit(): return 1
        def leave():
            if x: return
            raise E
        def again():
            yield 1
            raise E
        """,
        """
        again() -> exit()
        def again -> exit
        def exit -> def leave
        def leave -> def again
        entry -> leave()
        exit() -> self.fail
        leave() -> again()
        self.fail -> def exit
        """,
    ),
    "functions, classes, lambdas and comprehensions are single points": (
        """
        def f():
            def g():
                return a
            class C:
                b
            h = lambda: c
            [d for e in f if g]
        """,
        """
        [d for e in f if g] -> exit
        def C -> h = lambda: c
        def g -> def C
        entry -> def g
        h = lambda: c -> [d for e in f if g]
        """,
    ),
    "with": (
        """
        with p as q:
            a
        b
        """,
        """
        a -> leave
        a ~> landing
        b -> exit
        entry -> with p as q
        landing -> raised
        leave -> b
        with p as q -> a
        """,
    ),
    "with of several items, left by return, break and continue": (
        """
        async def f():
            for i in xs:
                async with p, q:
                    if x: break
                    if y: continue
                    return a
            b
        """,
        """
        b -> exit
        break -> leave #4
        continue -> leave #3
        entry -> in xs
        for i -> b
        for i -> with p
        in xs -> for i
        landing -> raised
        leave #2 -> exit
        leave #3 -> for i
        leave #4 -> b
        return a -> leave #2
        return a ~> landing
        with p -> with q
        with q -> x?
        with q ~> landing
        x? -> break
        x? -> y?
        x? ~> landing
        y? -> continue
        y? -> return a
        y? ~> landing
        """,
    ),
    "try with all its parts": (
        """
        try:
            a
        except E as e:
            b
        except (F, G):
            c
        else:
            d
        finally:
            z
        w
        """,
        """
        a -> d
        a ~> landing
        b -> finally
        b ~> finally #2
        c -> finally
        c ~> finally #2
        d -> finally
        d ~> finally #2
        entry -> try
        except (F, G) -> c
        except (F, G) ~> finally #2
        except E -> b
        except E ~> finally #2
        finally #2 -> z #2
        finally -> z
        landing -> except (F, G)
        landing -> except E
        landing -> finally #2
        try -> a
        w -> exit
        z #2 -> raised
        z -> w
        """,
    ),
    "bare except takes all": (
        """
        try: a
        except: b
        """,
        """
        a -> exit
        a ~> landing
        b -> exit
        entry -> try
        except -> b
        landing -> except
        try -> a
        """,
    ),
    "try in try": (
        """
        try:
            try:
                a
            except E:
                raise
        except F:
            b
        """,
        """
        a -> exit
        a ~> landing #2
        b -> exit
        entry -> try
        except E -> raise
        except E ~> landing
        except F -> b
        landing #2 -> except E
        landing #2 -> landing
        landing -> except F
        landing -> raised
        raise ~> landing
        try #2 -> a
        try -> try #2
        """,
    ),
    "finally is left as it was entered": (
        """
        def f():
            while x:
                try:
                    if y: break
                    if z: continue
                    return a
                finally:
                    b
            c
        """,
        """
        b #2 -> raised
        b #3 -> exit
        b #4 -> x?
        b #5 -> c
        break -> finally #5
        c -> exit
        continue -> finally #4
        entry -> x?
        finally #2 -> b #2
        finally #3 -> b #3
        finally #4 -> b #4
        finally #5 -> b #5
        landing -> finally #2
        return a -> finally #3
        return a ~> landing
        try -> y?
        x? -> c
        x? -> try
        y? -> break
        y? -> z?
        y? ~> landing
        z? -> continue
        z? -> return a
        z? ~> landing
        """,
    ),
    "return in finally ends an exception": (
        """
        def f():
            try:
                a
            finally:
                return b
        """,
        """
        a -> finally
        a ~> landing
        entry -> try
        finally #2 -> return b #2
        finally -> return b
        landing -> finally #2
        return b #2 -> exit
        return b -> exit
        try -> a
        """,
    ),
    "jump through with and finally": (
        """
        def f():
            try:
                with p:
                    return a
            finally:
                b
        """,
        """
        b #2 -> raised
        b #3 -> exit
        b -> exit
        entry -> try
        finally #2 -> b #2
        finally #3 -> b #3
        finally -> b
        landing #2 -> landing
        landing -> finally #2
        leave #2 -> finally #3
        leave #2 ~> landing
        return a -> leave #2
        return a ~> landing #2
        try -> with p
        with p -> return a
        with p ~> landing
        """,
    ),
    "except*": (
        """
        try: a
        except* E: b
        except* F: c
        except* G: d
        e
        """,
        """
        a -> e
        a ~> landing
        b -> rest
        c -> rest #2
        d -> e
        e -> exit
        entry -> try
        except E -> b
        except F -> c
        except G -> d
        landing -> except E
        landing -> except F
        landing -> except G
        landing -> raised
        rest #2 -> e
        rest #2 -> except G
        rest -> e
        rest -> except F
        rest -> rest #2
        try -> a
        """,
    ),
    "match": (
        """
        match x:
            case 1 if y: a
            case [b]: c
        d
        """,
        """
        a -> d
        c -> d
        case 1 -> a
        case 1 -> case [b]
        case [b] -> c
        case [b] -> d
        d -> exit
        entry -> match x
        match x -> case 1
        """,
    ),
    "match that takes all": (
        """
        match x:
            case 1: a
            case _: b
        """,
        """
        a -> exit
        b -> exit
        case 1 -> a
        case 1 -> case _
        case _ -> b
        entry -> match x
        match x -> case 1
        """,
    ),
}


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_graph_has_exactly_these_edges(name: str) -> None:
    text, expected = GRAPHS[name]
    assert edges(order_of(dedent(text))) == dedent(expected).strip().split("\n")


def test_suppressed_exception_goes_on_behind_the_block() -> None:
    order = order_of("with p:\n    a\nb\n")
    (landing,) = [point for point in order.points if point.kind is Kind.LANDING]
    assert landing.swallowed is not None
    assert names(order)[landing.swallowed] == "b"


# --- which point an expression belongs to --------------------------------------------------------

PLACES = """
def f(a=1):
    if marked1 > 2: b
    for marked2 in marked3: c
    with p as marked4, q(marked5): d
    try: e
    except marked6: g(lambda: marked7)
    match x:
        case 1 if marked8: h
    def inner(x=marked9): return marked10
    while marked11: i
"""


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "marked1 > 2?"),
        (2, "for marked2"),
        (3, "in marked3"),
        (4, "with p as marked4"),
        (5, "with q(marked5)"),
        (6, "except marked6"),
        (7, "g(lambda: marked7)"),
        (8, "case 1"),
        (9, "def inner"),
        (10, "def inner"),
        (11, "marked11?"),
    ],
)
def test_expression_belongs_to_a_point(number: int, expected: str) -> None:
    file = file_of(PLACES)
    order = orders_of(file).of(file.tree.of(cst.FunctionDef)[0])
    (name,) = [n for n in file.tree.of(cst.Name) if n.value == f"marked{number}"]
    assert [names(order)[point] for point in order.at(name)] == [expected]


def test_what_is_in_finally_has_a_point_for_each_way() -> None:
    file = file_of("try: a\nfinally: b\n")
    order = orders_of(file).of(file.module)
    (name,) = [n for n in file.tree.of(cst.Name) if n.value == "b"]
    assert [names(order)[point] for point in order.at(name)] == ["b", "b #2"]


def test_nested_function_has_an_order_of_its_own() -> None:
    file = file_of("def f():\n    a\n    def g():\n        b\n")
    inner = file.tree.of(cst.FunctionDef)[1]
    orders = orders_of(file)
    (name,) = [n for n in file.tree.of(cst.Name) if n.value == "b"]
    assert orders.around(name) is orders.of(inner)
    assert edges(orders.of(inner)) == ["b -> exit", "entry -> b"]
    assert orders.of(inner).at(file.tree.of(cst.Name)[0]) == ()


# --- questions ------------------------------------------------------------------------------------

LOOPS = """
a
for i in xs:
    b
    while y:
        c
    d
e
"""


def point(order: Order, name: str) -> Point:
    """The point of a name."""
    (found,) = [point for point, own in names(order).items() if own == name]
    return found


def shown(order: Order, points: List[Point]) -> List[str]:
    return sorted(names(order)[point] for point in points)


def test_reachable_stops_at_stops_and_tells_them() -> None:
    order = order_of(LOOPS)
    found = reachable([point(order, "d")], {point(order, "b")})
    assert shown(order, list(found)) == ["b", "e", "exit", "for i"]


def test_start_is_reachable_only_by_a_loop() -> None:
    order = order_of(LOOPS)
    assert point(order, "c") in reachable([point(order, "c")])
    assert point(order, "a") not in reachable([point(order, "a")])


def test_reachable_by_exceptions() -> None:
    order = order_of("try: a\nexcept E: b\n")
    start = [point(order, "a")]
    assert shown(order, list(reachable(start))) == ["exit"]
    assert shown(order, list(reachable(start, exceptions=True))) == [
        "b", "except E", "exit", "landing", "raised",
    ]  # fmt: skip


def test_leading_to_goes_through_no_stop() -> None:
    order = order_of(LOOPS)
    b, d, e = (point(order, name) for name in "bde")
    assert shown(order, list(leading_to([b]))) == [
        "a", "b", "c", "d", "entry", "for i", "in xs", "y?",
    ]  # fmt: skip
    assert shown(order, list(leading_to([b], {d}))) == ["a", "d", "entry", "for i", "in xs"]
    assert shown(order, list(leading_to([b, e], {d}))) == [
        "a", "d", "entry", "for i", "in xs",
    ]  # fmt: skip


def test_target_leads_to_itself_only_by_a_loop() -> None:
    order = order_of(LOOPS)
    assert point(order, "a") not in leading_to([point(order, "a")])
    assert point(order, "c") in leading_to([point(order, "c")])


# --- size -----------------------------------------------------------------------------------------


HEADS = ["if x:", "for i in xs:", "while y:", "with p:", "try:"]


def nested(depth: int) -> str:
    """Blocks in blocks, as deep as that, with a jump through all of them."""
    heads = [HEADS[level % len(HEADS)] for level in range(depth)]
    opened = [f"{' ' * level}{head}" for level, head in enumerate(heads, 1)]
    closed = [f"{' ' * n}finally: z" for n, head in enumerate(heads, 1) if head == "try:"]
    return "\n".join(["def f():", *opened, f"{' ' * (depth + 1)}return a", *reversed(closed)])


def size(order: Order) -> int:
    return len(order.points) + sum(len(point.after) for point in order.points)


def test_depth_ends_no_process() -> None:
    order = order_of(nested(95))  # more than LibCST's 100 levels of indentation nobody can write
    assert point(order, "return a").after
    assert size(order) < 20 * 95


def test_long_chain_of_elif_ends_no_process() -> None:
    order = order_of("if x: a\n" + "elif x: a\n" * 390)
    assert size(order) < 6 * 390


def finally_in_finally(depth: int) -> str:
    text = "a\n"
    for _ in range(depth):
        inner = "".join(f" {line}\n" for line in text.splitlines())
        text = f"try:\n for i in xs:\n  try: return b\n  finally: c\nfinally:\n{inner}"
    return "def f():\n" + "".join(f" {line}\n" for line in text.splitlines())


def test_finally_in_finally_does_not_multiply() -> None:
    small, large = (size(order_of(finally_in_finally(depth))) for depth in (20, 40))
    assert large < 2.2 * small


STATEMENTS = """\
    try:
        with p(i) as q:
            if q: return a
    except E:
        log(b)
    finally:
        c
"""


def test_size_grows_with_the_text() -> None:
    small, large = (size(order_of("def f():\n" + STATEMENTS * count)) for count in (100, 1000))
    assert large <= 10 * small


def test_graph_is_made_once() -> None:
    file = file_of("def f():\n    a\n")
    (function,) = file.tree.of(cst.FunctionDef)
    assert orders_of(file).of(function) is orders_of(file).around(function.body.body[0])
