"""
MODULE: workshop/parts.py
PURPOSE: Orders of the shop
VERSION: 1.3.0
LAST_MODIFIED: 2025-06-10
MODIFIED_BY: Noor

CHANGES_THIS_VERSION:
  - Orders are archived instead of deleted

ROLLBACK_PATH:
  - Code: git tag backup-20250610-081500
  - Database: migrations/20250610_rollback.sql
"""

import json
import logging

from workshop.storage import get_conn, get_replica_conn

logger = logging.getLogger(__name__)


def place(number, customer_id, lines):
    """Take an order; the number is the one that the shop's page has shown."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO orders (number, customer_id, lines) VALUES (%s, %s, %s)",
            (number, customer_id, json.dumps(lines)),
        )
    logger.info("order %s of customer %s", number, customer_id)


def pay(number, payment):
    """Note a payment; the bank may tell us of it twice."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO payments (reference, order_number, amount) VALUES (%s, %s, %s)"
            " ON CONFLICT (reference) DO NOTHING",
            (payment.reference, number, payment.amount),
        )


def waiting():
    """The numbers of the orders that are still to be sent."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT number FROM orders WHERE archived = 0 ORDER BY placed_at")
        return [number for (number,) in cursor.fetchall()]


def archive(number):
    """Put an order away."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("UPDATE orders SET archived = TRUE WHERE number = %s", (number,))


def set_delivery(number, delivery):
    """Note how an order is to be delivered."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE orders SET delivery = %s WHERE number = %s",
            (json.dumps(delivery), number),
        )


def lines_of(number):
    """What was ordered; empty where there is no such order."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT lines FROM orders WHERE number = %s", (number,))
        row = cursor.fetchone()
        return json.loads(row[0]) if row else []


def delivery_of(number):
    """How an order is to be delivered; None where nobody has said."""
    with get_replica_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT delivery FROM orders WHERE number = %s", (number,))
        row = cursor.fetchone()
        return json.loads(row[0]) if row and row[0] else None
