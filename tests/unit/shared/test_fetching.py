from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.clock import SimulatedClock
from shared.runtime.fetching import poller
from shared.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_a_clock_that_is_set_back_stalls_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimulatedClock(NOON)
    session = SimpleNamespace(config=Settings(), clock=clock, room=None)
    async with poller(cast(Any, session), []) as polling:
        polling._gate.retry_after("a", 10)
        monkeypatch.setattr(clock, "now", lambda: NOON - timedelta(hours=1))
        assert polling._gate.wait_s("a") == 10
        clock.advance(timedelta(seconds=10))
        assert polling._gate.wait_s("a") == 0
