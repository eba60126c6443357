"""Templates of functions that write: upserts, partial updates, JSON, and the tables themselves."""

from __future__ import annotations

from .templates import parse_templates

WRITES = parse_templates(r'''
=== update-some
def update_${one}_fields(${one}_id: str, changes: Dict[str, Any]) -> bool:
    """Write the fields of a ${one} that a client sent, and no others."""
    sets: List[str] = []
    values: List[Any] = []
    if "${text1}" in changes:
        sets.append("${text1} = %s")
        values.append(changes["${text1}"])
    if "${num1}" in changes:
        sets.append("${num1} = %s")
        values.append(changes["${num1}"])
    if "attributes" in changes:
        sets.append("attributes = attributes || %s::jsonb")
        values.append(json.dumps(changes["attributes"]))
    if not sets:
        return False
    values.append(${one}_id)
    with get_conn() as conn:
        with conn.cursor() as cur:
            #?
            cur.execute("UPDATE ${many} SET " + ", ".join(sets) + " WHERE id = %s", values)
            #:
            cur.execute(f"UPDATE ${many} SET {', '.join(sets)} WHERE id = %s", values)
            #.
            return cur.rowcount == 1

=== filter-some
def count_${many}_where(filters: Dict[str, Any]) -> int:
    """Count the ${many} that fit all the filters that are given."""
    conditions = ["deleted_at IS NULL"]
    values: List[Any] = []
    if filters.get("${parent}_id"):
        conditions.append("${parent}_id = %s")
        values.append(filters["${parent}_id"])
    if filters.get("status"):
        conditions.append("status = %s")
        values.append(filters["status"])
    where = " AND ".join(conditions)
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(f"SELECT COUNT(*) FROM ${many} WHERE {where}", values)
            return int(cur.fetchone()[0])

=== counter
def count_${one}_visit(${one}_id: str, day: date) -> int:
    """Count one more visit of a ${one} on a day; returns how many there are."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                INSERT INTO ${one}_visits (${one}_id, day, visits)
                VALUES (%s, %s, 1)
                ON CONFLICT (${one}_id, day) DO UPDATE
                SET visits = ${one}_visits.visits + 1
                RETURNING visits
                """,
                (${one}_id, day),
            )
            (visits,) = cur.fetchone()
    if visits == ${limit}:
        logger.info("${one} %s was visited %d times", ${one}_id, visits)
    return int(visits)

=== remember
def remember_${one}_choice(user_id: str, ${one}_id: str) -> None:
    """Remember that a user has chosen a ${one}; a second time changes nothing."""
    try:
        with get_conn() as conn:
            with conn.cursor() as cur:
                #?
                cur.execute(
                    "INSERT INTO ${one}_choices (user_id, ${one}_id) VALUES (%s, %s) "
                    "ON CONFLICT DO NOTHING",
                    (user_id, ${one}_id),
                )
                #:
                cur.execute(
                    """
                    INSERT INTO ${one}_choices (user_id, ${one}_id, chosen_at)
                    VALUES (%s, %s, NOW())
                    ON CONFLICT (user_id, ${one}_id) DO NOTHING
                    """,
                    (user_id, ${one}_id),
                )
                #.
    except Exception:
        logger.exception("choice of ${one} %s was not remembered", ${one}_id)
        raise

=== set-attribute
def set_${one}_attribute(${one}_id: str, name: str, value: Any) -> bool:
    """Set one attribute of a ${one}, the others stay."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                UPDATE ${many}
                SET attributes = jsonb_set(attributes, ARRAY[%s::text], %s::jsonb, TRUE),
                    updated_at = NOW()
                WHERE id = %s
                """,
                (name, json.dumps(value), ${one}_id),
            )
            changed = cur.rowcount == 1
    if not changed:
        logger.warning("no ${one} %s to give the attribute %s", ${one}_id, name)
    return changed

=== expire
${UPPER}_EXPIRE = (
    "UPDATE ${many} SET status = '${state3}', updated_at = NOW() "
    "WHERE status = %s AND updated_at < %s RETURNING id"
)


def expire_${many}(before: datetime) -> List[str]:
    """Set old ${many} to `${state3}` and return which they were."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(${UPPER}_EXPIRE, ("${state2}", before))
            expired = [str(row[0]) for row in cur.fetchall()]
    logger.info("%d ${many} expired", len(expired))
    return expired

=== snapshot
def snapshot_${many}(${parent}_id: str) -> int:
    """Write down today's figures of a ${parent}'s ${many}, once a day."""
    try:
        with get_conn() as conn:
            with conn.cursor() as cur:
                cur.execute(
                    """
                    WITH figures AS (
                        SELECT ${parent}_id, COUNT(*) AS number, SUM(${num1}) AS total
                        FROM ${many}
                        WHERE ${parent}_id = %s
                        GROUP BY ${parent}_id
                    )
                    INSERT INTO ${one}_figures (${parent}_id, day, number, total)
                    SELECT ${parent}_id, CURRENT_DATE, number, COALESCE(total, 0)
                    FROM figures
                    ON CONFLICT (${parent}_id, day) DO NOTHING
                    """,
                    (${parent}_id,),
                )
                return int(cur.rowcount)
    except Exception:
        logger.exception("figures of ${parent} %s were not written", ${parent}_id)
        raise

=== last-seen
def touch_${one}(${one}_id: str) -> None:
    """Write down that a ${one} was seen just now."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            #?
            cur.execute("UPDATE ${many} SET seen_at = NOW() WHERE id = %(id)s", {"id": ${one}_id})
            #:
            cur.execute("UPDATE ${many} SET seen_at = NOW() WHERE id = %s", (${one}_id,))
            #.
''')

