"""Where comments are, in Python, in shell scripts and in SQL."""

from __future__ import annotations

import io
import subprocess
import time
import tokenize
from pathlib import Path
from typing import Callable, Iterator, List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mosaic_lint import pycomments, shellfile, sqlfile
from mosaic_lint.model import Span

REPOSITORY = Path(__file__).resolve().parents[1]
Find = Callable[[str], Iterator[Span]]
ALL: List[Find] = [pycomments.comments, shellfile.comments, sqlfile.all_comments]


def texts(find: Find, text: str) -> List[str]:
    return [text[span.start : span.end] for span in find(text)]


PYTHON = {
    "behind code": ("x = 1  # a", ["# a"]),
    "in plain strings": ("x = '# a', \"# b\", r'# c', b'# d'", []),
    "in a docstring": ('"""\n# a\n"""\n# b', ["# b"]),
    "in a docstring that quotes": ('"""a ""\n# a "" \\""" # b """\n# c', ["# c"]),
    "other quotes within": ("x = '\"' # a '", ["# a '"]),
    "escaped quote": (r"x = 'it\'s # a' # b", ["# b"]),
    "raw string that ends in backslashes": ("x = r'\\\\' # a", ["# a"]),
    "string over a joined line": ("x = 'a \\\n # b' # c", ["# c"]),
    "string over a joined line, CRLF": ("x = 'a \\\r\n # b' # c\r\n", ["# c"]),
    "string that isn't closed": ("x = 'it\n# a\n", ["# a"]),
    "docstring that isn't closed": ("'''it\n# a\n", []),
    "empty strings": ("x = '' # a\ny = \"\" # b\nz = '''''' # c", ["# a", "# b", "# c"]),
    "f-string": ("x = f'{a!r:>{w}} # b' # c", ["# c"]),
    "f-string with its own quotes within": ('x = f"{a["b"]}" # c', ["# c"]),
    "form feed": ("\f# a\x0cb\n", ["# a\x0cb"]),
    "lone carriage return": ("# a\rx = 1\r# b", ["# a", "# b"]),
}


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_python(name: str) -> None:
    text, expected = PYTHON[name]
    assert texts(pycomments.comments, text) == expected


def test_python_is_read_as_the_tokenizer_reads_it() -> None:
    files = sorted((REPOSITORY / "mosaic_lint").rglob("*.py"))[::5]
    for file in [*files, *sorted((REPOSITORY / "tests").glob("test_*.py"))[::5]]:
        text = file.read_text("utf-8")
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        expected = [token.string for token in tokens if token.type == tokenize.COMMENT]
        assert texts(pycomments.comments, text) == expected, file


SHELL = {
    "lines": ("#!/bin/sh\n# a\nls # b\n", ["#!/bin/sh", "# a", "# b"]),
    "behind separators": ("a;# b\n(# c\nls) # d\na &# e\n", ["# b", "# c", "# d", "# e"]),
    "within a word": ("echo a#b $# ${#x} ${x#y} ${x##*/} $((16#ff))\n# c", ["# c"]),
    "in quotes": ("echo '# a' \"# b\" $'it\\'s # c' # d", ["# d"]),
    "in quotes over lines": ("echo '\n# a\n' \"\n# b\n\"\n# c\n", ["# c"]),
    "escaped": ("echo \\# a \\' # b", ["# b"]),
    "apostrophe in a comment": ("# it's\nls # a\n", ["# it's", "# a"]),
    "apostrophe in quotes": ('echo "it\'s" # a\n', ["# a"]),
    "command in quotes": ('x="$(ls "# a" | wc)" # b\n', ["# b"]),
    "comment in a command in quotes": ('x="$(\n# a\nls)" # b\n', ["# a", "# b"]),
    "backticks": ("x=`ls # a\n` # b\n", ["# a", "# b"]),
    "backticks in quotes": ('x="`ls`# a" # b\n', ["# b"]),
    "expansion in quotes": ('x="${y:-"# a"}" # b\n', ["# b"]),
    "expansion with blanks": ("x=${y:- # a} # b\n", ["# b"]),
    "case": ("case $x in\na) ls ;; # a\n*) ls # b\nesac\n", ["# a", "# b"]),
    "document": ("cat <<EOF\n# a\nit's\nEOF\n# b\n", ["# b"]),
    "document with quotes": ("cat <<'EOF' > x # a\n# b\nEOF\n# c\n", ["# a", "# c"]),
    "document with tabs": ("cat <<-EOF\n\t# a\n\tEOF\n# b\n", ["# b"]),
    "documents": ("cat <<A <<B\n# a\nA\n# b\nB\n# c\n", ["# c"]),
    "document, escaped": ("cat << \\EOF\n# a\nEOF\n# b\n", ["# b"]),
    "document that isn't ended": ("cat <<EOF\n# a\n", ["# a"]),
    "document, CRLF": ("cat <<EOF\r\n# a\r\nEOF\r\n# b\r\n", ["# b"]),
    "text instead of a document": ("cat <<< EOF\n# a\nEOF\n", ["# a"]),
    "shifts": ("((x = 1 << y))\n# a\ny=$((1<<z))\n# b\nz\ny\n", ["# a", "# b"]),
    "quote that isn't closed": ("echo 'a\n# b\n", []),
}


