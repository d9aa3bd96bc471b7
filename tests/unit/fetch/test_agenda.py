from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.fetch.agenda import Agenda
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.poller import host_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def feed(url: str, due: datetime = NOW) -> FeedState:
    return new_feed(url, due)


def test_a_host_is_given_out_with_its_due_feeds_the_longest_overdue_first() -> None:
    late, later = feed("http://a/late", NOW - HOUR), feed("http://a/later")
    agenda = Agenda([feed("http://b/1"), later, late, feed("http://a/not-yet", NOW + HOUR)], host_of)
    assert agenda.take(NOW) == ("a", [late, later])
    taken = agenda.take(NOW)
    assert taken is not None
    assert taken[0] == "b"
    assert agenda.take(NOW) is None


def test_a_busy_host_is_not_given_out_again_until_it_is_back() -> None:
    agenda = Agenda([feed("http://a/1"), feed("http://a/2", NOW + HOUR)], host_of)
    taken = agenda.take(NOW)
    assert taken is not None
    assert agenda.take(NOW + HOUR) is None
    agenda.give_back("a", [replace(taken[1][0], next_poll=NOW + 2 * HOUR)])
    assert agenda.next_at() == NOW + HOUR
    following = agenda.take(NOW + HOUR)
    assert following is not None
    assert [one.url for one in following[1]] == ["http://a/2"]


def test_a_feed_that_moved_is_served_with_its_new_host() -> None:
    agenda = Agenda([feed("http://a/1"), feed("http://b/1", NOW + 2 * HOUR)], host_of)
    taken = agenda.take(NOW)
    assert taken is not None
    moved = replace(taken[1][0], moved_to="http://b/new", next_poll=NOW + HOUR)
    agenda.give_back("a", [moved])
    assert agenda.next_at() == NOW + HOUR
    assert agenda.take(NOW + HOUR) == ("b", [moved])
    assert agenda.take(NOW + 2 * HOUR) is None, "its other feed is due, and the host is busy"


def test_a_feed_that_is_poked_is_due_at_once() -> None:
    agenda = Agenda([feed("http://a/1", NOW + HOUR), feed("http://a/2", NOW + HOUR)], host_of)
    agenda.poke("unknown", NOW)
    assert agenda.take(NOW) is None
    agenda.poke(feed("http://a/2").feed_id, NOW)
    assert agenda.next_at() == NOW
    taken = agenda.take(NOW)
    assert taken is not None
    assert [one.url for one in taken[1]] == ["http://a/2"]


def test_a_feed_that_is_poked_while_it_is_polled_is_polled_once_more() -> None:
    agenda = Agenda([feed("http://a/1"), feed("http://a/2", NOW + HOUR)], host_of)
    taken = agenda.take(NOW)
    assert taken is not None
    for url in ("http://a/1", "http://a/2"):
        agenda.poke(feed(url).feed_id, NOW)
    assert agenda.take(NOW) is None, "the host is busy"
    agenda.give_back("a", [replace(taken[1][0], next_poll=NOW + HOUR)])
    taken = agenda.take(NOW)
    assert taken is not None
    assert {one.url for one in taken[1]} == {"http://a/1", "http://a/2"}
    agenda.give_back("a", [replace(one, next_poll=NOW + HOUR) for one in taken[1]])
    assert agenda.take(NOW) is None, "once, and not for ever"


def test_a_retired_feed_is_never_due() -> None:
    agenda = Agenda([replace(feed("http://a/1"), retired=True), feed("http://b/1")], host_of)
    taken = agenda.take(NOW)
    assert taken is not None
    agenda.give_back("b", [replace(taken[1][0], retired=True)])
    assert (agenda.take(NOW + HOUR), agenda.next_at()) == (None, None)
