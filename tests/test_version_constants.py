"""What a module gives its constants: forms, places and hostile texts."""

from __future__ import annotations

from typing import List, Optional

import pytest

from mosaic_lint.facts.version_constants import constants_of
from mosaic_lint.source import Source
from tests.growth import calls

NAME = "API_VERSION"


def values(text: str) -> Optional[List[Optional[str]]]:
    """What the constant gets, in order; ``None`` for a value that nobody knows."""
    constants = constants_of(Source("api/index.py", text))
    return None if constants is None else [binding.value for binding in constants[NAME]]


FORMS = {
    "API_VERSION = '1'": ["1"],
    "API_VERSION: str = '1'": ["1"],
    "API_VERSION: 'Final' = ' 1 '": ["1"],
    "API_VERSION: str": [],
    "x = API_VERSION = '1'": ["1"],
    "x, (API_VERSION, y) = 1, ('1', 2)": ["1"],
    "[x, API_VERSION] = 1, '1'": ["1"],
    "x, API_VERSION = y": [None],
    "x, *API_VERSION = 1, '1'": [None],
    "API_VERSION = 1.2": ["1.2"],
    "API_VERSION = None": ["None"],
    "API_VERSION = '1' '2'": ["12"],
    "API_VERSION = '1' + '2'": [None],
    "API_VERSION = f'1'": [None],
    "API_VERSION = VERSION = version()": [None],
    "API_VERSION += '1'": [None],
    "print(API_VERSION := '1')": ["1"],
    "if x:\n    API_VERSION = '1'\nelif y:\n    API_VERSION = '2'\nelse:\n    pass": ["1", "2"],
    "try:\n    from x import API_VERSION\nexcept ImportError:\n    API_VERSION = '1'": [None, "1"],
    "with x as API_VERSION:\n    pass": [None],
    "for API_VERSION in x:\n    pass": [None],
    "import x as API_VERSION": [None],
    "import API_VERSION.x": [None],
    "import x.API_VERSION": [],
    "from x import y as z, API_VERSION": [None],
    "from x import API_VERSION as y": [],
    "from x import *": [None],
    "from x import *\nAPI_VERSION = '1'": ["1"],
    "globals()['API_VERSION'] = '1'": [None],
    "exec(text)": [None],
    "def API_VERSION():\n    pass": [None],
    "def f():\n    API_VERSION = '1'": [],
    "class A:\n    API_VERSION = '1'": [],
    "f = lambda: (API_VERSION := '1')": [],
    "x.API_VERSION = '1'\ny['API_VERSION'] = '1'": [],
    "API_VERSION == '1'\nprint(API_VERSION)": [],
    "if TYPE_CHECKING:\n    from x import API_VERSION\nelse:\n    API_VERSION = '1'": ["1"],
    "if typing.TYPE_CHECKING:\n    from x import API_VERSION": [],
    "if 0:\n    API_VERSION = '1'": [],
    "'''API_VERSION = 1'''\n# API_VERSION = '1'": [],
}


@pytest.mark.parametrize("text", sorted(FORMS))
def test_forms(text: str) -> None:
    assert values(text) == FORMS[text]


@pytest.mark.parametrize("before", ["", "é = '😀'; ", "\t\n", "\x0cx = 1\n", "x = '''\n\x0c'''\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_place_is_that_of_the_value(before: str, end: str) -> None:
    text = f"'é' ; {before}API_VERSION = ('1')\n".replace("\n", end)
    constants = constants_of(Source("api/index.py", text))
    assert constants is not None
    (binding,) = constants[NAME]
    span = binding.span
    assert text[span.start : span.end] == "'1'"


@pytest.mark.parametrize(
    "text",
    ["API_VERSION = ", "\0", "(" * 100_000, "-" * 100_000 + "1", "x = '\ud800'\nAPI_VERSION = ("],
)
def test_what_cant_be_parsed_is_unknown(text: str) -> None:
    assert values(text) is None


def test_other_languages_have_no_constants() -> None:
    assert constants_of(Source("api/index.sql", "API_VERSION = '1'")) is None


@pytest.mark.parametrize("piece", ["API_VERSION = '1'\n", "x, y = 1, 2\n", "from x import *\n"])
def test_work_is_linear(piece: str) -> None:
    assert calls(lambda: values(piece * 8_000)) < 12 * calls(lambda: values(piece * 1_000))


def test_long_lines_are_linear() -> None:
    text = "API_VERSION = 'é'; "
    assert calls(lambda: values(text * 8_000)) < 12 * calls(lambda: values(text * 1_000))
