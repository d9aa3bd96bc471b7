"""Pages of items, politely: by robots.txt, at the host's pace, and not from hosts that are away or would rather not."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from services.fetch.http.limits import FetchError
from services.fetch.http.politeness import HostGate, Paused, host_of
from services.fetch.pages.page import Page, PageProblem, page_of, problem_of
from services.fetch.pages.robots import Http, RobotsTexts
from shared import metrics

PATIENCE_S = 20.0
"""A host that asks for a longer pause than this gets it, and its items go on with what their feed has."""
LEFT_ALONE_S = 3_600.0
"""For so long a host is not asked for pages that could not be reached, or that refused some in a row."""
REFUSALS = 3
HOSTS_AT_ONCE = 8
HOSTS_KEPT = 10_000


class PageFetcher:
    """`await pages(urls)` gives one `Page` for each. Nothing is raised but cancellation."""

    def __init__(
        self,
        http: Http,
        gate: HostGate,
        slot: Callable[[], AbstractAsyncContextManager[None]],
        clock: Callable[[], float],
        *,
        most: int,
        deadline_s: float,
    ) -> None:
        """`most` pages are asked for at a time, the first; what has not come after `deadline_s` is given up."""
        self._http = http
        self._gate = gate
        self._slot = slot
        self._clock = clock
        self._most = most
        self._deadline_s = deadline_s
        self._robots = RobotsTexts(http, lambda origin: gate.turn(host_of(origin), PATIENCE_S), clock)
        self._left_alone: dict[str, tuple[float, PageProblem]] = {}

    async def pages(self, urls: Sequence[str]) -> list[Page]:
        """In the order of `urls`."""
        found = [Page(problem="page-skipped")] * len(urls)
        by_host: defaultdict[str, list[int]] = defaultdict(list)
        for place, url in enumerate(urls[: self._most]):
            by_host[host_of(url)].append(place)
        few = asyncio.Semaphore(HOSTS_AT_ONCE)

        async def of_one_host(host: str, places: list[int]) -> None:
            async with few:
                refusals = 0
                for place in places:
                    page = await self._page(host, urls[place])
                    found[place] = page
                    refusals = refusals + 1 if page.problem in ("page-blocked", "page-unreachable") else 0
                    if page.problem is not None and refusals >= REFUSALS:
                        self._leave_alone(host, page.problem)

        tasks = [asyncio.create_task(of_one_host(host, places)) for host, places in by_host.items()]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=self._deadline_s)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for page in found:
            metrics.PAGES.labels(page.problem or "ok").inc()
        return found

    async def _page(self, host: str, url: str) -> Page:
        until, why = self._left_alone.get(host, (0.0, "page-skipped"))
        if until > self._clock():
            return Page(problem=why)
        try:
            robots = await self._robots.of(url)
            if robots.closed:
                self._leave_alone(host, "page-unreachable")
                return Page(problem="page-unreachable")
            if not robots.allows(url):
                return Page(problem="page-robots")
            async with self._gate.turn(host, PATIENCE_S, robots.delay_s), self._slot():
                response = await self._http.get(url)
        except Paused:
            return Page(problem="page-skipped")
        except FetchError as error:
            problem = problem_of(error.status)
            if error.retry_after is not None:
                # About pages: whether the host's feeds may be asked, they say themselves.
                self._leave_alone(error.host or host, problem, error.retry_after)
            elif error.host is not None and not error.connected:
                self._leave_alone(error.host, problem)
            return Page(problem=problem)
        except ValueError:
            return Page(problem="page-unreachable")
        return await asyncio.to_thread(page_of, response.body, response.headers)

    def _leave_alone(self, host: str, why: PageProblem, seconds: float = LEFT_ALONE_S) -> None:
        now = self._clock()
        if len(self._left_alone) > HOSTS_KEPT:
            self._left_alone = {name: left for name, left in self._left_alone.items() if left[0] > now}
        self._left_alone[host] = (now + seconds, why)
