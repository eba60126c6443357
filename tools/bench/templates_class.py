"""Templates of classes: small whole ones, and methods that a bigger one is put together from."""

from __future__ import annotations

from .templates import parse_templates

SMALL_CLASSES = parse_templates(r'''
=== enum
class ${Class}Status(str, Enum):
    """The states of a ${one}, in the order in which it goes through them."""

    ${UPPER}_NEW = "${state1}"
    ${UPPER}_ACTIVE = "${state2}"
    ${UPPER}_ENDED = "${state3}"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing comes after this state."""
        return self.value == "${state3}"

=== dataclass
@dataclass
class ${Class}Batch:
    """Several ${many} on their way through a job, with what went wrong."""

    ${parent}_id: str
    identifiers: List[str] = field(default_factory=list)
    errors: Dict[str, str] = field(default_factory=dict)

    def fail(self, identifier: str, reason: str) -> None:
        """Remember that one ${one} failed."""
        self.errors[identifier] = reason[:${limit}]
        logger.warning("${one} %s of ${parent} %s: %s", identifier, self.${parent}_id, reason)

    def succeeded(self) -> List[str]:
        """Return what did not fail."""
        return [identifier for identifier in self.identifiers if identifier not in self.errors]

    def success_rate(self) -> float:
        """Return the share that worked; 1.0 for an empty batch."""
        if not self.identifiers:
            return 1.0
        return round(len(self.succeeded()) / len(self.identifiers), ${digits})

=== cache
class ${Class}Cache:
    """Keeps ${many} for a while; the oldest goes when it is full."""

    def __init__(self, capacity: int = ${limit}, lifetime: float = ${seconds}.0) -> None:
        """Make an empty cache."""
        self._capacity = capacity
        self._lifetime = lifetime
        self._entries: Dict[str, Tuple[float, Dict[str, Any]]] = {}

    def get(self, key: str) -> Optional[Dict[str, Any]]:
        """Return what is kept under the key, unless it is too old."""
        try:
            stored, value = self._entries[key]
        except KeyError:
            return None
        if time.monotonic() - stored > self._lifetime:
            del self._entries[key]
            return None
        return value

    def put(self, key: str, value: Dict[str, Any]) -> None:
        """Keep a ${one} under the key."""
        if len(self._entries) >= self._capacity and key not in self._entries:
            oldest = min(self._entries, key=lambda name: self._entries[name][0])
            logger.debug("${one} cache is full, dropping %s", oldest)
            del self._entries[oldest]
        self._entries[key] = (time.monotonic(), value)
''')

(SERVICE_CLASS,) = parse_templates(r'''
=== service-class
class ${Class}${Role}:
    """Everything that is done to ${many} of one ${parent}."""

    def __init__(self, ${parent}_id: str, page_size: int = ${limit}) -> None:
        """Work for one ${parent}."""
        self.${parent}_id = ${parent}_id
        self.page_size = page_size
        self._seen: Dict[str, float] = {}
''')

