"""What each member likes, as a document."""

import json

from library.storage import get_conn


def save(member_id, choices):
    """Keep a member's choices, in the place of earlier ones."""
    with get_conn() as conn:
        conn.execute(
            "INSERT OR REPLACE INTO preferences (member_id, choices) VALUES (?, ?)",
            (member_id, json.dumps(choices)),
        )


def load(member_id):
    """A member's choices; an empty dictionary if there are none."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT choices FROM preferences WHERE member_id = ?", (member_id,))
        row = cursor.fetchone()
        if row is None:
            return {}
        return json.loads(row[0])


def change(member_id, **choices):
    """Change some choices and leave the others."""
    together = load(member_id)
    together.update(choices)
    save(member_id, together)
    return together


def everybodys():
    """All choices by the member's number."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT member_id, choices FROM preferences ORDER BY member_id")
        return {row[0]: json.loads(row[1]) for row in cursor.fetchall()}


def clear(member_id):
    """Forget a member's choices."""
    conn = get_conn()
    conn.execute("DELETE FROM [preferences] WHERE [member_id] = ?", (member_id,))
    conn.commit()
    conn.close()


def with_choices():
    """How many members have made any."""
    with get_conn() as conn:
        return conn.execute("SELECT count(*) FROM preferences").fetchone()[0]
