from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.fetch.formats.feed import FeedError, FeedLimits
from services.fetch.parser_pool import ParserPool, PoolLimits

FEED = b"<rss><channel><title>T</title><item><title>a</title><category>c</category></item></channel></rss>"
SLOW = (
    b"<rss><channel>"
    + b"<item><title>a</title>&foo;</x></item>" * 5
    + b"<item><author>"
    + b"a" * 150_000
    + b"</author></item>"
)
"""lxml loses items of it, and feedparser takes minutes over its author, quadratic in its length (FINDINGS, section 3)."""
MEMORY = b"<rss><channel><item>" + b"<a b='c'/>" * 900_000
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(PoolLimits(cpu_s=1, deadline_s=8)) as one:
        yield one


async def code_of(pool: ParserPool, body: bytes) -> str:
    with pytest.raises(FeedError) as caught:
        await pool.parse(body, None, "http://a.example/")
    return caught.value.code


def workers(pool: ParserPool) -> list[int]:
    return [worker.process.pid for worker in pool._all]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_feed_comes_back_as_it_was_parsed_by_one_worker_for_many(pool: ParserPool) -> None:
    assert workers(pool) == []
    feed = await pool.parse(FEED, "text/xml; charset=utf-8", "http://a.example/")
    first = workers(pool)
    assert (feed.title, feed.items[0].title, feed.items[0].categories, feed.problems) == ("T", "a", ("c",), ())
    for _ in range(20):
        assert await pool.parse(FEED, None, "http://a.example/") == feed
    assert workers(pool) == first


async def test_errors_of_the_parser_come_back_with_their_code(pool: ParserPool) -> None:
    assert await code_of(pool, b"") == "empty"
    assert await code_of(pool, b"<html>") == "html-instead-of-feed"
    assert len(workers(pool)) == 1


async def test_a_feed_that_takes_too_much_cpu_is_killed_and_the_next_one_is_fine(pool: ParserPool) -> None:
    assert await code_of(pool, SLOW) == "timeout"
    assert (await pool.parse(FEED, None, "http://a.example/")).title == "T"


async def test_cpu_is_counted_per_feed_and_not_over_the_life_of_a_worker() -> None:
    big = b"<rss><channel>" + b"<item><title>title</title></item>" * 4_000 + b"</channel></rss>"
    async with ParserPool(PoolLimits(cpu_s=1)) as pool:
        await pool.parse(big, None, "")
        first, started = workers(pool), time.monotonic()
        while time.monotonic() - started < 3:
            await pool.parse(big, None, "")
        assert workers(pool) == first


async def test_the_deadline_kills_where_cpu_time_does_not() -> None:
    async with ParserPool(PoolLimits(cpu_s=60, deadline_s=0.5)) as pool:
        assert await code_of(pool, SLOW) == "timeout"


async def test_a_feed_that_takes_too_much_memory_fails_alone() -> None:
    async with ParserPool(PoolLimits(memory_bytes=300 * 1024 * 1024)) as pool:
        assert await code_of(pool, MEMORY) in ("out-of-memory", "parser-crashed")
        assert (await pool.parse(FEED, None, "")).title == "T"


async def test_a_worker_that_is_killed_is_replaced(pool: ParserPool) -> None:
    await pool.parse(FEED, None, "")
    (pid,) = workers(pool)
    os.kill(pid, signal.SIGSEGV)
    with pytest.raises(FeedError):
        await pool.parse(FEED, None, "")
    assert (await pool.parse(FEED, None, "")).title == "T"
    assert workers(pool) != [pid]


async def test_a_cancelled_job_does_not_answer_the_next_one(pool: ParserPool) -> None:
    task = asyncio.create_task(pool.parse(SLOW, None, ""))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await pool.parse(FEED, None, "")).title == "T"


async def test_workers_are_renewed_after_many_feeds() -> None:
    async with ParserPool(PoolLimits(feeds_per_worker=2)) as pool:
        seen = set()
        for _ in range(4):
            seen.update(workers(pool))
            await pool.parse(FEED, None, "")
        assert len(seen) == 2


async def test_two_workers_work_at_the_same_time() -> None:
    async with ParserPool(PoolLimits(workers=2)) as pool:
        feeds = await asyncio.gather(*(pool.parse(FEED, None, "") for _ in range(10)))
        assert len(feeds) == 10
        assert len(workers(pool)) == 2


async def test_the_limits_of_a_feed_reach_the_worker() -> None:
    async with ParserPool(feed_limits=FeedLimits(items=1, body_bytes=500)) as pool:
        body = b"<rss><channel><item/><item/></channel></rss>"
        assert (await pool.parse(body, None, "")).problems == ("items-cut:1",)
        assert await code_of(pool, b"x" * 501) == "too-large"


async def test_hostile_metadata_is_no_problem(pool: ParserPool) -> None:
    assert (await pool.parse(FEED, "text/xml\ud800; charset=\ud800", "http://\ud800/")).title == "T"


async def test_closing_leaves_no_process(pool: ParserPool) -> None:
    await pool.parse(FEED, None, "")
    busy = asyncio.create_task(pool.parse(SLOW, None, ""))
    await asyncio.sleep(0.1)
    pids = workers(pool)
    await pool.close()
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(FeedError):
        await busy


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(ending: signal.Signals) -> None:
    script = (
        # Whoever runs tests in the background has SIGINT ignored, and children inherit that.
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import asyncio\nfrom services.fetch.parser_pool import ParserPool\n"
        "async def main():\n"
        "    async with ParserPool() as pool:\n"
        f"        await pool.parse({FEED!r}, None, '')\n"
        "        print(*(worker.process.pid for worker in pool._all), flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(ending)
        parent.wait(10)
    until = time.monotonic() + 5
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(pid)