METHODS = parse_templates(r'''
=== method-find
    def find(self, ${one}_id: str) -> Optional[Dict[str, Any]]:
        """Return one ${one} of this ${parent}."""
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "SELECT id, ${text1}, ${num1} FROM ${many} WHERE id = %s AND ${parent}_id = %s",
                (${one}_id, self.${parent}_id),
            )
            row = cursor.fetchone()
        if row is None:
            return None
        self._seen[${one}_id] = time.monotonic()
        return {"id": str(row[0]), "${text1}": row[1], "${num1}": row[2]}

=== method-page
    def page(self, number: int) -> List[Dict[str, Any]]:
        """Return one page of ${many}, counted from 1."""
        offset = self.page_size * (max(number, 1) - 1)
        try:
            with get_conn() as conn:
                cursor = conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
                cursor.execute(
                    """
                    SELECT id, ${text1}, ${text2}, ${num1}, status
                    FROM ${many}
                    WHERE ${parent}_id = %s
                    ORDER BY created_at DESC, id
                    LIMIT %s OFFSET %s
                    """,
                    (self.${parent}_id, self.page_size, offset),
                )
                ${rows} = cursor.fetchall()
        except Exception:
            logger.exception("page %d of the ${many} of %s failed", number, self.${parent}_id)
            raise
        return [self._present(dict(row)) for row in ${rows}]

    def _present(self, row: Dict[str, Any]) -> Dict[str, Any]:
        """Shorten what is too long for a list."""
        ${text2} = row.get("${text2}") or ""
        if len(${text2}) > ${limit}:
            row["${text2}"] = ${text2}[:${limit}].rsplit(" ", 1)[0] + "..."
        row["seen"] = row["id"] in self._seen
        return row

=== method-add
    def add(self, ${text1}: str, ${num1}: float = 0.0) -> str:
        """Create a ${one} and return its identifier."""
        ${one}_id = uuid.uuid4().hex
        if ${num1} < 0:
            raise ValueError("${num1} is never negative")
        try:
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute(
                    """
                    INSERT INTO ${many} (id, ${parent}_id, ${text1}, ${num1})
                    VALUES (%s, %s, %s, %s)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    (${one}_id, self.${parent}_id, ${text1}.strip(), ${num1}),
                )
        except Exception:
            logger.exception("${parent} %s could not add a ${one}", self.${parent}_id)
            raise
        logger.info("${parent} %s has a new ${one} %s", self.${parent}_id, ${one}_id)
        return ${one}_id

=== method-rename
    def rename(self, ${one}_id: str, ${text1}: str) -> bool:
        """Give a ${one} another ${text1}; False where it is unknown."""
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "UPDATE ${many} SET ${text1} = %s WHERE id = %s AND ${parent}_id = %s",
                (${text1}, ${one}_id, self.${parent}_id),
            )
            #?
            if cursor.rowcount == 0:
                logger.warning("no ${one} %s to rename", ${one}_id)
                return False
            self._seen.pop(${one}_id, None)
            return True
            #:
            return cursor.rowcount == 1
            #.

=== method-balance
    def total_${num1}(self, since: Optional[date] = None) -> float:
        """Add up the ${num1} of all ${many}, or of those since a day."""
        #?
        with get_conn() as conn:
            cursor = conn.cursor()
        #:
        with get_conn() as conn, conn.cursor() as cursor:
        #.
            cursor.execute(
                """
                SELECT COALESCE(SUM(${num1}), 0)
                FROM ${many}
                WHERE ${parent}_id = %s
                  AND created_at >= COALESCE(%s, DATE '2000-01-01')
                """,
                (self.${parent}_id, since),
            )
            (total,) = cursor.fetchone()
        return round(float(total), ${digits})

=== method-forecast
    def forecast(self, history: Sequence[float], steps: int = ${small}) -> List[float]:
        """Continue a series of ${num1} by its weighted trend."""
        if len(history) < 2:
            return list(history) * steps
        changes = [after - before for before, after in zip(history, history[1:])]
        weights = range(1, len(changes) + 1)
        trend = sum(change * weight for change, weight in zip(changes, weights)) / sum(weights)
        values: List[float] = []
        current = history[-1]
        for _ in range(steps):
            current = max(0.0, current + trend)
            values.append(round(current, ${digits}))
        return values

=== method-forget
    def forget(self, older_than: float = ${seconds}.0) -> int:
        """Forget which ${many} were seen a while ago."""
        limit = time.monotonic() - older_than
        stale = [key for key, moment in self._seen.items() if moment < limit]
        for key in stale:
            del self._seen[key]
        #?
        logger.debug("forgot %d ${many}", len(stale))
        #:
        #.
        return len(stale)

=== method-describe
    def describe(self) -> Dict[str, Any]:
        """Say what this object knows, for the health page."""
        now = time.monotonic()
        ages = sorted(now - moment for moment in self._seen.values())
        middle = ages[len(ages) // 2] if ages else None
        return {
            "${parent}_id": self.${parent}_id,
            "page_size": self.page_size,
            "seen": len(self._seen),
            "median_age": round(middle, ${digits}) if middle is not None else None,
        }

=== method-sync
    def sync(self, ${rows}: Iterable[Dict[str, Any]]) -> Dict[str, int]:
        """Compare what a partner sent with what was seen, and count the outcome."""
        outcome = {"new": 0, "known": 0, "broken": 0}
        for entry in ${rows}:
            identifier = entry.get("id")
            try:
                ${num1} = float(entry.get("${num1}", 0))
            except (TypeError, ValueError):
                outcome["broken"] += 1
                logger.warning("${one} %s has a ${num1} of %r", identifier, entry.get("${num1}"))
                continue
            if identifier in self._seen and ${num1} >= 0:
                outcome["known"] += 1
            else:
                outcome["new"] += 1
                self._seen[str(identifier)] = time.monotonic()
        return outcome

=== method-close
    def close_all(self, reason: str) -> int:
        """Set all open ${many} to `${state3}` and write down why."""
        closed: List[Any] = []
        try:
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute(
                    "UPDATE ${many} SET status = %s WHERE ${parent}_id = %s RETURNING id",
                    ("${state3}", self.${parent}_id),
                )
                closed = [row[0] for row in cursor.fetchall()]
                cursor.execute(
                    """
                    INSERT INTO ${parent}_notes (${parent}_id, note, subjects)
                    VALUES (%s, %s, %s)
                    ON CONFLICT DO NOTHING
                    """,
                    (self.${parent}_id, reason, closed),
                )
        except Exception:
            logger.error("closing the ${many} of %s failed", self.${parent}_id, exc_info=True)
            return 0
        return len(closed)
''')
