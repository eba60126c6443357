#!/usr/bin/env python3
"""Move the customers of the old books, which SQLite held: move_old_books.py FILE YEAR."""

import sqlite3
import sys

from workshop.storage import get_conn


def main(path, year):
    """Move who came in a year or later."""
    old = sqlite3.connect(path)
    query = "SELECT name, email FROM customers WHERE last_visit >= ?"
    rows = old.execute(query, (year,)).fetchall()
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.executemany(
            "INSERT INTO customers (name, email) VALUES (%s, %s) ON CONFLICT DO NOTHING", rows
        )
    print(f"moved {len(rows)} customers")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
