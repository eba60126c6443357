"""A fresh database for each test, on the server that ``LIBRARY_DSN`` names."""

import os

import psycopg2
import pytest

SCHEMA = "tool_library"


@pytest.fixture(autouse=True)
def database():
    """An empty library with its three branches."""
    with psycopg2.connect(os.environ["LIBRARY_DSN"]) as conn, conn.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    conn.close()
    from library import schema

    schema.create_tables()
    schema.fill_branches()
