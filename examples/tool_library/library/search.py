"""Finding tools and members by what people remember of them."""

from library.storage import get_conn

BY_NAME = "SELECT code FROM tools WHERE name LIKE '%' || ? || '%' ORDER BY code"
BY_PREFIX = """
    SELECT code, name
    FROM tools
    WHERE code LIKE 'DR-%'
      AND branch = ?
    ORDER BY code
"""


def tools_named(word):
    """The codes of the tools with a word in the name."""
    with get_conn() as conn:
        return [row[0] for row in conn.execute(BY_NAME, (word,)).fetchall()]


def drills(branch):
    """The drills of a branch, whose codes begin with DR-."""
    with get_conn() as conn:
        return {code: name for code, name in conn.execute(BY_PREFIX, (branch,))}


def members_like(text):
    """The names of members with a text in the name or the address."""
    pattern = f"%{text}%"
    conn = get_conn()
    rows = conn.execute(
        "SELECT name FROM members WHERE name LIKE ? OR email LIKE ? ORDER BY name",
        (pattern, pattern),
    ).fetchall()
    conn.close()
    return [row[0] for row in rows]


def reduced(branch):
    """The tools of a branch with a percentage in the name, as "saw (20% off)"."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT code FROM tools WHERE name LIKE '%(__% off)' AND branch = ? ORDER BY code",
            (branch,),
        )
        return [row[0] for row in cursor.fetchall()]


def position_in_name(code, word):
    """Where a word begins in a tool's name, from 1; 0 if it isn't there."""
    with get_conn() as conn:
        row = conn.execute("SELECT instr(name, ?) FROM tools WHERE code = ?", (word, code)).fetchone()
        return row[0] if row is not None else 0


def tools_where(branch=None, tag=None, at_most=None):
    """The codes of the tools that fit all that is given."""
    conditions = ["retired = 0"]
    values = []
    if branch is not None:
        conditions.append("branch = ?")
        values.append(branch)
    if tag is not None:
        conditions.append("EXISTS (SELECT 1 FROM tool_tags g WHERE g.tool_id = tools.id AND g.tag = ?)")
        values.append(tag)
    if at_most is not None:
        conditions.append("daily_fee <= ?")
        values.append(at_most)
    query = "SELECT code FROM tools WHERE " + " AND ".join(conditions) + " ORDER BY code"
    with get_conn() as conn:
        cursor = conn.cursor()
        return [row[0] for row in cursor.execute(query, tuple(values)).fetchall()]


def suggestions(start, limit=5):
    """Names of tools that begin with what has been typed so far."""
    with get_conn() as conn:
        rows = conn.execute(
            "SELECT DISTINCT name FROM tools "
            "WHERE name LIKE :start || '%' AND retired = 0 "
            "ORDER BY name LIMIT :number",
            {"start": start, "number": limit},
        ).fetchall()
    return [name for (name,) in rows]


def questions(word):
    """Open repairs in which somebody asks something: a text with a question mark."""
    with get_conn() as conn:
        return [
            fault
            for (fault,) in conn.execute(
                "SELECT fault FROM repairs WHERE fault LIKE '%?' AND fault LIKE '%' || ? || '%' "
                "AND done_at IS NULL ORDER BY id",
                (word,),
            )
        ]


def first_member(letter):
    """The first active member by name whose name begins with a letter."""
    with get_conn() as conn:
        row = conn.execute(
            "SELECT name FROM members WHERE active = 1 AND substr(name, 1, 1) == ? ORDER BY name LIMIT 1",
            (letter,),
        ).fetchone()
    return row and row[0]
