"""MOS706: an entry point that doesn't tell its version, or tells two."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.version_constants import VersionConstant
from mosaic_lint.fixes.versions import agreeing, with_constant
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule

_EXAMPLES = {
    "API_VERSION": "X.Y.Z",
    "SCHEMA_VERSION": "vN",
    "MVP_PHASE": "what is being built",
    "LAST_MODIFIED": "YYYY-MM-DD",
}


@rule(
    code="MOS706",
    name="version-constants",
    message="{what}: write {instead}",
    subscribes="VersionConstant",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    fix="safe",
    uncovers=("MOS701", "MOS702", "MOS703"),  # of a file that had no statements
    in_markdown=False,
)
def version_constants(constant: VersionConstant, context: Context) -> Iterator[Draft]:
    '''
    What:
        An entry point (`version-module`) that lacks `API_VERSION`, `SCHEMA_VERSION`, `MVP_PHASE`
        or `LAST_MODIFIED`, or in which one of them says something else than the header's
        `VERSION`, `SCHEMA_VERSION` or `LAST_MODIFIED`.

    Why:
        The health check answers with these constants. If they lag behind the header, nobody can
        tell what has been deployed.

    Example:
        ==> api/index.py <==
        """
        VERSION: 3.2.0
        SCHEMA_VERSION: v4
        """
        API_VERSION = "3.1.0"
        SCHEMA_VERSION = "v4"
        MVP_PHASE = "Opening hours"
        LAST_MODIFIED = "2026-01-12"

    Instead:
        ==> api/index.py <==
        """
        VERSION: 3.2.0
        SCHEMA_VERSION: v4
        """
        API_VERSION = "3.2.0"
        SCHEMA_VERSION = "v4"
        MVP_PHASE = "Opening hours"
        LAST_MODIFIED = "2026-01-12"

    Fix safety:
        Safe: a constant that is missing gets what the header says, beside the others or below the
        imports; `MVP_PHASE` the header's `SPRINT`, or a TODO. One that disagrees gets the
        header's value, but of two days in `LAST_MODIFIED` the later one is written in both
        places, or today where the file was changed and neither says so. Of `v3.2.0` in the header
        the `v` goes where the constant is `3.2.0`. There is no fix where the constant isn't one
        plain string, or the header's value is none.

    Limits:
        A constant that is imported, or may be by `import *`, is there. Only plain literals are
        compared with the header; where a constant gets several, one of them has to agree. The
        header has no field for `MVP_PHASE`.
    '''
    name, field, wrong = constant.name, constant.field, constant.disagreeing
    if constant.is_missing:
        instead = f'{name} = "{constant.said or _EXAMPLES[name]}"'
        fix = partial(with_constant, constant)
        yield context.report(Span(0, 0), fix=fix, what=f"{name} is missing", instead=instead)
    elif wrong is not None and field is not None:
        what = f"{name} is {wrong.value}, but {field.name} in the header is {constant.said}"
        fix = partial(agreeing, constant, wrong)
        yield context.report(wrong.span, fix=fix, what=what, instead="the same in both")
