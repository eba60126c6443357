"""Where version headers and their fields stand, and that no text is too much to read."""

from __future__ import annotations

import ast
import random
import time
from pathlib import Path
from typing import Callable, Dict, List

import pytest

from mosaic_lint.facts.rollback_targets import missing_targets
from mosaic_lint.header import KNOWN_FIELDS, Header, header_text, read_header
from mosaic_lint.source import Language

ROOT = Path(__file__).parents[1]


def python(text: str) -> Header:
    """The header of a module."""
    return read_header(text, Language.PYTHON)


FORMS: Dict[str, Callable[[str], str]] = {
    "hex": lambda c: f"\\x{ord(c):02x}" if ord(c) < 256 else c,
    "octal": lambda c: f"\\{ord(c):03o}" if ord(c) < 256 else c,
    "short": lambda c: f"\\u{ord(c):04x}" if ord(c) < 65536 else c,
    "long": lambda c: f"\\U{ord(c):08x}",
    "continued": lambda c: c + "\\\n",
}


def written(text: str, mark: str, rng: random.Random) -> str:
    """A text as it may be written in a literal, some of its characters as escapes."""
    forms = [str] * 8 + list(FORMS.values())
    has_lines = len(mark) == 3
    return "".join(rng.choice(forms)(c) if c != "\n" or has_lines else "\\n" for c in text)


def literals(lines: List[str], rng: random.Random) -> str:
    """Lines as a docstring: one literal, or several side by side."""
    pieces, start = [], 0
    while start < len(lines):
        end = rng.randint(start + 1, len(lines))
        mark = rng.choice(['"""', "'''", '"', "'"])
        text = written("".join(f"{line}\n" for line in lines[start:end]), mark, rng)
        pieces.append(f"{rng.choice(['', 'u', 'U'])}{mark}{text}{mark}")
        start = end
    between = rng.choice([" ", "\n", " # why\n"])
    return f"({between.join(pieces)})"


@pytest.mark.parametrize("seed", range(60))
def test_places_of_names_and_values_in_python(seed: int) -> None:
    rng = random.Random(seed)
    values = {name: rng.choice(["1.4.0", "heute 🕘 offen", "a/b.py é"]) for name in KNOWN_FIELDS}
    lines = [f"{rng.choice(['', '  '])}{name}: {value}" for name, value in values.items()]
    newline = rng.choice(["\n", "\r\n", "\r"])
    text = f"#!x\n\f\n# {seed}\n{literals(['Hours', *lines], rng)}; x = 1\n"
    text = text.replace("\n", newline)
    ast.parse(text)
    found = python(text)
    assert {field.name: field.value for field in found.fields.values()} == values
    assert found.has_statements
    for field in found.fields.values():
        assert meaning(text[slice(*field.name_span)]) == field.name
        assert meaning(text[slice(*field.span)]) == field.value


def meaning(part: str) -> str:
    """What a part of a literal means."""
    return str(ast.literal_eval(f"'''{part}'''"))


def test_place_of_what_is_cut_in_two() -> None:
    text = "('VER' r'SION: 1.' '''4\\x2e0\n''')\nx = 1\n"
    (field,) = python(text).fields.values()
    assert (field.name, field.value) == ("VERSION", "1.4.0")
    assert text[slice(*field.name_span)] == "VER' r'SION"
    assert text[slice(*field.span)] == "1.' '''4\\x2e0"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("language", [Language.SQL, Language.SHELL])
def test_places_of_names_and_values_in_comments(language: Language, newline: str) -> None:
    sign = "--" if language is Language.SQL else "#"
    text = newline.join(
        [f"{sign} Öffnung 🏪", "", f"{sign}{sign}\tVERSION:\t1.4.0  {sign}", f"{sign} PURPOSE:",
         f"{sign}   - heute 🕘 offen", f"{sign}MODULE: a/b {sign} noqa: MOS704", "echo"]
    )  # fmt: skip
    found = read_header(text, language).fields
    expected = {"VERSION": "1.4.0", "PURPOSE": "heute 🕘 offen", "MODULE": "a/b"}
    assert {name: field.value for name, field in found.items()} == expected
    for field in found.values():
        assert text[slice(*field.name_span)] == field.name
        assert text[slice(*field.span)] == field.value


MODULES: Dict[str, str] = {
    "nothing": "",
    "blank": "\n \t\f\n# x\n",
    "docstring": '"""x"""',
    "docstring and comment": '"x" # y\n# z\n',
    "statement": "x = 1",
    "one line": "'x'; y = 1",
    "semicolon": "'x';\n",
    "parentheses": "(('x' 'y'\n# z\n'z'))\n",
    "continued": "\\\n'x' \\\n'y'\n",
    "two strings": "'x'\n'y'\n",
    "formatted": "f'x'\n",
    "half formatted": "'x' f'{1}'\n",
    "bytes": "b'x'\n",
    "raw": "r'\\x'\n",
    "raw bytes": "rb'x'\n",
    "escaped quotes": "'''a\\'''b\\\\'''\n",
    "escapes": "'\\N{DIGIT ONE}\\x32\\63\\u0034\\\n\\q'\n",
    "sum": "'x' + 'y'\n",
    "comparison": "'x' < 'y'\n",
    "conditional": "'x' if 1 else 'y'\n",
    "call": "('x')('y')\n",
    "attribute": "'x'.y\n",
    "subscript": "'x'[0]\n",
    "tuple": "'x',\n",
    "tuple in parentheses": "('x',)\n",
    "generator": "('x' for x in y)\n",
    "assignment": "x = 'x'\n",
    "line ends": "'''x\r\ny\rz'''\r\nx = 1\r",
    "empty string": "''\n",
    "empty string of three": '""""""\nx\n',
    "walrus": "(x := 'y')\n",
    "yield": "x: 'y'\n",
    "in and": "'x' and 'y'\n",
}


