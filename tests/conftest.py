"""What all tests share."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

# Nothing is written into the working tree.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "mosaic-lint-hypothesis")
