"""The version that an entry point tells by constants, and its header once more."""

from __future__ import annotations

import ast
import re
from typing import Callable, Dict, List, Optional, Sequence

from mosaic_lint.change import Change, Declined
from mosaic_lint.facts.headers import SCHEMA_VERSION_FORM, VERSION_FORM, day_of, headers
from mosaic_lint.facts.module_constants import Binding
from mosaic_lint.facts.script import Script
from mosaic_lint.facts.stale_dates import StaleDate, stale_dates
from mosaic_lint.facts.version_constants import QUOTES, VersionConstant
from mosaic_lint.fixes.header_fields import Values, today, todo
from mosaic_lint.fixes.header_place import TopOfFile
from mosaic_lint.fixes.headers import with_value
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.literals import written
from mosaic_lint.model import Span

_ORDER = ("API_VERSION", "SCHEMA_VERSION", "MVP_PHASE", "LAST_MODIFIED")
_FORMS: Dict[str, Callable[[str], object]] = {
    "API_VERSION": VERSION_FORM.fullmatch,
    "SCHEMA_VERSION": SCHEMA_VERSION_FORM.fullmatch,
    "LAST_MODIFIED": day_of,
}
_LITERAL = re.compile(
    r"""(?P<opening>[rRuU]?(?P<quote>"{3}|'{3}|"|'))(?:\\.|(?!(?P=quote)).)*(?P=quote)""",
    re.DOTALL,
)


def with_constant(constant: VersionConstant, site: Site) -> Repair:
    """Write a constant that an entry point lacks.

    Args:
        constant: the constant.
        site: a place in the entry point.

    Raises:
        Declined: no place for it is known.
    """
    value = _value_of(constant, site)
    syntax = site.syntax
    present = _assigned(syntax)
    index = _ORDER.index(constant.name)
    before = [present[name] for name in _ORDER[:index] if name in present]
    after = [present[name] for name in _ORDER[index:] if name in present]
    quote = _quote([*before, *after], syntax)
    line = f"{constant.name} = {quote}{written(value, quote)}{quote}"
    if before:
        change = _below(before[-1], f"\n{line}", syntax)
    elif after:
        start = syntax.line_start(syntax.span(after[0]).start)
        change = Change(Span(start, start), f"{line}\n")
    else:
        change = _beside_nothing(line, syntax)
    return Repair(f"Write {constant.name}", [change])


def agreeing(constant: VersionConstant, binding: Binding, site: Site) -> Repair:
    """Make a constant and the header say the same.

    Args:
        constant: the constant.
        binding: where it says something else.
        site: a place in the entry point.

    Raises:
        Declined: it isn't known which is right, or where to write it.
    """
    field, said, value = constant.field, constant.said, binding.value or ""
    assert field is not None
    if constant.name == "LAST_MODIFIED":
        script = Script(site.source, site.settings, site.project)
        stale = next((one for one in stale_dates(script) if one.span == binding.span), None)
        if stale is not None:
            return up_to_date(stale, site)  # neither of the two days is right any more
        if _is_later(value, said):
            return Repair(f"Write {value} into the header", with_value(field, value, site))
    if not _FORMS[constant.name](said):
        if said.lower() == f"v{value}" and _FORMS[constant.name](value):
            return Repair(f"Write {value} into the header", with_value(field, value, site))
        raise Declined(f"{field.name} in the header isn't right either")
    if len(constant.bindings) > 1 and not _is_last_word(binding, site.syntax):
        raise Declined("it has several values")
    return Repair(f"Write {said}", [_with_text(binding, said, site.syntax)])


def up_to_date(stale: StaleDate, site: Site) -> Repair:
    """Write today for a day on which a file was last changed, wherever it says so.

    Args:
        stale: the day that isn't right any more.
        site: its place.

    Raises:
        Declined: it can't be written there.
    """
    new, field = stale.today.isoformat(), stale.field
    changes: List[Change] = []
    if stale.constant is not None:
        changes.append(_with_text(stale.constant, new, site.syntax))
        if field is not None and not _is_later(new, field.value.strip(QUOTES)):
            field = None  # it is no day, or later than today
    if field is not None:
        changes += with_value(field, new, site)
    return Repair(f"Write {new}", changes)


