r"""Fenced blocks, and the exact place of each of their characters in the Markdown file."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Dict, List, Tuple

import pytest

from mosaic_lint.markdown import Block, blocks
from tests.cli_process import environment

pytest.importorskip("markdown_it")


def check_places(block: Block, text: str) -> None:
    r"""Each character of the block is the file's, but for ``\n`` and the parts of a tab."""
    places = [block.offset(index) for index in range(len(block.text) + 1)]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= len(text)
    for index, character in enumerate(block.text):
        there = text[places[index] : places[index] + 1]
        if character == "\n":
            assert there in ("\r", "\n")
        elif there != character:
            assert (character, there) == (" ", "\t")
        else:
            assert places[index] < places[index + 1]


def found(text: str) -> List[Tuple[str, str]]:
    result = []
    for block in blocks(text):
        check_places(block, text)
        result.append((block.language, block.text))
    return result


CASES: Dict[str, Tuple[str, List[Tuple[str, str]]]] = {
    "nothing": ("", []),
    "no fence": ("a\n\n    x = 1\n", []),
    "python": ("a\n```python\nx = 1\n```\n", [("python", "x = 1\n")]),
    "py": ("```py\nx\n```", [("python", "x\n")]),
    "Python3": ("``` Python3 title='a.py'\nx\n```", [("python", "x\n")]),
    "with an attribute": ("```python{1,3}\nx\n```", [("python", "x\n")]),
    "with a comma": ("```python,ignore\nx\n```", [("python", "x\n")]),
    "with a name": ("```sql:a.sql\nx\n```", [("sql", "x\n")]),
    "SQL": ("~~~SQL\nx\n~~~\n~~~ postgresql a\ny\n~~~", [("sql", "x\n"), ("sql", "y\n")]),
    "psql": ("```psql\nx\n```\n```pgsql\ny\n```", [("sql", "x\n"), ("sql", "y\n")]),
    "postgres": ("```postgres\nx\n```", [("sql", "x\n")]),
    "others": ("```pycon\n```\n```\n```\n```python-repl\n```\n```sqlite\n```\n```c sql\n```", []),
    "backticks within": ("~~~~py\n```\n~~~\n~~~~", [("python", "```\n~~~\n")]),
    "backtick in the first line": ("```py `\nx\n```", []),
    "unclosed": ("```py\nx\n\ny", [("python", "x\n\ny")]),
    "unclosed and empty": ("```py", [("python", "")]),
    "unclosed and empty, with a line end": ("```py\n", [("python", "")]),
    "empty": ("```py\n```\n", [("python", "")]),
    "an empty line": ("```py\n\n```\n", [("python", "\n")]),
    "indented": ("  ```py\n  x\n    y\n z\n  ```", [("python", "x\n  y\nz\n")]),
    "indented too much": ("    ```py\n    x\n    ```", []),
    "list": (
        "- a\n\n  ```py\n  if x:\n      y\n\n  z\n  ```\n",
        [("python", "if x:\n    y\n\nz\n")],
    ),
    "list, on its line": ("1. ```py\n   x\n   ```\n", [("python", "x\n")]),
    "list, left": ("- ```py\n  x\n\ny\n", [("python", "x\n\n")]),
    "quote": ("> ```py\n> x\n>  y\n>z\n>\n> ```\n", [("python", "x\n y\nz\n\n")]),
    "quote, left": ("> ```py\n> x\ny\n", [("python", "x\n")]),
    "quote in a list in a quote": ("> - > ```sql\n>   > x\n>   > ```\n", [("sql", "x\n")]),
    "same prefix within": ("> ```py\n> > x\n> ```\n", [("python", "> x\n")]),
    "tabs": ("```py\n\tx\n\t\ty\t\n```", [("python", "\tx\n\t\ty\t\n")]),
    "tab as a prefix": ("- a\n\n\t```py\n\tx\n\t\ty\n\t```", [("python", "x\n\ty\n")]),
    "part of a tab": ("- a\n\n  ```py\n\t\tx\n  ```", [("python", "  \tx\n")]),
    "part of a tab in a quote": (">\t```py\n>\tx\n>\t```", [("python", "x\n")]),
    "only tabs": ("- ```py\n\t\n\t\t\n  ```", [("python", "  \n  \t\n")]),
    "CRLF": ("a\r\n```py\r\nx\r\n\r\ny\r\n```\r\n", [("python", "x\n\ny\n")]),
    "CR": ("a\r```py\rx\ry\r```\r", [("python", "x\ny\n")]),
    "mixed": ("> ```py\r> x\r\n> y\n> \r> ```", [("python", "x\ny\n\n")]),
    "no line ends": (
        "```py\nx\fy\x0b\x85\u2028\x1cz\n```",
        [("python", "x\fy\x0b\x85\u2028\x1cz\n")],
    ),
    "beyond the BMP": ("😀\n\n> ```py\n> '😀é' + x\n> ```", [("python", "'😀é' + x\n")]),
    "NUL": ("\0\n```py\n\0x\ufffd\0\n```", [("python", "\0x\ufffd\0\n")]),
    "lone surrogate": ("```py\n'\udc80'\n```", [("python", "'\udc80'\n")]),
    "within HTML": ("<div>\n```py\nx\n```\n</div>\n\n```py\ny\n```", [("python", "y\n")]),
    "within a comment": ("<!--\n```py\nx\n```\n-->\n", []),
}


