"""What late tools cost, and who has paid."""

import logging

from library.storage import get_conn

logger = logging.getLogger(__name__)

PER_DAY = 0.5


def charge(loan_id, days, reason="late"):
    """Charge a fine.

    Args:
        loan_id: the loan that it is for.
        days: how many days late.
        reason: what to print on the receipt.

    Returns:
        The number of the fine.
    """
    with get_conn() as conn:
        return conn.execute(
            "INSERT INTO fines (loan_id, amount, reason) VALUES (?, ?, ?) RETURNING id",
            (loan_id, days * PER_DAY, reason),
        ).fetchone()[0]


def pay(fine_id):
    """Note that a fine is paid.

    Returns:
        Whether it was open.
    """
    conn = get_conn()
    cursor = conn.cursor()
    cursor.execute(
        "UPDATE fines SET paid = 1, paid_at = datetime('now') WHERE id = ? AND paid = 0", (fine_id,)
    )
    was_open = cursor.rowcount == 1
    conn.commit()
    conn.close()
    return was_open


def waive(loan_id):
    """Forgive what a loan costs."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("DELETE FROM fines WHERE loan_id = ? AND paid <> 1", (loan_id,))
        return cursor.rowcount


def owed_by(member_id):
    """What a member owes."""
    with get_conn() as conn:
        return conn.execute(
            "SELECT ifnull(sum(f.amount), 0) FROM fines f "
            "JOIN loans l ON l.id = f.loan_id "
            "WHERE l.member_id = ? AND f.paid = 0",
            (member_id,),
        ).fetchone()[0]


def debtors(at_least=0.0):
    """The members who owe something, with how much; who owes most comes first."""
    query = """
        SELECT m.name, sum(f.amount) AS owed
        FROM fines f
        JOIN loans l ON l.id = f.loan_id
        JOIN members m ON m.id = l.member_id
        WHERE f.paid = 0
        GROUP BY m.name
        HAVING sum(f.amount) >= ?
        ORDER BY owed DESC, m.name
    """
    with get_conn() as conn:
        return [(name, owed) for name, owed in conn.execute(query, (at_least,)).fetchall()]


def label(fine_id):
    """How a fine stands on a receipt."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT reason || ': ' || iif(paid = 1, 'paid', 'open') FROM fines WHERE id = ?",
            (fine_id,),
        ).fetchone()
        if row is None:
            return "no such fine"
        return row[0]


def paid_lately():
    """The sum of what was paid since yesterday."""
    conn = get_conn()
    row = conn.execute(
        "SELECT sum(amount) FROM fines WHERE paid = 1 AND paid_at > datetime('now','-1 day')"
    ).fetchone()
    conn.close()
    return row[0] or 0


def settle(member_id):
    """Note that a member has paid everything.

    Returns:
        How many fines that were; 0 if something went wrong.
    """
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "UPDATE fines SET paid = 1, paid_at = datetime('now') "
                "WHERE paid = 0 AND loan_id IN (SELECT id FROM loans WHERE member_id = ?)",
                (member_id,),
            )
            return cursor.rowcount
    except Exception as error:
        logger.error(f"fines of {member_id} not settled: {error}")
        return 0


def has_open(member_id):
    """Whether a member owes anything at all."""
    with get_conn() as conn:
        if conn.execute(
            "SELECT 1 FROM fines f JOIN loans l ON l.id = f.loan_id WHERE l.member_id = ? AND f.paid = 0",
            (member_id,),
        ).fetchone():
            return True
    return False