TABLES = parse_templates(r'''
=== ensure-snapshots
def ensure_${one}_snapshots() -> None:
    """Create what the snapshots of ${many} need; a second call changes nothing."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                CREATE TABLE IF NOT EXISTS ${one}_snapshots (
                    id SERIAL PRIMARY KEY,
                    ${one}_id TEXT NOT NULL,
                    share DOUBLE PRECISION,
                    document BYTEA,
                    attributes JSONB NOT NULL DEFAULT '{}',
                    taken_at TIMESTAMP NOT NULL DEFAULT NOW()
                )
                """
            )
            cur.execute(
                "CREATE INDEX IF NOT EXISTS ${one}_snapshots_taken "
                "ON ${one}_snapshots (${one}_id, taken_at DESC)"
            )
    logger.info("snapshots of ${many} are ready")

=== ensure-jobs
${UPPER}_JOBS_TABLE = """
    CREATE TABLE IF NOT EXISTS ${one}_jobs (
        id BIGSERIAL PRIMARY KEY,
        kind VARCHAR(40) NOT NULL,
        attempts SMALLINT NOT NULL DEFAULT 0,
        payload BYTEA,
        run_at TIMESTAMP NOT NULL
    )
"""


def ensure_${one}_jobs() -> None:
    """Create the queue for work on ${many} unless it is there."""
    try:
        with get_conn() as conn:
            with conn.cursor() as cur:
                cur.execute(${UPPER}_JOBS_TABLE)
                cur.execute("CREATE INDEX IF NOT EXISTS ${one}_due ON ${one}_jobs (run_at)")
                cur.execute("DROP INDEX IF EXISTS ${one}_jobs_kind")
    except Exception:
        logger.exception("the queue for ${many} could not be created")
        raise

=== ensure-columns
def add_${one}_total_columns() -> None:
    """Bring an older table of totals of ${many} up to date."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute("ALTER TABLE ${one}_totals ADD COLUMN IF NOT EXISTS ended TIMESTAMP")
            cur.execute("ALTER TABLE ${one}_totals ADD COLUMN IF NOT EXISTS level SMALLINT")
            cur.execute("DROP TABLE IF EXISTS ${one}_totals_old")
''')
