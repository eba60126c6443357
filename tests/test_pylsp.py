"""An editor sees the findings while the buffer isn't saved: the real python-lsp-server."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Dict, List, Optional, Type

import pytest

from tests.cli_process import environment

pytestmark = pytest.mark.skipif(find_spec("pylsp") is None, reason="pylsp isn't installed")

SECONDS = 60  # until an answer must be there; none is measured
LANGUAGES = ("autopep8", "mccabe", "pycodestyle", "pydocstyle", "pyflakes", "pylint", "yapf")


class Editor:
    """A client that speaks just enough of the language server protocol.

    Args:
        root: the folder that is open.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pylsp"], cwd=root, env=environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._messages: queue.Queue[Dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._last_id = 0

    def __enter__(self) -> Editor:
        self.request("initialize", processId=None, rootUri=self._root.as_uri(), capabilities={})
        self.notify("initialized")
        plugins: Dict[str, Any] = {name: {"enabled": False} for name in LANGUAGES}
        program = Path(sys.executable).with_name("flake8")
        plugins["flake8"] = {"enabled": True, "executable": str(program)}
        settings = {"pylsp": {"plugins": plugins}}
        self.notify("workspace/didChangeConfiguration", settings=settings)
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if kind is None:
            self.request("shutdown")
            self.notify("exit")
            self._process.wait(SECONDS)
        self._process.kill()
        self._process.wait()

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        while True:
            length = 0
            for line in iter(output.readline, b"\r\n"):
                if not line:
                    return
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self._messages.put(json.loads(output.read(length)))

    def _send(self, message: Dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode("utf-8")
        self._input.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._input.flush()

    def notify(self, method: str, **params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def request(self, method: str, **params: Any) -> Any:
        """Send a request and wait for its answer."""
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._messages.get(timeout=SECONDS)
            if message.get("id") == self._last_id and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def diagnostics(self, uri: str) -> List[Dict[str, Any]]:
        """Wait for the next diagnostics of a document, those of our codes but MOS7.

        The small buffers of these tests have no version headers.
        """
        while True:
            message = self._messages.get(timeout=SECONDS)
            if message.get("method") == "textDocument/publishDiagnostics":
                if message["params"]["uri"] == uri:
                    found: List[Dict[str, Any]] = message["params"]["diagnostics"]
                    codes = [(str(one["code"]), one) for one in found]
                    ours = [(code, one) for code, one in codes if code.startswith("MOS")]
                    return [one for code, one in ours if not code.startswith("MOS7")]


def test_fault_in_an_unsaved_buffer_is_published_at_its_place(tmp_path: Path) -> None:
    file = tmp_path / "api" / "x.py"
    file.parent.mkdir()
    file.write_text("# saved, and clean\n", encoding="utf-8")
    faulty = "def f():\n    name = 'é'; conn = get_conn()\n"
    repaired = "def f():\n    with get_conn() as conn:\n        return conn.closed\n"
    with Editor(tmp_path) as editor:
        uri = file.as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": faulty}
        editor.notify("textDocument/didOpen", textDocument=document)
        (shown,) = editor.diagnostics(uri)
        assert shown["code"] == "MOS101"
        assert shown["range"]["start"] == {"line": 1, "character": 23}
        assert shown["source"] == "flake8"
        assert "get_conn() returns a context manager, not a connection" in shown["message"]
        editor.notify(
            "textDocument/didChange",
            textDocument={"uri": uri, "version": 2},
            contentChanges=[{"text": repaired}],
        )
        assert editor.diagnostics(uri) == []
    assert file.read_text(encoding="utf-8") == "# saved, and clean\n"


def test_configuration_of_the_project_holds_in_the_editor(tmp_path: Path) -> None:
    table = "[tool.mosaic_lint]\nconnection-factories = ['acquire']\n"
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    with Editor(tmp_path) as editor:
        uri = (tmp_path / "new.py").as_uri()
        text = "a = get_conn()\nb = acquire()\n"
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", textDocument=document)
        (shown,) = editor.diagnostics(uri)
        assert (shown["code"], shown["range"]["start"]["line"]) == ("MOS101", 1)
