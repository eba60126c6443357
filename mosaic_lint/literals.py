"""How characters are written in a string literal, so that its value has them."""

from __future__ import annotations

from typing import Tuple

from mosaic_lint.change import Declined


def written(
    text: str, opening: str, templates: str = "", *, before: str = "", after: str = ""
) -> str:
    """A text as it must be written.

    Args:
        text: what the value is to have.
        opening: the literal's prefix and quote.
        templates: for each template that the literal goes through afterwards, in order, ``%`` (the
            operator), ``{`` (``format``) or ``:`` (SQLAlchemy's ``text``).
        before: the character that the value has before the text; empty where that isn't known.
        after: the one behind it.

    Raises:
        Declined: such a literal can't hold it.
    """
    prefix, quote = _split(opening)
    for template in reversed(templates):
        text = _through(text, template)
    if "f" in prefix or "t" in prefix:
        text = _through(text, "{")
    if "b" in prefix and not text.isascii():
        raise Declined("a literal of bytes can't hold it")
    is_plain = len(quote) == 3 and _are_lone(quote[0], text, before, after)
    if "r" in prefix:
        return _raw(text, quote, is_plain)
    text = text.replace("\\", "\\\\")
    text = text if is_plain else text.replace(quote[0], "\\" + quote[0])
    return text if len(quote) == 3 else text.replace("\n", "\\n")


def _split(opening: str) -> Tuple[str, str]:
    quote = opening.lstrip("bBrRuUfFtT")
    return opening[: len(opening) - len(quote)].lower(), quote


def _through(text: str, template: str) -> str:
    if template == ":":
        if "%s" in text:
            raise Declined('SQLAlchemy\'s text() knows no "%s", but ":name" only')
        return text
    if template == "%":
        return text.replace("%", "%%")
    return text.replace("{", "{{").replace("}", "}}")


def _are_lone(mark: str, text: str, before: str, after: str) -> bool:
    """Whether no quote of a text has another one, or what isn't known, beside it."""
    return all(
        (text[at - 1] if at else before) not in ("", mark)
        and (text[at + 1] if at + 1 < len(text) else after) not in ("", mark)
        for at, char in enumerate(text)
        if char == mark
    )


def _raw(text: str, quote: str, is_plain: bool) -> str:
    has_quote = quote[0] in text and not is_plain
    is_escaping = text.endswith("\\") or "\\" + quote[0] in text
    if has_quote or is_escaping or ("\n" in text and len(quote) == 1):
        raise Declined("a raw string can't hold it")
    return text
