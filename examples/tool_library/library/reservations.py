"""Tools that somebody waits for."""

from library.storage import get_conn


def reserve(tool_id, member_id):
    """Put a member on the list for a tool; for two days the place is kept.

    Returns:
        The number of the reservation.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO reservations (tool_id, member_id, until_at, cancelled) "
            "VALUES (?, ?, datetime('now', '+2 days'), 0) RETURNING id",
            (tool_id, member_id),
        )
        return cursor.fetchone()[0]


def cancel(reservation_id):
    """Take a member off the list."""
    conn = get_conn()
    conn.execute("UPDATE reservations SET cancelled = 1 WHERE id = ?", (reservation_id,))
    conn.commit()
    conn.close()


def cancel_all_of(member_id):
    """Take a member off all lists.

    Returns:
        How many there were.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE reservations SET cancelled = 1 WHERE member_id = @member AND cancelled = 0",
            {"member": member_id},
        )
        return cursor.rowcount


def expire():
    """Let go of places that were kept long enough.

    Returns:
        How many.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE reservations SET cancelled = 1 "
            "WHERE until_at < datetime('now') AND cancelled IN (0)"
        )
        return cursor.rowcount


def waiting(tool_id):
    """The names of those who wait for a tool, who asked first comes first."""
    with get_conn() as conn:
        return [
            name
            for (name,) in conn.execute(
                "SELECT m.name FROM reservations r JOIN members m ON m.id = r.member_id "
                "WHERE r.tool_id = ? AND r.cancelled = 0 ORDER BY r.id",
                (tool_id,),
            ).fetchall()
        ]


def next_in_line(tool_id):
    """The member who gets a tool next, or None."""
    with get_conn() as conn:
        row = conn.execute(
            """SELECT member_id
               FROM reservations
               WHERE tool_id = :tool AND cancelled = 0 AND until_at >= datetime('now')
               ORDER BY id
               LIMIT 1""",
            {"tool": tool_id},
        ).fetchone()
        if row:
            return row[0]
    return None


def prolong(reservation_ids):
    """Keep some places for another week.

    Returns:
        How many there were.
    """
    if not reservation_ids:
        return 0
    marks = ",".join("?" for _ in reservation_ids)
    query = "UPDATE reservations SET until_at = datetime('now', '+7 days') WHERE id IN (" + marks + ")"
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(query, list(reservation_ids))
        return cursor.rowcount


def let_pass(reservation_id):
    """Let a place have been kept until yesterday, as when nobody looked at the list."""
    with get_conn() as conn:
        conn.execute(
            "UPDATE reservations SET until_at = datetime('now', '-1 day') WHERE id = ?",
            (reservation_id,),
        )


def demand():
    """The tools that people wait for, with how many do; most wanted first."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT t.code, count(*) FROM reservations r "
            "JOIN tools t ON t.id = r.tool_id "
            "WHERE r.cancelled = 0 "
            "GROUP BY t.code ORDER BY count(*) DESC, t.code"
        )
        return [(code, number) for code, number in cursor]
