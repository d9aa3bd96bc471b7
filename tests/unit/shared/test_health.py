"""A worker's pages, asked over a real socket."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from real import free_port

from shared import metrics
from shared.errors import NotAvailable
from shared.runtime.health import serve_health
from shared.runtime.progress import Progress

Page = tuple[int, Any]


class Served:
    """`times[0]` is what the worker's clock says."""

    def __init__(self, base: str, session: aiohttp.ClientSession, progress: Progress, times: list[float]) -> None:
        self.base = base
        self.progress = progress
        self.times = times
        self._session = session

    async def status(self, path: str) -> Page:
        async with self._session.get(self.base + path) as answer:
            return answer.status, await answer.json()

    async def text(self, path: str) -> str:
        async with self._session.get(self.base + path) as answer:
            assert answer.headers["content-type"].startswith("text/plain")
            return await answer.text()


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    times = [0.0]
    progress = Progress("index", 10.0, lambda: times[0])
    port = free_port()

    def before_scrape() -> None:
        metrics.FEEDS.labels("well").set(42)

    async with (
        serve_health(progress, "127.0.0.1", port, tmp_path / "not there yet", before_scrape),
        aiohttp.ClientSession() as session,
    ):
        yield Served(f"http://127.0.0.1:{port}", session, progress, times)


async def test_a_worker_that_begins_is_alive_and_not_ready(served: Served) -> None:
    assert (await served.status("/livez"))[0] == 200
    code, said = await served.status("/readyz")
    assert (code, said["stage"], said["ready"]) == (503, "index", False)
    served.progress.ready = True
    assert (await served.status("/readyz"))[0] == 200


async def test_a_worker_that_waits_is_alive_and_not_ready(served: Served) -> None:
    served.progress.ready = True
    with served.progress.waiting("no Elasticsearch"):
        assert (await served.status("/livez"))[0] == 200
        code, said = await served.status("/readyz")
        assert (code, said["waiting_for"]) == (503, "no Elasticsearch")
    assert (await served.status("/readyz"))[0] == 200


async def test_a_stuck_worker_is_neither(served: Served) -> None:
    served.progress.ready = True
    served.progress.lag(3)
    served.times[0] = 11.0
    served.progress.beat()
    for page in ("/livez", "/readyz"):
        code, said = await served.status(page)
        assert code == 503
        assert said["trouble"] == "no batch was finished for 11 s, and 3 messages wait"


async def test_the_figures_have_the_whole_catalogue_and_are_brought_up_to_date(served: Served) -> None:
    figures = await served.text("/metrics")
    for collected in metrics.REGISTRY.collect():
        assert f"# HELP {collected.name}" in figures.replace("_total ", " "), collected.name
    assert 'newsloom_feeds{health="well"} 42.0' in figures
    assert "process_resident_memory_bytes" in figures
    free = next(line for line in figures.splitlines() if line.startswith("newsloom_disk_free_bytes "))
    assert float(free.split()[1]) > 0


async def test_a_port_that_is_taken_is_told_with_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotAvailable, match=f"127.0.0.1:{port} cannot be listened on .* NEWSLOOM_WORKER_PORT"):
            async with serve_health(Progress("index", 1), "127.0.0.1", port, tmp_path):
                pass
