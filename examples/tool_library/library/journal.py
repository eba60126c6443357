"""Who did what: nothing here is ever changed."""

import json
import logging

from library.storage import get_conn


def note(actor, action, **details):
    """Write something down; the work goes on even if that fails."""
    conn = get_conn()
    try:
        conn.execute(
            "INSERT INTO journal (actor, action, details) VALUES (?, ?, ?)",
            (actor, action, json.dumps(details)),
        )
        conn.commit()
    finally:
        conn.close()


def note_all(actor, actions):
    """Write several things down at once."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.executemany(
            "INSERT INTO journal (actor, action) VALUES (?, ?)",
            [(actor, action) for action in actions],
        )


def latest(number=10):
    """The last entries, newest first, as actor and action."""
    with get_conn() as conn:
        return [
            (actor, action)
            for actor, action in conn.execute(
                "SELECT actor, action FROM journal ORDER BY id DESC LIMIT ?", (number,)
            )
        ]


def details_of_last(action):
    """The details of the last entry with an action, or None."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT details FROM journal WHERE action = ? AND details IS NOT NULL "
            "ORDER BY id DESC LIMIT 1",
            (action,),
        )
        row = cursor.fetchone()
        if row is None:
            logging.info("nobody has ever done %s", action)
            return None
        details = json.loads(row[0])
        return details


def actions_of(actor):
    """What somebody did today, each action once and in one line."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT group_concat(action) FROM ("
            "SELECT DISTINCT action FROM journal "
            "WHERE actor = ? AND happened_at > datetime('now', '-1 day') "
            "ORDER BY action) AS actions",
            (actor,),
        ).fetchone()
    return row[0] or ""


def skipped(start, number):
    """Some entries from the middle, for paging backwards."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT action FROM journal ORDER BY id LIMIT ?, ?", (start, number))
        actions = []
        for row in cursor.fetchall():
            actions.append(row[0])
        return actions


def trim():
    """Remove what is older than a year.

    Returns:
        How many entries.
    """
    conn = get_conn()
    cursor = conn.cursor()
    cursor.execute("DELETE FROM journal WHERE happened_at < datetime('now', '-1 year')")
    gone = cursor.rowcount
    conn.commit()
    conn.close()
    return gone
