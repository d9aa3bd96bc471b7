"""One request for one feed: what is sent, and what the answer means. Against a real server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.fetch.asking import Answer, ask
from services.fetch.decide import Failed, Fetched, NotModified, decide
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import ParsedFeed
from services.fetch.formats.feed_parser import parse_feed
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.credentials import CredentialStore

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "<rss><channel><title>Paper</title><item><title>{}</title></item></channel></rss>"


class Parser:
    """The real parser, in this process."""

    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        return parse_feed(body, content_type, url)


class Site:
    """Answers 304 as often as `stubborn` says, then what it has."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        self.stubborn = 0
        self.text = FEED.format("one")
        self.headers = {"ETag": '"e"', "Cache-Control": "max-age=600"}
        self.cut = False

    async def feed(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(dict(request.headers))
        if self.stubborn:
            self.stubborn -= 1
            return web.Response(status=304)
        if self.cut:
            response = web.StreamResponse(headers={"Content-Length": str(len(self.text) + 100), **self.headers})
            await response.prepare(request)
            await response.write(self.text.encode())
            assert request.transport is not None
            request.transport.close()
            return response
        return web.Response(text=self.text, content_type="application/rss+xml", headers=self.headers)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def feed(site: Site) -> AsyncIterator[FeedState]:
    app = web.Application()
    app.router.add_get("/feed", site.feed)
    async with TestServer(app) as server:
        yield new_feed(str(server.make_url("/feed")), NOW)


async def asked(feed: FeedState, now: datetime = NOW) -> Answer:
    async with HttpClient(AddressGuard([parse_network("127.0.0.0/8")])) as http:
        return await ask(feed, now, http, CredentialStore(), Parser())


async def test_a_body_comes_with_its_validators_and_how_long_it_is_fresh(feed: FeedState) -> None:
    result = (await asked(feed)).result
    assert isinstance(result, Fetched)
    assert (result.etag, result.fresh_s, [item.title for item in result.feed.items]) == ('"e"', 600, ["one"])


async def test_the_same_body_is_not_read_again(feed: FeedState) -> None:
    known = decide(feed, (await asked(feed)).result, NOW).state
    assert isinstance((await asked(known, NOW + timedelta(days=2))).result, NotModified)


async def test_validators_are_sent_and_a_304_is_believed(feed: FeedState, site: Site) -> None:
    known = decide(feed, (await asked(feed)).result, NOW).state
    site.stubborn = 1
    result = (await asked(known)).result
    assert isinstance(result, NotModified)
    assert not result.full
    assert site.seen[-1]["If-None-Match"] == '"e"'


async def test_a_304_to_nothing_that_was_sent_is_asked_again_past_all_caches(feed: FeedState, site: Site) -> None:
    site.stubborn = 1
    assert isinstance((await asked(feed)).result, Fetched)
    assert [seen.get("Cache-Control") for seen in site.seen] == [None, "no-cache"]
    site.stubborn = 10
    never = decide(feed, (await asked(feed)).result, NOW).state
    assert never.last_error_code == "unexpected-304"


async def test_the_check_of_a_liar_that_answers_304_once_more_is_asked_again_too(feed: FeedState, site: Site) -> None:
    known = decide(feed, (await asked(feed)).result, NOW).state
    site.stubborn, site.text = 1, FEED.format("two")
    result = (await asked(known, NOW + timedelta(days=2))).result
    assert isinstance(result, Fetched)


async def test_a_body_whose_end_never_came_is_read_without_its_validators(feed: FeedState, site: Site) -> None:
    site.cut = True
    result = (await asked(feed)).result
    assert isinstance(result, Fetched)
    assert (result.etag, result.problems) == (None, ("body-cut",))
    assert len(result.feed.items) == 1


async def test_what_is_no_feed_is_kept_as_a_dead_letter_once(feed: FeedState, site: Site) -> None:
    site.text = "<html><body>Welcome</body></html>"
    answer, again = await asked(feed), await asked(feed)
    assert isinstance(answer.result, Failed)
    assert answer.result.code == "html-instead-of-feed"
    assert answer.unreadable is not None
    assert again.unreadable is not None
    assert answer.unreadable.id == again.unreadable.id
    assert answer.unreadable.value == site.text.encode()


async def test_markup_that_is_passed_on_holds_no_script(feed: FeedState, site: Site) -> None:
    from services.fetch.items import entry_of_item
    from shared.contracts import FeedRef

    script = "&lt;p onclick='x()'&gt;Hello&lt;script&gt;steal()&lt;/script&gt;&lt;/p&gt;"
    site.text = f"<rss><channel><item><title>a</title><description>{script}</description></item></channel></rss>"
    result = (await asked(replace(feed))).result
    assert isinstance(result, Fetched)
    (item,) = result.feed.items
    entry = entry_of_item(item, FeedRef(id="f", url=feed.url), NOW, where="f", origin="feed")
    assert entry.html == "<p>Hello</p>"


def test_markup_that_is_nested_without_end_becomes_text_in_no_time() -> None:
    import time

    from services.fetch.safe_html import safe_html

    started = time.process_time()
    for markup in ("<div>" * 200_000 + "Hello", "<b><i>" * 100_000 + "Hello", "<" * 1_000_000 + "Hello"):
        text, is_html = safe_html(markup)
        assert not is_html
        assert text.endswith("Hello")
    assert time.process_time() - started < 5
