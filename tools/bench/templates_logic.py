"""Templates of plain business logic: no database, mostly no handlers."""

from __future__ import annotations

from .templates import parse_templates

LOGIC = parse_templates(r'''
=== group-by
def group_${many}_by_${text1}(${rows}: Iterable[Dict[str, Any]]) -> Dict[str, List[str]]:
    """Group ${many} by their ${text1}; each group is sorted."""
    groups: Dict[str, List[str]] = defaultdict(list)
    for entry in ${rows}:
        key = str(entry.get("${text1}") or "unknown").strip().lower()
        groups[key].append(str(entry["id"]))
    #?
    for members in groups.values():
        members.sort()
    return dict(groups)
    #:
    return {key: sorted(members) for key, members in sorted(groups.items())}
    #.

=== totals
def total_${num1}_of_${many}(${rows}: Sequence[Dict[str, Any]]) -> Dict[str, float]:
    """Add up the ${num1} of ${many}, with mean and spread."""
    values = [float(entry["${num1}"]) for entry in ${rows} if entry.get("${num1}") is not None]
    if not values:
        return {"sum": 0.0, "mean": 0.0, "spread": 0.0}
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return {
        "sum": round(sum(values), ${digits}),
        "mean": round(mean, ${digits}),
        "spread": round(math.sqrt(variance), ${digits}),
        #?
        "highest": max(values),
        "lowest": min(values),
        #:
        #.
    }

=== normalise
def normalise_${one}(raw: Dict[str, Any]) -> Dict[str, Any]:
    """Bring what a client sent into the shape that the tables expect."""
    cleaned: Dict[str, Any] = {}
    for key in ("${text1}", "${text2}", "${text3}"):
        value = raw.get(key)
        if value is None:
            continue
        text = re.sub(r"\s+", " ", str(value)).strip()
        if text:
            cleaned[key] = text[:${limit}]
    number = raw.get("${num1}", 0)
    if isinstance(number, str):
        number = number.replace(",", ".").strip() or "0"
    cleaned["${num1}"] = float(number)
    cleaned["status"] = raw.get("status") or "${state1}"
    return cleaned

=== score
def score_${one}(${one}: Dict[str, Any], weights: Optional[Dict[str, float]] = None) -> float:
    """Rate a ${one} between 0 and 1; a missing value counts as average."""
    weights = weights or {"${num1}": 0.5, "${num2}": 0.3, "status": 0.2}
    parts: List[float] = []
    for key, weight in weights.items():
        value = ${one}.get(key)
        if value is None:
            parts.append(0.5 * weight)
        elif isinstance(value, str):
            parts.append(weight if value == "${state2}" else ${ratio} * weight)
        else:
            parts.append(weight * min(float(value) / ${limit}, 1.0))
    score = sum(parts) / (sum(weights.values()) or 1.0)
    #?
    logger.debug("score of ${one} %s: %.3f from %s", ${one}.get("id"), score, parts)
    #:
    #.
    return max(0.0, min(score, 1.0))

=== describe
def describe_${one}(${one}: Dict[str, Any], language: str = "en") -> str:
    """Say in a sentence or two what a ${one} is."""
    name = ${one}.get("${text1}") or f"${one} {${one}.get('id', '?')}"
    sentences = [f"{name} is {${one}.get('status', '${state1}')}."]
    ${num1} = ${one}.get("${num1}")
    if ${num1}:
        unit = "" if float(${num1}) == 1 else "s"
        sentences.append(f"It has a ${num1} of {float(${num1}):,.${digits}f} unit{unit}.")
    if ${one}.get("${text2}"):
        sentences.append(f"The ${text2} is {${one}['${text2}']!r}.")
    if language != "en":
        sentences.insert(0, f"[{language}]")
    return " ".join(sentences)

=== window
def ${one}_window(today: date, length: int = ${days}) -> Tuple[date, date]:
    """Return the first and the last day of the window that ${many} are judged in.

    The window ends on the last Sunday, so that weeks are never cut.
    """
    end = today - timedelta(days=(today.weekday() + 1) % 7)
    start = end - timedelta(days=length - 1)
    if start.year != end.year:
        # The books are closed per year: a window never spans two of them.
        start = date(end.year, 1, 1)
    return start, end

=== pages
def page_of_${many}(${rows}: Sequence[Any], page: int, size: int = ${limit}) -> Dict[str, Any]:
    """Cut one page out of a list, with what a client needs to ask for the next."""
    size = max(1, min(size, ${limit}))
    last = max(1, math.ceil(len(${rows}) / size))
    page = max(1, min(page, last))
    start = (page - 1) * size
    return {
        "items": list(${rows}[start:start + size]),
        "page": page,
        "pages": last,
        "total": len(${rows}),
        "next": page + 1 if page < last else None,
        "previous": page - 1 if page > 1 else None,
    }

=== difference
def diff_${one}(old: Dict[str, Any], new: Dict[str, Any]) -> List[Dict[str, Any]]:
    """List what changed between two states of a ${one}."""
    changes: List[Dict[str, Any]] = []
    ignored = {"updated_at", "updated_by", "version"}
    for key in sorted((old.keys() | new.keys()) - ignored):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        kind = "added" if key not in old else "removed" if key not in new else "changed"
        changes.append({"field": key, "kind": kind, "before": before, "after": after})
    #?
    if len(changes) > ${small}:
        logger.info("${one} %s changed in %d fields", new.get("id"), len(changes))
    #:
    #.
    return changes

=== parse-lines
def parse_${one}_lines(text: str) -> List[Dict[str, str]]:
    """Read ${many} from lines of `key=value; key=value`."""
    parsed: List[Dict[str, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        pairs = [part.partition("=") for part in line.split(";") if "=" in part]
        record = {key.strip(): value.strip() for key, _, value in pairs}
        if "${text1}" not in record:
            raise ValueError(f"line {number} has no ${text1}: {line!r}")
        parsed.append(record)
    return parsed

=== dedupe
def unique_${many}(${rows}: Iterable[Dict[str, Any]]) -> Iterator[Dict[str, Any]]:
    """Yield each ${one} once: the first with its ${text1} and ${text2} wins."""
    seen: Set[Tuple[str, str]] = set()
    for entry in ${rows}:
        key = (str(entry.get("${text1}", "")).casefold(), str(entry.get("${text2}", "")).casefold())
        if key in seen:
            continue
        seen.add(key)
        yield entry

=== chunks
def chunks_of_${many}(${rows}: Sequence[Any], size: int = ${limit}) -> Iterator[Sequence[Any]]:
    """Cut a long list into parts that one statement can take."""
    if size < 1:
        raise ValueError("a chunk holds at least one ${one}")
    for start in range(0, len(${rows}), size):
        yield ${rows}[start:start + size]

=== rank
def rank_${many}(${rows}: List[Dict[str, Any]], top: int = ${small}) -> List[Dict[str, Any]]:
    """Return the best ${many} with their rank; equals share one."""
    ordered = sorted(${rows}, key=lambda entry: (-float(entry["${num1}"]), str(entry["id"])))
    ranked: List[Dict[str, Any]] = []
    rank, last = 0, None
    for position, entry in enumerate(ordered, start=1):
        if entry["${num1}"] != last:
            rank, last = position, entry["${num1}"]
        if rank > top:
            break
        ranked.append({**entry, "rank": rank})
    return ranked

=== render-table
def ${many}_as_text(${rows}: Sequence[Dict[str, Any]], width: int = 24) -> str:
    """Render ${many} as a table of plain text, for mails and logs."""
    columns = ("id", "${text1}", "${num1}", "status")
    lines = ["  ".join(name.upper().ljust(width) for name in columns).rstrip()]
    lines.append("-" * (width * len(columns)))
    for entry in ${rows}:
        cells = []
        for name in columns:
            text = str(entry.get(name, ""))
            cells.append(text if len(text) <= width else text[: width - 3] + "...")
        lines.append("  ".join(cell.ljust(width) for cell in cells).rstrip())
    if not ${rows}:
        lines.append("(no ${many})")
    return "\n".join(lines)

=== validate
def check_${one}(values: Dict[str, Any]) -> List[str]:
    """Return what is wrong with the values of a ${one}, in words."""
    problems: List[str] = []
    ${text1} = values.get("${text1}", "")
    if not ${text1}:
        problems.append("${text1} is missing")
    elif len(${text1}) > ${limit}:
        problems.append("${text1} is longer than ${limit} characters")
    ${num1} = values.get("${num1}")
    if ${num1} is not None and not 0 <= ${num1} <= 10 ** 6:
        problems.append(f"${num1} is out of range: {${num1}}")
    if values.get("status", "${state1}") not in ("${state1}", "${state2}", "${state3}"):
        problems.append("status is unknown: {status}".format(status=values["status"]))
    #?
    unknown = sorted(set(values) - {"id", "${text1}", "${text2}", "${num1}", "${num2}", "status"})
    problems.extend(f"unknown field {name}" for name in unknown)
    #:
    #.
    return problems

=== parse-number
def parse_${one}_${num1}(text: str, default: float = 0.0) -> float:
    """Read a number as people write it: `1.234,50`, `1,234.50`, ` 12 `."""
    cleaned = text.strip().replace(" ", "")
    if "," in cleaned and "." in cleaned:
        decimal = "," if cleaned.rindex(",") > cleaned.rindex(".") else "."
        thousands = "." if decimal == "," else ","
        cleaned = cleaned.replace(thousands, "").replace(decimal, ".")
    else:
        cleaned = cleaned.replace(",", ".")
    try:
        return round(float(cleaned), ${digits})
    except ValueError:
        #?
        logger.debug("no number for ${num1}: %r", text)
        return default
        #:
        return default
        #.

=== settings
@lru_cache(maxsize=1)
def ${one}_settings() -> Dict[str, Any]:
    """Read the settings for ${many} from the environment, once."""
    settings: Dict[str, Any] = {
        "enabled": os.environ.get("${UPPER}_ENABLED", "true").lower() in ("1", "true", "yes"),
        "prefix": os.environ.get("${UPPER}_PREFIX", "${one}-"),
    }
    for name, default in (("LIMIT", ${limit}), ("DAYS", ${days}), ("SECONDS", ${seconds})):
        raw = os.environ.get(f"${UPPER}_{name}", "")
        try:
            settings[name.lower()] = int(raw) if raw else default
        except ValueError:
            logger.warning("${UPPER}_%s is no number: %r", name, raw)
            settings[name.lower()] = default
    return settings

=== buckets
def bucket_${many}(${rows}: Iterable[Dict[str, Any]], step: int = ${days}) -> List[Tuple[str, int]]:
    """Count ${many} by the size of their ${num1}, in equal steps."""
    counter: Counter = Counter()
    for entry in ${rows}:
        value = entry.get("${num1}")
        if value is None:
            counter[-1] += 1
            continue
        counter[int(float(value) // step)] += 1
    labels: List[Tuple[str, int]] = []
    for bucket, number in sorted(counter.items()):
        label = "none" if bucket < 0 else f"{bucket * step}-{(bucket + 1) * step - 1}"
        labels.append((label, number))
    return labels

=== cache-key
def ${one}_cache_key(${one}_id: str, **options: Any) -> str:
    """Return a short key that is the same for the same question."""
    canonical = json.dumps(options, sort_keys=True, default=str)
    digest = hashlib.sha256(f"{${one}_id}:{canonical}".encode("utf-8")).hexdigest()
    return f"${one}:{${one}_id}:{digest[:16]}"
''')
