"""Templates of functions whose point is a longer query: joins, common tables, JSON, lists."""

from __future__ import annotations

from .templates import parse_templates

READS = parse_templates(r'''
=== with-parent
def ${many}_with_notes(${parent}_id: str, status: str) -> List[Dict[str, Any]]:
    """Return the ${many} of a ${parent} in one status, each with its newest note."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                SELECT t.id, t.${text1}, t.${num1}, p.name, n.note
                FROM ${many} AS t
                JOIN ${parent}_profiles AS p ON p.id = t.${parent}_id
                LEFT JOIN LATERAL (
                    SELECT note FROM ${one}_notes
                    WHERE ${one}_id = t.id
                    ORDER BY created_at DESC
                    LIMIT 1
                ) AS n ON TRUE
                WHERE t.${parent}_id = %s AND t.status = %s
                ORDER BY t.created_at DESC
                """,
                (${parent}_id, status),
            )
            ${rows} = cur.fetchall()
    logger.debug("%d ${many} of ${parent} %s", len(${rows}), ${parent}_id)
    return [
        {"id": str(row[0]), "${text1}": row[1], "${num1}": row[2], "${parent}": row[3]}
        for row in ${rows}
    ]

=== ranking
def top_${many}_by_${num1}(since: datetime, limit: int = ${limit}) -> List[Tuple[str, float]]:
    """Return the best ${many} of each ${parent} since a moment, best first."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                WITH recent AS (
                    SELECT id, ${parent}_id, ${text1}, ${num1}
                    FROM ${many}
                    WHERE created_at >= %s AND status <> '${state3}'
                ), ranked AS (
                    SELECT ${text1}, ${num1},
                           ROW_NUMBER() OVER (
                               PARTITION BY ${parent}_id ORDER BY ${num1} DESC
                           ) AS place
                    FROM recent
                )
                SELECT ${text1}, COALESCE(${num1}, 0)
                FROM ranked
                WHERE place <= ${small}
                ORDER BY ${num1} DESC
                LIMIT %s
                """,
                (since, limit),
            )
            return [(str(name), float(value)) for name, value in cur.fetchall()]

=== json-attributes
def ${many}_with_attribute(name: str, value: str) -> List[str]:
    """Return the ${many} whose attributes hold a value under a name."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            #?
            cur.execute(
                "SELECT id FROM ${many} WHERE attributes ? %s AND attributes->>%s = %s",
                (name, name, value),
            )
            #:
            cur.execute(
                "SELECT id FROM ${many} "
                "WHERE attributes @> jsonb_build_object(%s::text, %s::text) "
                "ORDER BY updated_at DESC",
                (name, value),
            )
            #:
            cur.execute(
                """
                SELECT id
                FROM ${many}
                WHERE attributes ?| ARRAY['${text1}', '${text2}']
                  AND attributes #>> ARRAY['labels', %s] = %s
                """,
                (name, value),
            )
            #.
            found = [str(row[0]) for row in cur.fetchall()]
    if not found:
        logger.info("no ${one} has %s = %r", name, value)
    return found

=== json-summary
def ${one}_source_summary(${parent}_id: str) -> Dict[str, int]:
    """Count the ${many} of a ${parent} by where they came from."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                SELECT attributes->>'source' AS source, COUNT(*)
                FROM ${many}
                WHERE ${parent}_id = %s AND deleted_at IS NULL
                GROUP BY 1
                """,
                (${parent}_id,),
            )
            counts = {source or "unknown": int(number) for source, number in cur.fetchall()}
    #?
    return counts
    #:
    return dict(sorted(counts.items(), key=lambda pair: -pair[1])[:${limit}])
    #.

=== by-ids
def ${many}_by_ids(identifiers: Sequence[str]) -> Dict[str, str]:
    """Return the ${text1} of several ${many} by identifier; unknown ones are left out."""
    if not identifiers:
        return {}
    placeholders = ", ".join(["%s"] * len(identifiers))
    with get_conn() as conn:
        with conn.cursor() as cur:
            #?
            cur.execute(
                f"SELECT id, ${text1} FROM ${many} WHERE id IN ({placeholders})",
                list(identifiers),
            )
            #:
            cur.execute(
                "SELECT id, ${text1} FROM ${many} WHERE id IN (" + placeholders + ")",
                tuple(identifiers),
            )
            #.
            return {str(identifier): name for identifier, name in cur.fetchall()}

=== constant-query
${UPPER}_DUE_QUERY = """
    SELECT t.id, t.${text1}, t.${num1}, t.updated_at
    FROM ${many} AS t
    JOIN ${parent}_profiles AS p ON p.id = t.${parent}_id
    WHERE t.status = %s
      AND t.updated_at < NOW() - INTERVAL '${days} days'
      AND COALESCE(p.closed, FALSE) IS FALSE
    ORDER BY t.updated_at
"""


def ${many}_due(status: str = "${state1}") -> List[Dict[str, Any]]:
    """Return the ${many} that nobody touched for ${days} days."""
    with get_conn() as conn:
        with conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur:
            cur.execute(${UPPER}_DUE_QUERY, (status,))
            due = [dict(row) for row in cur.fetchall()]
    if len(due) > ${limit}:
        logger.warning("%d ${many} are due", len(due))
    return due

=== constant-table
${UPPER}_TABLE = "${many}"


def ${one}_${num1}_total(${parent}_id: str, status: str) -> float:
    """Add up the ${num1} of a ${parent}'s ${many} in one status."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            #?
            cur.execute(
                f"SELECT COALESCE(SUM(${num1}), 0) FROM {${UPPER}_TABLE} "
                "WHERE ${parent}_id = %s AND status = %s",
                (${parent}_id, status),
            )
            #:
            cur.execute(
                f"""
                SELECT COALESCE(SUM(${num1}), 0)
                FROM {${UPPER}_TABLE}
                WHERE ${parent}_id = %s
                  AND status = %s
                """,
                (${parent}_id, status),
            )
            #.
            (total,) = cur.fetchone()
    return round(float(total), ${digits})

=== ordered
${UPPER}_ORDERS = {"newest": "created_at DESC", "name": "${text1}", "largest": "${num1} DESC"}


def sorted_${many}(${parent}_id: str, order: str = "newest") -> List[str]:
    """Return the identifiers of a ${parent}'s ${many} in one of the known orders."""
    if order not in ${UPPER}_ORDERS:
        raise ValueError(f"no such order: {order}")
    query = "SELECT id FROM ${many} WHERE ${parent}_id = %s ORDER BY " + ${UPPER}_ORDERS[order]
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(query, (${parent}_id,))
            return [str(row[0]) for row in cur.fetchall()]

=== prefix
def next_${one}_code(${parent}_id: str) -> str:
    """Return the next free code of a ${parent}'s ${many}."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            #?
            cur.execute(
                """
                SELECT COUNT(*)
                FROM ${many}
                WHERE ${parent}_id = %s
                  AND code LIKE '${one}-%%'
                """,
                (${parent}_id,),
            )
            #:
            cur.execute(
                "SELECT COUNT(*) FROM ${many} WHERE code LIKE 'a-%%' AND ${parent}_id = %s",
                (${parent}_id,),
            )
            #:
            cur.execute(
                "SELECT COUNT(*) FROM ${many} WHERE ${parent}_id = %s AND revision %% 2 = 0",
                (${parent}_id,),
            )
            #.
            (number,) = cur.fetchone()
    return f"${one}-{int(number) + 1:0${small}d}"

=== imported
def imported_${many}(since: datetime, status: str) -> List[Tuple[str, str]]:
    """Return what the nightly import brought since a moment, in one status."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                SELECT t.id, t.${text1}
                FROM ${many} AS t
                JOIN audit_log AS a ON a.subject_id = t.id
                WHERE a.created_at >= %s
                  AND a.action LIKE 'import-%%'
                  AND t.status = %s
                """,
                (since, status),
            )
            return [(str(identifier), name) for identifier, name in cur.fetchall()]

=== labels
def ${one}_labels(since: date) -> Dict[str, List[str]]:
    """Return the labels of the ${many} since a day, by ${text1}."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                SELECT t.${text1}, STRING_AGG(g.tag, ',')
                FROM ${many} AS t
                LEFT JOIN ${one}_tags AS g ON g.${one}_id = t.id
                WHERE t.created_at >= %(since)s
                GROUP BY t.${text1}
                """,
                {"since": since},
            )
            ${rows} = cur.fetchall()
    labels = {name: (tags or "").split(",") for name, tags in ${rows}}
    return {name: sorted(tag for tag in tags if tag) for name, tags in labels.items()}

=== duplicates
def duplicate_${many}(${parent}_id: str) -> List[Tuple[str, int]]:
    """Return what occurs more than once among the ${many} of a ${parent}."""
    query = (
        "SELECT LOWER(${text1}), COUNT(*) FROM ${many} "
        "WHERE ${parent}_id = %(owner)s AND deleted_at IS NULL "
        "GROUP BY 1 HAVING COUNT(*) > 1"
    )
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(query, {"owner": ${parent}_id})
            doubled = [(name, int(number)) for name, number in cur.fetchall()]
    #?
    if doubled:
        logger.warning("${parent} %s has %d ${many} twice", ${parent}_id, len(doubled))
    #:
    #.
    return doubled

=== monthly
def ${many}_by_month(year: int) -> Dict[str, Dict[str, float]]:
    """Return number and total ${num1} of the ${many} of a year, month by month."""
    with get_conn() as conn:
        with conn.cursor() as cur:
            cur.execute(
                """
                SELECT DATE_TRUNC('month', created_at)::date AS month,
                       COUNT(*) FILTER (WHERE status = '${state2}'),
                       COALESCE(SUM(${num1}), 0)
                FROM ${many}
                WHERE EXTRACT(YEAR FROM created_at) = %(year)s
                GROUP BY 1
                ORDER BY month
                """,
                {"year": year},
            )
            return {
                month.isoformat(): {"number": int(number), "total": float(total)}
                for month, number, total in cur.fetchall()
            }
''')
