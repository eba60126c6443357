"""Spare parts: what is in stock, and what was sold."""

from workshop.storage import get_conn, get_replica_conn

_ORDERS = {"name": "name, number", "price": "price DESC, number"}


def find(word, order="name"):
    """Parts whose name holds a word, in one of the orders above."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            f"SELECT number, name, price FROM parts WHERE name ILIKE %s ORDER BY {_ORDERS[order]}",
            (f"%{word}%",),
        )
        return cursor.fetchall()


def labelled(label):
    """Parts with a label; labels are the keys of a JSONB document."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT number, name FROM parts WHERE labels ? %s", (label,))
        return cursor.fetchall()


def by_number(number):
    """One part; None if there is none with that number."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT name, price FROM parts WHERE number = ?", (number,))
        return cursor.fetchone()


def of_brand(brand):
    """The parts that a maker's name stands on."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(f"SELECT number, name FROM parts WHERE brand = '{brand}'")
        return cursor.fetchall()


def cheaper_than(price):
    """The parts below a price."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT number, name FROM parts WHERE price < :price", {"price": price})
        return cursor.fetchall()


def on_offer(price):
    """The parts on offer below a price."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT number FROM parts WHERE name LIKE '%offer%' AND price < %s", (price,)
        )
        return cursor.fetchall()


def starting_with(letters):
    """The parts whose name starts with some letters."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT number FROM parts WHERE name LIKE '%s%%'", (letters,))
        return cursor.fetchall()


def sell(number):
    """Take one part out of stock."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("UPDATE parts SET stock = stock - 1 WHERE number = %s", (number))


def stock(number, name, amount):
    """Put parts into stock."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT OR REPLACE INTO parts (number, name, stock) VALUES (%s, %s, %s)",
            (number, name, amount),
        )


def counted(number):
    """Somebody has counted a part."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE parts SET counted_at = datetime('now') WHERE number = %s", (number,)
        )
