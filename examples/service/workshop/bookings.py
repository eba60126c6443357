"""Bookings: one row a bicycle and day."""

import logging
from dataclasses import asdict, dataclass
from datetime import date

from workshop import storage
from workshop.storage import get_conn, get_replica_conn as replica

logger = logging.getLogger(__name__)

SLOTS_A_DAY = 12


class SlotTaken(Exception):
    """All slots of the day are taken."""


@dataclass
class Booking:
    """One bicycle on one day."""

    id: int
    customer_id: int
    day: date
    work: str

    def as_dict(self):
        """The booking as the interface sends it."""
        return asdict(self)


def on_day(day):
    """The bookings of a day, the oldest first."""
    with replica() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT id, customer_id, day, work FROM bookings WHERE day = %s ORDER BY id",
            (day,),
        )
        return [Booking(*row) for row in cursor.fetchall()]


def book(customer_id, day, work):
    """Take a slot.

    Raises:
        SlotTaken: the day is full.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT count(*) FROM bookings WHERE day = %s", (day,))
        (taken,) = cursor.fetchone()
        if taken >= SLOTS_A_DAY:
            raise SlotTaken(day)
        cursor.execute(
            "INSERT INTO bookings (customer_id, day, work) VALUES (%s, %s, %s) RETURNING id",
            (customer_id, day, work),
        )
        (booking_id,) = cursor.fetchone()
    logger.info("booked %s for customer %s", booking_id, customer_id)
    return {"id": booking_id}


def book_first_free(customer_id, days, work):
    """Take a slot on the first day that has one; None if there is none."""
    for day in days:
        try:
            return book(customer_id, day, work)
        except SlotTaken:
            continue
    return None


def cancel(booking_id):
    """Cancel a booking; tells whether there was one."""
    conn = storage.get_conn()
    cursor = conn.cursor()
    cursor.execute("DELETE FROM bookings WHERE id = %s", (booking_id,))
    conn.commit()
    return cursor.rowcount == 1


def free_slots(day):
    """How many bicycles more can come that day."""
    connection = replica()
    with connection as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT count(*) FROM bookings WHERE day = %s", (day,))
        (taken,) = cursor.fetchone()
    return SLOTS_A_DAY - taken


def move_all(old_day, new_day):
    """Move a day's bookings, for a holiday."""
    cursor = get_conn().cursor()
    cursor.execute("UPDATE bookings SET day = %s WHERE day = %s", (new_day, old_day))


def book_all(customer_ids, day, work):
    """Book a day for several customers; returns those for whom it didn't work."""
    left_out = []
    with get_conn() as conn:
        cursor = conn.cursor()
        for customer_id in customer_ids:
            try:
                cursor.execute(
                    "INSERT INTO bookings (customer_id, day, work) VALUES (%s, %s, %s)",
                    (customer_id, day, work),
                )
            except Exception:
                logger.exception("no booking for customer %s", customer_id)
                left_out.append(customer_id)
        conn.commit()
    return left_out
