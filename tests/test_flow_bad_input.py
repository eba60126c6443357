"""Code that hides where values go: nothing is guessed, and nothing fails."""

from __future__ import annotations

import subprocess
import sys
from typing import Dict, List

import pytest

from tests.cli_process import environment
from tests.in_memory import places_of, report

CODES = ["MOS103", "MOS212", "MOS501", "MOS502", "MOS503", "MOS901", "MOS902"]

HIDDEN: Dict[str, str] = {
    "mutual recursion": (
        "import json\ndef a(x):\n    return b(x)\ndef b(x):\n    return a(x)\n"
        "def c(llm_reply):\n    return json.loads(a(llm_reply))\n"
    ),
    "recursion": "import json\ndef a(x):\n    return a(x)\nprint(json.loads(a(call_llm('x'))))\n",
    "deleted name": (
        "import json\ndef f(client):\n    text = client.messages.create(model='m')\n    del text\n"
        "    return json.loads(text)\n"
    ),
    "star import": "from models import *\nimport json\nprint(json.loads(text))\n",
    "exec": "import json\ndef f(code):\n    exec(code)\n    return json.loads(text)\n",
    "globals": (
        "import json\ndef f(client):\n    globals()['text'] = client.messages.create(model='m')\n"
        "    return json.loads(text)\n"
    ),
    "setattr": (
        "import json\nclass A:\n    def f(self, llm_reply):\n        setattr(self, 't', 1)\n"
        "    def g(self):\n        return json.loads(self.t)\n"
    ),
    "parser that was replaced": (
        "import json\njson.loads = print\ndef loads(x): ...\n"
        "def f(llm_reply):\n    return loads(llm_reply)\n"
    ),
    "factory that was replaced": (
        "def f(get_conn):\n    with get_conn() as conn:\n        pass\n    conn.commit()\n"
    ),
    "connection by globals": (
        "def f():\n    with get_conn() as conn:\n        globals()['c'] = 1\n    c.commit()\n"
    ),
    "class in a loop of bases": (
        "import json\nclass A(B): ...\nclass B(A): ...\ndef f(llm_reply):\n"
        "    return A(**json.loads(llm_reply))\n"
    ),
    "property of itself": (
        "class A:\n    @property\n    def x(self):\n        return self.x\n"
        "    def f(self):\n        import json\n        return json.loads(self.x)\n"
    ),
    "lambda of itself": "import json\nf = lambda x: f(x)\nprint(json.loads(f(call_llm(1))))\n",
    "default of itself": "def f(x=lambda: f()): return x\ndef g(conn=get_conn): return conn\n",
    "empty patterns": "with (): pass\nfor x in []: pass\n[] = ()\n[*_] = []\n() = ()\n",
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_what_cannot_be_known_is_silent(name: str) -> None:
    assert places_of(report(HIDDEN[name].encode(), "api/x.py", select=CODES)) == []


def nested(opening: str, depth: int, inner: str) -> str:
    lines = ["def f(llm_reply, rows, cursor):"]
    lines += ["    " * (level + 1) + opening for level in range(depth)]
    return "\n".join([*lines, "    " * (depth + 1) + inner, ""])


LARGE: Dict[str, str] = {
    "helpers that call each other": "import json\n"
    + "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(3_000))
    + "def f3000(x):\n    return x\ndef g(llm_reply):\n    return json.loads(f0(llm_reply))\n",
    "names for a name": "import json\ndef f(llm_reply):\n    x0 = llm_reply\n"
    + "".join(f"    x{n + 1} = x{n}\n" for n in range(5_000))
    + "    return json.loads(x5000)\n",
    "blocks in blocks": nested("with get_conn() as conn:", 60, "conn.commit()"),
    "tries in tries": "import json\n" + nested("for x in rows:", 60, "cursor.execute('SELECT 1')"),
    "one long sum": "import json\ndef f(llm_reply):\n    return json.loads("
    + " + ".join(["llm_reply"] * 350)
    + ")\n",
    "calls of calls": "import json\ndef f(llm_reply):\n    return json.loads("
    + "str(" * 150
    + "llm_reply"
    + ")" * 151
    + "\n",
    "attributes of attributes": "import json\ndef f(llm_reply):\n    return json.loads(llm_reply"
    + ".a" * 300
    + ")\n",
    "one name, many values": "import json\ndef f(client):\n"
    + "    text = client.messages.create(model='m')\n    json.loads(text)\n" * 2_000,
}

_RUN = """
import sys
from pathlib import Path
from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode, check
from mosaic_lint.source import Source

table = check_table({"select": sys.argv[1].split(",")}, "test")
report = check(Source("api/x.py", sys.stdin.read()), build(Path("/x"), None, table, {}),
               Mode(strict=True))
print(len(report.findings))
"""


def count(text: str) -> int:
    """How many findings a module has, found in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, ",".join(CODES)],
        input=text,
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return int(done.stdout)


EXPECTED = {
    "helpers that call each other": 1,
    "names for a name": 1,
    "one long sum": 1,
    "calls of calls": 1,
    "attributes of attributes": 1,
    "one name, many values": 2_000,
}


@pytest.mark.parametrize("name", sorted(LARGE))
def test_large_and_deep_input_ends_no_process(name: str) -> None:
    assert count(LARGE[name]) == EXPECTED.get(name, 0)


def codes(text: str) -> List[str]:
    return [finding.code for finding in report(text.encode(), "api/x.py", select=CODES).findings]


def test_a_chain_of_helpers_is_followed_whatever_its_length() -> None:
    def chain(length: int) -> str:
        helpers = "".join(f"def f{n}(x):\n    return f{n + 1}(x)\n" for n in range(length))
        last = f"def f{length}(x):\n    return x\n"
        return f"import json\n{helpers}{last}print(json.loads(f0(call_llm(1))))\n"

    assert codes(chain(3)) == ["MOS501"]
    assert codes(chain(100)) == ["MOS501"]
