"""The fit of the dispersion, on counts that are drawn with a known one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from services.alert.dispersion import DEFAULT, MOST, fitted
from services.alert.history import History
from services.alert.verdict import AlertVerdict, TogetherIn

START = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int, at: datetime, first: str, second: str) -> AlertVerdict:
    pair = TogetherIn(first=first, second=second, evidence=None)
    return AlertVerdict(
        id=f"{number}:1",
        group=str(number),
        event_time=at,
        story=str(number),
        owner="o",
        actors=(first, second),
        pairs=(pair,),
    )


def drawn(size: float | None, mean: float = 1.5, pairs: int = 120, days: int = 28) -> History:
    """Pairs whose stories per day are negative binomial of this size; None: Poisson."""
    chance = random.Random(7)
    history = History(1_000_000)
    stories = []
    for pair in range(pairs):
        for day in range(days):
            rate = chance.gammavariate(size, mean / size) if size is not None else mean
            for _ in range(poisson(chance, rate)):
                stories.append((START + timedelta(days=day, seconds=chance.randrange(86_400)), pair))
    for number, (at, pair) in enumerate(sorted(stories)):
        history.add(record(number, at, f"a{pair:03}", f"b{pair:03}"))
    return history


def poisson(chance: random.Random, mean: float) -> int:
    """As many arrivals at unit rate as fit into `mean`."""
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count


@pytest.mark.parametrize("size", [0.7, 1.5, 4.0])
def test_the_size_that_counts_were_drawn_with_is_found(size: float) -> None:
    assert fitted(drawn(size), START + timedelta(days=28)) == pytest.approx(size, rel=0.35)


def test_what_varies_no_more_than_chance_is_nearly_poisson() -> None:
    assert fitted(drawn(None), START + timedelta(days=28)) > 0.2 * MOST


def test_with_too_few_pairs_the_default_stands() -> None:
    assert fitted(History(10), START) == DEFAULT
    assert fitted(drawn(1.0, pairs=20), START + timedelta(days=28)) == DEFAULT
