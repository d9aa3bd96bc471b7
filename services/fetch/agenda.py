"""Which host is to be served next: the feeds of one registry by their host, and the hosts by the time of their first due feed."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from services.fetch.feed_state import FeedState


class Agenda:
    """Hosts are taken and given back; meanwhile they are busy and not given out again. Retired feeds are left out."""

    def __init__(self, feeds: Iterable[FeedState], host_of: Callable[[str], str]) -> None:
        """`host_of` gives the host of an address."""
        self._host_of = host_of
        self._feeds: dict[str, dict[str, FeedState]] = {}
        self._busy: set[str] = set()
        self._poked: dict[str, datetime] = {}
        for feed in feeds:
            self._add(feed)
        # An idle host with feeds has at least one entry no later than its first due feed; entries that came true already stay
        # until they are met, which is cheaper than to look for them.
        self._times: list[tuple[datetime, str]] = [(_first(feeds), host) for host, feeds in self._feeds.items()]
        heapq.heapify(self._times)

    def take(self, now: datetime) -> tuple[str, list[FeedState]] | None:
        """An idle host, the longest overdue, with its due feeds in the order of their times; None when no more is due."""
        while self._times and self._times[0][0] <= now:
            host = heapq.heappop(self._times)[1]
            feeds = () if host in self._busy else self._feeds.get(host, {}).values()
            due = sorted((feed for feed in feeds if feed.next_poll <= now), key=lambda feed: feed.next_poll)
            if due:
                self._busy.add(host)
                for feed in due:
                    self._poked.pop(feed.feed_id, None)
                return host, due
        return None

    def give_back(self, host: str, states: Iterable[FeedState]) -> None:
        """The host is idle again; `states` are what became of its feeds, some of which may have moved to another host."""
        self._busy.discard(host)
        of_host = self._feeds.get(host, {})
        for state in states:
            of_host.pop(state.feed_id, None)
            if (poked := self._poked.pop(state.feed_id, None)) is not None:
                state = replace(state, next_poll=min(state.next_poll, poked))
            moved = self._add(state)
            if moved is not None and moved != host and moved not in self._busy:
                heapq.heappush(self._times, (state.next_poll, moved))
        if of_host:
            heapq.heappush(self._times, (_first(of_host), host))
        else:
            self._feeds.pop(host, None)

    def poke(self, feed_id: str, now: datetime) -> None:
        """Makes the feed due; once more where it is just being polled, since its answer may be older. Nothing where it is not here."""
        for host, feeds in self._feeds.items():
            if (feed := feeds.get(feed_id)) is not None:
                feeds[feed_id] = replace(feed, next_poll=min(feed.next_poll, now))
                if host in self._busy:
                    self._poked[feed_id] = now
                else:
                    heapq.heappush(self._times, (now, host))
                return

    def next_at(self) -> datetime | None:
        """When a host that is idle now is due, at the earliest; None when there is none."""
        return self._times[0][0] if self._times else None

    def _add(self, feed: FeedState) -> str | None:
        if feed.retired:
            return None
        host = self._host_of(feed.address)
        self._feeds.setdefault(host, {})[feed.feed_id] = feed
        return host


def _first(feeds: dict[str, FeedState]) -> datetime:
    return min(feed.next_poll for feed in feeds.values())
