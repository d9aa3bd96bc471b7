"""Pages of items, from real servers on loopback: what robots.txt allows, at the host's pace, and what stands when there is none."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.fetch.formats.feed import FeedItem
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import HttpLimits
from services.fetch.http.politeness import HostGate
from services.fetch.lanes import Lanes
from services.fetch.pages.item_pages import WantedPages
from services.fetch.pages.page import Page
from services.fetch.pages.page_fetcher import PageFetcher
from services.fetch.pages.robots_txt import read_robots
from services.fetch.pages.teaser import wants_page
from shared.contracts import FeedOptions

PAGE = "<html><body><article>A long story.</article></body></html>"


class Paper:
    """A site with pages that answer with the status in their address."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float]] = []
        self.robots: str | int = 404
        self.base = ""

    async def robots_txt(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, time.monotonic()))
        if isinstance(self.robots, int):
            return web.Response(status=self.robots)
        return web.Response(text=self.robots)

    async def page(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path, time.monotonic()))
        assert request.headers["Accept"].startswith("text/html")
        status = request.match_info.get("status", "200")
        if status == "slow":
            await asyncio.sleep(60)
        if status == "image":
            return web.Response(body=b"\x89PNG", content_type="image/png")
        if status == "huge":
            return web.Response(text="x" * 2_000_000, content_type="text/html")
        if status == "reserved":
            return web.Response(text=PAGE, content_type="text/html", headers={"TDM-Reservation": "1"})
        headers = {"Retry-After": "3600"} if status == "429" else {}
        return web.Response(status=int(status), text=PAGE, content_type="text/html", headers=headers)

    @property
    def paths(self) -> Counter[str]:
        return Counter(path for path, _ in self.asked)


@pytest.fixture
async def paper() -> AsyncIterator[Paper]:
    paper, app = Paper(), web.Application()
    app.router.add_get("/robots.txt", paper.robots_txt)
    app.router.add_get("/{status:[0-9a-z]+}/{rest:.*}", paper.page)
    async with TestServer(app) as server:
        paper.base = str(server.make_url("")).rstrip("/")
        yield paper


@pytest.fixture
async def fetcher() -> AsyncIterator[PageFetcher]:
    async with fetching() as (fetcher, _):
        yield fetcher


class fetching:
    """A fetcher with a client of its own."""

    def __init__(self, delay_s: float = 0.0, most: int = 20, deadline_s: float = 5.0) -> None:
        guard = AddressGuard([parse_network("127.0.0.0/8")])
        self.client = HttpClient(guard, HttpLimits(body_bytes=1_000_000), accept="text/html, */*")
        gate = HostGate(delay_s=delay_s)
        self.fetcher = PageFetcher(self.client, gate, Lanes(8).place, time.monotonic, most=most, deadline_s=deadline_s)

    async def __aenter__(self) -> tuple[PageFetcher, HttpClient]:
        return self.fetcher, self.client

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()


def problems(pages: list[Page]) -> list[str | None]:
    return [page.problem for page in pages]


async def test_pages_come_packed_with_their_type_and_rights(paper: Paper, fetcher: PageFetcher) -> None:
    page, reserved = await fetcher.pages([f"{paper.base}/200/a", f"{paper.base}/reserved/b"])
    assert page.packed is not None
    assert zlib.decompress(page.packed).decode() == PAGE
    assert page.content_type == "text/html; charset=utf-8"
    assert (page.rights, reserved.rights) == ((), ("tdm-reserved",))
    assert reserved.packed is not None, "what is reserved is kept as a right, not left out"


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("401", "page-blocked"),
        ("403", "page-blocked"),
        ("402", "page-blocked"),
        ("429", "page-blocked"),
        ("451", "page-blocked"),
        ("404", "page-missing"),
        ("410", "page-missing"),
        ("500", "page-unreachable"),
        ("image", "page-unreadable"),
        ("huge", "page-unreachable"),
    ],
)
async def test_why_there_is_no_page(paper: Paper, fetcher: PageFetcher, kind: str, problem: str) -> None:
    assert problems(await fetcher.pages([f"{paper.base}/{kind}/a"])) == [problem]


async def test_robots_txt_is_asked_for_once_and_obeyed(paper: Paper, fetcher: PageFetcher) -> None:
    paper.robots = "User-agent: *\nDisallow: /200/private\nAllow: /"
    urls = [f"{paper.base}/200/{name}" for name in ("a", "private/b", "c")]
    assert problems(await fetcher.pages(urls)) == [None, "page-robots", None]
    await fetcher.pages(urls)
    assert paper.paths["/robots.txt"] == 1
    assert paper.paths["/200/private/b"] == 0


async def test_a_robots_txt_that_can_not_be_had_for_the_servers_errors_forbids_all(
    paper: Paper, fetcher: PageFetcher
) -> None:
    paper.robots = 503
    assert problems(await fetcher.pages([f"{paper.base}/200/a", f"{paper.base}/200/b"])) == ["page-unreachable"] * 2
    assert set(paper.paths) == {"/robots.txt"}


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: Newsloom\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newsloom\nAllow: /", True),
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*/story$", False),
        ("\ufeffUser-agent: *\nDisallow: /a", False),
        ("<html>Not found</html>", True),
    ],
)
def test_what_robots_txt_says_to_us(text: str, allowed: bool) -> None:
    assert read_robots(text.encode()).allows("https://paper.example/a/story") == allowed


