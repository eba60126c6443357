"""Templates of functions that talk to the database."""

from __future__ import annotations

from .templates import parse_templates

DATABASE = parse_templates(r'''
=== fetch-one
def ${fetch}_${one}(${one}_id: str) -> Optional[Dict[str, Any]]:
    """Return one ${one} by its identifier, or None."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            """
            SELECT id, ${text1}, ${text2}, ${num1}, created_at
            FROM ${many}
            WHERE id = %s AND deleted_at IS NULL
            """,
            (${one}_id,),
        )
        row = cursor.fetchone()

    if row is None:
        #?
        logger.info("${one} %s was asked for but does not exist", ${one}_id)
        #:
        logger.debug("no ${one} %s", ${one}_id)
        #:
        #.
        return None

    return {
        "id": row[0],
        "${text1}": row[1],
        "${text2}": row[2] or "",
        "${num1}": float(row[3] or 0),
        "created_at": row[4].isoformat() if row[4] else None,
    }

=== fetch-many
def list_${many}_of_${parent}(${parent}_id: str, limit: int = ${limit}) -> List[Dict[str, Any]]:
    """Return the ${many} of one ${parent}, newest first.

    Args:
        ${parent}_id: whose ${many} to list.
        limit: how many at most.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        #?
        cursor.execute(
            "SELECT id, ${text1}, ${num1} FROM ${many} WHERE ${parent}_id = %s LIMIT %s",
            (${parent}_id, limit),
        )
        #:
        cursor.execute(
            """
            SELECT id, ${text1}, ${num1}
            FROM ${many}
            WHERE ${parent}_id = %s
              AND status <> '${state3}'
            ORDER BY created_at DESC
            LIMIT %s
            """,
            (${parent}_id, limit),
        )
        #.
        ${rows} = cursor.fetchall()

    #?
    return [
        {"id": str(row[0]), "${text1}": row[1], "${num1}": row[2]}
        for row in ${rows}
        if row[2] is not None
    ]
    #:
    found: List[Dict[str, Any]] = []
    for identifier, ${text1}, ${num1} in ${rows}:
        entry = {"id": str(identifier), "${text1}": ${text1}, "${num1}": ${num1}}
        if ${num1} and ${num1} > ${small}:
            entry["notable"] = True
        found.append(entry)
    logger.info("%d ${many} of ${parent} %s", len(found), ${parent}_id)
    return found
    #.

=== count-by-state
def count_${many}_by_status(since: datetime) -> Dict[str, int]:
    """Count the ${many} made since a moment, one number a status."""
    counts = {"${state1}": 0, "${state2}": 0, "${state3}": 0}
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT status, COUNT(*) FROM ${many} WHERE created_at >= %s GROUP BY status",
            (since,),
        )
        for state, number in cursor.fetchall():
            counts[state] = int(number)
    #?
    total = sum(counts.values())
    if total == 0:
        logger.warning("no ${many} at all since %s", since.isoformat())
    #:
    #.
    return counts

=== upsert
def ${save}_${one}(${one}_id: str, values: Dict[str, Any]) -> str:
    """Insert or update one ${one} and return its identifier."""
    ${text1} = str(values.get("${text1}", "")).strip()
    ${num1} = values.get("${num1}", 0)
    if not ${text1}:
        raise ValueError("${one} needs a ${text1}")

    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                INSERT INTO ${many} (id, ${text1}, ${num1}, status, updated_at)
                VALUES (%s, %s, %s, %s, NOW())
                ON CONFLICT (id) DO UPDATE
                SET ${text1} = EXCLUDED.${text1},
                    ${num1} = EXCLUDED.${num1},
                    updated_at = NOW()
                RETURNING id
                """,
                (${one}_id, ${text1}, ${num1}, values.get("status", "${state1}")),
            )
            row = cursor.fetchone()
    #?
    except Exception:
        logger.exception("could not write ${one} %s", ${one}_id)
        raise
    #:
    except psycopg2.Error as exc:
        logger.error("writing ${one} %s failed: %s", ${one}_id, exc, exc_info=True)
        raise
    #.

    logger.info("${one} %s written", row[0])
    return str(row[0])

=== update-state
def mark_${one}_${state2}(${one}_id: str, actor: str) -> bool:
    """Move one ${one} to `${state2}`; False where it was not `${state1}`."""
    changed = 0
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                UPDATE ${many}
                SET status = %s, updated_by = %s, updated_at = NOW()
                WHERE id = %s AND status = %s
                """,
                ("${state2}", actor, ${one}_id, "${state1}"),
            )
            changed = cursor.rowcount
    except Exception:
        logger.exception("status change of ${one} %s failed", ${one}_id)
        raise
    if changed == 0:
        logger.warning("${one} %s was not ${state1}, left alone", ${one}_id)
        return False
    return True

=== soft-delete
def remove_${one}(${one}_id: str) -> int:
    """Hide one ${one}; the row stays for the record."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "UPDATE ${many} SET deleted_at = NOW() WHERE id = %s AND deleted_at IS NULL",
                (${one}_id,),
            )
            #?
            removed = cursor.rowcount
            logger.info("removed %d ${one} rows for %s", removed, ${one}_id)
            return removed
            #:
            return int(cursor.rowcount)
            #.
    except Exception:
        logger.error("could not remove ${one} %s", ${one}_id, exc_info=True)
        #?
        return 0
        #:
        raise
        #.

=== move-between
def transfer_${one}(${one}_id: str, source_id: str, target_id: str) -> None:
    """Hand one ${one} from a ${parent} to another, with a line in the history.

    Both statements are one transaction: the history never shows a move that did not happen.
    """
    if source_id == target_id:
        logger.debug("${one} %s stays at %s", ${one}_id, source_id)
        return

    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "UPDATE ${many} SET ${parent}_id = %s WHERE id = %s AND ${parent}_id = %s",
                (target_id, ${one}_id, source_id),
            )
            if cursor.rowcount != 1:
                raise LookupError(f"${one} {${one}_id} does not belong to {source_id}")
            cursor.execute(
                """
                INSERT INTO ${one}_history (${one}_id, action, old_value, new_value)
                VALUES (%s, %s, %s, %s)
                ON CONFLICT DO NOTHING
                """,
                (${one}_id, "moved", source_id, target_id),
            )
    except LookupError:
        raise
    except Exception:
        logger.exception("transfer of ${one} %s to %s failed", ${one}_id, target_id)
        raise

=== dict-rows
def ${fetch}_${many}_as_dicts(${text1}: str, page: int = 1) -> List[Dict[str, Any]]:
    """Return a page of ${many} with a given ${text1} as dictionaries."""
    offset = (max(page, 1) - 1) * ${limit}
    with get_conn() as conn:
        cursor = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
        cursor.execute(
            """
            SELECT id, ${text1}, ${text2}, ${num1}, ${num2}
            FROM ${many}
            WHERE ${text1} = %(${text1})s
            ORDER BY id
            LIMIT ${limit} OFFSET %(offset)s
            """,
            {"${text1}": ${text1}, "offset": offset},
        )
        return [dict(row) for row in cursor.fetchall()]

=== exists
def ${one}_exists(${text1}: str) -> bool:
    """Tell whether a ${one} with this ${text1} is known."""
    normalised = ${text1}.strip().lower()
    if len(normalised) < ${small}:
        return False
    #?
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT 1 FROM ${many} WHERE LOWER(${text1}) = %s", (normalised,))
        return cursor.fetchone() is not None
    #:
    with get_conn() as conn, conn.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ${many} WHERE LOWER(${text1}) = %s LIMIT 1", (normalised,))
        return cursor.fetchone() is not None
    #.

=== report
def ${build}_${one}_report(start: date, end: date) -> Dict[str, Any]:
    """Sum up the ${many} between two days, day by day.

    Days without a single ${one} appear with zeros, so that a chart has no holes.
    """
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            """
            WITH days AS (
                SELECT generate_series(%s::date, %s::date, INTERVAL '1 day')::date AS day
            )
            SELECT days.day,
                   COUNT(${many}.id) AS number,
                   COALESCE(SUM(${many}.${num1}), 0) AS total,
                   COALESCE(AVG(${many}.${num2}), 0) AS average
            FROM days
            LEFT JOIN ${many} ON ${many}.created_at::date = days.day
            GROUP BY days.day
            ORDER BY days.day
            """,
            (start, end),
        )
        ${rows} = cursor.fetchall()

    series = [
        {"day": day.isoformat(), "number": number, "total": float(total), "average": float(mean)}
        for day, number, total, mean in ${rows}
    ]
    busiest = max(series, key=lambda entry: entry["number"], default=None)
    #?
    return {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "series": series,
        "busiest": busiest,
        "total": round(sum(entry["total"] for entry in series), ${digits}),
    }
    #:
    report: Dict[str, Any] = {"series": series, "busiest": busiest}
    report["total"] = round(sum(entry["total"] for entry in series), ${digits})
    report["range"] = f"{start:%d.%m.%Y} - {end:%d.%m.%Y}"
    logger.info("${one} report over %d days", len(series))
    return report
    #.

=== latest-value
def latest_${num1}_of_${one}(${one}_id: str, default: Decimal = Decimal("0")) -> Decimal:
    """Return the newest ${num1} of a ${one}, or the default where there is none."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT ${num1} FROM ${one}_history WHERE ${one}_id = %s ORDER BY id DESC LIMIT 1",
            (${one}_id,),
        )
        row = cursor.fetchone()
    if row is None:
        return default
    try:
        return Decimal(str(row[0])).quantize(Decimal("0.01"))
    except InvalidOperation:
        logger.warning("${num1} of ${one} %s is no number: %r", ${one}_id, row[0])
        return default

=== search
def search_${many}(term: str, status: Optional[str] = None) -> List[str]:
    """Return the identifiers of the ${many} that match, best first."""
    conditions = ["(${text1} ILIKE %s OR ${text2} ILIKE %s)"]
    pattern = f"%{term.strip()}%"
    parameters: List[Any] = [pattern, pattern]
    if status is not None:
        conditions.append("status = %s")
        parameters.append(status)

    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "SELECT id FROM ${many} WHERE " + " AND ".join(conditions) + " ORDER BY ${num1} DESC",
            parameters,
        )
        matches = [str(row[0]) for row in cursor.fetchall()]
    logger.debug("%d ${many} for %r", len(matches), term)
    return matches
''')
