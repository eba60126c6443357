"""Numbers for the yearly meeting."""

import logging

from library.storage import get_conn


def _shown(value):
    return "-" if value is None else str(value)


def overview():
    """How much there is of everything, as a dictionary."""
    with get_conn() as conn:
        members = conn.execute("SELECT count(*) FROM members WHERE active = 1").fetchone()[0]
        tools = conn.execute("SELECT count(*) FROM tools WHERE retired = 0").fetchone()[0]
        out = conn.execute("SELECT count(*) FROM loans WHERE returned_at IS NULL").fetchone()[0]
        return {"members": members, "tools": tools, "out": out}


def busiest(number):
    """The tools that were lent most often, with how often."""
    with get_conn() as conn:
        cursor = conn.cursor()
        ranking = []
        for row in cursor.execute(
            "SELECT t.code, count(l.id) FROM tools t JOIN loans l ON l.tool_id = t.id "
            "GROUP BY t.code ORDER BY count(l.id) DESC, t.code LIMIT ?",
            (number,),
        ):
            ranking.append((row[0], row[1]))
        return ranking


def loans_by_month():
    """How many loans began in each month, as a dictionary by YYYY-MM."""
    with get_conn() as conn:
        return dict(
            conn.execute(
                "SELECT strftime('%Y-%m', borrowed_at), count(*) FROM loans "
                "GROUP BY strftime('%Y-%m', borrowed_at)"
            ).fetchall()
        )


def loans_in(month):
    """How many loans began in a month, given as YYYY-MM."""
    with get_conn() as conn:
        return conn.execute(
            "SELECT count(*) FROM loans WHERE strftime('%Y-%m', borrowed_at) = ?", (month,)
        ).fetchone()[0]


def idle(branch):
    """The tools of a branch that nobody ever wanted, in one line."""
    conn = get_conn()
    row = conn.execute(
        """
        SELECT group_concat(code, ', ')
        FROM (
            SELECT t.code
            FROM tools t
            LEFT JOIN loans l ON l.tool_id = t.id
            WHERE t.branch = ?
              AND l.id IS NULL
            ORDER BY t.code
        ) AS unused
        """,
        (branch,),
    ).fetchone()
    conn.close()
    return _shown(row[0])


def income():
    """What came in by fines, and what may still come."""
    try:
        with get_conn() as conn:
            paid = conn.execute("SELECT ifnull(sum(amount), 0) FROM fines WHERE paid = 1").fetchone()
            due = conn.execute("SELECT ifnull(sum(amount), 0) FROM fines WHERE paid = 0").fetchone()
            return paid[0], due[0]
    except Exception as error:
        logging.error("no report of fines: %s", error)
        return 0, 0


def popular_tags():
    """The tags by how often their tools were lent."""
    with get_conn() as conn:
        rows = conn.execute(
            "SELECT g.tag, count(l.id) AS times "
            "FROM tool_tags g "
            "LEFT JOIN loans l ON l.tool_id = g.tool_id "
            "GROUP BY g.tag "
            "ORDER BY times DESC, g.tag "
            "LIMIT 0, 5"
        ).fetchall()
    return [f"{tag} ({times})" for tag, times in rows]


def member_card(member_id):
    """What is known of a member, on one line."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT m.name || ', ' || m.branch || iif(m.newsletter = 1, ', newsletter', '') "
            "FROM members m WHERE m.id = ?",
            (member_id,),
        ).fetchone()
        return row[0] if row else "nobody"


def tools_by_size_of_name():
    """The codes, by the length of the name, longest first."""
    with get_conn() as conn:
        return [row[0] for row in conn.execute("SELECT code FROM tools ORDER BY length(name) DESC, code")]


def today():
    """How many loans began today."""
    with get_conn() as conn:
        return conn.execute(
            "SELECT count(*) FROM loans WHERE date(borrowed_at) = date('now')"
        ).fetchone()[0]
