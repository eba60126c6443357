"""What the tool's own codes mean, in the sections of a rule's docstring."""

from __future__ import annotations

from typing import Mapping

PLAYBOOK = "The tool itself"

DOCUMENTATION: Mapping[str, str] = {
    "MOS001": """
    What:
        A file that can't be read, decoded or parsed, or that is too large or too deep to analyse.
        The message says why, the position where.

    Why:
        What isn't analysed isn't checked: without this finding a broken file would pass every rule.

    Example:
        def refund(order:
            return order.total

    Instead:
        def refund(order):
            return order.total

    Fix safety:
        No fix is offered.

    Limits:
        Inside flake8 this code stays silent: flake8 says the same as E902 and E999. A larger file
        can be allowed by `max-file-size`, and a generated one left out by `exclude`.
    """,
    "MOS002": """
    What:
        A `noqa` comment that names one of our codes where that code has nothing to say.

    Why:
        A suppression that suppresses nothing hides the next fault on its line, and tells readers of
        a problem that isn't there.

    Example:
        total = sum(prices)  # noqa: MOS101

    Instead:
        total = sum(prices)

    Fix safety:
        Safe: the fix takes the code out of the comment, and the comment away with its last code.
        Codes of other tools stay.

    Limits:
        Codes that are turned off for the file aren't judged. Inside flake8, which applies `noqa`
        itself, this code stays silent.
    """,
    "MOS003": """
    What:
        A `noqa` comment for one of our codes that flake8 and ruff read differently, or that
        silences more than it says.

    Why:
        `# flake8: noqa: MOS101` silences the whole file for some tools and one line for
        others; `# noqa MOS101` silences every code. Nobody sees from the line what is checked.

    Example:
        conn = get_conn()  # noqa MOS101

    Instead:
        conn = get_conn()  # noqa: MOS101

    Fix safety:
        No fix is offered.

    Limits:
        A blanket `# noqa` that names no code is left to other tools.
    """,
    "MOS004": """
    What:
        A rule, or the analysis that it rests on, failed on this file. The message names it.

    Why:
        The failure is the tool's fault, not the file's. It is reported, since the file isn't
        checked by that rule; the findings of all other rules stand. The exit status is 2.

    Example:
        api/orders.py:1:1: MOS004 MOS302 failed with KeyError: 'name'; please report it

    Instead:
        # Report it with its message. Until it is repaired:
        ignore = ["MOS302"]

    Fix safety:
        No fix is offered.

    Limits:
        A wrong configuration that only flake8 meets, next to a file in a subfolder, is reported
        with this code too.
    """,
}
"""A docstring for each of :data:`mosaic_lint.registry.ENGINE_CODES`."""
