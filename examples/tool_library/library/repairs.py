"""What is broken, and what mending it costs."""

import logging
import sys

from library.storage import get_conn

logger = logging.getLogger(__name__)

URGENT = 1
NORMAL = 3


class Workshop:
    """The workshop of a branch.

    Args:
        branch: the branch's code.
    """

    OPEN = "SELECT r.id, t.code, r.fault FROM repairs r JOIN tools t ON t.id = r.tool_id"

    def __init__(self, branch):
        self.branch = branch

    def report(self, tool_id, fault, priority=NORMAL):
        """Note a fault.

        Returns:
            The number of the repair.
        """
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "INSERT INTO repairs (tool_id, fault, priority) VALUES (?, ?, ?) RETURNING id",
                (tool_id, fault, priority),
            )
            return cursor.fetchone()[0]

    def todo(self):
        """The faults that are to be mended here, urgent ones first."""
        with get_conn() as conn:
            return [
                f"{code}: {fault}"
                for _, code, fault in conn.execute(
                    self.OPEN + " WHERE t.branch = ? AND r.done_at IS NULL ORDER BY r.priority, r.id",
                    (self.branch,),
                )
            ]

    def finish(self, repair_id, cost):
        """Note that a tool is mended.

        Returns:
            Whether it was still broken.
        """
        conn = get_conn()
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE repairs SET done_at = datetime('now'), cost = ? WHERE id = ? AND done_at IS NULL",
            (cost, repair_id),
        )
        done = cursor.rowcount == 1
        conn.commit()
        conn.close()
        return done

    def costs(self):
        """What all repairs of this branch have cost."""
        conn = get_conn()
        total = conn.execute(
            """
            SELECT ifnull(sum(r.cost), 0)
            FROM repairs r
            JOIN tools t ON t.id = r.tool_id
            WHERE t.branch = ?
            """,
            (self.branch,),
        ).fetchone()[0]
        conn.close()
        return total

    def is_urgent(self, repair_id):
        """Whether a repair can't wait."""
        with get_conn() as conn:
            row = conn.execute(
                "SELECT priority FROM repairs WHERE id = ? AND priority == 1", (repair_id,)
            ).fetchone()
            return row is not None

    def delegate(self, repair_id, other):
        """Send the tool of a repair to another branch's workshop.

        Returns:
            Whether that worked.
        """
        try:
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute(
                    "UPDATE tools SET branch = ?, shelf = NULL "
                    "WHERE id = (SELECT tool_id FROM repairs WHERE id = ?)",
                    (other, repair_id),
                )
                return cursor.rowcount == 1
        except Exception as error:
            sys.stderr.write(f"repair {repair_id} stays here: {error}\n")
            return False


def average_cost(code):
    """What mending a tool costs on average; 0 if it never broke."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT avg(r.cost) FROM repairs r JOIN tools t ON t.id = r.tool_id "
            "WHERE t.code = ? AND r.cost IS NOT NULL",
            (code,),
        ).fetchone()
        return round(row[0], 2) if row[0] is not None else 0


def stale():
    """How many faults nobody has looked at for a week."""
    with get_conn() as conn:
        cursor = conn.cursor()
        row = cursor.execute(
            "SELECT count(*) FROM repairs WHERE done_at IS NULL "
            "AND reported_at < datetime('now', '-7 days')"
        ).fetchone()
        return row[0]


def words(limit):
    """The first words of the latest faults."""
    with get_conn() as conn:
        rows = list(conn.execute("SELECT fault FROM repairs ORDER BY id DESC LIMIT ?", (limit,)))
    return [row[0].split()[0] for row in rows]
