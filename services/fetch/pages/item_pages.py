"""The pages that go with the items of one poll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.fetch.formats.feed import FeedItem
from services.fetch.pages.page import Page
from services.fetch.pages.page_fetcher import PageFetcher
from services.fetch.pages.teaser import wants_page
from shared.contracts import FeedOptions, FullText


class ItemPages(Protocol):
    async def of(self, items: Sequence[FeedItem], options: FeedOptions) -> list[Page | None]:
        """For each item its page; None where it needs none."""
        ...


class NoPages:
    """Feeds only."""

    async def of(self, items: Sequence[FeedItem], options: FeedOptions) -> list[Page | None]:
        """None for each."""
        return [None] * len(items)


class WantedPages:
    """Pages by the feed's own wish, else by `mode`; a text below `teaser_characters` is a teaser."""

    def __init__(self, fetcher: PageFetcher, mode: FullText, teaser_characters: int) -> None:
        self._fetcher = fetcher
        self._mode = mode
        self._teaser_characters = teaser_characters

    async def of(self, items: Sequence[FeedItem], options: FeedOptions) -> list[Page | None]:
        mode = options.full_text or self._mode
        urls = {
            place: item.url
            for place, item in enumerate(items)
            if item.url is not None and wants_page(item, mode, self._teaser_characters)
        }
        pages: list[Page | None] = [None] * len(items)
        for place, page in zip(urls, await self._fetcher.pages(list(urls.values())), strict=True):
            pages[place] = page
        return pages
