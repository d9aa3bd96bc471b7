from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from websub_bench import Bench
from websub_hub import serving

from services.fetch import poll_interval
from shared.metrics import REGISTRY


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Not started yet: a test may change hub and publisher first."""
    one = Bench()
    async with serving(one.site, one.hub):
        one.site.hub = one.hub.url
        await one.open()
        yield one
        await one.close()


@pytest.fixture
def counted() -> Callable[..., float]:
    """How much a counter has risen since the test began."""
    samples = {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
    }

    def rise(name: str, **labels: str) -> float:
        before = samples.get((name, tuple(labels.items())), 0.0)
        return (REGISTRY.get_sample_value(name, labels) or 0.0) - before

    return rise


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every feed is polled each quarter of an hour to the second: what hubs change about that is the matter here."""
    monkeypatch.setattr(poll_interval, "_JITTER", 0.0)
    monkeypatch.setattr(poll_interval, "after_success", lambda *_: poll_interval.DEFAULT_S)
