"""Finds the feeds of a site: asks for a page, then for each address that may be a feed, and reads what comes.

robots.txt is not asked for leave: a person named this page and waits for the answer, as before a browser; RFC 9309 is about
programs that visit by themselves. The requests are bounded in number, and a host gets its pause between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import urljoin

from services.fetch.discovery import (
    Candidate,
    How,
    candidates_of_page,
    each_once,
    sitemaps_of_robots,
    well_known,
)
from services.fetch.feed_profile import format_of, text_of
from services.fetch.formats.feed import FeedError, FeedItem
from services.fetch.formats.feed_charset import decode
from services.fetch.http.address_guard import AddressGuard
from services.fetch.http.client import HttpClient, Response
from services.fetch.http.limits import FetchError
from services.fetch.http.politeness import HostGate, Paused, host_of
from services.normalise.dates import parse_date
from shared.errors import NotAvailable
from shared.explanations import explain
from shared.runtime.fetching import http_limits, parser_pool, proxy_of
from shared.settings import Settings
from shared.urls.userinfo import without_userinfo

REQUESTS = 50
"""For one page, in all."""
PATIENCE_S = 10.0
"""A host that asks for a longer pause is not asked any more."""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was fetched and read. `newest` is the latest date of its items, `text` whether these are whole texts."""

    url: str
    how: How
    format: str
    title: str | None
    items: int
    newest: datetime | None
    text: Literal["full", "teaser"] | None


class Discovery:
    """One search. Use as `async with Discovery(...) as discovery`."""

    def __init__(self, config: Settings, guard: AddressGuard, on_request: Callable[[str], None]) -> None:
        """`on_request` is told every address before it is asked."""
        self._http = HttpClient(guard, http_limits(config), config.contact or None, proxy=proxy_of(config))
        self._parser = parser_pool(config)
        self._gate = HostGate(delay_s=config.host_delay_seconds)
        self._on_request = on_request
        self._left = REQUESTS
        self._bodies: set[bytes] = set()
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Discovery:
        await self._closing.enter_async_context(self._http)
        await self._closing.enter_async_context(self._parser)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    async def feeds_of(self, url: str) -> list[FoundFeed]:
        """The feeds of a page, the declared ones first; the page itself where it is one. Raises `NotAvailable` without an answer.

        The usual places are tried where the page declares nothing that is a feed. A page that is refused (to robots, say) may still
        have its feed there.
        """
        try:
            page = await self._get(url)
        except (FetchError, Paused) as error:
            if not isinstance(error, FetchError) or error.status is None:
                raise NotAvailable(f"{without_userinfo(url)}: {_reason(error)}") from error
            return await self._verified(well_known(without_userinfo(url)))
        itself = await self._read(Candidate(page.moved_to or without_userinfo(url), "itself"), page)
        if itself is not None:
            return [itself]
        text, _ = decode(page.body, page.content_type)
        found = await self._verified([*candidates_of_page(text, page.url_final), *await self._sitemaps(page.url_final)])
        if not any(feed.how == "declared" for feed in found):
            found += await self._verified(well_known(page.url_final))
        return found

    async def _sitemaps(self, url: str) -> list[Candidate]:
        where = urljoin(url, "/robots.txt")
        try:
            robots = await self._get(where)
        except (FetchError, Paused):
            return sitemaps_of_robots("", where)
        return sitemaps_of_robots(robots.body.decode("utf-8", "replace"), where)

    async def _verified(self, candidates: Iterable[Candidate]) -> list[FoundFeed]:
        found = []
        for candidate in each_once(candidates):
            try:
                response = await self._get(candidate.url)
            except (FetchError, Paused):
                continue
            if (feed := await self._read(candidate, response)) is not None:
                found.append(feed)
        return found

    async def _get(self, url: str) -> Response:
        """Raises `FetchError`, and `Paused` for a host that is to be left alone or when all requests are used up."""
        if self._left <= 0:
            raise Paused(0)
        async with self._gate.turn(host_of(url), PATIENCE_S):
            self._left -= 1
            self._on_request(without_userinfo(url))
            try:
                return await self._http.get(url)
            except FetchError as error:
                if error.retry_after is not None:
                    self._gate.retry_after(error.host or host_of(url), error.retry_after)
                raise

    async def _read(self, candidate: Candidate, response: Response) -> FoundFeed | None:
        """None for what is no feed, or one that was found at another address before."""
        try:
            feed = await self._parser.parse(response.body, response.content_type, response.url_final)
        except FeedError:
            return None
        digest = sha256(response.body).digest()
        if digest in self._bodies:
            return None
        self._bodies.add(digest)
        return FoundFeed(
            response.moved_to or candidate.url,
            candidate.how,
            format_of(response.body, response.content_type),
            feed.title or candidate.title,
            len(feed.items),
            _newest(feed.items),
            text_of(feed.items),
        )


def _newest(items: Iterable[FeedItem]) -> datetime | None:
    now = datetime.now(UTC)
    dates = [parse_date(item.published or item.updated, seen=now) for item in items]
    return max((date.value for date in dates if date.value and "date-clamped" not in date.flags), default=None)


def _reason(error: FetchError | Paused) -> str:
    return explain(error.code, error.message) if isinstance(error, FetchError) else f"the host is to be {error}"
