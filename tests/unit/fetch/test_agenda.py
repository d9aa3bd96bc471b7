from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetch.agenda import Agenda
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.http.politeness import host_of
from shared.clock import SimulatedClock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class WallClock(SimulatedClock):
    """One whose time of day somebody can set."""

    wrong_by = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.wrong_by


@pytest.fixture
def clock() -> WallClock:
    return WallClock(NOW)


def feed(url: str, due: datetime = NOW) -> FeedState:
    return new_feed(url, due)


def taken(agenda: Agenda) -> tuple[str, list[FeedState]]:
    found = agenda.take()
    assert found is not None
    return found


def test_a_host_is_given_out_with_its_due_feeds_the_longest_overdue_first(clock: WallClock) -> None:
    late, later = feed("http://a/late", NOW - HOUR), feed("http://a/later")
    agenda = Agenda([feed("http://b/1"), later, late, feed("http://a/not-yet", NOW + HOUR)], host_of, clock)
    assert taken(agenda) == ("a", [late, later])
    assert taken(agenda)[0] == "b"
    assert agenda.take() is None


def test_a_busy_host_is_not_given_out_again_until_it_is_back(clock: WallClock) -> None:
    agenda = Agenda([feed("http://a/1"), feed("http://a/2", NOW + HOUR)], host_of, clock)
    _, feeds = taken(agenda)
    clock.advance(HOUR)
    assert agenda.take() is None
    agenda.give_back("a", [replace(feeds[0], next_poll=NOW + 2 * HOUR)])
    assert agenda.wait_s() == 0
    assert [one.url for one in taken(agenda)[1]] == ["http://a/2"]


def test_a_feed_that_moved_is_served_with_its_new_host(clock: WallClock) -> None:
    agenda = Agenda([feed("http://a/1"), feed("http://b/1", NOW + 2 * HOUR)], host_of, clock)
    _, feeds = taken(agenda)
    moved = replace(feeds[0], moved_to="http://b/new", next_poll=NOW + HOUR)
    agenda.give_back("a", [moved])
    assert agenda.wait_s() == 3600
    clock.advance(HOUR)
    assert agenda.take() == ("b", [moved])
    clock.advance(HOUR)
    assert agenda.take() is None, "its other feed is due, and the host is busy"


def test_a_feed_that_is_poked_is_due_at_once(clock: WallClock) -> None:
    agenda = Agenda([feed("http://a/1", NOW + HOUR), feed("http://a/2", NOW + HOUR)], host_of, clock)
    agenda.poke("unknown")
    assert agenda.take() is None
    agenda.poke(feed("http://a/2").feed_id)
    assert agenda.wait_s() == 0
    assert [one.url for one in taken(agenda)[1]] == ["http://a/2"]


def test_a_feed_that_is_poked_while_it_is_polled_is_polled_once_more(clock: WallClock) -> None:
    agenda = Agenda([feed("http://a/1"), feed("http://a/2", NOW + HOUR)], host_of, clock)
    _, feeds = taken(agenda)
    for url in ("http://a/1", "http://a/2"):
        agenda.poke(feed(url).feed_id)
    assert agenda.take() is None, "the host is busy"
    agenda.give_back("a", [replace(feeds[0], next_poll=NOW + HOUR)])
    _, feeds = taken(agenda)
    assert {one.url for one in feeds} == {"http://a/1", "http://a/2"}
    agenda.give_back("a", [replace(one, next_poll=NOW + HOUR) for one in feeds])
    assert agenda.take() is None, "once, and not for ever"


def test_a_retired_feed_is_never_due(clock: WallClock) -> None:
    agenda = Agenda([replace(feed("http://a/1"), retired=True), feed("http://b/1")], host_of, clock)
    _, feeds = taken(agenda)
    agenda.give_back("b", [replace(feeds[0], retired=True)])
    clock.advance(HOUR)
    assert (agenda.take(), agenda.wait_s()) == (None, math.inf)


def test_a_clock_that_is_set_forward_makes_no_feed_due_sooner(clock: WallClock) -> None:
    agenda = Agenda([feed(f"http://{number}/", NOW + HOUR) for number in range(100)], host_of, clock)
    clock.wrong_by = timedelta(days=400)
    assert agenda.take() is None
    assert agenda.wait_s() == 3600


def test_a_clock_that_is_set_back_makes_no_feed_late(clock: WallClock) -> None:
    agenda = Agenda([feed("http://a/", NOW + HOUR)], host_of, clock)
    clock.wrong_by = timedelta(days=-400)
    clock.advance(HOUR)
    assert taken(agenda)[0] == "a"


def test_a_state_written_when_the_clock_was_wrong_keeps_no_feed_for_longer_than_a_day(clock: WallClock) -> None:
    agenda = Agenda([feed("http://a/", NOW + timedelta(days=400))], host_of, clock)
    assert agenda.wait_s() == 86_400
