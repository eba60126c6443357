"""What members are told by mail, and when."""

import logging

from library.storage import get_conn

log = logging.getLogger("library.notices")

MAX_ATTEMPTS = 3


def queue(member_id, subject, body):
    """Put a notice into the queue, to be sent at once.

    Returns:
        Its number.
    """
    with get_conn() as conn:
        row = conn.execute(
            "INSERT INTO notices (member_id, subject, body, send_after, sent) "
            "VALUES (?, ?, ?, datetime('now'), ?) RETURNING id",
            (member_id, subject, body, 0),
        ).fetchone()
        return row[0]


def queue_for_tomorrow(member_id, subject, body):
    """Put a notice into the queue that has time."""
    with get_conn() as conn:
        conn.execute(
            "INSERT INTO notices (member_id, subject, body, send_after, sent) "
            "VALUES (:member, :subject, :body, datetime('now', '+1 day'), 0)",
            {"member": member_id, "subject": subject, "body": body},
        )


def waiting():
    """The notices that are to be sent now, as number, address and subject."""
    query = """
        SELECT n.id, m.email, n.subject
        FROM notices n
        JOIN members m ON m.id = n.member_id
        WHERE n.sent = 0
          AND n.attempts < ?
          AND n.send_after <= datetime('now')
        ORDER BY n.id
    """
    conn = get_conn()
    rows = conn.execute(query, (MAX_ATTEMPTS,)).fetchall()
    conn.close()
    return [tuple(row) for row in rows]


def deliver(send):
    """Send what is waiting.

    Args:
        send: a function that takes an address and a subject, and raises if that fails.

    Returns:
        How many were sent.
    """
    sent, failed = [], []
    for number, address, subject in waiting():
        try:
            send(address, subject)
        except ConnectionError:
            failed.append((number,))
        except Exception as error:
            log.error("notice %s: %s", number, error)
            failed.append((number,))
        else:
            sent.append((number,))
    with get_conn() as conn:
        if sent:
            conn.executemany("UPDATE notices SET sent = 1 WHERE id = ?", sent)
        if failed:
            conn.executemany("UPDATE notices SET attempts = attempts + 1 WHERE id = ?", failed)
    return len(sent)


def unread(member_id):
    """The subjects of what a member will still get."""
    with get_conn() as conn:
        subjects = []
        for row in conn.execute(
            "SELECT subject FROM notices WHERE member_id = ? AND NOT sent ORDER BY id", (member_id,)
        ).fetchall():
            subjects.append(row[0])
        return subjects


def drop(member_id):
    """Remove all notices of a member; who has none is fine."""
    try:
        with get_conn() as conn:
            conn.execute("DELETE FROM notices WHERE member_id = ?", (member_id,))
    except Exception:
        pass


def remind(days_before):
    """Put a reminder into the queue for each loan that ends soon.

    Returns:
        How many.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        if days_before == 1:
            cursor.execute(
                "INSERT INTO notices (member_id, subject, body, send_after) "
                "SELECT l.member_id, 'Due tomorrow: ' || t.code, 'Please bring it back.', datetime('now') "
                "FROM loans l JOIN tools t ON t.id = l.tool_id "
                "WHERE l.returned_at IS NULL AND l.due_at < datetime('now', '+1 day')"
            )
        else:
            cursor.execute(
                "INSERT INTO notices (member_id, subject, body, send_after) "
                "SELECT l.member_id, 'Due soon: ' || t.code, 'Please bring it back.', datetime('now') "
                "FROM loans l JOIN tools t ON t.id = l.tool_id "
                "WHERE l.returned_at IS NULL AND l.due_at < datetime('now', '+5 days')"
            )
        return cursor.rowcount


def subjects_like(text):
    """The subjects that contain a text, each once."""
    with get_conn() as conn:
        cursor = conn.cursor()
        found = cursor.execute(
            "SELECT DISTINCT subject FROM notices WHERE subject LIKE ? ORDER BY subject", ("%" + text + "%",)
        ).fetchall()
    return [row[0] for row in found]
