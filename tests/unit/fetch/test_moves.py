"""Permanent redirects: of a site that moves house, and of a domain that was sold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.fetch.decide import Decision, Failed, Fetched, decide
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.moves import is_downgrade, same_site

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD, NEW = "https://old.example/rss", "https://new.example/rss"
HOURS = timedelta(hours=13)


def poll(state: FeedState, *titles: str, to: str | None = None, at: datetime = NOW) -> Decision:
    items = tuple(FeedItem(guid=f"{to or OLD}#{title}", title=title) for title in titles)
    return decide(state, Fetched(ParsedFeed(items=items), f"hash of {titles} at {at}", moved_to=to), at)


@pytest.fixture
def known() -> FeedState:
    return poll(new_feed(OLD, NOW), "a", "b").state


@pytest.mark.parametrize("to", ["https://old.example/feed.xml", "https://www.old.example/rss"])
def test_within_a_site_the_new_address_is_taken_at_once(known: FeedState, to: str) -> None:
    assert poll(known, "a", to=to).state.address == to


def test_another_site_must_have_shown_what_is_known_for_a_day(known: FeedState) -> None:
    state = known
    for polls, address in ((1, OLD), (2, OLD), (3, NEW)):
        state = poll(state, "a", "b", to=NEW, at=NOW + polls * HOURS).state
        assert state.address == address
    assert (state.feed_id, state.url) == (known.feed_id, OLD)


def test_a_move_that_is_taken_back_is_forgotten(known: FeedState) -> None:
    state = poll(known, "a", to=NEW).state
    state = poll(state, "a", at=NOW + HOURS).state
    assert state.moving is None
    assert poll(state, "a", to=NEW, at=NOW + 5 * HOURS).state.address == OLD


def test_a_parked_domain_is_not_the_feed_that_was_chosen(known: FeedState) -> None:
    decision = poll(known, "cheap watches", "casino", to=NEW)
    assert decision.new_items == ()
    assert decision.state.last_error_code == "suspicious-move"
    assert NEW in str(decision.state.last_error)
    assert decision.state.seen == known.seen


def test_a_feed_never_read_before_may_be_anywhere() -> None:
    decision = poll(new_feed(OLD, NOW), "a", to=NEW)
    assert len(decision.new_items) == 1
    assert decision.state.address == OLD


def test_nobody_is_moved_from_https_to_http(known: FeedState) -> None:
    assert poll(known, "a", to="http://old.example/rss").state.address == OLD
    assert is_downgrade("HTTPS://a/", "http://a/")
    assert not is_downgrade("http://a/", "https://a/")


def test_a_new_address_that_stops_answering_gives_the_old_one_its_turn(known: FeedState) -> None:
    state = poll(known, "a", to="https://old.example/new").state
    for _ in range(5):
        state = decide(state, Failed("dns", "gone"), NOW).state
    assert state.address == OLD


def test_an_address_is_a_site_of_its_own() -> None:
    assert same_site("http://127.0.0.1:81/a", "http://127.0.0.1:82/b")
    assert not same_site("http://127.0.0.1/a", "http://127.0.0.2/a")
    assert not same_site("no host", "no host")


def test_a_site_that_takes_its_guids_along_is_known_by_them(known: FeedState) -> None:
    items = tuple(
        FeedItem(guid=f"{OLD}#{title}", title=title, html_or_text="<img src='https://new.example/'>") for title in "ab"
    )
    state = decide(known, Fetched(ParsedFeed(items=items), "hash", moved_to=NEW), NOW).state
    assert state.last_error_code is None
    assert state.moving is not None


def test_an_address_that_is_gone_gives_the_listed_one_its_turn_before_the_feed_retires(known: FeedState) -> None:
    moved = poll(known, "a", to="https://old.example/new").state
    back = decide(moved, Failed("http-4xx", "gone", 410), NOW).state
    assert (back.address, back.retired) == (OLD, False)
    assert decide(back, Failed("http-4xx", "gone", 410), NOW).state.retired
