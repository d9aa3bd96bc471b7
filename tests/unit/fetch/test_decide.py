from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.fetch import seen_items
from services.fetch.decide import Decision, Failed, Fetched, NotModified, decide, put_off
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.item_identity import feed_id, fingerprint, normalised_url
from services.fetch.validators import Validators

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def item(guid: str | None = None, url: str | None = None, title: str = "", text: str = "", **more: str) -> FeedItem:
    return FeedItem(guid=guid, url=url, title=title, html_or_text=text, **more)  # type: ignore[arg-type]


def poll(state: FeedState, *items: FeedItem, now: datetime = NOW, ttl: int | None = None, **more: str) -> Decision:
    return decide(state, Fetched(ParsedFeed(items=items, ttl_minutes=ttl), body_hash="h", **more), now)


@pytest.fixture
def fresh() -> FeedState:
    return new_feed("https://paper.example/rss", NOW)


def assert_due(state: FeedState, seconds: float) -> None:
    """That long from now, but for the jitter."""
    wait = (state.next_poll - NOW).total_seconds()
    assert seconds <= wait <= min(1.1 * seconds, 86_400)


def titles(decision: Decision) -> list[str]:
    return [new.item.title for new in decision.new_items]


def test_first_poll_gives_every_item_and_marks_it(fresh: FeedState) -> None:
    decision = poll(fresh, item("1", title="a"), item("2", title="b"))
    assert titles(decision) == ["a", "b"]
    assert all(new.first_poll for new in decision.new_items)
    assert decision.state.first_polled
    later = poll(decision.state, item("3", title="c"), item("1", title="a"))
    assert titles(later) == ["c"]
    assert not later.new_items[0].first_poll
    assert (later.counts.new, later.counts.known) == (1, 1)


def test_an_error_before_the_first_body_leaves_the_first_poll_to_come(fresh: FeedState) -> None:
    failed = decide(fresh, Failed("timeout", "slow"), NOW).state
    assert poll(failed, item("1")).new_items[0].first_poll


def test_a_changed_item_is_sent_again_once(fresh: FeedState) -> None:
    state = poll(fresh, item("1", title="old")).state
    changed = poll(state, item("1", title="new"))
    assert [new.change for new in changed.new_items] == ["changed"]
    assert poll(changed.state, item("1", title="new")).new_items == ()


def test_reflowed_white_space_is_no_change(fresh: FeedState) -> None:
    state = poll(fresh, item("1", title="a b", text="x\n y")).state
    assert poll(state, item("1", title="a  b ", text="x y")).new_items == ()


def test_items_that_share_their_date_are_all_sent(fresh: FeedState) -> None:
    same = "Mon, 01 Jan 2024 00:00:00 GMT"
    state = poll(fresh, item("1", title="a", published=same)).state
    assert titles(poll(state, item("2", title="b", published=same), item("1", title="a", published=same))) == ["b"]


def test_one_guid_for_all_items_degrades_to_the_url_for_good(fresh: FeedState) -> None:
    decision = poll(fresh, item("g", "http://a/1", "one"), item("g", "http://a/2", "two"))
    assert titles(decision) == ["one", "two"]
    assert decision.state.identity == "url"
    # One item alone looks as if its guid were unique; the feed is known for better.
    again = poll(decision.state, item("g", "http://a/2", "two"))
    assert again.new_items == ()
    assert titles(poll(again.state, item("g", "http://a/3", "three"), item("g", "http://a/2", "two"))) == ["three"]


def test_one_guid_and_one_url_for_all_items_degrades_to_the_content(fresh: FeedState) -> None:
    items = [item("g", "http://a/", title) for title in ("one", "two", "three")]
    decision = poll(fresh, *items)
    assert titles(decision) == ["one", "two", "three"]
    assert poll(decision.state, *items).new_items == ()


def test_a_guid_that_two_items_of_many_share_loses_neither(fresh: FeedState) -> None:
    items = [item("1", "http://a/1", "x"), item("1", "http://a/2", "y"), item("2", "http://a/3", "z")]
    decision = poll(fresh, *items)
    assert titles(decision) == ["x", "y", "z"]
    assert poll(decision.state, *items).new_items == ()


def test_copies_of_an_item_in_one_document_count_once(fresh: FeedState) -> None:
    decision = poll(fresh, item("1", title="a"), item("1", title="a"))
    assert titles(decision) == ["a"]
    assert decision.counts.repeated == 1
    assert decision.state.identity == "guid"


def test_an_item_that_comes_back_from_a_cache_is_known(fresh: FeedState) -> None:
    state = poll(fresh, item("1", title="a")).state
    state = poll(state, item("2", title="b")).state
    assert poll(state, item("1", title="a")).new_items == ()


def test_what_left_the_feed_long_ago_is_forgotten(fresh: FeedState) -> None:
    state = poll(fresh, item("1", title="a")).state
    for _ in range(seen_items.KEEP_POLLS + 1):
        state = poll(state, item("2", title="b")).state
    assert len(state.seen) == 1


def test_memory_of_absent_items_is_bounded(fresh: FeedState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_items, "KEEP_ABSENT", 30)
    state = fresh
    for turn in range(20):
        state = poll(state, *(item(f"{turn}-{number}", title="t") for number in range(10))).state
    assert len(state.seen) == 40


