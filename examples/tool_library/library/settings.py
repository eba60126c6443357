"""What the staff can change without a programmer."""

from library.storage import get_conn

DEFAULTS = [
    ("opening", "09:00"),
    ("closing", "18:00"),
    ("currency", "EUR"),
]


def put(name, value):
    """Set a value; what was there before is gone."""
    with get_conn() as conn:
        conn.execute(
            "INSERT OR REPLACE INTO settings (name, value, changed_at) VALUES (?, ?, datetime('now'))",
            (name, str(value)),
        )


def put_all(values):
    """Set several values.

    Args:
        values: a dictionary.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.executemany(
            "REPLACE INTO settings (name, value) VALUES (?, ?)",
            [(name, str(value)) for name, value in values.items()],
        )


def fill():
    """Set what isn't set yet."""
    conn = get_conn()
    cursor = conn.cursor()
    cursor.executemany("INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)", DEFAULTS)
    conn.commit()
    conn.close()


def get(name, default=None):
    """A value, or the default."""
    with get_conn() as conn:
        row = conn.execute('SELECT "value" FROM settings WHERE "name" = ?', (name,)).fetchone()
    return row[0] if row else default


def remove(*names):
    """Forget some values.

    Returns:
        How many there were.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "DELETE FROM settings WHERE name IN ({})".format(", ".join(["?"] * len(names))), names
        )
        return cursor.rowcount


def all_of(prefix):
    """The values whose names begin with a prefix, as a dictionary."""
    conn = get_conn()
    found = {}
    for name, value in conn.execute(
        "SELECT name, value FROM settings WHERE name LIKE ? || '%' ORDER BY name", (prefix,)
    ):
        found[name] = value
    conn.close()
    return found


def changed_today():
    """The names of the values that were set within a day."""
    with get_conn() as conn:
        rows = conn.execute(
            "SELECT name FROM settings WHERE changed_at > datetime('now', '-24 hours') ORDER BY name"
        ).fetchall()
        return [name for (name,) in rows]


def exists(name):
    """Whether a value is set."""
    with get_conn() as conn:
        return conn.execute("SELECT 1 FROM settings WHERE name = ?", (name,)).fetchone() is not None
