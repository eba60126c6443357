"""From the texts that bear DDL to the schema."""

from __future__ import annotations

from typing import Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from mosaic_lint.index.texts import (
    Script,
    declared_by_python,
    declared_by_scripts,
    is_migration,
    is_rollback,
    migration_folders,
)
from mosaic_lint.index.words import DDL
from mosaic_lint.schema.merge import merged
from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.defined import defined

Declared = Dict[str, Tuple[str, List[Schema]]]
"""By the path of a Python file: its text, and what that declares."""


def declared_by_blocks(path: str, blocks: Sequence[Tuple[bool, str, int]]) -> Schema:
    """What the blocks of a document declare, each for itself.

    Args:
        path: the document's path.
        blocks: for each whether it is SQL, its text, and the number of its first line.
    """
    declarations: List[Schema] = []
    for is_sql, text, first_line in blocks:
        if not DDL.search(text):
            continue
        if is_sql:
            declarations.append(declared_by_scripts([Script(path, text, first_line)]))
        else:
            declarations.extend(declared_by_python(path, text, first_line))
    return merged(declarations)


def built(
    texts: Mapping[str, str], also: str = "", known: Optional[Declared] = None
) -> Tuple[Schema, FrozenSet[str]]:
    """What DDL declares.

    Args:
        texts: the files that bear DDL by path: migrations, and Python.
        also: the path of a script that counts though it is no migration.
        known: what is known of Python files; grows by those that weren't.

    Returns:
        The schema, and the names, in upper case, of all that is created.
    """
    declarations: List[Schema] = []
    migrations = [path for path in texts if is_migration(path)]
    for paths in migration_folders(migrations).values():
        declarations.append(declared_by_scripts(Script(path, texts[path]) for path in paths))
    if also and (not is_migration(also) or is_rollback(also)):
        declarations.append(declared_by_scripts([Script(also, texts[also])]))
    for path, text in texts.items():
        if not path.endswith(".sql"):
            declarations.extend(_declared(path, text, {} if known is None else known))
    schema = merged(declarations)
    names = {name.upper() for path in migrations for name in defined(texts[path])}
    names.update(table.name.upper() for table in schema)
    names.update(thing.name.upper() for thing in schema.things)
    return schema, frozenset(names)


def _declared(path: str, text: str, known: Declared) -> List[Schema]:
    if path not in known or known[path][0] != text:
        known[path] = text, declared_by_python(path, text)
    return known[path][1]
