"""The documentation says what the code does."""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Set, Tuple

import pytest

from mosaic_lint import registry
from mosaic_lint.config import build, check_table
from mosaic_lint.explain import explain, explain_code
from tools import gen_docs
from tools.example_files import codes
from tools.example_files import findings as example_findings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
CODES = sorted(registry.rules())

_FENCE = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE_SPAN = re.compile(r"`[^`\n]+`")


def pages() -> List[Path]:
    """Every Markdown file of the project."""
    found = [*ROOT.glob("*.md")]
    for folder in ("docs", "examples", "tools"):
        found.extend((ROOT / folder).rglob("*.md"))
    return sorted(found)


def blocks(language: str) -> Iterator[Tuple[str, str]]:
    """The fenced blocks of a language: page and text."""
    for page in pages():
        for found, text in _FENCE.findall(page.read_text(encoding="utf-8")):
            if found == language:
                yield page.relative_to(ROOT).as_posix(), text


def findings(text: str, code: str, ignore: Sequence[str] = ()) -> List[str]:
    """The codes found in an example when one is selected."""
    return codes(example_findings(text, [code], ignore))


def test_generated_pages_are_up_to_date() -> None:
    assert not gen_docs.stale(), "run: python -m tools.gen_docs"


def test_every_block_of_a_page_has_a_generator() -> None:
    names = set(gen_docs.blocks())
    used = {
        match
        for page in pages()
        for match in re.findall(r"<!-- generated: (.+?) -->", page.read_text(encoding="utf-8"))
    }
    assert used == names


@pytest.mark.parametrize("code", CODES)
def test_example_of_a_rule_has_its_finding_and_the_advice_has_none(code: str) -> None:
    told = explain(registry.rules()[code])
    assert set(findings(told.example, code)) == {code}
    assert findings(told.instead, code) == []


@pytest.mark.parametrize("code", CODES)
def test_advice_of_a_rule_is_clean_for_all_rules(code: str) -> None:
    has_header = code.startswith("MOS7") and code != "MOS705"
    ignore = [] if has_header else ["MOS7"]
    assert findings(explain(registry.rules()[code]).instead, "MOS", ignore) == []


@pytest.mark.parametrize("code", ["MOS001", "MOS002", "MOS003"])
def test_example_of_an_engine_code_has_its_finding_and_the_advice_has_none(code: str) -> None:
    told = explain_code(code)
    assert findings(told.example, "MOS", ["MOS7"]) == [code]
    assert findings(told.instead, "MOS", ["MOS7"]) == []


def test_spellings_on_the_page_of_the_engine_are_ambiguous() -> None:
    text = (ROOT / "docs" / "rules" / "engine.md").read_text(encoding="utf-8")
    (spellings,) = (body for language, body in _FENCE.findall(text) if language == "python")
    for line in spellings.splitlines():
        assert findings(line, "MOS003") == ["MOS003"], line


def test_toml_of_the_pages_is_valid() -> None:
    shown = list(blocks("toml"))
    assert shown
    for page, text in shown:
        tools = tomllib.loads(text).get("tool", {})
        check_table(tools.get("mosaic_lint", {}), page)


def test_example_of_a_selection_selects_what_it_says() -> None:
    (table,) = (text for page, text in blocks("toml") if "extend-select" in text)
    config = build(ROOT, None, tomllib.loads(table)["tool"]["mosaic_lint"], {})
    on = {code for code in CODES if config.selection.is_on(code)}
    assert on == {code for code in CODES if not code.startswith("MOS3") or code == "MOS301"}


def test_options_in_flake8_configuration_of_the_pages_exist() -> None:
    known = {name.strip("`-") for name in re.findall(r"`--mosaic-[\w-]+`", gen_docs.flake8_table())}
    for page, text in blocks("ini"):
        parser = configparser.ConfigParser()
        parser.read_string(text)
        ours = {key for key in parser["flake8"] if key.startswith("mosaic-")}
        assert ours <= known, page


def anchors(page: Path) -> Set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = (title.lower() for title in re.findall(r"(?m)^#+ (.+)$", text))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def links(page: Path) -> Iterator[str]:
    """The links of a page that stay in the project."""
    text = _CODE_SPAN.sub("", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for target in _LINK.findall(text):
        if "://" not in target:
            yield target


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


def test_pages_speak_only_of_codes_that_exist() -> None:
    known = set(registry.names())
    unknown: Dict[str, Set[str]] = {}
    for page in pages():
        text = page.read_text(encoding="utf-8")
        strange = set(re.findall(r"\bMOS\d{3}\b", text)) - known
        if strange:
            unknown[page.relative_to(ROOT).as_posix()] = strange
    of_the_scaffold = unknown.pop("CONTRIBUTING.md", set())
    assert of_the_scaffold <= {"MOS108", "MOS216"}
    assert unknown == {}