@pytest.mark.parametrize("name", CASES)
def test_blocks(name: str) -> None:
    text, expected = CASES[name]
    assert found(text) == expected


@pytest.mark.parametrize("prefix", ["", "> ", "- a\n\n  ", "> - "])
@pytest.mark.parametrize(
    ("before", "count"),
    [
        ("<!-- mosaic-lint: skip -->\n", 0),
        ("<!-- mosaic-lint: skip -->\n\n\n", 0),
        ("<!--mosaic-lint:skip-->\n", 0),
        ("<!-- Mosaic-Lint: skip: a bad example -->\n", 0),
        ("<!--\nmosaic-lint: skip, since\n\nthis is bad\n-->\n", 0),
        ("<!-- mosaic-lint: skip --> <!-- prettier-ignore -->\n", 0),
        ("<!-- mosaic-lint: skip-file -->\n", 1),
        ("<!-- mosaic-lint: skipped -->\n", 1),
        ("<!-- prettier-ignore -->\n", 1),
        ("<!-- no mosaic-lint: skip -->\n", 1),
        ("<!-- mosaic-lint: skip -->\n\nText.\n\n", 1),
        ("<!-- mosaic-lint: skip -->\n\n---\n\n", 1),
        ("text <!-- mosaic-lint: skip -->\n", 1),
        ("`<!-- mosaic-lint: skip -->`\n", 1),
        ("    <!-- mosaic-lint: skip -->\n\n", 1),
    ],
)
def test_skipped_by_an_html_comment(prefix: str, before: str, count: int) -> None:
    follow = {"> ": "> ", "> - ": ">   "}.get(prefix, " " * 2 * bool(prefix))
    lines = f"{before}```py\nx\n```\n\n```py\ny\n```\n".split("\n")
    text = prefix + f"\n{follow}".join(lines)
    assert found(text) == [("python", "x\n")] * count + [("python", "y\n")]


def test_a_comment_speaks_for_its_container() -> None:
    outside = "<!-- mosaic-lint: skip -->\n\n- ```py\n  x\n  ```\n"
    assert found(outside) == [("python", "x\n")]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("```py\n# mosaic-lint: skip\nx\n```", 0),
        ("```py\nx  #mosaic-lint:skip (bad)\n```", 0),
        ("> ```py\n> def (:\n>   ' # mosaic-lint: skip\n> ```", 0),
        ("```sql\nSELECT 1; -- mosaic-lint: skip\n```", 0),
        ("```sql\n# mosaic-lint: skip\n```", 1),
        ("```py\n-- mosaic-lint: skip\n```", 1),
        ("```py\nmosaic-lint: skip\n```", 1),
        ("```py\n# mosaic-lint: skips\n```", 1),
        ("```py\n# mosaic-lint:\n# skip\n```", 1),
    ],
)
def test_skipped_by_a_comment_within(text: str, count: int) -> None:
    assert len(found(text)) == count
    assert len(found(text + "\n\n```py\ny\n```")) == count + 1


def test_offset() -> None:
    text = "> - ```py\r\n>   ab\r\n>   c\r\n>   ```\r\n"
    (block,) = blocks(text)
    assert block.text == "ab\nc\n"
    assert [block.offset(index) for index in range(6)] == [15, 16, 17, 23, 24, 26]
    assert (block.offset(-1), block.offset(99)) == (15, 26)


def test_offset_in_part_of_a_tab() -> None:
    text = "- a\n\n  ```py\n\tx\n  ```"
    (block,) = blocks(text)
    assert (block.text, [block.offset(index) for index in range(4)]) == ("  x\n", [13, 13, 14, 15])


LINES = [
    "x = 1",
    "",
    " ",
    "  y",
    "\tz",
    " \t w",
    "a\tb\t",
    "'😀é'",
    "\0",
    "\f",
    "\x85\u2028",
    "SELECT ';'",
    "> q",
    "- i",
    "1. n",
    "    four",
    "``",
    "<div>",
    "# h",
    "===",
    "\ufffd",
    "[a]: b",
    "* * *",
    "\\",
    "<!-- c -->",
]
PREFIXES = ["", "> ", ">", ">\t", "- ", "  ", "   ", "1. ", "\t", "> - ", " > "]


def random_text(choose: random.Random) -> str:
    text = ""
    for _ in range(choose.randrange(1, 16)):
        prefix = "".join(choose.choices(PREFIXES, k=choose.randrange(3)))
        kind = choose.random()
        if kind < 0.35:
            line = choose.choice(["```", "~~~", "````"]) + choose.choice(
                ["py", "sql", " Python x", ""]
            )
        else:
            line = choose.choice(LINES)
        text += prefix + line + choose.choice(["\n", "\n", "\r\n", "\r"])
    return text[: choose.choice([None, -1])]


def test_random_texts() -> None:
    """Nothing raises, no block gets lost, and each character of each is where it says."""
    from markdown_it import MarkdownIt

    choose = random.Random(20_250_102)
    parser = MarkdownIt("commonmark")
    count = 0
    for _ in range(6_000):
        text = random_text(choose)
        fences = [token for token in parser.parse(text) if token.type == "fence"]
        wanted = [t.content for t in fences if t.info.split()[:1] in (["py"], ["sql"], ["Python"])]
        given = [content.replace("\0", "\ufffd") for _, content in found(text)]
        assert given == wanted, text
        count += len(given)
    assert count > 5_000


def test_known_blocks_in_known_containers() -> None:
    """Built from the outside: the place of each line is known without asking any parser."""
    choose = random.Random(3)
    for _ in range(2_000):
        first, follow = choose.choice(
            [("", ""), ("> ", "> "), ("- ", "  "), ("1. ", "   "), ("> - ", ">   ")]
        )
        newline = choose.choice(["\n", "\r\n", "\r"])
        code = choose.choices(
            ["x = '😀\0'", "\ty", "  z", "\f", "SELECT 1", "\x85"], k=choose.randrange(5)
        )
        text = f"Head 😀{newline}{newline}{first}```python{newline}"
        expected: List[int] = []
        for line in code:
            text += follow
            expected += range(len(text), len(text) + len(line) + 1)
            text += line + newline
        text += f"{follow}```{newline}"
        (block,) = blocks(text)
        assert block.text == "".join(f"{line}\n" for line in code)
        assert [block.offset(index) for index in range(len(block.text))] == expected


HOSTILE = {
    "quotes": "> " * 200_000,
    "deep quotes": "\n".join(">" * depth for depth in range(1, 500)) + "\n",
    "lists": "".join("  " * depth + "- a\n" for depth in range(500)),
    "open fences": "```py\n" * 100_000,
    "comments": "<!-- mosaic-lint: skip\n" * 30_000,
    "comments on a line": "<!--" + " " * 500_000,
    "hashes": "```py\n" + "#" * 500_000 + "\n```\n",
    "dashes": "```sql\n" + "-" * 500_000 + "\n```\n",
    "spaces": "```" + " " * 500_000 + "py",
    "ticks": "`" * 500_000 + "py",
    "brackets": "[" * 200_000,
    "tabs": "```py\n" + "\t" * 500_000 + "x\n```\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_seconds(name: str) -> None:
    text = HOSTILE[name] + "\n\n```sql\nSELECT 1\n```\n"
    started = time.perf_counter()
    for block in blocks(text):
        block.offset(len(block.text))
    assert time.perf_counter() - started < 20


def test_the_parser_is_imported_only_for_a_fence() -> None:
    code = (
        "import sys; from mosaic_lint.markdown import blocks\n"
        "assert not list(blocks('# Title\\n\\n```sh\\nls\\n```\\n'))\n"
        "assert 'markdown_it' not in sys.modules\n"
        "assert len(list(blocks('```py\\nx\\n```\\n'))) == 1\n"
        "assert 'markdown_it' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