@pytest.mark.parametrize("name", sorted(SHELL))
def test_shell(name: str) -> None:
    text, expected = SHELL[name]
    assert texts(shellfile.comments, text) == expected


# bash prints backticks and carriage returns as they are written, and nothing where quotes are open.
PRINTABLE = sorted(
    name for name in SHELL if not {"`", "\r"} & {*SHELL[name][0]} and "isn't" not in name
)


@pytest.mark.parametrize("name", PRINTABLE)
def test_what_is_no_comment_matters_to_bash(name: str) -> None:
    """Without its comments a script means the same to bash, and else nothing of it is left out."""
    text, _ = SHELL[name]
    bare = text
    for span in reversed(list(shellfile.comments(text))):
        bare = bare[: span.start] + bare[span.end :]
    assert _as_bash_reads(bare) == _as_bash_reads(text) != []


def _as_bash_reads(text: str) -> List[str]:
    """A script as bash prints it, whose printing drops comments."""
    script = "f() {\n:\n" + text + "\n}\ndeclare -f f\n"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=20
    )
    return [line.rstrip(" \t") for line in done.stdout.split("\n")[1:]]


SQL = {
    "lines": ("-- a\nSELECT 1; -- b\n", ["-- a", "-- b"]),
    "blocks": ("/* a */ SELECT /* b */ 1; /* c\nd */", ["/* a */", "/* b */", "/* c\nd */"]),
    "nested": ("/* a /* b */ c */ SELECT 1", ["/* a /* b */ c */"]),
    "both": ("/* a -- b */ -- c /* d\nSELECT 1; /* e */", ["/* a -- b */", "-- c /* d", "/* e */"]),
    "in literals": ("SELECT '-- a', '/* b */', \"-- c\", $$-- d$$; -- e", ["-- e"]),
    "left open": ("SELECT 1; /* a", ["/* a"]),
    "in a row": ("INSERT INTO t VALUES (1, /* a */ 2); /* b */", ["/* a */", "/* b */"]),
}


@pytest.mark.parametrize("name", sorted(SQL))
def test_sql(name: str) -> None:
    text, expected = SQL[name]
    assert texts(sqlfile.all_comments, text) == expected
    lines = [comment for comment in expected if comment.startswith("--")]
    assert texts(sqlfile.comments, text) == lines


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(text=st.text(alphabet="ab#'\"`\\\n\r\t $(){}<-EOF*/;"))
def test_spans_are_in_order_and_never_empty(text: str) -> None:
    for find in ALL:
        end = 0
        for span in find(text):
            assert end <= span.start < span.end <= len(text)
            end = span.end


@pytest.mark.parametrize("find", ALL, ids=["python", "shell", "sql"])
@pytest.mark.parametrize(
    "piece",
    ["#", "'", '"', "`", "$(", "${", "((", "<<A\n", "\\", "'''\\", '"""', "/*", '"$(`', "-"],
)
def test_time_is_linear(find: Find, piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        list(find(piece * count))
        return time.process_time() - start

    # What searches is a regular expression, whose steps nobody counts; quadratic would be 64.
    assert seconds(80_000) < 1 + 24 * seconds(10_000)
