"""The health of one feed, in words that somebody can act on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetch.decide import Failed, Fetched, NotModified, decide
from services.fetch.feed_state import FeedState, ItemTotals, new_feed
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.health import health_of, is_no_longer_polled, remarks_on
from services.fetch.moves import Moving
from services.fetch.validators import Validators

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def never() -> FeedState:
    return new_feed("https://paper.example/rss", NOW)


@pytest.fixture
def busy(never: FeedState) -> FeedState:
    """One that published an item every 36 minutes for a week, the last of them now."""
    state = never
    for number in range(280, -1, -1):
        item = FeedItem(guid=str(number), title=f"item {number}")
        at = NOW - number * timedelta(minutes=36)
        state = decide(state, Fetched(ParsedFeed(items=(item,)), f"{number}"), at).state
    return state


def test_a_feed_is_in_one_state_of_health(never: FeedState, busy: FeedState) -> None:
    assert health_of(never, NOW).name == "never"
    assert health_of(decide(never, Failed("timeout", "slow"), NOW).state, NOW).name == "never"
    assert health_of(busy, NOW).name == "well"
    assert health_of(decide(busy, Failed("timeout", "slow"), NOW).state, NOW).name == "ill"
    assert health_of(decide(busy, Failed("http-4xx", "gone", 410), NOW).state, NOW).name == "retired"


def test_an_ill_feed_says_why_and_what_to_do(busy: FeedState) -> None:
    health = health_of(decide(busy, Failed("http-4xx", "the server answered 403", 403), NOW).state, NOW)
    assert health.reason == "the server answered 403"
    assert "NEWSLOOM_CONTACT" in str(health.advice)


def test_a_feed_that_died_without_an_error_is_silent(busy: FeedState) -> None:
    at, state = NOW, busy
    for _ in range(9):
        at += timedelta(hours=1)
        state = decide(state, NotModified(), at).state
    health = health_of(state, at)
    assert (health.name, health.reason) == ("silent", "publishes 40 a day, nothing for 9 hours")


def test_one_that_serves_the_same_body_again_and_again_is_frozen(busy: FeedState) -> None:
    at, state = NOW, busy
    for _ in range(9):
        at += timedelta(hours=1)
        state = decide(state, NotModified(full=True), at).state
    health = health_of(state, at)
    assert health.name == "frozen"
    assert health.reason == "publishes 40 a day, nothing for 9 hours; the same body 10 times"
    fresh = decide(state, Fetched(ParsedFeed(items=(FeedItem(guid="new"),)), "new"), at).state
    assert health_of(fresh, at).name == "well"


def test_what_is_odd_without_being_an_illness_is_remarked_on(busy: FeedState) -> None:
    assert remarks_on(busy) == []
    odd = replace(
        busy,
        validators=Validators(lies=3),
        identity="url",
        totals=ItemTotals(repeated=4, cut=95_000),
        moving=Moving("https://new.example/", NOW),
        problems=("body-cut", "malformed:12", "charset:utf-8"),
    )
    remarks = " | ".join(remarks_on(odd))
    for words in (
        "https://new.example/",
        "lied 3 times, asked in full",
        "by their URLs",
        "4 items",
        "95000 items",
        "(line 12)",
        "(utf-8)",
    ):
        assert words in remarks
    assert remarks_on(replace(busy, moved_to="https://new.example/")) == ["moved to https://new.example/"]


def test_a_feed_that_nobody_polls_any_more_is_told_from_one_that_is_only_seldom_polled(busy: FeedState) -> None:
    assert not is_no_longer_polled(busy, NOW + timedelta(days=1))
    assert is_no_longer_polled(busy, NOW + timedelta(days=3))
