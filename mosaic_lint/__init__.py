"""mosaic_lint: the linter that keeps a team's sacred patterns sacred."""

from __future__ import annotations

__version__ = "0.1.0"
