"""Puts one module of the generated service together: header, imports, definitions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from random import Random

from .templates import Template, defined_names
from .templates_class import METHODS, SERVICE_CLASS, SMALL_CLASSES
from .templates_db import DATABASE
from .templates_jobs import JOBS
from .templates_logic import LOGIC
from .templates_sql import READS
from .templates_sql_write import TABLES, WRITES
from .templates_tx import TRANSACTIONS
from .templates_web import MODELS, ROUTES
from .vocabulary import Entity


@dataclass(frozen=True)
class Kind:
    """A sort of module: what it is for, and what it takes from which template pool."""

    purpose: str
    pools: tuple[tuple[tuple[Template, ...], int], ...]
    has_router: bool = False
    methods: int = 0


KINDS: dict[str, Kind] = {
    "api/routes": Kind(
        "HTTP routes for {many}",
        ((ROUTES, 6), (TRANSACTIONS, 1), (DATABASE, 1), (READS, 3), (WRITES, 1), (LOGIC, 2)),
        has_router=True,
    ),
    "api": Kind(
        "Queries and shapes of {many}",
        (
            *((TRANSACTIONS, 1), (DATABASE, 2), (READS, 4), (WRITES, 3), (TABLES, 2)),
            *((LOGIC, 3), (SMALL_CLASSES, 1)),
        ),
    ),
    "services": Kind(
        "What the business does with {many}",
        (
            *((LOGIC, 2), (JOBS, 2), (DATABASE, 1), (TRANSACTIONS, 1), (READS, 2), (WRITES, 2)),
            *((TABLES, 1), (SMALL_CLASSES, 1)),
        ),
        methods=5,
    ),
    "workers": Kind(
        "Background jobs for {many}",
        (
            *((JOBS, 4), (LOGIC, 2), (DATABASE, 2), (TRANSACTIONS, 1), (READS, 2), (WRITES, 2)),
            (TABLES, 2),
        ),
        methods=3,
    ),
}

_IMPORTS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "asyncio csv hashlib io json logging math os re time uuid",
        (
            ("collections", "Counter defaultdict"),
            ("contextlib", "contextmanager"),
            ("dataclasses", "dataclass field"),
            ("datetime", "date datetime timedelta timezone"),
            ("decimal", "Decimal InvalidOperation"),
            ("enum", "Enum"),
            ("functools", "lru_cache"),
            ("pathlib", "Path"),
            ("typing", "Any Callable Dict Iterable Iterator List Optional Sequence Set Tuple"),
        ),
    ),
    (
        "httpx psycopg2 psycopg2.extras",
        (
            ("anthropic", "Anthropic"),
            ("fastapi", "APIRouter HTTPException Query"),
            ("psycopg2.pool", "ThreadedConnectionPool"),
            ("pydantic", "BaseModel Field ValidationError"),
        ),
    ),
    ("", (("api.storage", "get_conn"),)),
)
_HEADER_LINES = 30
_MAIN_SHARE = 0.65
_URLS = {
    "UPSTREAM_URL": 'UPSTREAM_URL = os.environ.get("UPSTREAM_URL", "http://upstream.internal")\n',
    "NOTIFY_URL": 'NOTIFY_URL = os.environ.get("NOTIFY_URL", "http://notify.internal/send")\n',
}
_STORAGE_HEAD = '''\
_pool: Optional[ThreadedConnectionPool] = None


def _get_pool() -> ThreadedConnectionPool:
    """Return the pool of connections, opened at the first use."""
    global _pool
    if _pool is None:
        _pool = ThreadedConnectionPool(1, 10, os.environ["DATABASE_URL"])
        logger.info("connection pool opened")
    return _pool


@contextmanager
def get_conn() -> Iterator[Any]:
    """Lend a connection for one transaction."""
    pool = _get_pool()
    conn = pool.getconn()
    try:
        yield conn
        conn.commit()
    except Exception:
        conn.rollback()
        logger.exception("transaction rolled back")
        raise
    finally:
        pool.putconn(conn)
'''


def _header(path: str, purpose: str, rng: Random) -> str:
    """Return a module's docstring: what it is, its version, its way back."""
    day = f"2025-{rng.randint(1, 11):02d}-{rng.randint(1, 28):02d}"
    notes = (
        "Split the long queries",
        "Log every refusal",
        "Validate the input earlier",
        "Return numbers as numbers",
        "Read the limits from the settings",
    )
    changes = "\n".join(f"  - {note}" for note in rng.sample(notes, rng.randint(1, 3)))
    return (
        f'"""\nMODULE: {path}\nPURPOSE: {purpose}\n'
        f"VERSION: {rng.randint(1, 3)}.{rng.randint(0, 9)}.{rng.randint(0, 9)}\n"
        f"SCHEMA_VERSION: v{rng.randint(1, 4)}\nLAST_MODIFIED: {day}\n"
        f"MODIFIED_BY: {rng.choice(('A. Weber', 'K. Lind', 'M. Okafor', 'S. Rossi'))}\n\n"
        f"CHANGES_THIS_VERSION:\n{changes}\n\n"
        f'ROLLBACK_PATH:\n  - Git tag: before-{day}\n"""\n'
    )


