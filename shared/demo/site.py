"""The demo's sites: one loopback port each, since politeness goes by server, all under one clock."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from services.fetch.feed_list import FeedSource
from shared.contracts import FeedOptions
from shared.demo.corpus import DemoArticle, Outlet
from shared.demo.feed_writer import write_feed
from shared.demo.hostile import SITES
from shared.errors import NotAvailable
from shared.ports import Clock

ITEMS = 30
"""Items per feed, the newest; the usual number."""


class Site:
    """Serves what is published by the clock's now: the newest version of each article of an outlet."""

    def __init__(self, outlets: list[Outlet], articles: list[DemoArticle], clock: Clock) -> None:
        self._outlets = {outlet.key: outlet for outlet in outlets}
        self._articles: dict[str, list[DemoArticle]] = {outlet.key: [] for outlet in outlets}
        for article in articles:
            self._articles[article.outlet].append(article)
        self._clock = clock

    def names(self) -> list[str]:
        """Of all the sites, in the order of their ports."""
        return [*self._outlets, *SITES]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        name = request.path.strip("/").split("/")[0]
        if name in SITES:
            hostile = SITES[name]()
            return web.Response(status=hostile.status, body=hostile.body, headers=hostile.headers)
        if name not in self._outlets:
            return web.Response(status=404)
        body, content_type = write_feed(self._outlets[name], self._current(name))
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Content-Type": content_type}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)

    def _current(self, outlet: str) -> list[DemoArticle]:
        now = self._clock.now()
        versions = {article.url: article for article in self._articles[outlet] if article.published <= now}
        return sorted(versions.values(), key=lambda article: article.published, reverse=True)[:ITEMS]


@asynccontextmanager
async def serve(site: Site, first_port: int) -> AsyncIterator[list[FeedSource]]:
    """The sites' feeds, while the context lasts. Raises `NotAvailable` when a port is taken."""
    runner = web.ServerRunner(web.Server(site.answer))
    await runner.setup()
    try:
        sources = []
        for number, name in enumerate(site.names()):
            port = first_port + number
            try:
                await web.TCPSite(runner, "127.0.0.1", port).start()
            except OSError as error:
                raise NotAvailable(
                    f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): give the first of "
                    f"{len(site.names())} free ones with --port"
                ) from error
            # Their links are invented: there is no page behind them.
            sources.append(FeedSource(f"http://127.0.0.1:{port}/{name}/feed", options=FeedOptions(full_text="never")))
        yield sources
    finally:
        await runner.cleanup()
