"""The tables of the library, and what they hold from the first day on."""

from library.storage import get_conn

BRANCHES = (
    ("north", "North side, behind the fire station"),
    ("harbour", "Harbour, shed 4"),
    ("old-town", "Old town, below the arches"),
)

TABLES = [
    """
    CREATE TABLE branches (
        code VARCHAR(20) PRIMARY KEY,
        address TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE members (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        email TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        branch VARCHAR(20) NOT NULL REFERENCES branches (code),
        active BOOLEAN NOT NULL DEFAULT 1,
        newsletter BOOLEAN NOT NULL DEFAULT 0,
        joined_at DATETIME NOT NULL DEFAULT (datetime('now')),
        left_at DATETIME
    )
    """,
    """
    CREATE TABLE tools (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        branch VARCHAR(20) NOT NULL REFERENCES branches (code),
        daily_fee DOUBLE NOT NULL DEFAULT 0,
        shelf TINYINT,
        retired BOOLEAN NOT NULL DEFAULT 0,
        photo BLOB,
        bought_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
    )
    """,
    """
    CREATE TABLE tool_tags (
        tool_id INTEGER NOT NULL REFERENCES tools (id),
        tag TEXT NOT NULL,
        PRIMARY KEY (tool_id, tag)
    )
    """,
    """
    CREATE TABLE loans (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tool_id INTEGER NOT NULL,
        member_id INTEGER NOT NULL,
        borrowed_at DATETIME NOT NULL DEFAULT (datetime('now')),
        due_at DATETIME NOT NULL,
        returned_at DATETIME,
        renewals INTEGER(4) NOT NULL DEFAULT 0,
        note TEXT,
        FOREIGN KEY (tool_id) REFERENCES tools (id),
        FOREIGN KEY (member_id) REFERENCES members (id)
    )
    """,
    """
    CREATE TABLE reservations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tool_id INTEGER NOT NULL REFERENCES tools (id),
        member_id INTEGER NOT NULL REFERENCES members (id),
        asked_at DATETIME NOT NULL DEFAULT (datetime('now')),
        until_at DATETIME NOT NULL,
        cancelled BOOLEAN NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE fines (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        loan_id INTEGER NOT NULL REFERENCES loans (id),
        amount DOUBLE NOT NULL,
        reason TEXT,
        paid BOOLEAN NOT NULL DEFAULT 0,
        created_at DATETIME NOT NULL DEFAULT (datetime('now')),
        paid_at DATETIME
    )
    """,
    """
    CREATE TABLE repairs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        tool_id INTEGER NOT NULL REFERENCES tools (id),
        fault TEXT NOT NULL,
        priority TINYINT NOT NULL DEFAULT 3,
        cost DOUBLE,
        reported_at DATETIME NOT NULL DEFAULT (datetime('now')),
        done_at DATETIME
    )
    """,
    """
    CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        changed_at DATETIME NOT NULL DEFAULT (datetime('now'))
    )
    """,
    """
    CREATE TABLE preferences (
        member_id INTEGER PRIMARY KEY REFERENCES members (id),
        choices JSONB NOT NULL
    )
    """,
    """
    CREATE TABLE notices (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        member_id INTEGER NOT NULL REFERENCES members (id),
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        send_after DATETIME NOT NULL,
        sent BOOLEAN NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        happened_at DATETIME NOT NULL DEFAULT (datetime('now')),
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        details JSONB
    )
    """,
]

INDEXES = (
    "CREATE INDEX loans_open ON loans (tool_id, returned_at)",
    "CREATE INDEX notices_waiting ON notices (sent, send_after)",
    "CREATE INDEX journal_by_time ON journal (happened_at)",
)


def create_tables():
    """Create all tables and indexes; harmless where they exist."""
    with get_conn() as conn:
        for statement in TABLES:
            conn.execute(statement)
        for statement in INDEXES:
            conn.execute(statement)


def fill_branches():
    """Enter the branches that the library has."""
    conn = get_conn()
    conn.executemany("INSERT OR IGNORE INTO branches (code, address) VALUES (?, ?)", BRANCHES)
    conn.commit()
    conn.close()


def drop_tables():
    """Take everything down, for a fresh start."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("DROP TABLE journal")
        cursor.execute("DROP TABLE notices")
        cursor.execute("DROP TABLE preferences")
        cursor.execute("DROP TABLE settings")
        cursor.execute("DROP TABLE repairs")
        cursor.execute("DROP TABLE fines")
        cursor.execute("DROP TABLE reservations")
        cursor.execute("DROP TABLE loans")
        cursor.execute("DROP TABLE tool_tags")
        cursor.execute("DROP TABLE tools")
        cursor.execute("DROP TABLE members")
        cursor.execute("DROP TABLE branches")


def branches():
    """The branches with their addresses, by code."""
    with get_conn() as conn:
        return dict(conn.execute("SELECT code, address FROM branches ORDER BY code").fetchall())
