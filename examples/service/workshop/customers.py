"""Customers and their bicycles."""

import logging

from workshop.storage import get_conn

logger = logging.getLogger(__name__)

_COLUMNS = ("id", "name", "email", "phone")


def by_id(customer_id):
    """One customer; None if nobody has that number."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT id, name, email, phone FROM customers WHERE id = %s", (customer_id,)
        ).fetchone()
    return dict(zip(_COLUMNS, row)) if row else None


def add(name, email, phone=None):
    """Add a customer and return the new number."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO customers (name, email, phone) VALUES (%s, %s, %s)", (name, email, phone)
        )
        logger.info("added customer %s", name)
        return cursor.lastrowid


def bicycles(customer_id):
    """The bicycles that a customer has brought so far."""
    with get_conn() as conn:
        cursor = conn.cursor()
        rows = cursor.execute(
            "SELECT brand, colour FROM bicycles WHERE customer_id = %s", (customer_id,)
        )
        return [f"{colour} {brand}" for brand, colour in rows]


def names_in(town):
    """The names of the customers of a town."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT name FROM customers WHERE town = %s ORDER BY name", (town,))
    return [name for (name,) in cursor.fetchall()]
