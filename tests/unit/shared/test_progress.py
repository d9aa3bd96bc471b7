"""When a worker is stuck, and when it only waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared import metrics
from shared.runtime.progress import Progress

PATIENCE_S = 100.0

Later = Callable[[float], None]


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    return Progress("enrich", PATIENCE_S, clock)


@pytest.fixture
def later(clock: Clock, progress: Progress) -> Later:
    """Time passes, and the event loop runs."""

    def passes(seconds: float) -> None:
        clock.now += seconds
        progress.beat()

    return passes


def gauge(name: str) -> float | None:
    return metrics.REGISTRY.get_sample_value(name, {"stage": "enrich"})


def test_a_worker_that_nothing_waits_for_is_well_for_ever(progress: Progress, later: Later) -> None:
    for _ in range(10):
        later(PATIENCE_S)
        progress.lag(0)
        assert progress.trouble() is None
    assert gauge("newsloom_lag_messages") == 0


def test_a_worker_that_finishes_no_batch_while_messages_wait_is_stuck(progress: Progress, later: Later) -> None:
    progress.lag(7)
    later(PATIENCE_S)
    assert progress.trouble() is None
    later(1)
    assert progress.trouble() == "no batch was finished for 101 s, and 7 messages wait"
    assert gauge("newsloom_lag_messages") == 7


def test_a_batch_that_is_finished_is_progress(progress: Progress, later: Later) -> None:
    progress.lag(7)
    for _ in range(5):
        later(PATIENCE_S)
        progress.advanced()
        assert progress.trouble() is None


def test_messages_that_arrive_after_a_quiet_time_are_no_trouble_at_once(progress: Progress, later: Later) -> None:
    progress.lag(0)
    later(PATIENCE_S)
    progress.lag(0)
    later(2)
    progress.lag(1)
    assert progress.trouble() is None


def test_an_event_loop_that_does_not_run_is_trouble_whatever_waits(progress: Progress, clock: Clock) -> None:
    progress.lag(0)
    clock.now += PATIENCE_S + 1
    assert progress.trouble() == "the event loop has not run for 101 s"
    with progress.waiting("Elasticsearch"):
        assert progress.trouble() is not None


def test_a_worker_that_waits_for_what_is_down_is_not_stuck_and_has_all_its_patience_again_afterwards(
    progress: Progress, later: Later
) -> None:
    progress.lag(7)
    waits = metrics.REGISTRY.get_sample_value("newsloom_waits_total", {"stage": "enrich"}) or 0
    with progress.waiting("Elasticsearch is down"):
        later(50 * PATIENCE_S)
        assert progress.trouble() is None
        assert progress.status()["waiting_for"] == "Elasticsearch is down"
        assert gauge("newsloom_waiting") == 1
    assert progress.waiting_for is None
    assert gauge("newsloom_waiting") == 0
    assert metrics.REGISTRY.get_sample_value("newsloom_waits_total", {"stage": "enrich"}) == waits + 1
    later(PATIENCE_S)
    assert progress.trouble() is None
    later(1)
    assert progress.trouble() is not None


def test_waiting_ends_however_the_wait_ends(progress: Progress) -> None:
    with pytest.raises(KeyError), progress.waiting("Kafka"):
        raise KeyError
    assert progress.waiting_for is None


def test_who_waits_for_two_things_waits_until_both_are_there(progress: Progress) -> None:
    """The stage waits for Elasticsearch, and the care of it for Kafka: the one that ends first must not hide the other."""
    kafka = progress.waiting("Kafka")
    with progress.waiting("Elasticsearch"):
        kafka.__enter__()
    assert progress.waiting_for == "Kafka"
    assert gauge("newsloom_waiting") == 1
    kafka.__exit__(None, None, None)
    assert progress.waiting_for is None
    assert gauge("newsloom_waiting") == 0


def test_the_status_says_all_of_it(progress: Progress, later: Later) -> None:
    progress.lag(3)
    later(1.25)
    assert progress.status() == {
        "stage": "enrich",
        "trouble": None,
        "seconds_since_progress": 1.2,
        "lag": 3,
        "ready": False,
        "waiting_for": None,
    }
