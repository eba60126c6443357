"""What is hidden from a hasty suspect stage of endpoints gives the same with it and without it."""

from __future__ import annotations

import textwrap

import pytest

from tests.test_triage import difference, findings

OPTIONS = {"extend-select": ["MOS902"]}

HIDDEN = {
    "router that a base class makes": (
        1,
        """
        from fastapi import APIRouter
        class Base:
            def __init__(self):
                self.router = APIRouter()
        class Api(Base):
            def build(self):
                @self.router.get("/x")
                def rows():
                    return get_conn()
        """,
    ),
    "router that a method includes": (
        0,
        """
        from fastapi import APIRouter, FastAPI, Depends
        router = APIRouter()
        class A:
            def create(self):
                app = FastAPI(dependencies=[Depends(x)])
                add = app.include_router
                add(router)
                return app
        @router.get("/x")
        def rows():
            return get_conn()
        """,
    ),
    "middleware that a function adds": (
        0,
        """
        from fastapi import APIRouter, FastAPI, Depends
        app = FastAPI()
        def setup():
            @app.middleware("http")
            def check(request, call_next):
                return request.headers["authorization"]
        @app.get("/x")
        def rows():
            return get_conn()
        """,
    ),
    "dependencies that functions make": (
        1,
        """
        from fastapi import APIRouter, FastAPI, Depends as D
        app = FastAPI()
        def needs(x):
            return D(x)
        def needs2(x):
            return needs(x)
        @app.get("/x")
        def rows(a=needs2(3)):
            return get_conn()
        @app.get("/y")
        def rows2(a=needs3(3)):
            return get_conn()
        def needs3(x):
            return int(x)
        """,
    ),
    "connection that a base class opens": (
        1,
        """
        from fastapi import FastAPI
        import psycopg2
        app = FastAPI()
        class Db:
            def __init__(self):
                self.handle = self.open()
            def open(self):
                return psycopg2.connect("")
        class Repo(Db):
            def all(self):
                self.handle.execute("x y")
        @app.get("/x")
        def rows(c):
            return Repo().all()
        """,
    ),
    "instance that is called": (
        2,
        """
        from fastapi import FastAPI
        import psycopg2
        app = FastAPI()
        class Db:
            @property
            def handle(self):
                return psycopg2.connect("")
            def all(self):
                self.handle.execute("x y")
            def __call__(self):
                return self.all()
        db = Db()
        @app.get("/x")
        def rows(c):
            return db()
        app.add_api_route("/y", db.all)
        """,
    ),
    "inclusion over many lines": (
        1,
        """
        from fastapi import FastAPI, APIRouter, Depends
        router = APIRouter()
        app = FastAPI()
        DEPS = [
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         Depends(x),
        ]
        app.include_router(
          prefix="/",
          a=1,
          b=1,
          c=1,
          d=1,
          e=1,
          f=1,
          g=1,
          h=1,
          i=1,
          j=1,
          dependencies=DEPS,
          router=router,
        )
        @router.get("/x")
        def rows():
            return get_conn()
        @app.get("/y")
        def rows2():
            return get_conn()
        """,
    ),
    "dependencies of a class's constructor": (
        1,
        """
        from fastapi import FastAPI, APIRouter, Depends
        app = FastAPI()
        class Base:
            def __init__(self, x=Depends(y)):
                pass
        class Mid(Base):
            pass
        class View(Mid):
            @app.get("/y")
            def rows2(self):
                return get_conn()
        class View2:
            def __init__(self, x=other(y)):
                pass
            @app.get("/y")
            def rows2(self):
                return get_conn()
        """,
    ),
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_hidden_from_a_hasty_triage(name: str) -> None:
    count, text = HIDDEN[name]
    text = textwrap.dedent(text)
    found = findings(text, triage=False, options=OPTIONS)
    assert [code for _, _, code, *_ in found if code == "MOS902"] == ["MOS902"] * count
    assert difference(text, options=OPTIONS) == ""
