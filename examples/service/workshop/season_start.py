"""Prepare the books for a new season; run by hand in February."""

from workshop.storage import get_conn


def archive(year):
    """Move a year's bookings to the archive."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO bookings_archive SELECT * FROM bookings"
            " WHERE extract(year FROM day) = %s ON CONFLICT DO NOTHING",
            (year,),
        )
        print(f"archived {cursor.rowcount} bookings of {year}")
