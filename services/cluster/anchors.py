"""What a report keeps in every language: who and where, in which order, and its figures.

A translator changes every word but these. Two reporters who tell of one happening share the main actors, seldom the order, and few figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from shared.contracts import Actor, EnrichedArticle

MAX_ANCHORS = 160
"""The first ones of an article: alignment takes the square of it."""

_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,'’٫٬]\d+)*")
_NOT_DIGITS = re.compile(r"\D")


class Anchor(NamedTuple):
    """`key` is an actor's id, or `#` and the significant digits of a figure."""

    at: int
    key: str


def anchors(message: EnrichedArticle) -> tuple[str, ...]:
    """Keys in the order of the text, without the title: papers write their own."""
    return _between(message, len(message.article.title) + 1, len(message.article.body))


def headline_anchors(message: EnrichedArticle) -> tuple[str, ...]:
    """Keys in the order of the title."""
    return _between(message, 0, len(message.article.title))


def _between(message: EnrichedArticle, begin: int, end: int) -> tuple[str, ...]:
    found = [*_named(message.enrichment.actors, begin, end), *_figures(message.article.body, begin, end)]
    found.sort()
    return tuple(anchor.key for anchor in found[:MAX_ANCHORS])


def _named(actors: tuple[Actor, ...], begin: int, end: int) -> Iterator[Anchor]:
    for actor in actors:
        # Who is named as the source of a claim is the paper's own choice.
        if actor.role == "actor":
            for mention in actor.mentions:
                if begin <= mention.start < end:
                    yield Anchor(mention.start, actor.id)


def _figures(body: str, begin: int, end: int) -> Iterator[Anchor]:
    for match in _NUMBER.finditer(body, begin, end):
        if (key := figure(match[0])) is not None:
            yield Anchor(match.start(), key)


def is_figure(key: str) -> bool:
    return key.startswith("#")


def figure(written: str) -> str | None:
    """`#` and the significant digits: 2.5 billion, 2,5 Milliarden, 2 500 Millionen and 25亿 are one figure. A single digit is none: it says
    too little, and is a word in the next language."""
    # Digits of every script: `int` reads them, and so does this.
    digits = "".join(str(int(digit)) for digit in _NOT_DIGITS.sub("", written))
    significant = digits.strip("0")
    if len(digits) < 2 or not significant:
        return None
    return f"#{significant}" if len(significant) > 1 else f"#{significant}0"
