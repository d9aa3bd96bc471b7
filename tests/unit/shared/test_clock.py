from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import SimulatedClock, SystemClock


def test_the_systems_monotonic_time_does_not_follow_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    before = clock.monotonic()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= clock.monotonic() - before < 60


def test_a_simulated_clocks_monotonic_time_is_its_own() -> None:
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    before = clock.monotonic()
    assert clock.monotonic() == before
    clock.advance(timedelta(hours=2))
    assert clock.monotonic() - before == 7_200
