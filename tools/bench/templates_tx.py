"""Templates of functions that run several statements in one transaction."""

from __future__ import annotations

from .templates import parse_templates

TRANSACTIONS = parse_templates(r'''
=== overview
def ${one}_overview(${parent}_id: str) -> Dict[str, Any]:
    """Return the figures that stand above the list of ${many}."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT COUNT(*) FROM ${many} WHERE ${parent}_id = %s", (${parent}_id,))
        (total,) = cursor.fetchone()
        cursor.execute(
            "SELECT COUNT(*) FROM ${many} WHERE ${parent}_id = %s AND status = %s",
            (${parent}_id, "${state2}"),
        )
        (active,) = cursor.fetchone()
        cursor.execute(
            """
            SELECT ${text1}, MAX(${num1})
            FROM ${many}
            WHERE ${parent}_id = %s
            GROUP BY ${text1}
            ORDER BY 2 DESC
            LIMIT ${small}
            """,
            (${parent}_id,),
        )
        leaders = [{"${text1}": name, "${num1}": value} for name, value in cursor.fetchall()]

    share = active / total if total else 0.0
    #?
    logger.info("${parent} %s: %d ${many}, %.0f%% active", ${parent}_id, total, share * 100)
    #:
    #.
    return {"total": total, "active": active, "share": round(share, 3), "leaders": leaders}

=== archive
def archive_${many}(before: date, actor: str) -> int:
    """Move what is `${state3}` and old into the archive; returns how many rows went."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                INSERT INTO ${one}_archive (id, ${text1}, ${num1}, archived_by)
                SELECT id, ${text1}, ${num1}, %s
                FROM ${many}
                WHERE status = '${state3}' AND updated_at < %s
                ON CONFLICT (id) DO NOTHING
                """,
                (actor, before),
            )
            copied = cursor.rowcount
            cursor.execute(
                "DELETE FROM ${many} WHERE status = '${state3}' AND updated_at < %s", (before,)
            )
            deleted = cursor.rowcount
            if deleted != copied:
                # Somebody archived some of them before: fine, but worth a line.
                logger.warning("archived %d ${many}, removed %d", copied, deleted)
            cursor.execute(
                "UPDATE job_runs SET finished_at = NOW(), affected = %s WHERE job = %s",
                (deleted, "archive_${many}"),
            )
    except Exception:
        logger.exception("archiving ${many} before %s failed", before)
        raise
    return int(deleted)

=== reserve
def reserve_${one}(${one}_id: str, holder: str, minutes: int = ${seconds}) -> Dict[str, Any]:
    """Reserve a ${one} for a while, unless somebody else holds it."""
    until = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT held_by, held_until FROM ${many} WHERE id = %s FOR UPDATE", (${one}_id,)
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"no ${one} {${one}_id}")
        held_by, held_until = row
        if held_by not in (None, holder) and held_until > datetime.now(timezone.utc):
            logger.info("${one} %s is held by %s", ${one}_id, held_by)
            return {"reserved": False, "until": held_until.isoformat()}
        cursor.execute(
            "UPDATE ${many} SET held_by = %s, held_until = %s WHERE id = %s",
            (holder, until, ${one}_id),
        )
        cursor.execute(
            """
            INSERT INTO ${one}_history (${one}_id, action, new_value)
            VALUES (%s, %s, %s)
            ON CONFLICT DO NOTHING
            """,
            (${one}_id, "reserved", holder),
        )
    return {"reserved": True, "until": until.isoformat()}

=== merge
def merge_${many}(kept_id: str, dropped_id: str) -> Dict[str, int]:
    """Make one ${one} of two: what belonged to the second belongs to the first."""
    if kept_id == dropped_id:
        raise ValueError("a ${one} can't be merged with itself")
    moved: Dict[str, int] = {}
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "UPDATE ${one}_history SET ${one}_id = %s WHERE ${one}_id = %s",
                (kept_id, dropped_id),
            )
            moved["history"] = cursor.rowcount
            cursor.execute(
                "UPDATE ${one}_notes SET ${one}_id = %s WHERE ${one}_id = %s",
                (kept_id, dropped_id),
            )
            moved["notes"] = cursor.rowcount
            cursor.execute(
                """
                UPDATE ${many} AS kept
                SET ${num1} = kept.${num1} + dropped.${num1},
                    ${text2} = COALESCE(kept.${text2}, dropped.${text2})
                FROM ${many} AS dropped
                WHERE kept.id = %s AND dropped.id = %s
                """,
                (kept_id, dropped_id),
            )
            cursor.execute("DELETE FROM ${many} WHERE id = %s", (dropped_id,))
    except psycopg2.Error:
        logger.exception("merging ${one} %s into %s failed", dropped_id, kept_id)
        raise
    return moved

=== replace-links
def set_${one}_tags(${one}_id: str, tags: Sequence[str]) -> List[str]:
    """Give a ${one} exactly these tags and return them as they are kept."""
    wanted = sorted({tag.strip().lower() for tag in tags if tag.strip()})
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "DELETE FROM ${one}_tags WHERE ${one}_id = %s AND NOT (tag = ANY(%s))",
            (${one}_id, wanted),
        )
        removed = cursor.rowcount
        cursor.execute(
            """
            INSERT INTO ${one}_tags (${one}_id, tag)
            SELECT %s, unnest(%s::text[])
            ON CONFLICT (${one}_id, tag) DO NOTHING
            """,
            (${one}_id, wanted),
        )
        added = cursor.rowcount
        cursor.execute("SELECT tag FROM ${one}_tags WHERE ${one}_id = %s", (${one}_id,))
        kept = sorted(row[0] for row in cursor.fetchall())
    if added or removed:
        logger.info("tags of ${one} %s: %d new, %d gone", ${one}_id, added, removed)
    return kept

=== close-month
def close_${one}_month(year: int, month: int) -> float:
    """Write down the total ${num1} of a month; a second run changes nothing."""
    start = date(year, month, 1)
    end = date(year + month // 12, month % 12 + 1, 1)
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT total FROM ${one}_months WHERE month = %s", (start,))
            row = cursor.fetchone()
            if row is not None:
                return float(row[0])
            cursor.execute(
                """
                SELECT COALESCE(SUM(${num1}), 0)
                FROM ${many}
                WHERE created_at >= %s AND created_at < %s
                """,
                (start, end),
            )
            total = float(cursor.fetchone()[0])
            cursor.execute(
                """
                INSERT INTO ${one}_months (month, total)
                VALUES (%s, %s)
                ON CONFLICT (month) DO UPDATE SET total = EXCLUDED.total
                """,
                (start, total),
            )
    except Exception:
        logger.error("closing %s for ${many} failed", start, exc_info=True)
        raise
    logger.info("${many} of %s closed with %.2f", start, total)
    return total

=== neighbours
def neighbours_of_${one}(${one}_id: str) -> Dict[str, Optional[str]]:
    """Return the ${many} before and after one, for the arrows of the page."""
    found: Dict[str, Optional[str]] = {"previous": None, "next": None}
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT created_at FROM ${many} WHERE id = %s", (${one}_id,))
        row = cursor.fetchone()
        if row is None:
            return found
        cursor.execute(
            "SELECT id FROM ${many} WHERE created_at < %s ORDER BY created_at DESC LIMIT 1",
            (row[0],),
        )
        before = cursor.fetchone()
        cursor.execute(
            "SELECT id FROM ${many} WHERE created_at > %s ORDER BY created_at LIMIT 1",
            (row[0],),
        )
        after = cursor.fetchone()
    found["previous"] = str(before[0]) if before else None
    found["next"] = str(after[0]) if after else None
    return found

=== health
def check_${many}_health(stale_after: int = ${days}) -> List[str]:
    """Return complaints about the ${many} in the database; none means healthy."""
    complaints: List[str] = []
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT COUNT(*) FROM ${many} WHERE ${parent}_id IS NULL")
            (orphans,) = cursor.fetchone()
            cursor.execute(
                "SELECT COUNT(*) FROM ${many} WHERE updated_at < NOW() - %s * INTERVAL '1 day'",
                (stale_after,),
            )
            (stale,) = cursor.fetchone()
            cursor.execute(
                """
                SELECT ${text1}, COUNT(*)
                FROM ${many}
                GROUP BY ${text1}
                HAVING COUNT(*) > %s
                """,
                (${limit},),
            )
            crowded = cursor.fetchall()
    except Exception as exc:
        logger.exception("health of ${many} is unknown")
        return [f"database: {exc}"]
    if orphans:
        complaints.append(f"{orphans} ${many} without a ${parent}")
    if stale:
        complaints.append(f"{stale} ${many} untouched for {stale_after} days")
    complaints.extend(f"{number} ${many} share the ${text1} {name!r}" for name, number in crowded)
    return complaints
''')
