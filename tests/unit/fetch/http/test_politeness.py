from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from services.fetch.http.politeness import HostGate, Paused
from services.fetch.http.retry_after import retry_after_seconds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def times() -> FakeTime:
    return FakeTime()


def gate(times: FakeTime, concurrent: int = 1, delay_s: float = 2.0) -> HostGate:
    return HostGate(concurrent=concurrent, delay_s=delay_s, clock=times.clock, sleep=times.sleep)


async def test_requests_to_one_host_come_one_by_one_with_a_pause(times: FakeTime) -> None:
    one, starts, inside = gate(times), [], 0

    async def request(host: str) -> None:
        nonlocal inside
        async with one.turn(host):
            inside += 1
            assert inside == 1
            starts.append(times.now)
            await times.sleep(0.5)
            inside -= 1

    await asyncio.gather(*(request(host) for host in ("a.example", "A.example", "a.example")))
    assert starts == [100.0, 102.5, 105.0]


async def test_other_hosts_do_not_wait(times: FakeTime) -> None:
    one = gate(times)
    async with one.turn("a"), one.turn("b"):
        assert times.now == 100.0


async def test_as_many_at_a_time_as_allowed(times: FakeTime) -> None:
    one, most, inside = gate(times, concurrent=2, delay_s=0), 0, 0

    async def request() -> None:
        nonlocal most, inside
        async with one.turn("a"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(request() for _ in range(6)))
    assert most == 2


@pytest.mark.parametrize(("asked", "waited"), [(30, 30), (-5, 0), (10**9, 86_400), (float("nan"), 0)])
async def test_a_host_that_asks_for_time_gets_it_within_reason(times: FakeTime, asked: float, waited: float) -> None:
    one = gate(times)
    one.retry_after("A", asked)
    assert one.wait_s("a") == waited
    async with one.turn("a"):
        assert times.now == 100 + waited


async def test_a_host_that_asks_while_others_wait_is_heeded_by_them(times: FakeTime) -> None:
    one, starts = gate(times), []

    async def request(retry_after: float) -> None:
        async with one.turn("a"):
            starts.append(times.now)
            one.retry_after("a", retry_after)

    await asyncio.gather(request(60), request(0))
    assert starts == [100, 160]


async def test_the_impatient_are_told_how_long_the_pause_is_and_leave_the_host_free(times: FakeTime) -> None:
    one = gate(times)
    one.retry_after("a", 61)
    with pytest.raises(Paused) as caught:
        async with one.turn("a", patience_s=60):
            pytest.fail("not to be reached")
    assert (caught.value.seconds, times.now) == (61, 100)
    times.now += 1
    async with one.turn("a", patience_s=60):
        assert times.now == 161


async def test_the_delay_between_two_requests_is_waited_for_even_by_the_impatient(times: FakeTime) -> None:
    one = gate(times, delay_s=90)
    for expected in (100, 190):
        async with one.turn("a", patience_s=60):
            assert times.now == expected


async def test_a_failed_or_cancelled_request_frees_the_host(times: FakeTime) -> None:
    one = gate(times)
    with pytest.raises(ValueError, match="x"):
        async with one.turn("a"):
            raise ValueError("x")
    held = asyncio.create_task(_hold(one))
    await asyncio.sleep(0.01)
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    async with asyncio.timeout(1), one.turn("a"):
        pass


async def _hold(one: HostGate) -> None:
    async with one.turn("a"):
        await asyncio.sleep(60)


async def test_hosts_are_forgotten_when_there_are_too_many(times: FakeTime) -> None:
    one = gate(times, delay_s=0)
    for number in range(25_000):
        async with one.turn(f"{number}.example"):
            pass
    assert len(one._hosts) <= 10_001


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-3", 0.0),
        ("99999999999999999999", 86_400.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2099 12:00:00 GMT", 86_400.0),
        ("Sun Mar  1 12:00:10 2026", 10.0),
        ("soon", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 100_000, 86_400.0),
    ],
)
def test_retry_after_is_read_and_clamped(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds
