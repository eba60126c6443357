"""
MODULE: shop/reviews.py
PURPOSE: What customers say of parts
VERSION: 1.4.0
LAST_MODIFIED: 2025-07-02
MODIFIED_BY: Noor
CHANGES_THIS_VERSION: written in the first place
"""

from workshop.storage import get_conn, get_replica_conn


def write(customer_id, part_number, stars, words):
    """Write a review, or write it anew: a customer has one of each part."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO reviews (customer_id, part_number, stars, words) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (customer_id, part_number)"
            " DO UPDATE SET stars = EXCLUDED.stars, words = EXCLUDED.words",
            (customer_id, part_number, stars, words),
        )


# [CHANGE] 2025-07-09 - Ben - stars with one decimal
def stars_of(part_number):
    """The stars of a part, on average; None where nobody has given any."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT avg(stars) FROM reviews WHERE part_number = %s", (part_number,))
        (stars,) = cursor.fetchone()
        return None if stars is None else round(stars, 1)