def _value_of(constant: VersionConstant, site: Site) -> str:
    """What a constant is to say that is missing: the same as the header, now or after its fix."""
    if constant.said:
        return constant.said
    (file,) = headers(Script(site.source, site.settings, site.project))
    values = Values(site, file, "")
    if constant.name == "API_VERSION":
        return values.version
    if constant.name == "SCHEMA_VERSION":
        return values.schema_version
    if constant.name == "LAST_MODIFIED":
        return values.last_modified
    sprint = file.header.fields.get("SPRINT")
    return (sprint.value if sprint is not None else "") or todo(constant.name)


def _is_later(day: str, other: str) -> bool:
    """Whether both are days of the calendar, and the first one is later and not yet to come."""
    first, second = day_of(day), day_of(other)
    return first is not None and second is not None and second < first <= today()


def _assigned(syntax: Syntax) -> Dict[str, ast.stmt]:
    """The statements of the module that give one of the constants its value, by its name."""
    found: Dict[str, ast.stmt] = {}
    for statement in syntax.tree.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            one = [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
            names = [target.id for target in one if isinstance(target, ast.Name)]
            found.update((name, statement) for name in names if name in _ORDER)
    return found


def _below(statement: ast.stmt, text: str, syntax: Syntax) -> Change:
    """Write something below the line on which a statement of the module ends."""
    body, index = syntax.block(statement)
    while index + 1 < len(body) and body[index + 1].lineno == body[index].end_lineno:
        index += 1
    end = syntax.line_end(syntax.span(body[index]).end)
    return Change(Span(end, end), text)


def _beside_nothing(line: str, syntax: Syntax) -> Change:
    """Write a constant below the imports, else below the docstring, else above all statements."""
    last: Optional[ast.stmt] = None
    for statement in syntax.tree.body:
        if not _is_import(statement) and not (last is None and _is_docstring(statement)):
            break
        last = statement
    if last is None:
        return TopOfFile.of_python(syntax.text).insert(line)
    change = _below(last, f"\n\n{line}", syntax)
    start = syntax.next_line(change.anchor.start)
    is_gap = not syntax.text[start : syntax.line_end(start)].strip()
    return change if is_gap else Change(change.anchor, f"{change.text}\n")


def _is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_import(statement: ast.stmt) -> bool:
    """Whether a statement only imports, be it on conditions."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(statement, (ast.If, ast.Try)):
        return all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in statement.body)
    return False


def _quote(statements: Sequence[ast.stmt], syntax: Syntax) -> str:
    """The quotes around the constants that there are."""
    for statement in statements:
        match = _LITERAL.match(syntax.code(statement.value))  # type: ignore[attr-defined]
        if match is not None and len(match.group("quote")) == 1:
            return match.group("quote")
    return '"'


def _is_last_word(binding: Binding, syntax: Syntax) -> bool:
    """Whether it is certain that a value is the one that a constant has in the end."""
    node = syntax.find(binding.span, ast.Constant)
    return isinstance(syntax.parent(syntax.statement(node)), ast.Module)


def _with_text(binding: Binding, text: str, syntax: Syntax) -> Change:
    """Change the text between the quotes of a constant's value."""
    span = binding.span
    node = syntax.find(span, ast.Constant)
    code = syntax.code(node)
    match = _LITERAL.match(code)
    if not isinstance(node.value, str) or match is None:
        raise Declined("its value isn't a plain string")
    opening, quote = match.group("opening"), match.group("quote")
    if match.end() == len(code):
        inside = Span(span.start + len(opening), span.end - len(quote))
        return Change(inside, written(text, opening))
    if "#" in code:
        raise Declined("comments stand between the parts of its value")
    return Change(span, f"{quote[0]}{written(text, quote[0])}{quote[0]}")
