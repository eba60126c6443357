"""What was read of a project, kept in a folder; whatever goes wrong there means: not kept.

``signature.txt`` names the schema that a state of the files leads to, ``files.json`` holds what is
known of each file, ``schema-KEY.json`` a schema by the DDL that makes it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Optional

_KEPT = 8  # schemas: as many branches as somebody goes back and forth between
_IGNORED = "*\n"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by mosaic-lint, safe to delete.\n"


class Store:
    """A folder of JSON files.

    Args:
        folder: it needn't exist; ``None`` keeps nothing.
    """

    def __init__(self, folder: Optional[Path]) -> None:
        self._folder = folder

    def read(self, name: str) -> Any:
        """The content of a file; ``None`` if there is none, or it is no JSON."""
        if self._folder is None:
            return None
        try:
            return json.loads((self._folder / f"{name}.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            return None

    def read_text(self, name: str) -> str:
        """The content of a file of plain text; empty if there is none."""
        if self._folder is None:
            return ""
        try:
            data = (self._folder / f"{name}.txt").read_bytes()
        except OSError:
            return ""
        return data.decode("utf-8", "surrogatepass")

    def write(self, name: str, value: Any) -> None:
        """Write a file of JSON."""
        try:
            text = json.dumps(value, separators=(",", ":"))
        except (ValueError, RecursionError):
            return  # what can't be kept is read again
        self._replace(f"{name}.json", text.encode("utf-8", "surrogatepass"))

    def write_text(self, name: str, text: str) -> None:
        """Write a file of plain text."""
        self._replace(f"{name}.txt", text.encode("utf-8", "surrogatepass"))

    def _replace(self, name: str, data: bytes) -> None:
        """Put a file in place at once, so that nobody reads half of one."""
        if self._folder is None:
            return
        import tempfile

        try:
            self._make_folder(self._folder)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(temporary, self._folder / name)
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError:
            return  # a read-only folder, a full disk: the next run reads the project again

    def prune(self, prefix: str) -> None:
        """Remove all but the newest files of a kind."""
        if self._folder is None:
            return
        try:
            files = [entry for entry in os.scandir(self._folder) if entry.name.startswith(prefix)]
            files.sort(key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
            for entry in files[_KEPT:]:
                os.unlink(entry.path)
        except OSError:
            return  # they are removed another time

    def remove(self) -> None:
        """Remove the folder, if it is one that was made here.

        Raises:
            OSError: it can't be removed.
        """
        if self._folder is not None and (self._folder / "CACHEDIR.TAG").is_file():
            import shutil

            shutil.rmtree(self._folder)

    @staticmethod
    def _make_folder(folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
        (folder / "CACHEDIR.TAG").write_text(_TAG, encoding="utf-8")