@given(
    st.lists(
        st.lists(
            st.builds(
                item,
                guid=st.sampled_from([None, "g", "h"]),
                url=st.sampled_from([None, "http://a/1", "http://a/2"]),
                title=st.sampled_from(["", "one", "two"]),
                text=st.sampled_from(["", "body"]),
            ),
            max_size=6,
        ),
        max_size=4,
    )
)
def test_no_content_is_ever_lost_and_nothing_is_sent_twice_from_one_document(polls: list[list[FeedItem]]) -> None:
    state, sent = new_feed("https://paper.example/rss", NOW), set()
    for items in polls:
        decision = poll(state, *items)
        sent |= {fingerprint(new.item.title, new.item.html_or_text) for new in decision.new_items}
        assert {fingerprint(one.title, one.html_or_text) for one in items} <= sent
        counts = decision.counts
        assert counts.new + counts.changed + counts.known + counts.repeated == len(items)
        assert poll(decision.state, *items).new_items == ()
        identities = [(new.key, new.fingerprint) for new in decision.new_items]
        assert len(identities) == len(set(identities))
        state = decision.state


def test_304_keeps_what_is_known_and_counts_as_success(fresh: FeedState) -> None:
    state = poll(fresh, item("1"), etag='"e"').state
    state = decide(state, Failed("timeout", "slow"), NOW).state
    after = decide(state, NotModified(), NOW).state
    assert (after.validators.etag, after.consecutive_errors, after.last_error_code) == ('"e"', 0, None)
    assert_due(after, 900)
    assert after.seen == state.seen


def test_304_to_a_feed_never_read_is_an_error_and_no_success(fresh: FeedState) -> None:
    after = decide(fresh, NotModified(), NOW).state
    assert (after.last_error_code, after.last_success, after.first_polled) == ("unexpected-304", None, False)


def test_validators_are_sent_only_after_a_body_and_not_for_ever(fresh: FeedState) -> None:
    assert replace(fresh, validators=Validators(etag='"e"')).validators.to_send(NOW) == (None, None)
    state = poll(fresh, item("1"), etag='"e"', last_modified="Mon").state
    assert state.validators.to_send(NOW + QUARTER) == ('"e"', "Mon")
    stale = decide(state, NotModified(), NOW + timedelta(hours=24)).state
    assert stale.validators.to_send(NOW + timedelta(hours=24)) == (None, None)
    same_body = decide(state, NotModified(full=True, etag='"f"'), NOW + timedelta(hours=24)).state
    assert same_body.validators.to_send(NOW + timedelta(hours=25)) == ('"f"', "Mon")


def test_errors_back_off_up_to_a_day_and_never_give_up(fresh: FeedState) -> None:
    state, waits = fresh, []
    for _ in range(100):
        state = decide(state, Failed("http-5xx", "no", status=503), NOW).state
        waits.append((state.next_poll - NOW).total_seconds())
    assert waits[:4] == [pytest.approx(wait * 1.05, rel=0.05) for wait in (900, 1800, 3600, 7200)]
    assert waits[-1] == 86_400
    assert not state.retired
    recovered = poll(state, item("1")).state
    assert recovered.consecutive_errors == 0
    assert_due(recovered, 900)


def test_retry_after_is_heeded_up_to_a_day(fresh: FeedState) -> None:
    assert_due(decide(fresh, Failed("http-4xx", "", 429, 7_000.0), NOW).state, 7_000)
    assert decide(fresh, Failed("http-4xx", "", 429, 1e12), NOW).state.next_poll == NOW + timedelta(days=1)


def test_to_be_put_off_is_no_error_and_never_earlier_than_due(fresh: FeedState) -> None:
    later = put_off(fresh, 3_600, NOW)
    assert later == replace(fresh, next_poll=NOW + timedelta(hours=1))
    assert put_off(later, 60, NOW) == later


@pytest.mark.parametrize(("ttl", "seconds"), [(None, 900), (0, 60), (1, 60), (30, 1800), (10**8, 86_400)])
def test_ttl_is_heeded_between_a_minute_and_a_day(fresh: FeedState, ttl: int | None, seconds: int) -> None:
    assert_due(poll(fresh, ttl=ttl).state, seconds)


def test_410_retires_and_404_does_not(fresh: FeedState) -> None:
    assert decide(fresh, Failed("http-4xx", "", 410), NOW).state.retired
    assert not decide(fresh, Failed("http-4xx", "", 404), NOW).state.retired


def test_state_survives_json(fresh: FeedState) -> None:
    adapter = TypeAdapter(FeedState)
    state = poll(fresh, item("1", title="a"), etag='"e"').state
    assert adapter.validate_json(adapter.dump_json(state)) == state


def test_feed_id_is_of_the_normalised_url() -> None:
    same = {
        feed_id(url) for url in ("HTTPS://Paper.Example:443", "https://paper.example/", "https://u:p@paper.example/#x")
    }
    assert len(same) == 1
    assert len(same.pop()) == 16
    assert feed_id("https://paper.example/A") != feed_id("https://paper.example/a")


@given(st.text())
def test_any_text_has_a_normalised_url_that_stays(text: str) -> None:
    once = normalised_url(text)
    assert feed_id(once) == feed_id(normalised_url(once))


def test_a_ttl_holds_until_the_feed_says_another(fresh: FeedState) -> None:
    state = poll(fresh, item("1"), ttl=120).state
    assert decide(state, NotModified(), NOW).state.interval_s == 7_200


def test_a_feed_whose_items_all_passed_by_is_asked_twice_as_often(fresh: FeedState) -> None:
    state = replace(poll(fresh, *(item(f"{number}") for number in range(5)), ttl=120).state, interval_s=1_000)
    passed = poll(state, *(item(f"new {number}") for number in range(5)), ttl=120)
    assert passed.state.interval_s == 500
