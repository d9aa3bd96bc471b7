"""The benchmark of a start: what it makes is a past that can be folded, and the same each time."""

from __future__ import annotations

from itertools import pairwise

from shared.bench.start import DAYS, measure, verdicts


def test_its_past_is_a_month_and_the_same_each_time() -> None:
    made = list(verdicts(2_000))
    assert made == list(verdicts(2_000))
    assert len({record.id for record in made}) == 2_000
    assert all(one.event_time < other.event_time for one, other in pairwise(made))
    assert (made[-1].event_time - made[0].event_time).days == DAYS - 1
    assert len({record.story for record in made}) < 2_000, "some are copies"


def test_each_step_is_measured() -> None:
    found = measure(500)
    assert found.records == 500
    assert found.file_bytes > 10_000
    assert all(step.seconds > 0 and step.peak_bytes > 2**25 for step in (found.folded, found.kept, found.started))
