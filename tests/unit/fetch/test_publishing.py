"""What a feed's own past says: its interval, and when its silence means something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch.poll_interval import DEFAULT_S, LONGEST_S, SHORTEST_S, Wishes, after_success, with_jitter
from services.fetch.publishing import Publishing, first_seen, saw
from shared.contracts import NO_OPTIONS, FeedOptions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def every(gap: timedelta, days: float, start: datetime = NOW) -> tuple[Publishing, datetime]:
    """A feed that was watched while it published one item every `gap`, and when the last of them was seen."""
    known, now = first_seen([], 0, start), start
    while now - start < timedelta(days=days):
        now += gap
        known = saw(known, 1, now)
    return known, now


def interval(known: Publishing, now: datetime, wishes: Wishes | None = None, options: FeedOptions = NO_OPTIONS) -> int:
    return after_success(known.gap_s, known.idle_s(now), wishes or Wishes(), options)


@pytest.mark.parametrize("gap", [timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)])
def test_a_feed_is_asked_several_times_between_two_of_its_items(gap: timedelta) -> None:
    known, now = every(gap, days=10)
    assert interval(known, now) == pytest.approx(max(60, gap.total_seconds() / 8), rel=0.01)


def test_a_feed_that_falls_silent_is_asked_ever_more_seldom_and_at_last_once_a_day() -> None:
    known, now = every(timedelta(hours=1), days=3)
    asked = [interval(known, now + timedelta(days=days)) for days in (0, 1, 5, 30, 3_000)]
    assert asked == sorted(asked)
    assert asked[-1] == LONGEST_S


def test_the_dates_of_a_first_poll_are_a_beginning() -> None:
    dates = [NOW - timedelta(hours=hours) for hours in range(0, 60, 3)]
    known = first_seen(dates, 20, NOW)
    assert interval(known, NOW) == pytest.approx(3 * 3600 / 8, rel=0.01)
    assert known.per_day(NOW) == pytest.approx(8, rel=0.25)


def test_a_batch_published_at_once_is_one_moment() -> None:
    known, now = first_seen([], 0, NOW), NOW
    for _ in range(20):
        now += timedelta(days=1)
        known = saw(known, 10, now)
    assert interval(known, now) == pytest.approx(3 * 3600, rel=0.01)
    assert known.per_day(now) == pytest.approx(10, rel=0.2)


def test_without_any_knowledge_it_is_a_quarter_of_an_hour_or_what_the_feed_says() -> None:
    known = first_seen([], 5, NOW)
    assert interval(known, NOW) == DEFAULT_S
    assert interval(known, NOW, Wishes(ttl_s=300)) == 300


def test_a_site_may_wish_for_less_but_not_for_items_to_be_lost() -> None:
    known, now = every(timedelta(minutes=8), days=2)
    assert interval(known, now) == SHORTEST_S
    assert interval(known, now, Wishes(fresh_s=1800)) == 1800
    assert interval(known, now, Wishes(ttl_s=1e9)) == LONGEST_S
    # 20 items that are replaced within 160 minutes.
    assert after_success(known.gap_s, 0, Wishes(ttl_s=86_400), NO_OPTIONS, turnover_s=9_600) == 4_800


def test_an_operator_has_the_last_word() -> None:
    known, now = every(timedelta(minutes=8), days=2)
    assert interval(known, now, options=FeedOptions(min_interval_s=600)) == 600
    assert interval(known, now, Wishes(ttl_s=86_400), FeedOptions(max_interval_s=900)) == 900


def test_forty_items_a_day_and_nothing_for_nine_hours_is_a_silence() -> None:
    known, now = every(timedelta(minutes=36), days=7)
    assert known.per_day(now) == pytest.approx(40, rel=0.05)
    assert known.missing(now + timedelta(hours=1)) is None
    assert known.missing(now + timedelta(hours=9)) == pytest.approx(15, rel=0.1)


def test_nights_are_no_silence() -> None:
    known, now = first_seen([], 0, NOW), NOW
    for day in range(14):
        for hour in range(16):
            now = NOW + timedelta(days=day, hours=hour)
            known = saw(known, 3, now)
    assert known.missing(now + timedelta(hours=9)) is None
    assert known.missing(now + timedelta(hours=12)) is not None


def test_a_feed_that_publishes_once_a_week_is_not_silent_after_two() -> None:
    known, now = every(timedelta(days=7), days=70)
    assert known.missing(now + timedelta(days=14)) is None
    assert known.missing(now + timedelta(days=60)) is not None


@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), max_size=30),
    st.lists(st.tuples(st.integers(-10, 50), st.integers(-100_000, 10_000_000)), max_size=30),
)
def test_whatever_a_feed_or_the_clock_does_the_interval_stays_within_a_minute_and_a_day(
    dates: list[datetime], polls: list[tuple[int, int]]
) -> None:
    known, now = first_seen(dates, 30, NOW), NOW
    for new, seconds in polls:
        now += timedelta(seconds=seconds)
        known = saw(known, new, now)
        assert SHORTEST_S <= interval(known, now) <= LONGEST_S
        rate = known.per_day(now)
        assert rate is None or rate >= 0


@given(st.floats(60, LONGEST_S), st.text(max_size=20), st.integers(0, 10**9))
def test_jitter_is_up_to_a_tenth_and_the_same_every_time(seconds: float, feed: str, turn: int) -> None:
    jittered = with_jitter(seconds, feed.encode("utf-8", "replace").decode(), turn)
    assert seconds <= jittered <= min(1.1 * seconds, LONGEST_S)
    assert jittered == with_jitter(seconds, feed.encode("utf-8", "replace").decode(), turn)


def test_feeds_that_were_due_together_drift_apart() -> None:
    assert len({with_jitter(900, f"feed{number}", 1) for number in range(100)}) > 95


def test_a_time_away_is_no_gap_of_the_feed() -> None:
    known, now = every(timedelta(minutes=6), days=7)
    back = now + timedelta(days=30)
    known = saw(known, 20, back, turned_over=True)
    assert interval(known, back) == SHORTEST_S
    assert known.usual_per_day() == pytest.approx(240, rel=0.1)


def test_a_clock_that_was_ten_years_ahead_once_is_got_over() -> None:
    known, now = every(timedelta(minutes=30), days=7)
    known = saw(known, 1, now + timedelta(days=3650))
    for _ in range(200):
        now += timedelta(minutes=30)
        known = saw(known, 1, now)
    assert interval(known, now) == pytest.approx(1800 / 8, rel=0.1)
