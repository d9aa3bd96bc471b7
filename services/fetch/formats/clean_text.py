"""Strings as the pipeline may hold them: no control character or lone surrogate, and where one line is meant, one line."""

from __future__ import annotations

import html
import re

_CLEAN = re.compile("[\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
"""Nearly every text is, and matching what is good takes half the time of searching what is bad."""
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
"""Control characters but tab, line feed, carriage return and NEL, and the non-characters that XML forbids."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SCRIPT = re.compile(r"<(script|style)\b[^<]{0,10000}</\1\s*>", re.IGNORECASE)
"""With what is in it: a programme is no part of a title."""
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")


def clean(text: str) -> str:
    """No control characters; lone surrogates become U+FFFD, so that the text can be written as UTF-8."""
    if _CLEAN.fullmatch(text):
        return text
    return _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))


def one_line(text: str | None, limit: int) -> str | None:
    """Clean, white space collapsed, cut; None where nothing is left."""
    if not text:
        return None
    # Room for white space that collapses, but not for a megabyte of it.
    return collapsed(clean(text[: 4 * limit]))[:limit] or None


def collapsed(text: str) -> str:
    """Each run of white space as one space, and none at the ends."""
    return " ".join(text.split())


def plain(markup: str) -> str:
    """A title given as HTML: tags off, entities decoded."""
    if "<" in markup:
        markup = _SCRIPT.sub("", markup)
        markup = _TAG.sub("", markup)
    return html.unescape(markup) if "&" in markup else markup
