"""The search for feeds over a real server and with the real parser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from aiohttp import web

from services.fetch.http.address_guard import AddressGuard, parse_network
from shared.errors import NotAvailable
from shared.runtime import discovering
from shared.runtime.discovering import Discovery, FoundFeed
from shared.settings import Settings

ITEM = "<item><title>a</title><link>{0}/1</link><pubDate>Sat, 28 Feb 2026 10:00:00 GMT</pubDate><description>{1}</description></item>"
HTML = "text/html"


def rss(title: str, text: str = "A teaser.") -> str:
    return f'<rss version="2.0"><channel><title>{title}</title>{ITEM.format("http://x.example", text)}</channel></rss>'


class Site:
    """A server with some paths; all others are not found."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, str | web.Response] = {}
        self.asked: list[str] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        page = self.pages.get(request.path_qs)
        if page is None:
            return web.Response(status=404)
        kind = HTML if isinstance(page, str) and page.startswith("<html") else "text/xml"
        return web.Response(text=page, content_type=kind) if isinstance(page, str) else page

    async def feeds(self, path: str = "/", **settings: float) -> list[FoundFeed]:
        config = Settings(**{"host_delay_seconds": 0, **settings})
        async with Discovery(config, AddressGuard([parse_network("127.0.0.1")]), lambda _: None) as discovery:
            return await discovery.feeds_of(self.url + path)


@pytest.fixture
async def site(unused_tcp_port: int) -> AsyncIterator[Site]:
    one = Site(unused_tcp_port)
    runner = web.ServerRunner(web.Server(one.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    yield one
    await runner.cleanup()


async def test_what_is_declared_and_linked_is_fetched_and_read(site: Site) -> None:
    site.pages = {
        "/": '<html><link rel=alternate type=application/rss+xml href=/all><a href="/section/feed">x</a><a href="/rss">RSS</a>'
        '<link rel=alternate type=application/atom+xml href=/gone><a href="/rss/copy">x</a>',
        "/all": rss("All", "word " * 300),
        "/section/feed": '{"version":"https://jsonfeed.org/version/1.1","title":"Section","items":[]}',
        "/rss": "<html>a page about our feeds",
        "/rss/copy": rss("All", "word " * 300),
        "/feed": rss("a usual place"),
    }
    newest = datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert await site.feeds() == [
        FoundFeed(f"{site.url}/all", "declared", "RSS", "All", 1, newest, "full"),
        FoundFeed(f"{site.url}/section/feed", "linked", "JSON", "Section", 0, None, None),
    ]
    assert "/feed" not in site.asked, "the usual places are for pages that declare nothing"
    assert "/robots.txt" in site.asked
    assert "/news-sitemap.xml" in site.asked


async def test_a_page_that_is_a_feed_is_the_answer(site: Site) -> None:
    site.pages = {
        "/old": web.Response(status=301, headers={"Location": "/new"}),
        "/new": rss("Paper"),
    }
    [feed] = await site.feeds("/old")
    assert (feed.url, feed.how, feed.title) == (f"{site.url}/new", "itself", "Paper")
    assert site.asked == ["/old", "/new"]


@pytest.mark.parametrize("page", ["<html>", None])
async def test_the_usual_places_are_tried_where_nothing_is_declared_or_the_page_is_refused(
    site: Site, page: str | None
) -> None:
    site.pages = {"/feed": rss("Paper"), "/?feed=rss2": rss("Paper"), "/atom.xml": "<html>no feed"}
    if page:
        site.pages["/"] = page
    assert [(feed.url, feed.how) for feed in await site.feeds()] == [(f"{site.url}/feed", "well-known")]


async def test_the_requests_are_bounded_and_their_pace_is_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovering, "REQUESTS", 4)
    site.pages = {"/": "<html>" + "".join(f"<a href=/rss/{number}>x</a>" for number in range(99))}
    began = datetime.now(UTC)
    assert await site.feeds(host_delay_seconds=0.1) == []
    assert len(site.asked) == 4
    assert (datetime.now(UTC) - began).total_seconds() >= 0.3


async def test_a_host_that_asks_for_a_pause_is_left_alone(site: Site) -> None:
    site.pages = {
        "/": "<html><a href=/rss/1>x</a><a href=/rss/2>x</a>",
        "/robots.txt": web.Response(status=429, headers={"Retry-After": "3600"}),
    }
    assert await site.feeds() == []
    assert site.asked == ["/", "/robots.txt"]


async def test_no_answer_is_no_answer(unused_tcp_port_factory: Callable[[], int]) -> None:
    closed = Site(unused_tcp_port_factory())
    with pytest.raises(NotAvailable, match="the host refuses connections"):
        await closed.feeds()
    guarded = Discovery(Settings(), AddressGuard(), lambda _: None)
    async with guarded as discovery:
        with pytest.raises(NotAvailable, match="--allow-private") as caught:
            await discovery.feeds_of("http://user:geheim@127.0.0.1/")
    assert "geheim" not in str(caught.value)
