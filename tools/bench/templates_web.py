"""Templates of FastAPI routes, and of the models that they speak."""

from __future__ import annotations

from .templates import parse_templates

(MODELS,) = parse_templates(r'''
=== models
class ${Class}Base(BaseModel):
    """What every ${one} has."""

    ${text1}: str = Field(..., min_length=1, max_length=${limit})
    ${text2}: Optional[str] = None
    ${num1}: float = Field(0, ge=0)
    #?
    tags: List[str] = Field(default_factory=list)
    #:
    ${num2}: Optional[int] = None
    #:
    #.


class ${Class}Create(${Class}Base):
    """The body of a request that makes a ${one}."""

    ${parent}_id: str


class ${Class}Patch(BaseModel):
    """The body of a request that changes a ${one}; what is missing stays."""

    ${text1}: Optional[str] = None
    ${num1}: Optional[float] = Field(None, ge=0)
    status: Optional[str] = None


class ${Class}Out(${Class}Base):
    """One ${one} as clients see it."""

    id: str
    status: str = "${state1}"
    created_at: Optional[datetime] = None
''')

ROUTES = parse_templates(r'''
=== list-route
@router.get("/", response_model=List[${Class}Out])
def list_${many}(
    status: Optional[str] = Query(None),
    limit: int = Query(${limit}, ge=1, le=500),
    offset: int = Query(0, ge=0),
) -> List[Dict[str, Any]]:
    """List ${many}, newest first, optionally of one status."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                SELECT id, ${text1}, ${text2}, ${num1}, status, created_at
                FROM ${many}
                WHERE (%s::text IS NULL OR status = %s)
                ORDER BY created_at DESC
                LIMIT %s OFFSET %s
                """,
                (status, status, limit, offset),
            )
            ${rows} = cursor.fetchall()
    #?
    except Exception as exc:
        logger.exception("listing ${many} failed")
        raise HTTPException(status_code=500, detail="could not list ${many}") from exc
    #:
    except Exception:
        logger.error("listing ${many} failed", exc_info=True)
        raise
    #.

    keys = ("id", "${text1}", "${text2}", "${num1}", "status", "created_at")
    return [dict(zip(keys, row)) for row in ${rows}]

=== get-route
@router.get("/{${one}_id}", response_model=${Class}Out)
def read_one_${one}(${one}_id: str) -> Dict[str, Any]:
    """Return one ${one}; 404 where there is none."""
    with get_conn() as conn:
        cursor = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
        cursor.execute("SELECT * FROM ${many} WHERE id = %s", (${one}_id,))
        row = cursor.fetchone()
    if row is None:
        logger.info("${one} %s not found", ${one}_id)
        raise HTTPException(status_code=404, detail="${one} not found")
    ${result} = dict(row)
    #?
    ${result}["id"] = str(${result}["id"])
    ${result}.setdefault("status", "${state1}")
    return ${result}
    #:
    return {key: value for key, value in ${result}.items() if not key.startswith("_")}
    #.

=== create-route
@router.post("/", response_model=${Class}Out, status_code=201)
def create_${one}(body: ${Class}Create) -> Dict[str, Any]:
    """Create a ${one} and return it with its identifier."""
    ${one}_id = str(uuid.uuid4())
    values = body.model_dump()
    #?
    if values["${num1}"] > 10 ** ${small}:
        raise HTTPException(status_code=422, detail="${num1} is out of range")
    #:
    #.
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                INSERT INTO ${many} (id, ${parent}_id, ${text1}, ${num1}, status)
                VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (id) DO NOTHING
                """,
                (${one}_id, body.${parent}_id, body.${text1}, body.${num1}, "${state1}"),
            )
            created = cursor.rowcount == 1
    except psycopg2.IntegrityError as exc:
        logger.warning("${one} of ${parent} %s was refused: %s", body.${parent}_id, exc)
        raise HTTPException(status_code=409, detail="${one} conflicts") from exc
    except Exception:
        logger.exception("creating a ${one} failed")
        raise

    if not created:
        raise HTTPException(status_code=409, detail="${one} exists")
    logger.info("created ${one} %s", ${one}_id)
    return {**values, "id": ${one}_id, "status": "${state1}"}

=== patch-route
@router.patch("/{${one}_id}")
def change_${one}(${one}_id: str, body: ${Class}Patch) -> Dict[str, Any]:
    """Change what the body names and leave the rest."""
    changes = body.model_dump(exclude_unset=True)
    if not changes:
        raise HTTPException(status_code=422, detail="nothing to change")

    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            """
            UPDATE ${many}
            SET ${text1} = COALESCE(%(${text1})s, ${text1}),
                ${num1} = COALESCE(%(${num1})s, ${num1}),
                status = COALESCE(%(status)s, status),
                updated_at = NOW()
            WHERE id = %(id)s
            RETURNING id, status
            """,
            {
                "${text1}": changes.get("${text1}"),
                "${num1}": changes.get("${num1}"),
                "status": changes.get("status"),
                "id": ${one}_id,
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise HTTPException(status_code=404, detail="${one} not found")
    return {"id": str(row[0]), "status": row[1], "changed": sorted(changes)}

=== delete-route
@router.delete("/{${one}_id}", status_code=204)
def delete_${one}(${one}_id: str, force: bool = False) -> None:
    """Delete a ${one}; one that is `${state2}` only with `force`."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT status FROM ${many} WHERE id = %s", (${one}_id,))
            row = cursor.fetchone()
            if row is None:
                raise HTTPException(status_code=404, detail="${one} not found")
            if row[0] == "${state2}" and not force:
                raise HTTPException(status_code=409, detail="${one} is ${state2}")
            cursor.execute("DELETE FROM ${many} WHERE id = %s", (${one}_id,))
            logger.info("deleted ${one} %s (force=%s)", ${one}_id, force)
    except HTTPException:
        raise
    except Exception as exc:
        logger.exception("deleting ${one} %s failed", ${one}_id)
        raise HTTPException(status_code=500, detail="could not delete") from exc

=== stats-route
@router.get("/stats/summary")
def ${one}_statistics(days: int = Query(${days}, ge=1, le=365)) -> Dict[str, Any]:
    """Return numbers for the dashboard, over the last days."""
    since = datetime.now(timezone.utc) - timedelta(days=days)
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            """
            SELECT status, COUNT(*), COALESCE(SUM(${num1}), 0)
            FROM ${many}
            WHERE created_at >= %s
            GROUP BY status
            """,
            (since,),
        )
        ${rows} = cursor.fetchall()

    by_status = {state: {"count": count, "sum": float(total)} for state, count, total in ${rows}}
    total = sum(entry["count"] for entry in by_status.values())
    share = by_status.get("${state3}", {"count": 0})["count"] / total if total else 0.0
    #?
    if share > ${ratio}:
        logger.warning("%.1f%% of the ${many} are ${state3}", share * 100)
    #:
    #.
    return {"since": since.isoformat(), "total": total, "share": share, "status": by_status}

=== export-route
@router.get("/export/csv")
def export_${many}(separator: str = ";") -> Dict[str, str]:
    """Return all ${many} as text that a spreadsheet reads."""
    if separator not in (";", ",", "\t"):
        raise HTTPException(status_code=422, detail="no such separator")
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow(["id", "${text1}", "${text2}", "${num1}"])
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT id, ${text1}, ${text2}, ${num1} FROM ${many} ORDER BY id")
        for identifier, ${text1}, ${text2}, ${num1} in cursor.fetchall():
            # Spreadsheets run what starts like a formula: a quote in front keeps it text.
            texts = [str(cell or "") for cell in (${text1}, ${text2})]
            safe = [f"'{text}" if text.startswith("=") else text for text in texts]
            writer.writerow([identifier, *safe, ${num1}])
    logger.info("exported ${many}, %d bytes", buffer.tell())
    return {"filename": "${many}.csv", "content": buffer.getvalue()}

=== proxy-route
@router.get("/{${one}_id}/upstream")
async def upstream_${one}(${one}_id: str) -> Dict[str, Any]:
    """Ask the partner's system what it knows about a ${one}."""
    url = f"{UPSTREAM_URL}/${many}/{${one}_id}"
    try:
        async with httpx.AsyncClient(timeout=${seconds}.0) as client:
            response = await client.get(url, headers={"Accept": "application/json"})
            response.raise_for_status()
    except httpx.TimeoutException as exc:
        logger.warning("no answer about ${one} %s within ${seconds} s", ${one}_id)
        raise HTTPException(status_code=504, detail="upstream is slow") from exc
    except httpx.HTTPError as exc:
        logger.exception("upstream failed for ${one} %s", ${one}_id)
        raise HTTPException(status_code=502, detail="upstream failed") from exc
    known = response.json()
    return {name: known.get(name) for name in ("${text1}", "${num1}", "status") if name in known}

=== bulk-route
@router.post("/bulk/status")
def change_many_${many}(identifiers: List[str], status: str) -> Dict[str, Any]:
    """Set the status of several ${many} in one statement."""
    allowed = {"${state1}", "${state2}", "${state3}"}
    if status not in allowed:
        raise HTTPException(status_code=422, detail=f"status is one of {sorted(allowed)}")
    wanted = sorted({identifier.strip() for identifier in identifiers if identifier.strip()})
    if not wanted:
        return {"changed": 0, "missing": []}
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "UPDATE ${many} SET status = %s WHERE id = ANY(%s) RETURNING id",
                (status, wanted),
            )
            changed = {str(row[0]) for row in cursor.fetchall()}
    except Exception:
        logger.exception("bulk change of %d ${many} failed", len(wanted))
        raise
    missing = [identifier for identifier in wanted if identifier not in changed]
    if missing:
        logger.info("%d unknown ${many}: %s", len(missing), ", ".join(missing[:${small}]))
    return {"changed": len(changed), "missing": missing}

=== history-route
@router.get("/{${one}_id}/history")
def ${one}_history(${one}_id: str, newest_first: bool = True) -> List[Dict[str, Any]]:
    """Return what happened to a ${one}, with the time between the steps."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            """
            SELECT action, old_value, new_value, created_at
            FROM ${one}_history
            WHERE ${one}_id = %s
            ORDER BY created_at
            """,
            (${one}_id,),
        )
        steps = cursor.fetchall()

    history: List[Dict[str, Any]] = []
    previous: Optional[datetime] = None
    for action, old, new, moment in steps:
        pause = (moment - previous).total_seconds() if previous else 0.0
        history.append({"action": action, "from": old, "to": new, "after_seconds": pause})
        previous = moment
    return list(reversed(history)) if newest_first else history

=== permission-helper
def require_${one}_owner(${one}: Dict[str, Any], user: Dict[str, Any]) -> None:
    """Refuse where the user neither owns the ${one} nor administers the service."""
    roles = set(user.get("roles", ()))
    if "admin" in roles:
        return
    if ${one}.get("${parent}_id") == user.get("${parent}_id"):
        return
    logger.warning("user %s may not see ${one} %s", user.get("id"), ${one}.get("id"))
    raise HTTPException(status_code=403, detail="not yours")

=== shape-helper
def ${one}_to_response(row: Sequence[Any], include_private: bool = False) -> Dict[str, Any]:
    """Turn a row into the dictionary that clients see."""
    identifier, ${text1}, ${text2}, ${num1}, moment = row[:5]
    response: Dict[str, Any] = {
        "id": str(identifier),
        "${text1}": ${text1},
        "${num1}": round(float(${num1} or 0), ${digits}),
        "links": {
            "self": f"/${many}/{identifier}",
            "history": f"/${many}/{identifier}/history",
        },
    }
    if include_private:
        response["${text2}"] = ${text2}
        response["created_at"] = moment.isoformat() if moment else None
    return response
''')
