"""Whether what a feed has of an item is all that there is to read. Pure."""

from __future__ import annotations

from services.fetch.formats.clean_text import collapsed, plain
from services.fetch.formats.feed import FeedItem
from shared.contracts import FullText

_MARKUP_PER_TEXT = 20
"""A text that is so much longer than a teaser as markup is not stripped to be counted."""


def wants_page(item: FeedItem, mode: FullText, teaser_characters: int) -> bool:
    """Whether the page of this item is to be fetched. With `auto`: where the feed's text is shorter than a text is."""
    if mode == "never" or item.url is None:
        return False
    if mode == "always":
        return True
    body = item.html_or_text
    if len(body) >= teaser_characters * (_MARKUP_PER_TEXT if item.is_html else 1):
        return False
    text = plain(body) if item.is_html else body
    return len(collapsed(text)) < teaser_characters
