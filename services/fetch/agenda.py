"""Which host is to be served next: the feeds of one registry by their host, and the hosts by the time of their first due feed.

Times are of the monotonic clock, reckoned once from the wall clock: when that is set forward, not all feeds are due at once, and
when it is set back, none is late. No feed waits for more than a day, whatever its state says.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable

from services.fetch.feed_state import FeedState
from services.fetch.poll_interval import LONGEST_S
from shared.ports import Clock


class Agenda:
    """Hosts are taken and given back; meanwhile they are busy and not given out again. Retired feeds are left out."""

    def __init__(self, feeds: Iterable[FeedState], host_of: Callable[[str], str], clock: Clock) -> None:
        """`host_of` gives the host of an address."""
        self._host_of = host_of
        self._clock = clock
        self._feeds: dict[str, dict[str, tuple[float, FeedState]]] = {}
        self._busy: set[str] = set()
        self._poked: set[str] = set()
        for feed in feeds:
            self._add(feed)
        # An idle host with feeds has at least one entry no later than its first due feed; entries that came true already stay
        # until they are met, which is cheaper than to look for them.
        self._times: list[tuple[float, str]] = [(_first(feeds), host) for host, feeds in self._feeds.items()]
        heapq.heapify(self._times)

    def take(self) -> tuple[str, list[FeedState]] | None:
        """An idle host, the longest overdue, with its due feeds in the order of their times; None when no more is due."""
        now = self._clock.monotonic()
        while self._times and self._times[0][0] <= now:
            host = heapq.heappop(self._times)[1]
            feeds = () if host in self._busy else self._feeds.get(host, {}).values()
            due = sorted((entry for entry in feeds if entry[0] <= now), key=lambda entry: entry[0])
            if due:
                self._busy.add(host)
                self._poked.difference_update(feed.feed_id for _, feed in due)
                return host, [feed for _, feed in due]
        return None

    def give_back(self, host: str, states: Iterable[FeedState]) -> None:
        """The host is idle again; `states` are what became of its feeds, some of which may have moved to another host."""
        self._busy.discard(host)
        of_host = self._feeds.get(host, {})
        for state in states:
            of_host.pop(state.feed_id, None)
            moved = self._add(state)
            if state.feed_id in self._poked and moved is not None:
                self._poked.discard(state.feed_id)
                self._feeds[moved][state.feed_id] = (self._clock.monotonic(), state)
            if moved is not None and moved != host and moved not in self._busy:
                heapq.heappush(self._times, (self._feeds[moved][state.feed_id][0], moved))
        if of_host:
            heapq.heappush(self._times, (_first(of_host), host))
        else:
            self._feeds.pop(host, None)

    def poke(self, feed_id: str) -> None:
        """Makes the feed due; once more where it is just being polled, since its answer may be older. Nothing where it is not here."""
        now = self._clock.monotonic()
        for host, feeds in self._feeds.items():
            if feed_id in feeds:
                due, feed = feeds[feed_id]
                feeds[feed_id] = (min(due, now), feed)
                if host in self._busy:
                    self._poked.add(feed_id)
                else:
                    heapq.heappush(self._times, (now, host))
                return

    def wait_s(self) -> float:
        """Seconds until a host that is idle now is due, at the earliest; infinite when there is none."""
        return max(0.0, self._times[0][0] - self._clock.monotonic()) if self._times else math.inf

    def _add(self, feed: FeedState) -> str | None:
        if feed.retired:
            return None
        host = self._host_of(feed.address)
        wait = (feed.next_poll - self._clock.now()).total_seconds()
        due = self._clock.monotonic() + min(wait, float(LONGEST_S))
        self._feeds.setdefault(host, {})[feed.feed_id] = (due, feed)
        return host


def _first(feeds: dict[str, tuple[float, FeedState]]) -> float:
    return min(due for due, _ in feeds.values())
