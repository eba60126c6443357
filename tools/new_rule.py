"""Start a rule: its file, its fixtures, its place in the index and in the documentation.

Run: ``python -m tools.new_rule MOS108 stale-cursor``; for a rule over SQL
``python -m tools.new_rule MOS216 sqlite-clause --subscribes SqlStatement``; for one over texts of
any language ``python -m tools.new_rule MOS709 unknown-author --subscribes Header``.

What is written works and tells no lies: it flags calls of ``replace_me()``, or that word in SQL or
in a version header, which nobody has, its fixtures expect that, and a test keeps such a rule from
being merged before it is written.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import List, Optional, Sequence

from mosaic_lint import registry
from tools.scaffolds import FORMS

ROOT = Path(__file__).resolve().parents[1]
PLACEHOLDER = "replace_me"

_CODE = re.compile(r"MOS[1-9]\d\d")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


class Refused(Exception):
    """A code or a name that a rule can't have."""


def create(code: str, name: str, playbook: Optional[str], subscribes: str = "Call") -> List[Path]:
    """Write a rule and its fixtures.

    Args:
        code: ``MOS`` and three digits.
        name: kebab-case, of two words at least.
        playbook: the pattern that it keeps; ``None`` for the one that its family keeps.
        subscribes: what it looks at, a key of ``FORMS``.

    Returns:
        The files that were written.

    Raises:
        Refused: the code or the name is taken or can't be one, or the family is new.
    """
    check(code, name)
    function = name.replace("-", "_")
    values = {
        "code": code,
        "name": name,
        "function": function,
        "playbook": playbook or family_playbook(code),
    }
    file = ROOT / "mosaic_lint" / "rules" / f"{code.lower()}_{function}.py"
    rule, fixtures = FORMS[subscribes]
    texts = {file: rule.substitute(values)}
    for case, text in fixtures.items():
        fixture = ROOT / "tests" / "fixtures" / code / case
        texts[fixture] = Template(text).substitute(values)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def check(code: str, name: str) -> None:
    """Refuse a code or a name that can't be a new rule's.

    Raises:
        Refused: says why.
    """
    if not _CODE.fullmatch(code):
        raise Refused(f"{code!r} is no code: MOS and three digits, from MOS100")
    if not _NAME.fullmatch(name):
        raise Refused(f"{name!r} is no name: lower-case words joined by hyphens, two at least")
    known = registry.names()
    if code in known:
        raise Refused(f"{code} is taken by {known[code]}")
    if name in known.values():
        owner = next(code for code, taken in known.items() if taken == name)
        raise Refused(f"{name} is taken by {owner}")


def family_playbook(code: str) -> str:
    """The pattern that the code's family keeps.

    Raises:
        Refused: it has no family yet.
    """
    for entry in registry.rules().values():
        if entry.code.startswith(code[:4]):
            return entry.playbook
    raise Refused(f"{code[:4]} is a new family: say with --playbook which pattern it keeps")


def regenerate() -> None:
    """Bring the index and the documentation up to date, in processes that see the new file."""
    for tool in ("tools.gen_index", "tools.gen_docs"):
        subprocess.run([sys.executable, "-m", tool], cwd=ROOT, check=True)


def main(given: Optional[Sequence[str]] = None) -> int:
    """Start a rule; 2 where its code or name is refused."""
    parser = argparse.ArgumentParser(prog="python -m tools.new_rule", description=__doc__)
    parser.add_argument("code", help="for example MOS108")
    parser.add_argument("name", help="for example stale-cursor")
    parser.add_argument("--playbook", help="the pattern that it keeps, where the family is new")
    parser.add_argument(
        "--subscribes", choices=sorted(FORMS), default="Call", help="what the rule looks at"
    )
    arguments = parser.parse_args(given)
    try:
        files = create(arguments.code, arguments.name, arguments.playbook, arguments.subscribes)
    except Refused as reason:
        parser.error(str(reason))
    regenerate()
    written = "".join(f"  {file.relative_to(ROOT)}\n" for file in files)
    sys.stdout.write(f'{written}Next: CONTRIBUTING.md, from "Fixtures first" on.\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
