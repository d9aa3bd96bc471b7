from __future__ import annotations

import asyncio

from services.fetch.lanes import Lanes


async def test_slow_requests_leave_the_fast_lane_to_others() -> None:
    lanes, never = Lanes(2, slow=5, slow_after_s=0.01), asyncio.Event()

    async def hang() -> None:
        async with lanes.place():
            await never.wait()

    async with asyncio.timeout(5):
        slow = [asyncio.create_task(hang()) for _ in range(5)]
        for _ in range(20):
            async with lanes.place():
                pass
        never.set()
        await asyncio.gather(*slow)


async def test_there_are_never_more_than_both_lanes_hold_and_all_places_come_back() -> None:
    lanes, inside, most = Lanes(2, slow=3, slow_after_s=0.001), 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with lanes.place():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.02)
            inside -= 1

    for _ in range(2):
        async with asyncio.timeout(5):
            await asyncio.gather(*(work() for _ in range(20)))
    assert most == lanes.total == 5


async def test_a_cancelled_request_gives_its_place_back() -> None:
    lanes = Lanes(1, slow=0)

    async def hang() -> None:
        async with lanes.place():
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(1), lanes.place():
        pass
