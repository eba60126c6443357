"""``python -m mosaic_lint`` is the command line."""

from __future__ import annotations

from mosaic_lint.faces.cli import main

if __name__ == "__main__":
    main()