@pytest.mark.parametrize("name", MODULES)
def test_docstring_is_what_python_takes(name: str) -> None:
    check_against_python(MODULES[name])


def test_docstrings_of_these_files() -> None:
    for file in [*ROOT.glob("mosaic_lint/*.py"), *ROOT.glob("tests/fixtures/MOS70?/*.py")]:
        text = file.read_bytes().decode("utf-8-sig")
        try:
            ast.parse(text)
        except SyntaxError:
            continue  # of a newer Python
        check_against_python(text)


def check_against_python(text: str) -> None:
    """Compare docstring and statements with what Python's own parser sees."""
    module = ast.parse(text)
    docstring = ast.get_docstring(module, clean=False)
    found = header_text(text, Language.PYTHON)
    assert (found.text if found.parts else None) == docstring
    assert found.has_statements == (len(module.body) > (docstring is not None))
    if docstring is not None:
        assert ast.literal_eval(f"({text[slice(*found.span)]})") == docstring


# Bad input

N = 100_000
HOSTILE: Dict[str, str] = {
    "long docstring": '"""' + "VERSION: 1\n" * (N // 10) + '"""',
    "one long line": '"""VERSION: ' + "x " * N + '"""',
    "blanks": '"""VERSION:' + " " * N + 'x"""',
    "many lists": '"""\n' + "PURPOSE:\n  VERSION: x\n" * (N // 20) + '"""',
    "long value, many items": '"""\nPURPOSE:' + " x" * N + "\n  VERSION: 1" * N + '\n"""',
    "many entries": '"""\nROLLBACK_PATH:\n' + "  - x\n" * N + '"""',
    "escapes": '"""' + "\\x41" * N + '"""',
    "backslashes": '"' + "\\" * N,
    "unterminated": '"""' + "VERSION: 1\n" * (N // 10),
    "unterminated quote": "'" + "x" * N,
    "half open": "'x' " * N + "'",
    "many literals": "(" + "'VERSION: 1\\n'\n" * (N // 10) + ")",
    "parentheses": "(" * N + "'x'" + ")" * N,
    "comments": "# x\n" * N,
    "comment signs": "# " * N + "\n" + "--" * N,
    "block": "/*" * N,
    "nested blocks": "/*" * (N // 2) + "*/" * (N // 2) + "x",
    "stars": "/*\n" + " * \n" * N + "*/",
    "blanks only": " " * N + "\n" + "\t" * N,
    "carriage returns": "\r" * N,
    "semicolons": "'x'" + ";" * N,
    "nulls": '"""\0VERSION: 1\0"""\0' + "\0" * N,
    "boxes": "# VERSION: 1" + " #" * N + "\n" + "# " + "=" * N + "x",
    "surrogates": '"""\ud800VERSION: \ud800\n"""',
    "continuations": "\\\n" * N + "'x'",
    "scripts": '"""\nROLLBACK_PATH: ' + "a.sql " * (N // 100) + '\n"""',
    "one long script": '"""\nROLLBACK_PATH: ' + "a.sq/" * N + '.sql\n"""',
    "git": '"""\nROLLBACK_PATH: ' + "git -x " * N + '.sql\n"""',
}


@pytest.mark.parametrize("language", [Language.PYTHON, Language.SQL, Language.SHELL])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_linear_time(name: str, language: Language, tmp_path: Path) -> None:
    text = HOSTILE[name]
    start = time.process_time()
    header = read_header(text, language)
    list(missing_targets(header, tmp_path))
    assert time.process_time() - start < 8
    assert 0 <= header.span.start <= header.span.end <= len(text)


def test_any_beginning_of_a_header_is_read() -> None:
    text = "#!x\n('a\\\n' u'''\nVERSION: \\x31.4\\N{DIGIT ONE}\n''' # y\n) ; x"
    for length in range(len(text) + 1):
        for language in (Language.PYTHON, Language.SQL, Language.SHELL):
            read_header(text[:length], language)


def test_required_names_may_hold_anything() -> None:
    required = ("a.b", "OWNER", "VERSION", "(", "")
    header = read_header('"""\na.b: 1\naxb: 2\n(: 3\nOWNER: 4\n"""\n', Language.PYTHON, required)
    assert {name: field.value for name, field in header.fields.items() if name} == {
        "a.b": "1", "(": "3", "OWNER": "4",
    }  # fmt: skip
