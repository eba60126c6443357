#!/usr/bin/env python3
"""Import the supplier's price list: import_parts.py FILE."""

import csv
import sys

from psycopg2.extras import execute_values

from workshop.storage import get_conn


def main(path):
    """Import a file, and say what was done: command-line code may print."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [(row["number"], row["name"], row["price"]) for row in csv.DictReader(file)]
    try:
        with get_conn() as conn:
            execute_values(
                conn.cursor(),
                "INSERT INTO parts (number, name, price) VALUES %s"
                " ON CONFLICT (number) DO UPDATE SET price = EXCLUDED.price",
                rows,
            )
    except Exception as error:
        print("nothing imported:", error, file=sys.stderr)
        return 1
    print(f"imported {len(rows)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
