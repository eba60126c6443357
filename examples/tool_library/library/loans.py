"""Who has what, and until when."""

import logging

from library.storage import get_conn

logger = logging.getLogger(__name__)

MAX_OPEN = 5
MAX_RENEWALS = 2

OPEN = """
    SELECT l.id, t.code, m.name, l.due_at
    FROM loans l
    JOIN tools t ON t.id = l.tool_id
    JOIN members m ON m.id = l.member_id
    WHERE l.returned_at IS NULL
"""


class NotAvailable(Exception):
    """The tool is out, retired or unknown, or the member may not borrow."""


def is_out(tool_id):
    """Whether somebody has the tool."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT count(*) FROM loans WHERE tool_id = ? AND returned_at IS NULL", (tool_id,)
        ).fetchone()
        return row[0] > 0


def open_loans(member_id):
    """How many tools a member has."""
    conn = get_conn()
    number = conn.execute(
        "SELECT count(*) FROM loans WHERE member_id = ? AND returned_at IS NULL", (member_id,)
    ).fetchone()[0]
    conn.close()
    return number


def borrow(tool_id, member_id, note=None):
    """Lend a tool for two weeks.

    Returns:
        The number of the loan.

    Raises:
        NotAvailable: it can't be lent to that member.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        tool = cursor.execute("SELECT code FROM tools WHERE id = ? AND retired = 0", (tool_id,)).fetchone()
        if tool is None:
            raise NotAvailable(f"no tool {tool_id}")
        cursor.execute("SELECT 1 FROM members WHERE id = ? AND active = 1", (member_id,))
        if cursor.fetchone() is None:
            raise NotAvailable(f"member {member_id} may not borrow")
        cursor.execute("SELECT 1 FROM loans WHERE tool_id = ? AND returned_at IS NULL", (tool_id,))
        if cursor.fetchone() is not None:
            raise NotAvailable(f"{tool[0]} is out")
        if open_loans(member_id) >= MAX_OPEN:
            raise NotAvailable(f"member {member_id} has {MAX_OPEN} tools already")
        return conn.execute(
            "INSERT INTO loans (tool_id, member_id, due_at, note) "
            "VALUES (?, ?, datetime('now', '+14 days'), ?) RETURNING id",
            (tool_id, member_id, note),
        ).fetchone()[0]


def renew(loan_id):
    """Let a member keep a tool for another week.

    Returns:
        Whether that is allowed.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE loans SET due_at = datetime('now', '+7 days'), renewals = renewals + 1 "
            "WHERE id = ? AND returned_at IS NULL AND renewals < ?",
            (loan_id, MAX_RENEWALS),
        )
        return cursor.rowcount == 1


def give_back(loan_id):
    """Note that a tool is back.

    Returns:
        Whether it was out.
    """
    conn = get_conn()
    cursor = conn.cursor()
    cursor.execute(
        """
        UPDATE loans
        SET returned_at = datetime('now')
        WHERE id = ?
          AND returned_at IS NULL
        """,
        (loan_id,),
    )
    was_out = cursor.rowcount == 1
    conn.commit()
    conn.close()
    return was_out


def backdate(loan_id, days):
    """Let a loan have begun and ended earlier, as a member without a clock reports it.

    Args:
        loan_id: the loan.
        days: 10 or 30.
    """
    with get_conn() as conn:
        if days == 30:
            conn.execute(
                "UPDATE loans SET borrowed_at = datetime('now', '-30 days'), "
                "due_at = datetime('now', '-16 days') WHERE id = ?",
                (loan_id,),
            )
        else:
            conn.execute(
                "UPDATE loans SET borrowed_at = datetime('now', '-10 days'), "
                "due_at = datetime('now', '+4 days') WHERE id = ?",
                (loan_id,),
            )


def overdue():
    """The loans that should have ended, oldest first, as code and name."""
    query = OPEN + " AND l.due_at < datetime('now') ORDER BY l.due_at"
    with get_conn() as conn:
        found = []
        for _, code, name, _ in conn.execute(query):
            found.append((code, name))
    return found


def due_soon():
    """The codes of what is due within three days."""
    with get_conn() as conn:
        rows = conn.execute(
            OPEN + "AND l.due_at BETWEEN datetime('now') AND datetime('now', '+3 days')"
        ).fetchall()
    return sorted(row[1] for row in rows)


def history(member_id, limit=20):
    """What a member has borrowed, newest first, as code and whether it is back."""
    conn = get_conn()
    try:
        rows = conn.execute(
            "SELECT t.code, l.returned_at IS NOT NULL FROM loans l JOIN tools t ON t.id = l.tool_id "
            "WHERE l.member_id = ? ORDER BY l.id DESC LIMIT ?",
            (member_id, limit),
        ).fetchall()
    finally:
        conn.close()
    return [(code, bool(is_back)) for code, is_back in rows]


def annotate(loan_id, note):
    """Write something on a loan's card; who can't is told so in the log."""
    try:
        with get_conn() as conn:
            conn.execute("UPDATE loans SET note = ? WHERE id = ?", (note, loan_id))
    except Exception:
        print("note of loan", loan_id, "not written")


def note_of(loan_id):
    """What stands on a loan's card; empty if nothing does."""
    with get_conn() as conn:
        row = conn.execute("SELECT ifnull(note, '') FROM loans WHERE id = ?", (loan_id,)).fetchone()
        return row[0] if row else ""


def holders(code):
    """The names of all who ever had a tool, in one line."""
    with get_conn() as conn:
        return conn.execute(
            """
            SELECT ifnull(group_concat(name, ' / '), 'nobody')
            FROM (
                SELECT DISTINCT m.name
                FROM loans l
                JOIN members m ON m.id = l.member_id
                JOIN tools t ON t.id = l.tool_id
                WHERE t.code = ?
                ORDER BY m.name
            ) AS names
            """,
            (code,),
        ).fetchone()[0]
