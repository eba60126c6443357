"""What a run that fixes wants, what comes of it, and how one file is fixed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Iterable, Optional

from mosaic_lint.config import Config, Loader
from mosaic_lint.engine import Mode, Report, check_bytes
from mosaic_lint.faces.patching import Patching
from mosaic_lint.faces.run import Configurations, Outcome
from mosaic_lint.fixer import Ask, Fixed, fix
from mosaic_lint.model import Finding, Safety
from mosaic_lint.reports.repairs import Repairs
from mosaic_lint.source import Source, Unreadable

_NOT_THE_SAME = "the file's encoding doesn't give back the same bytes"


@dataclass(frozen=True)
class Wish:
    """How a run is to fix.

    Args:
        takes_unsafe: whether unsafe fixes are wanted too.
        writes: whether files are changed; otherwise a patch is made.
        ask: is asked of each fix.
        is_over: tells whether somebody wants no more of them.
    """

    takes_unsafe: bool
    writes: bool
    ask: Optional[Ask] = None
    is_over: Callable[[], bool] = lambda: False

    def wants(self, finding: Finding) -> bool:
        """Whether a fix is to be applied."""
        if finding.fix is None or self.is_over():
            return False
        return self.takes_unsafe or finding.fix.safety is Safety.SAFE


@dataclass(frozen=True)
class Repaired:
    """What came of a run that fixes.

    Args:
        outcome: what is left; with a patch, what is found as long as that isn't applied.
        repairs: what was fixed, what wasn't and why.
        output: the patch, or what became of standard input; ``None`` where files were written.
    """

    outcome: Outcome
    repairs: Repairs
    output: Optional[bytes] = None


def fix_text(data: bytes, name: str, loader: Loader, wish: Wish) -> Repaired:
    """Fix source that didn't come from a file.

    Args:
        data: the source, encoded as in a file.
        name: the path that it would have; decides the language and the configuration.
        loader: finds the configuration.
        wish: how to fix.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    configs = Configurations(loader)
    config = configs.of(name)
    if config is None:
        nothing = Repairs((), (), 0, 0, not wish.writes, wish.takes_unsafe)
        return Repaired(
            Outcome((), 0, tuple(configs.errors)), nothing, data if wish.writes else b""
        )
    fixed = fixed_bytes(name, data, config, Mode(), wish)
    after = fixed.report.source.to_bytes() if fixed.is_changed else data
    output = after if wish.writes else Patching().of(name, data, after)
    told = fixed.report if wish.writes else fixed.before
    outcome = Outcome((told,) if told.findings else (), 1)
    return Repaired(outcome, repairs_of([fixed], wish), output)


def repairs_of(files: Iterable[Fixed], wish: Wish) -> Repairs:
    """What came of the fixes of some files."""
    files = list(files)
    return Repairs(
        tuple(finding for fixed in files for finding in fixed.applied),
        tuple(finding for fixed in files for finding in fixed.report.findings),
        sum(fixed.is_changed for fixed in files),
        sum(bool(fixed.report.findings) for fixed in files),
        not wish.writes,
        wish.takes_unsafe,
    )


def fixed_bytes(path: str, data: bytes, config: Config, mode: Mode, wish: Wish) -> Fixed:
    """A file after its fixes; untouched where it can't be changed without changing all of it.

    Args:
        path: the path to show.
        data: its content.
        config: the configuration in force for it.
        mode: how to check.
        wish: how to fix.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    try:
        source = Source.from_bytes(path, data)
        comes_back = source.to_bytes() == data
    except (Unreadable, UnicodeEncodeError):
        return _only_checked(path, data, config, mode)
    if not comes_back:
        fixed = _only_checked(path, data, config, mode)
        return replace(fixed, report=unfixed(fixed.report, _NOT_THE_SAME))
    if not config.includes(source.language):
        return _only_checked(path, data, config, mode)
    return fix(source, config, wish.wants, mode, wish.ask)


def _only_checked(path: str, data: bytes, config: Config, mode: Mode) -> Fixed:
    report = check_bytes(path, data, config, replace(mode, fixes=True))
    return Fixed(report, report, ())


def unfixed(report: Report, reason: str) -> Report:
    """A report whose fixes, for one reason, aren't applied."""
    findings = (f if f.fix is None else replace(f, unfixed=reason) for f in report.findings)
    return replace(report, findings=tuple(findings))
