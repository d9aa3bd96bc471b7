from __future__ import annotations

import asyncio

from services.fetch.websub.pokes import Pokes


async def test_a_feed_is_given_out_at_once_and_then_once_a_minute() -> None:
    now = 0.0
    pokes = Pokes(lambda: now)
    assert (pokes.take(), pokes.wait_s()) == ([], None)
    for _ in range(100):
        pokes.poke("a")
    assert pokes.wait_s() == 0
    assert pokes.take() == ["a"]
    now = 10
    pokes.poke("a")
    pokes.poke("b")
    assert pokes.take() == ["b"]
    assert (pokes.take(), pokes.wait_s()) == ([], 50)
    now = 60
    assert pokes.take() == ["a"]
    now = 1_000
    assert pokes.take() == []
    assert pokes._free_at == {}, "nothing is remembered of a feed for longer than its pause"


async def test_whoever_waits_hears_of_it() -> None:
    pokes = Pokes(lambda: 0.0)
    waiting = pokes.arrived()
    assert not waiting.done()
    pokes.poke("a")
    pokes.poke("a")
    assert waiting.done()
    assert pokes.arrived().done(), "also who asks later, as long as it was not taken"
    pokes.take()
    assert not pokes.arrived().done()
    asyncio.get_running_loop().call_soon(pokes.poke, "b")
    async with asyncio.timeout(1):
        await pokes.arrived()
