"""Taking over lists from spreadsheets."""

import csv
import io
import logging

from library.storage import get_conn

logger = logging.getLogger(__name__)

MEMBER = "INSERT OR IGNORE INTO members (email, name, branch, active) VALUES (?, ?, ?, ?)"
TOOL = (
    "INSERT OR REPLACE INTO tools "
    "(code, name, branch, daily_fee, retired) "
    "VALUES (?, ?, ?, ?, 0)"
)


def _rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def members(text):
    """Take over members.

    Args:
        text: CSV with the columns email, name and branch.

    Returns:
        How many lines there were.
    """
    rows = [(row["email"].lower(), row["name"], row["branch"], True) for row in _rows(text)]
    with get_conn() as conn:
        conn.executemany(MEMBER, rows)
    return len(rows)


def tools(text):
    """Take over tools; those with a known code are corrected.

    Args:
        text: CSV with the columns code, name, branch and fee.

    Returns:
        How many lines there were; 0 if the list is no good.
    """
    try:
        rows = [(r["code"], r["name"], r["branch"], float(r["fee"])) for r in _rows(text)]
    except Exception as error:
        logger.error("list of tools refused: %s", error)
        return 0
    conn = get_conn()
    cursor = conn.cursor()
    cursor.executemany(TOOL, rows)
    conn.commit()
    conn.close()
    return len(rows)


def tags(text):
    """Take over tags.

    Args:
        text: CSV with the columns code and tag.

    Returns:
        How many lines there were.
    """
    rows = _rows(text)
    with get_conn() as conn:
        conn.executemany(
            "INSERT OR IGNORE INTO tool_tags (tool_id, tag) "
            "SELECT id, :tag FROM tools WHERE code = :code",
            [{"tag": row["tag"], "code": row["code"]} for row in rows],
        )
    return len(rows)


def check(text):
    """The lines that can't be taken over, from 1."""
    wrong = []
    for number, row in enumerate(_rows(text), 1):
        try:
            float(row["fee"])
        except (KeyError, TypeError, ValueError):
            wrong.append(number)
    return wrong
