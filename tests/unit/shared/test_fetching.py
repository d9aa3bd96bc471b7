from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.clock import SimulatedClock
from shared.errors import Misuse
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


def session(**settings: Any) -> Any:
    return SimpleNamespace(config=Settings(**settings), clock=SimulatedClock(NOON), room=None)


async def test_sites_are_fetched_through_the_proxy_of_the_settings_and_of_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    password = tmp_path / "password"
    password.write_text("s3cret\n")
    named = {"proxy": "http://me@proxy.example:3128", "proxy_password_file": password}
    async with poller(session(), []) as polling:
        assert polling._http._proxy is None  # type: ignore[attr-defined]
    async with poller(session(**named), []) as polling:
        proxy = polling._http._proxy  # type: ignore[attr-defined]
        assert (str(proxy.url), proxy.authorization) == ("http://proxy.example:3128", "Basic bWU6czNjcmV0")
    async with poller(session(**named), [], through_proxy=False) as polling:
        assert polling._http._proxy is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "settings",
    [
        {"proxy": "http://me:hunter2@proxy.example:3128"},
        {"proxy": "http://me@proxy.example:3128"},
        {"proxy": "socks5://proxy.example:1080"},
        {"proxy": "http://me@proxy.example:3128", "proxy_password_file": Path("/no/such/hunter")},
    ],
)
async def test_a_proxy_that_is_none_is_misuse_and_shows_no_password(settings: dict[str, Any]) -> None:
    with pytest.raises(Misuse, match=r"^NEWSLOOM_PROXY") as caught:
        async with poller(session(**settings), []):
            pass
    assert "hunter2" not in str(caught.value)
