"""The health of feeds as figures."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from services.fetch.feed_state import FeedState, new_feed
from services.fetch.health import HEALTHS
from shared import metrics
from shared.runtime.feed_health import QUANTILES, measure_health


@pytest.fixture
def never(noon: datetime) -> FeedState:
    return new_feed("https://paper.example/feed", noon)


def read(feed: FeedState, at: datetime, **more: object) -> FeedState:
    return dataclasses.replace(feed, last_success=at, **more)


def counts() -> dict[str, float | None]:
    return {health: metrics.REGISTRY.get_sample_value("newsloom_feeds", {"health": health}) for health in HEALTHS}


def ages() -> list[float | None]:
    return [
        metrics.REGISTRY.get_sample_value("newsloom_feed_success_age_seconds", {"quantile": str(quantile)})
        for quantile in QUANTILES
    ]


def test_feeds_are_counted_by_health_and_those_that_recovered_are_counted_anew(
    never: FeedState, noon: datetime
) -> None:
    ill = read(never, noon, last_error_code="timeout")
    measure_health([never, ill, ill, read(never, noon)], noon)
    assert {health: count for health, count in counts().items() if count} == {"well": 1, "ill": 2, "never": 1}
    measure_health([read(never, noon)] * 4, noon)
    assert {health: count for health, count in counts().items() if count} == {"well": 4}


def test_ages_are_quantiles_over_all_that_were_ever_read(never: FeedState, noon: datetime) -> None:
    feeds = [read(never, noon - timedelta(seconds=age)) for age in range(1000)]
    measure_health([*feeds[::-1], never], noon)
    assert ages() == [500, 900, 990, 999]


def test_one_dead_feed_among_many_shows_in_the_last_quantile_only(never: FeedState, noon: datetime) -> None:
    dead = read(never, noon - timedelta(days=9), last_error_code="timeout")
    measure_health([dead, *[read(never, noon)] * 199], noon)
    assert ages() == [0, 0, 0, 9 * 86400]


def test_retired_feeds_and_those_never_read_have_no_age(never: FeedState, noon: datetime) -> None:
    gone = read(never, noon - timedelta(days=900), retired=True)
    measure_health([gone, never, read(never, noon - timedelta(seconds=5))], noon)
    assert ages() == [5, 5, 5, 5]


def test_no_feeds_and_a_clock_that_was_set_back_give_no_odd_figures(never: FeedState, noon: datetime) -> None:
    measure_health([], noon)
    assert (ages(), set(counts().values())) == ([0, 0, 0, 0], {0})
    measure_health([read(never, noon + timedelta(hours=1))], noon)
    assert ages() == [0, 0, 0, 0]
