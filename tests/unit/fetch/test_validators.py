"""ETags that lie are found out; those that change at every request do no harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.fetch.decide import Fetched, NotModified, decide
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import FeedItem, ParsedFeed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def body(
    state: FeedState, title: str, at: datetime, etag: str | None = '"e"', modified: str | None = None
) -> FeedState:
    feed = ParsedFeed(items=(FeedItem(guid=title, title=title),))
    return decide(state, Fetched(feed, f"hash of {title}", etag, modified), at).state


@pytest.fixture
def read() -> FeedState:
    return body(new_feed("https://paper.example/rss", NOW), "a", NOW)


def sends(state: FeedState, at: datetime) -> bool:
    return state.validators.to_send(at) != (None, None)


def test_a_server_that_says_304_for_ever_is_asked_in_full_once_a_day(read: FeedState) -> None:
    at, state, full = NOW, read, 0
    for _ in range(100):
        at += timedelta(hours=1)
        full += not sends(state, at)
        state = decide(state, NotModified(full=not sends(state, at)), at).state
    assert full == 4


def test_news_under_the_old_etag_is_a_lie_and_counted(read: FeedState) -> None:
    state, at = read, NOW
    for lies in (1, 2, 3):
        at += DAY
        state = body(state, f"news {lies}", at)
        assert state.validators.lies == lies
    assert not sends(state, at), "it is believed no more"


def test_a_liar_is_believed_for_a_shorter_time(read: FeedState) -> None:
    state = body(read, "news", NOW + DAY)
    assert sends(state, NOW + DAY + timedelta(hours=3))
    assert not sends(state, NOW + DAY + timedelta(hours=5))


def test_the_date_lies_where_there_is_no_etag(read: FeedState) -> None:
    dated = body(read, "b", NOW, None, "Sun, 01 Mar 2026 12:00:00 GMT")
    assert dated.validators.lies == 0
    assert body(dated, "c", NOW + DAY, None, "Sun, 01 Mar 2026 12:00:00 GMT").validators.lies == 1
    assert body(dated, "c", NOW + DAY, None, "Mon, 02 Mar 2026 12:00:00 GMT").validators.lies == 0


def test_a_new_etag_is_honest_and_one_for_other_white_space_is_no_lie(read: FeedState) -> None:
    assert body(read, "news", NOW + DAY, '"f"').validators.lies == 0
    assert body(read, "a", NOW + DAY).validators.lies == 0
    assert body(read, "news", NOW + DAY, None).validators.lies == 0


def test_a_clock_that_was_wrong_has_not_checked_in_the_future(read: FeedState) -> None:
    assert not sends(read, NOW - timedelta(hours=1))
