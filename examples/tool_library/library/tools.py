"""The tools, their tags and their photos."""

import logging

from library.storage import get_conn

logger = logging.getLogger(__name__)

COLUMNS = "id, code, name, branch, daily_fee, shelf, retired"


def _as_dict(row):
    return {
        "id": row[0],
        "code": row[1],
        "name": row[2],
        "branch": row[3],
        "daily_fee": row[4],
        "shelf": row[5],
        "retired": bool(row[6]),
    }


def register(code, name, branch, daily_fee=0.0, shelf=None):
    """Enter a tool, or correct one that has the code.

    Returns:
        The tool's number.
    """
    with get_conn() as conn:
        conn.execute(
            "INSERT OR REPLACE INTO tools (code, name, branch, daily_fee, shelf) "
            "VALUES (?, ?, ?, ?, ?)",
            (code, name, branch, daily_fee, shelf),
        )
        row = conn.execute("SELECT id FROM tools WHERE code = ?", (code,)).fetchone()
        return row[0]


def get(tool_id):
    """A tool as a dictionary, or None."""
    conn = get_conn()
    cursor = conn.cursor()
    row = cursor.execute(f"SELECT {COLUMNS} FROM tools WHERE id = ?", (tool_id,)).fetchone()
    conn.close()
    return _as_dict(row) if row else None


def on_shelf(branch, shelf):
    """The tools on a shelf, by code."""
    with get_conn() as conn:
        return [
            _as_dict(row)
            for row in conn.execute(
                f"""
                SELECT {COLUMNS}
                FROM tools
                WHERE branch = ?  -- the code, not the address
                  AND shelf = ?
                  AND retired = 0
                ORDER BY code
                """,
                (branch, shelf),
            )
        ]


def retire(tool_id):
    """Take a tool out of service."""
    with get_conn() as conn:
        conn.execute("UPDATE tools SET retired = 1 WHERE id = ?", (tool_id,))


def revive(tool_id):
    """Bring a tool back."""
    with get_conn() as conn:
        conn.execute("UPDATE tools SET retired = ? WHERE id = ?", (0, tool_id))


def set_fee(tool_id, fee):
    """Change what a day costs."""
    if fee < 0:
        raise ValueError("a fee can't be negative")
    with get_conn() as conn:
        conn.execute("UPDATE tools SET daily_fee = :fee WHERE id = :tool", {"fee": fee, "tool": tool_id})


def tag(tool_id, *tags):
    """Put tags on a tool; those that it has stay."""
    with get_conn() as conn:
        for one in tags:
            conn.execute(
                "INSERT OR IGNORE INTO tool_tags (tool_id, tag) VALUES (?, ?)",
                (tool_id, one.lower()),
            )


def untag(tool_id, one):
    """Take a tag away."""
    conn = get_conn()
    conn.execute("DELETE FROM `tool_tags` WHERE `tool_id` = ? AND `tag` = ?", (tool_id, one.lower()))
    conn.commit()
    conn.close()


def tags_of(tool_id):
    """A tool's tags in one line."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT ifnull(group_concat(tag, ', '), '') FROM "
            "(SELECT tag FROM tool_tags WHERE tool_id = ? ORDER BY tag) AS sorted",
            (tool_id,),
        ).fetchone()
        return row[0]


def tagged(*tags):
    """The codes of the tools that have at least one of the tags."""
    if not tags:
        return []
    marks = ", ".join(["?"] * len(tags))
    with get_conn() as conn:
        rows = conn.execute(
            "SELECT DISTINCT t.code FROM tools t JOIN tool_tags g ON g.tool_id = t.id "
            "WHERE g.tag IN (" + marks + ") ORDER BY t.code",
            [one.lower() for one in tags],
        ).fetchall()
    return [row[0] for row in rows]


def add_photo(tool_id, photo):
    """Keep a photo, as bytes."""
    with get_conn() as conn:
        conn.execute("UPDATE tools SET photo = ? WHERE id = ?", (photo, tool_id))


def photo_of(tool_id):
    """The photo as bytes, or None."""
    with get_conn() as conn:
        row = conn.execute("SELECT photo FROM tools WHERE id = ?", (tool_id,)).fetchone()
    if row is None or row[0] is None:
        return None
    return bytes(row[0])


def page(branch, number, size=10):
    """One page of a branch's catalogue, from page 1."""
    with get_conn() as conn:
        rows = conn.execute(
            "SELECT code, name FROM tools WHERE branch = ? AND retired = 0 ORDER BY code LIMIT ?, ?",
            (branch, (number - 1) * size, size),
        ).fetchall()
        return [f"{code} {name}" for code, name in rows]


def cheapest():
    """The three tools that cost least, for the front page."""
    query = "SELECT code FROM tools WHERE retired = 0 ORDER BY daily_fee, code LIMIT 0, 3"
    with get_conn() as conn:
        return [row[0] for row in conn.execute(query).fetchall()]


def relocate(code, branch):
    """Move a tool to another branch, off its shelf."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("UPDATE tools SET branch = ?, shelf = NULL WHERE code = ?", (branch, code))
            return cursor.rowcount == 1
    except Exception as error:
        logger.error("tool %s can't go to %s: %s", code, branch, error)
        return False
