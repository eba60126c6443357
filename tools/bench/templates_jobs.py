"""Templates of background work: language models, files, queues, other services."""

from __future__ import annotations

from .templates import parse_templates

JOBS = parse_templates(r'''
=== llm-summary
class ${Class}Summary(BaseModel):
    """What the language model has to answer about a ${one}."""

    headline: str = Field(..., max_length=120)
    points: List[str] = Field(default_factory=list)
    confidence: float = Field(0.0, ge=0.0, le=1.0)


def summarise_${one}(${one}: Dict[str, Any]) -> Optional[${Class}Summary]:
    """Ask a language model for a summary; None where its answer is no use."""
    client = Anthropic(timeout=${seconds}.0)
    prompt = (
        "Summarise this ${one} for a busy reader. Answer with JSON of the keys headline, "
        "points and confidence.\n\n" + json.dumps(${one}, default=str)
    )
    message = client.messages.create(
        model="${model}",
        max_tokens=${limit},
        messages=[{"role": "user", "content": prompt}],
    )
    try:
        summary = ${Class}Summary.model_validate_json(message.content[0].text)
    except ValidationError:
        logger.exception("summary of ${one} %s does not validate", ${one}.get("id"))
        return None
    if summary.confidence < ${ratio}:
        logger.info("summary of ${one} %s is not trusted", ${one}.get("id"))
        return None
    return summary

=== llm-classify
class ${Class}Label(BaseModel):
    """A category for a ${one} and the reason for it."""

    category: str
    reason: str = ""


def classify_${one}_text(text: str, categories: Sequence[str]) -> ${Class}Label:
    """Sort a text into one of the categories; the first one where the model is unsure."""
    fallback = ${Class}Label(category=categories[0], reason="fallback")
    if not text.strip():
        return fallback

    try:
        client = Anthropic(timeout=${seconds}.0)
        reply = client.messages.create(
            model="${model}",
            max_tokens=256,
            system="Answer with JSON: category, reason.",
            messages=[{"role": "user", "content": f"{', '.join(categories)}\n\n{text}"}],
        )
        label = ${Class}Label.model_validate_json(reply.content[0].text)
    except ValidationError as exc:
        logger.warning("classification of a ${one} did not validate: %s", exc)
        return fallback
    except Exception:
        logger.exception("classification of a ${one} failed")
        return fallback

    if label.category not in categories:
        logger.warning("model made up the category %r", label.category)
        return fallback
    return label

=== retry
def with_retries_for_${one}(action: Callable[[], Any], attempts: int = ${small}) -> Any:
    """Run an action until it works, waiting longer each time."""
    delay = ${ratio}
    for attempt in range(1, attempts + 1):
        try:
            return action()
        except (ConnectionError, TimeoutError) as exc:
            if attempt == attempts:
                logger.error("gave up on a ${one} after %d attempts", attempts, exc_info=True)
                raise
            logger.warning("attempt %d on a ${one} failed: %s", attempt, exc)
            time.sleep(delay)
            delay = min(delay * 2, ${seconds})
    return None

=== claim-batch
def claim_${many}(worker: str, size: int = ${limit}) -> List[str]:
    """Claim a batch of ${many} for one worker; no two workers get the same."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                UPDATE ${many}
                SET claimed_by = %s, claimed_at = NOW()
                WHERE id IN (
                    SELECT id FROM ${many}
                    WHERE status = %s AND claimed_by IS NULL
                    ORDER BY created_at
                    LIMIT %s
                    FOR UPDATE SKIP LOCKED
                )
                RETURNING id
                """,
                (worker, "${state1}", size),
            )
            claimed = [str(row[0]) for row in cursor.fetchall()]
    except Exception:
        logger.exception("worker %s could not claim ${many}", worker)
        raise
    if claimed:
        logger.info("worker %s claimed %d ${many}", worker, len(claimed))
    return claimed

=== import-file
def read_${one}_file(path: Path) -> Iterator[Dict[str, Any]]:
    """Yield the ${many} of a file with one JSON document a line."""
    broken = 0
    with path.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, start=1):
            if not line.strip():
                continue
            try:
                document = json.loads(line)
            #?
            except json.JSONDecodeError:
                broken += 1
                logger.warning("%s:%d is no JSON", path.name, number)
                continue
            #:
            except ValueError:
                continue  # a torn last line is normal while the file is being written
            #.
            if isinstance(document, dict) and document.get("${text1}"):
                yield document
            else:
                broken += 1
    if broken:
        logger.warning("%d lines of %s hold no ${one}", broken, path)

=== notify
def notify_about_${one}(${one}: Dict[str, Any], recipients: Sequence[str]) -> int:
    """Send a note about a ${one} and return how many recipients took it."""
    subject = "${Class} {name} is {state}".format(
        name=${one}.get("${text1}", "?"), state=${one}.get("status", "${state1}")
    )
    delivered = 0
    for recipient in dict.fromkeys(recipients):
        body = {"to": recipient, "subject": subject, "id": ${one}.get("id")}
        try:
            response = httpx.post(NOTIFY_URL, json=body, timeout=${seconds}.0)
            response.raise_for_status()
        except httpx.HTTPError:
            logger.exception("%s was not told about ${one} %s", recipient, ${one}.get("id"))
            continue
        delivered += 1
    return delivered

=== purge
def purge_old_${many}(days: int = ${days}) -> int:
    """Delete ${many} that have been `${state3}` for long; returns how many."""
    if days < ${small}:
        raise ValueError("refusing to purge what is only days old")
    threshold = datetime.now(timezone.utc) - timedelta(days=days)
    removed = 0
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "DELETE FROM ${many} WHERE status = %s AND updated_at < %s",
                ("${state3}", threshold),
            )
            removed = cursor.rowcount
    except psycopg2.OperationalError:
        logger.exception("purge of ${many} was interrupted")
        return 0
    logger.info("purged %d ${many} older than %s", removed, threshold.date())
    return removed

=== schedule
def next_${one}_run(
    last: Optional[datetime], every: timedelta, jitter: float = ${ratio}
) -> datetime:
    """Say when the ${one} job runs next; a missed run is made up for at once."""
    now = datetime.now(timezone.utc)
    if last is None:
        return now
    planned = last + every
    if planned <= now:
        logger.info("${one} run is %s late", now - planned)
        return now
    spread = every.total_seconds() * jitter
    offset = int(hashlib.md5(last.isoformat().encode()).hexdigest(), 16) % max(int(spread), 1)
    return planned + timedelta(seconds=offset)

=== gather
async def refresh_${many}(identifiers: Sequence[str]) -> Dict[str, bool]:
    """Refresh several ${many} at the same time, a few at once."""
    gate = asyncio.Semaphore(${small})
    outcome: Dict[str, bool] = {}

    async def refresh(identifier: str) -> None:
        async with gate:
            try:
                async with httpx.AsyncClient(timeout=${seconds}.0) as client:
                    response = await client.post(f"{UPSTREAM_URL}/${many}/{identifier}/refresh")
                outcome[identifier] = response.status_code < 400
            except Exception:
                logger.exception("refresh of ${one} %s failed", identifier)
                outcome[identifier] = False

    await asyncio.gather(*(refresh(identifier) for identifier in identifiers))
    failed = [identifier for identifier, fine in outcome.items() if not fine]
    logger.info("refreshed %d ${many}, %d failed", len(outcome), len(failed))
    return outcome

=== bulk-write
def import_${many}(records: Sequence[Dict[str, Any]]) -> int:
    """Write many ${many} at once and return how many the database took."""
    seen: Set[str] = set()
    values: List[Tuple[str, str, float]] = []
    for record in records:
        key = str(record["id"])
        if key in seen:
            continue
        seen.add(key)
        values.append((key, record.get("${text1}", ""), float(record.get("${num1}", 0))))

    if not values:
        return 0

    with get_conn() as conn:
        cursor = conn.cursor()
        psycopg2.extras.execute_values(
            cursor,
            """
            INSERT INTO ${many} (id, ${text1}, ${num1})
            VALUES %s
            ON CONFLICT (id) DO NOTHING
            """,
            values,
            page_size=${limit},
        )
        logger.info("imported %d of %d ${many}", cursor.rowcount, len(records))
        return int(cursor.rowcount)

=== audit
def audit_${one}(${one}_id: str, action: str, details: Dict[str, Any]) -> None:
    """Write one line of the audit trail; losing it must not lose the request."""
    document = json.dumps(details, default=str, sort_keys=True)
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                """
                INSERT INTO audit_log (subject_type, subject_id, action, details)
                VALUES (%s, %s, %s, %s::jsonb)
                ON CONFLICT DO NOTHING
                """,
                ("${one}", ${one}_id, action, document),
            )
    except Exception:
        logger.exception("audit line %s of ${one} %s was lost", action, ${one}_id)
''')
