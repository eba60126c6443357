"""Words by which DDL is found in a text that nobody has read yet."""

from __future__ import annotations

import re

_BETWEEN = (
    r"(?:[\s\"'+()]|\\[nrt\r\n]|\b[fr]{0,2}(?=[\"'])|\b(?:or|replace|temp|temporary|unlogged|global|local"
    r"|unique|foreign|materialized|recursive)\b){1,60}"
)
"""What stands between two words of DDL, be they in pieces of literals."""
DDL = re.compile(
    rf"\b(?:create|alter){_BETWEEN}(?:table|index|type|domain|view|function|aggregate|procedure"
    r"|collation|operator|sequence)\b",
    re.IGNORECASE,
)
"""What a text has that may declare something; over-approximates."""
