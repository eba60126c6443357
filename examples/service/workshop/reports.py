"""Numbers for the owner."""

import logging

import psycopg2

from workshop.storage import get_replica_conn

logger = logging.getLogger(__name__)

_BY_WORK = """
    SELECT work, count(*) AS jobs, sum(price) AS income
    FROM bookings
    WHERE extract(year FROM day) = %s AND extract(month FROM day) = %s
    GROUP BY work
    ORDER BY income DESC
"""


def by_work(year, month):
    """What a month brought in, by kind of work; empty where the replica doesn't answer."""
    try:
        with get_replica_conn() as conn:
            cursor = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
            cursor.execute(_BY_WORK, (year, month))
            return cursor.fetchall()
    except psycopg2.OperationalError as error:
        logger.warning("no report for %s-%s: %s", year, month, error)
        return []


def busiest_day(year):
    """The day with the most bicycles; None if the number can't be had."""
    try:
        with get_replica_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "SELECT day FROM bookings WHERE extract(year FROM day) = %s"
                " GROUP BY day ORDER BY count(*) DESC LIMIT 1",
                (year,),
            )
            row = cursor.fetchone()
            return row[0] if row else None
    except Exception as error:
        logger.error("no busiest day of %s: %s", year, error)
        return None


def income(year):
    """A year's income."""
    try:
        with get_replica_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "SELECT coalesce(sum(price), 0) FROM bookings WHERE extract(year FROM day) = %s",
                (year,),
            )
            return cursor.fetchone()[0]
    except Exception as error:
        logger.error("no income of %s: %s", year, error, exc_info=True)
        return None


def parts_by_supplier():
    """The numbers of the parts that each supplier delivers."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT id, name FROM suppliers ORDER BY name")
        found = {}
        for supplier_id, name in cursor.fetchall():
            cursor.execute("SELECT number FROM parts WHERE supplier_id = %s", (supplier_id,))
            found[name] = [number for (number,) in cursor.fetchall()]
        return found


def jobs_by_mechanic(day):
    """What each mechanic has to do on a day."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT m.name, b.work FROM mechanics m JOIN bookings b ON b.mechanic_id = m.id"
            " WHERE b.day = %s ORDER BY m.name",
            (day,),
        )
        found = {}
        for name, work in cursor.fetchall():
            found.setdefault(name, []).append(work)
        return found
