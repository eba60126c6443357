"""MOS902: endpoints that reach the database or an LLM for whoever calls them."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import Line, Step
from mosaic_lint.facts.endpoints import Endpoint
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS902",
    name="unauthenticated-endpoint",
    message="{name} reaches {reached} in line {line} for whoever calls it: "
    'give it a parameter with Depends(...), or its router "dependencies=[Depends(...)]"',
    subscribes="Endpoint",
    triggers=("fastapi", "FastAPI", "APIRouter"),
    stage="endpoints",
    playbook="Review checklists",
    default_on=False,
)
def unauthenticated_endpoint(endpoint: Endpoint, context: Context) -> Iterator[Draft]:
    """
    What:
        A FastAPI endpoint reaches the database or an LLM, itself or through functions of its
        module, and neither it nor its router has a dependency that could tell who is calling.

    Why:
        Whoever finds the address reads or changes the data, or spends the money.

    Example:
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/orders")
        def orders():
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute("SELECT id FROM orders")
                return cursor.fetchall()

    Instead:
        from fastapi import Depends, FastAPI

        from api.auth import current_user

        app = FastAPI()


        @app.get("/orders")
        def orders(user: str = Depends(current_user)):
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute("SELECT id FROM orders WHERE customer = %s", (user,))
                return cursor.fetchall()

    Fix safety:
        No fix is offered.

    Limits:
        Off unless its full code is selected, since some endpoints are for everybody: give those a
        `noqa` with the reason. A dependency of any kind counts, also one that only opens a
        connection; a `Cookie` parameter, a decorator, or a function that the endpoint calls counts
        for none. Speaks of apps and routers that the file makes; a router that another file
        includes with `dependencies=` is reported, as that can't be seen here. Silent where a
        parameter's type comes from another module and its name is plainly that of a dependency
        (`SessionDep`, `user_dependency`, `CurrentUser`, `CurrentAdmin`), where the class around
        derives from one of another module, where the endpoint itself reads headers, cookies or the
        user off its `Request`, and where a middleware or `route_class` has "auth" in its name, or
        is a function of the file that reads cookies or the header `Authorization`. What happens in
        other modules isn't followed.
    """
    *calls, last = endpoint.path
    yield context.report(
        endpoint.function.name,
        related=[
            *(Step(call, "leads there") for call in calls),
            Step(last, f"reaches {endpoint.reached}"),
        ],
        name=endpoint.function.name.value,
        reached=endpoint.reached,
        line=Line(last),
    )