def test_a_hostile_robots_txt_costs_little() -> None:
    agents = "\n".join(f"User-agent: bot{number}" for number in range(5_000))
    rules = "\n".join(f"Disallow: /{'*a' * 50}{number}$" for number in range(5_000))
    started = time.process_time()
    robots = read_robots(f"{agents}\nUser-agent: *\nCrawl-delay: 1e9\n{rules}".encode())
    assert robots.allows("https://paper.example/" + "a" * 4_000)
    assert robots.delay_s == 60
    assert time.process_time() - started < 5


async def test_pages_of_one_host_come_at_its_pace(paper: Paper) -> None:
    async with fetching(delay_s=0.1) as (fetcher, _):
        await fetcher.pages([f"{paper.base}/200/{number}" for number in range(3)])
    times = [at for _, at in paper.asked]
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(times))


async def test_a_crawl_delay_is_kept(paper: Paper, fetcher: PageFetcher) -> None:
    paper.robots = "User-agent: *\nCrawl-delay: 0.3"
    await fetcher.pages([f"{paper.base}/200/a", f"{paper.base}/200/b"])
    times = [at for path, at in paper.asked if path != "/robots.txt"]
    assert times[1] - times[0] >= 0.3


async def test_a_host_that_refuses_three_times_is_left_alone(paper: Paper, fetcher: PageFetcher) -> None:
    urls = [f"{paper.base}/403/{number}" for number in range(6)]
    assert problems(await fetcher.pages(urls)) == ["page-blocked"] * 6
    assert problems(await fetcher.pages([f"{paper.base}/200/a"])) == ["page-blocked"]
    assert sum(paper.paths.values()) == 1 + 3


async def test_a_host_that_asks_for_a_pause_gets_it(paper: Paper, fetcher: PageFetcher) -> None:
    urls = [f"{paper.base}/429/a", f"{paper.base}/200/b"]
    assert problems(await fetcher.pages(urls)) == ["page-blocked", "page-blocked"]
    assert paper.paths["/200/b"] == 0


async def test_what_is_no_page_says_nothing_about_its_host(paper: Paper, fetcher: PageFetcher) -> None:
    urls = [*(f"{paper.base}/image/{number}" for number in range(4)), f"{paper.base}/200/a"]
    assert problems(await fetcher.pages(urls)) == ["page-unreadable"] * 4 + [None]


async def test_a_link_that_is_none_says_nothing_about_its_host(paper: Paper, fetcher: PageFetcher) -> None:
    urls = [f"{paper.base}/200/{'a' * 5_000}", f"{paper.base}/200/a"]
    assert problems(await fetcher.pages(urls)) == ["page-unreachable", None]


async def test_a_host_that_is_away_is_tried_once(fetcher: PageFetcher, unused_tcp_port: int) -> None:
    urls = [f"http://127.0.0.1:{unused_tcp_port}/{number}" for number in range(5)]
    started = time.monotonic()
    assert problems(await fetcher.pages(urls)) == ["page-unreachable"] * 5
    assert time.monotonic() - started < 2


async def test_only_so_many_are_asked_for_and_only_for_so_long(paper: Paper) -> None:
    async with fetching(most=2) as (fetcher, _):
        assert problems(await fetcher.pages([f"{paper.base}/200/{n}" for n in range(4)])) == [
            None,
            None,
            "page-skipped",
            "page-skipped",
        ]
    async with fetching(deadline_s=0.5) as (fetcher, _):
        urls = [f"{paper.base}/200/a", f"{paper.base}/slow/b", f"{paper.base}/200/c"]
        assert problems(await fetcher.pages(urls)) == [None, "page-skipped", "page-skipped"]


@pytest.mark.parametrize("url", ["http://[", "http://10.0.0.1/a", "http://169.254.169.254/latest", "ftp://a/b"])
async def test_nothing_private_is_reached_by_a_link(fetcher: PageFetcher, url: str) -> None:
    assert problems(await fetcher.pages([url])) == ["page-unreachable"]


@pytest.mark.parametrize(
    ("item", "mode", "wanted"),
    [
        (FeedItem(url="https://a/1", html_or_text="Short…"), "auto", True),
        (FeedItem(url="https://a/1"), "auto", True),
        (FeedItem(url=None, html_or_text="Short…"), "auto", False),
        (FeedItem(url="https://a/1", html_or_text="long " * 200), "auto", False),
        (FeedItem(url="https://a/1", html_or_text="<p>" + "long " * 200, is_html=True), "auto", False),
        (FeedItem(url="https://a/1", html_or_text="<b></b>" * 200 + "Short…", is_html=True), "auto", True),
        (FeedItem(url="https://a/1", html_or_text="<b></b>" * 200_000, is_html=True), "auto", False),
        (FeedItem(url="https://a/1", html_or_text="long " * 200), "always", True),
        (FeedItem(url="https://a/1"), "never", False),
    ],
)
def test_which_items_want_their_page(item: FeedItem, mode: str, wanted: bool) -> None:
    assert wants_page(item, mode, 500) == wanted  # type: ignore[arg-type]


async def test_a_feed_may_wish_otherwise(paper: Paper, fetcher: PageFetcher) -> None:
    pages = WantedPages(fetcher, "auto", 500)
    items = [FeedItem(url=f"{paper.base}/200/a"), FeedItem(url=f"{paper.base}/200/b", html_or_text="long " * 200)]
    assert [page is not None for page in await pages.of(items, FeedOptions())] == [True, False]
    assert [page is not None for page in await pages.of(items, FeedOptions(full_text="always"))] == [True, True]
    assert await pages.of(items, FeedOptions(full_text="never")) == [None, None]
