from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.http.client import Response
from services.fetch.http.limits import FetchError, FetchErrorCode
from services.fetch.http.politeness import HostGate, host_of
from services.fetch.lanes import Lanes
from services.fetch.poller import Poller, Report
from services.fetch.stored_state import to_bytes
from services.fetch.writing import Brought
from shared.clock import SimulatedClock
from shared.errors import StageStopped
from shared.stage import Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Bench:
    """A poller whose web, parser and store are made of `answers`: by URL what is returned, raised or awaited."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[], Awaitable[Response]] | Exception] = {}
        self.asked: list[str] = []
        self.stored: dict[str, FeedState] = {}
        self.reports: list[Report] = []
        self.full = self.stopped = False
        self.clock = SimulatedClock(NOW)
        gate = HostGate(delay_s=0, clock=self.clock.monotonic, sleep=self.clock.sleep)
        self.poller = Poller(self, self, self, self.clock, gate, self.room, Lanes(32, 0))

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        self.asked.append(url)
        answer = self.answers.get(url)
        if isinstance(answer, Exception):
            raise answer
        return await answer() if answer else Response(200, url, b"")

    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        return ParsedFeed(items=(FeedItem(guid=url, url=url, title="a", html_or_text="b"),))

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        if self.full:
            raise Unavailable("the disk is full")
        for one in brought:
            if one.feed is not None:
                to_bytes(one.feed)
                self.stored[one.feed.url] = one.feed
        return [len(one.entries) for one in brought]

    async def room(self) -> None:
        if self.stopped:
            raise StageStopped("enough")

    async def poll_all(self, *urls: str) -> dict[str, str | None]:
        """Each feed once; what was reported as its error."""
        async with asyncio.timeout(5):
            await self.poller.poll_all([new_feed(url, NOW) for url in urls], self.reports.append)
        return {report.state.url: report.error for report in self.reports}

    def run(self, stop: asyncio.Event, *urls: str) -> asyncio.Task[None]:
        return asyncio.create_task(self.poller.run([new_feed(url, NOW) for url in urls], stop, self.reports.append))

    async def reported(self, polls: int) -> None:
        await self.until(lambda: len(self.reports) == polls)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.01)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def failing(
    code: FetchErrorCode, host: str, *, connected: bool = False, retry_after: float | None = None
) -> FetchError:
    error = FetchError(code, "no", retry_after=retry_after)
    error.host, error.connected = host, connected
    return error


async def never() -> Response:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("message", ["\udcff", "fine"])
async def test_an_unexpected_error_is_one_of_its_feed_alone(bench: Bench, message: str) -> None:
    async def unstorable() -> Response:
        return Response(200, "http://a/1", b"", etag="\udcff")

    bench.answers = {"http://a/1": unstorable, "http://b/1": RuntimeError(f"bug {message}")}
    errors = await bench.poll_all("http://a/1", "http://b/1", "http://a/2", "http://[")
    assert str(errors["http://a/1"]).startswith("internal: PydanticSerializationError")
    assert str(errors["http://b/1"]).startswith("internal: RuntimeError: bug")
    assert errors["http://a/2"] is errors["http://["] is None
    assert bench.stored["http://a/1"].consecutive_errors == 1
    assert bench.stored["http://b/1"].last_error_code == "internal"
    assert not bench.stored["http://a/1"].first_polled, "what was not stored was not read"


async def test_a_state_that_can_not_be_stored_at_all_ends_nothing(bench: Bench) -> None:
    poisoned = new_feed("http://a/1", NOW, title="\udcff")
    await bench.poller.poll_all([poisoned, new_feed("http://a/2", NOW)], bench.reports.append)
    assert bench.reports[0].state.next_poll > NOW
    assert list(bench.stored) == ["http://a/2"]


async def test_what_ends_the_pipeline_ends_the_poll(bench: Bench) -> None:
    bench.full = True
    with pytest.raises(Unavailable):
        await bench.poll_all("http://a/1")
    bench.stopped = True
    with pytest.raises(StageStopped):
        await bench.poll_all("http://a/1")


async def test_a_long_retry_after_puts_the_other_feeds_of_the_host_off(bench: Bench) -> None:
    bench.answers["http://a/1"] = failing("http-4xx", "a", connected=True, retry_after=86_400)
    errors = await bench.poll_all("http://a/1", "http://a/2", "http://b/1")
    assert str(errors["http://a/2"]).startswith("put-off: ")
    assert errors["http://b/1"] is None
    put_off = bench.stored["http://a/2"]
    assert (put_off.next_poll, put_off.consecutive_errors) == (NOW + timedelta(days=1), 0)
    assert "http://a/2" not in bench.asked


async def test_a_pause_is_that_of_the_host_which_asked_for_it(bench: Bench) -> None:
    bench.answers["http://a/1"] = failing("http-4xx", "b", connected=True, retry_after=86_400)
    assert (await bench.poll_all("http://a/1", "http://a/2"))["http://a/2"] is None


@pytest.mark.parametrize(
    ("error", "tried_again"),
    [
        (failing("refused", "a"), False),
        (failing("timeout", "a"), False),
        (failing("timeout", "a", connected=True), True),
        (failing("connection", "a", connected=True), True),
        (failing("refused", "b"), True),
        (failing("dns", "b"), True),
        (failing("http-5xx", "a", connected=True), True),
    ],
)
async def test_only_a_host_that_could_not_be_reached_is_tried_once(
    bench: Bench, error: FetchError, tried_again: bool
) -> None:
    bench.answers["http://a:80/1"] = error
    await bench.poll_all("http://a:80/1", "http://A/2")
    assert ("http://A/2" in bench.asked) == tried_again
    assert len(bench.reports) == 2


async def test_a_host_that_hangs_delays_no_other_and_is_not_started_twice(bench: Bench) -> None:
    bench.answers["http://slow/1"] = never
    stop = asyncio.Event()
    running = bench.run(stop, "http://slow/1", "http://slow/2", "http://a/1")
    for polls in range(1, 4):
        await bench.reported(polls)
        assert bench.asked.count("http://a/1") == polls
        await asyncio.sleep(0.01)
        bench.clock.advance(timedelta(minutes=17))
    assert [url for url in bench.asked if "slow" in url] == ["http://slow/1"]
    stop.set()
    async with asyncio.timeout(1):
        await running


async def test_the_number_of_hosts_served_at_a_time_is_bounded(bench: Bench) -> None:
    urls = [f"http://host{number}/" for number in range(300)]
    bench.answers = dict.fromkeys(urls, never)
    stop = asyncio.Event()
    before = len(asyncio.all_tasks())
    running = bench.run(stop, *urls)
    await bench.until(lambda: len(bench.asked) == 32)
    assert len(asyncio.all_tasks()) - before <= 32 * 8 + 3
    stop.set()
    async with asyncio.timeout(1):
        await running
    assert len(asyncio.all_tasks()) <= before + 1


@pytest.mark.parametrize("error", [Unavailable, StageStopped])
async def test_running_raises_what_a_poll_raised_and_leaves_nothing_behind(
    bench: Bench, error: type[Exception]
) -> None:
    bench.full, bench.stopped = error is Unavailable, error is StageStopped
    bench.answers["http://slow/1"] = never
    with pytest.raises(error):
        async with asyncio.timeout(5):
            await bench.run(asyncio.Event(), "http://slow/1", "http://a/1")
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://u:p@Paper.example:443/x", "paper.example"),
        ("http://paper.example:8080", "paper.example:8080"),
        (" http://[::1]/x", "[::1]"),
        ("http://[", "http://["),
        ("none", "none"),
    ],
)
def test_the_host_is_the_server_without_its_usual_port(url: str, host: str) -> None:
    assert host_of(url) == host
