"""The people who borrow."""

import logging

from library.storage import get_conn

ACTIVE_MEMBERS = "SELECT id, name, email FROM members WHERE active = 1"


class UnknownMember(Exception):
    """Nobody has that number."""


def join(email, name, branch):
    """Enter a member; who is known already keeps the old number.

    Returns:
        The member's number.
    """
    address = email.strip().lower()
    with get_conn() as conn:
        conn.execute(
            "INSERT OR IGNORE INTO members (email, name, branch) VALUES (?, ?, ?)",
            (address, name, branch),
        )
        return conn.execute("SELECT id FROM members WHERE email = ?", (address,)).fetchone()[0]


def find(member_id):
    """A member as a dictionary.

    Raises:
        UnknownMember: nobody has the number.
    """
    with get_conn() as conn:
        row = conn.execute(
            "SELECT id, email, name, branch, active, newsletter FROM members WHERE id = ?",
            (member_id,),
        ).fetchone()
    if row is None:
        raise UnknownMember(member_id)
    return {
        "id": row[0],
        "email": row[1],
        "name": row[2],
        "branch": row[3],
        "active": bool(row[4]),
        "newsletter": bool(row[5]),
    }


def by_email(email):
    """A member's number, or None."""
    conn = get_conn()
    row = conn.execute("SELECT id FROM members WHERE email = ?", (email.strip().lower(),)).fetchone()
    conn.close()
    return row[0] if row else None


def rename(member_id, name):
    """Give a member another name."""
    conn = get_conn()
    conn.execute("UPDATE members SET name = ? WHERE id = ?", (name, member_id))
    conn.commit()
    conn.close()


def move(member_id, branch):
    """Let a member belong to another branch."""
    conn = get_conn()
    try:
        cursor = conn.cursor()
        cursor.execute("UPDATE members SET branch = ? WHERE id = ?", (branch, member_id))
        conn.commit()
    finally:
        conn.close()


def subscribe(member_id):
    """Send the newsletter to a member from now on."""
    with get_conn() as conn:
        conn.execute("UPDATE members SET newsletter = 1 WHERE id = ?", (member_id,))


def unsubscribe(member_id):
    """Stop sending the newsletter."""
    with get_conn() as conn:
        conn.execute("UPDATE members SET newsletter = 0 WHERE id == ?", (member_id,))


def leave(member_id):
    """Note that a member has left; the loans stay on record."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE members SET active = 0, newsletter = 0, left_at = datetime('now') "
            "WHERE id = ? AND active = 1",
            (member_id,),
        )
        if cursor.rowcount == 0:
            logging.warning("member %s had left already", member_id)
        return cursor.rowcount == 1


def active():
    """All members who may borrow, by name."""
    with get_conn() as conn:
        found = []
        for member_id, name, email in conn.execute(ACTIVE_MEMBERS + " ORDER BY name"):
            found.append({"id": member_id, "name": name, "email": email})
        return found


def subscribers(branch=None):
    """The addresses that get the newsletter, of one branch or of all."""
    query = ACTIVE_MEMBERS + " AND newsletter = 1"
    values = []
    if branch is not None:
        query += " AND branch = ?"
        values.append(branch)
    query += " ORDER BY email"
    with get_conn() as conn:
        return [row[2] for row in conn.execute(query, values)]


def count_by_branch():
    """How many active members each branch has."""
    with get_conn() as conn:
        rows = conn.execute(
            """
            SELECT b.code, count(m.id)
            FROM branches b
            LEFT JOIN members m ON m.branch = b.code AND m.active = 1
            GROUP BY b.code
            """
        ).fetchall()
    return {code: number for code, number in rows}


def joined_lately(days):
    """The names of those who joined in the last week, or in the last month."""
    week = "SELECT name FROM members WHERE joined_at >= datetime('now', '-7 days') ORDER BY name"
    month = "SELECT name FROM members WHERE joined_at >= datetime('now', '-30 days') ORDER BY name"
    conn = get_conn()
    cursor = conn.cursor()
    cursor.execute(week if days <= 7 else month)
    names = [row[0] for row in cursor.fetchall()]
    conn.close()
    return names


def forget(member_id):
    """Remove a member who never borrowed anything.

    Returns:
        Whether the member is gone.
    """
    try:
        with get_conn() as conn:
            conn.execute("DELETE FROM preferences WHERE member_id = ?", (member_id,))
            conn.execute(
                "DELETE FROM members WHERE id = ? "
                "AND NOT EXISTS (SELECT 1 FROM loans WHERE loans.member_id = members.id)",
                (member_id,),
            )
            left = conn.execute("SELECT count(*) FROM members WHERE id = ?", (member_id,)).fetchone()
            return left[0] == 0
    except:
        return False