def _used(body: str) -> set[str]:
    """Return the names that `body` reads, and `a.b` where it reads an attribute of a name."""
    used: set[str] = set()
    for node in ast.walk(ast.parse(body)):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.add(f"{node.value.id}.{node.attr}")
    return used


def _imports(body: str) -> str:
    """Return the import block that `body` needs."""
    used = _used(body)
    if not any(name.startswith("psycopg2.") and name != "psycopg2.extras" for name in used):
        used.discard("psycopg2")
    blocks: list[str] = []
    for plain, members in _IMPORTS:
        lines = [f"import {name}" for name in plain.split() if name in used]
        for module, names in members:
            wanted = [name for name in names.split() if name in used]
            if wanted and not (module == "api.storage" and "def get_conn" in body):
                lines.append(f"from {module} import {', '.join(wanted)}")
        if lines:
            blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _methods(entity: Entity, number: int, rng: Random) -> str:
    """Return a class of `number` methods."""
    chosen = rng.sample(METHODS, min(number, len(METHODS)))
    parts = [SERVICE_CLASS.render(entity, rng), *(part.render(entity, rng) for part in chosen)]
    return "\n".join(parts)


def _draw(kind: Kind, main: Entity, related: Entity, rng: Random) -> list[tuple[Template, Entity]]:
    """Return templates and what each is about: first what the kind asks for, then the rest."""
    first: list[tuple[Template, Entity]] = []
    rest: list[tuple[Template, Entity]] = []
    for pool, number in kind.pools:
        for position, template in enumerate(rng.sample(pool, len(pool))):
            if pool is ROUTES:
                subjects = [main]
            else:
                subjects = [main, related] if rng.random() < _MAIN_SHARE else [related, main]
            (first if position < number else rest).append((template, subjects[0]))
            rest.extend((template, subject) for subject in subjects[1:])
    rng.shuffle(first)
    rng.shuffle(rest)
    return first + rest


def compose_module(
    path: str, kind: Kind, entities: tuple[Entity, Entity], lines: int, rng: Random
) -> str:
    """Return a module of at least `lines` lines about the first entity, and some on the second.

    Templates come from the pools of the kind, each pool in a random order: first the number that
    the kind asks for, then, until the module is long enough, whatever is left. A template is used
    once for an entity (no function has the name of another); routes are about the first one only.
    """
    main, related = entities
    pieces: list[str] = []
    if path.endswith("storage.py"):
        pieces.append(_STORAGE_HEAD)
    if kind.has_router:
        pieces.append(MODELS.render(main, rng))
    if kind.methods:
        pieces.append(_methods(main, rng.randint(kind.methods - 2, kind.methods), rng))

    names: set[str] = set()
    total = _HEADER_LINES + sum(piece.count("\n") + 2 for piece in pieces)
    for template, entity in _draw(kind, main, related, rng):
        if total >= lines:
            break
        piece = template.render(entity, rng)
        if names & defined_names(piece):
            continue
        names |= defined_names(piece)
        pieces.append(piece)
        total += piece.count("\n") + 2

    body = "\n\n".join(pieces)
    constants = "".join(line for name, line in _URLS.items() if name in body)
    head = "logger = logging.getLogger(__name__)\n" + constants
    if kind.has_router:
        head += f'router = APIRouter(prefix="/{main.many}", tags=["{main.many}"])\n'
    imports = _imports(head + body)
    header = _header(path, kind.purpose.format(many=main.many), rng)
    return f"{header}\n{imports}\n{head}\n\n{body}"
