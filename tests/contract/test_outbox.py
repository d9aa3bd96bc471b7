"""What the outbox promises in both runtimes: every change once at least and in order, whatever the receiver does; nobody else notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from contract.outboxes import NOW, Running, Topic, on_kafka, on_sqlite, until
from servers import Kafka

from shared.clock import SimulatedClock
from shared.contracts import Alert
from shared.ports import Declined, NotNow
from shared.runtime import outbox as outbox_module
from shared.runtime.outbox import CODE

Build = Callable[..., Alert]


@pytest.fixture(params=["sqlite", "kafka"])
def topic(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Topic]:
    if request.param == "sqlite":
        opened = on_sqlite(tmp_path)
    else:
        server: Kafka = request.getfixturevalue("kafka")
        opened = on_kafka(server.bootstrap, tmp_path)
    with opened as made:
        yield made


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "LONGEST_PAUSE_S", 0.05)


class Listener:
    """Implements `Notifier`. Raises what `against` gives for the n-th call, if anything."""

    def __init__(self, against: Callable[[int, Alert], Exception | None] = lambda *_: None) -> None:
        self.asked: list[str] = []
        self.told: list[str] = []
        self._against = against

    async def tell(self, alert: Alert) -> None:
        self.asked.append(f"{alert.id}.{alert.version}")
        if error := self._against(len(self.asked) - 1, alert):
            raise error
        self.told.append(self.asked[-1])

    async def close(self) -> None:
        return


class Screen:
    """Implements `Display`."""

    def __init__(self, renew_every_s: float | None = None) -> None:
        self.renew_every_s = renew_every_s
        self.shows: list[dict[str, int]] = []
        self.is_down = False

    async def show(self, alerts: Sequence[Alert], now: datetime) -> None:
        if self.is_down:
            raise NotNow("down")
        self.shows.append({alert.id: alert.version for alert in alerts})

    async def close(self) -> None:
        return


async def test_a_channel_is_told_every_change_in_order_from_when_it_began(topic: Topic, make_alert: Build) -> None:
    await asyncio.to_thread(topic.put, make_alert("before"))
    await asyncio.to_thread(topic.begin, "ops")
    await asyncio.to_thread(topic.begin, "ops")
    news = [
        make_alert("a"),
        make_alert("b"),
        make_alert("a", 2, changes=("owner",)),
        make_alert("b", 2, changes=("closed",)),
    ]
    await asyncio.to_thread(topic.put, *news)
    listener = Listener()
    async with Running(topic) as running:
        telling = running.tells("ops", listener)
        await until(lambda: len(listener.told) == 4)
        await asyncio.to_thread(topic.put, make_alert("c"))
        await until(lambda: len(listener.told) == 5)
        await asyncio.sleep(0.2)
        assert await telling.behind() == 0
    assert listener.told == ["a.1", "b.1", "a.2", "b.2", "c.1"]


async def test_what_is_no_news_is_not_told(topic: Topic, make_alert: Build) -> None:
    await asyncio.to_thread(topic.begin, "ops")
    later = NOW + timedelta(hours=1)
    await asyncio.to_thread(
        topic.put,
        make_alert("a", 2, changes=("story",)),
        make_alert("a", 3, changes=("muted",), muted_until=later),
        make_alert("a", 4, changes=("owner",), muted_until=later),
        make_alert("a", 5, changes=("closed",), muted_until=later, status="closed"),
        make_alert("other", channels=("dev",)),
        make_alert("ours", channels=("dev", "ops")),
        make_alert("b", 2, changes=("owner",), muted_until=NOW),
    )
    listener = Listener()
    async with Running(topic) as running:
        running.tells("ops", listener)
        await until(lambda: listener.told[-1:] == ["b.2"])
    assert listener.told == ["a.5", "ours.1", "b.2"]


async def test_a_receiver_that_is_down_delays_and_loses_nothing_and_holds_up_nobody(
    topic: Topic, make_alert: Build
) -> None:
    for channel in ("ops", "dev"):
        await asyncio.to_thread(topic.begin, channel)
    await asyncio.to_thread(topic.put, make_alert("a"), make_alert("b"))
    down = True
    ops, dev = Listener(lambda *_: NotNow("down") if down else None), Listener()
    async with Running(topic) as running:
        telling = running.tells("ops", ops)
        running.tells("dev", dev)
        await until(lambda: len(dev.told) == 2 and len(ops.asked) > 3)
        assert set(ops.asked) == {"a.1"}
        assert telling.waits_for == "down"
        assert await telling.behind() == 2
    async with Running(topic) as running:
        telling = running.tells("ops", ops)
        await until(lambda: telling.waits_for == "down")
        down = False
        await until(lambda: len(ops.told) == 2)
        assert telling.waits_for is None
    assert (ops.told, dev.told) == (["a.1", "b.1"], ["a.1", "b.1"])


async def test_who_is_cut_off_before_it_is_noted_tells_again_under_the_same_id(topic: Topic, make_alert: Build) -> None:
    await asyncio.to_thread(topic.begin, "ops")
    await asyncio.to_thread(topic.put, make_alert("a"), make_alert("b"))
    told = asyncio.Event()

    class Hanging(Listener):
        async def tell(self, alert: Alert) -> None:
            await super().tell(alert)
            if alert.id == "b":
                told.set()
                await asyncio.Event().wait()

    first, second = Hanging(), Listener()
    async with Running(topic) as running:
        running.tells("ops", first)
        await asyncio.wait_for(told.wait(), 20)
    async with Running(topic) as running:
        running.tells("ops", second)
        await until(lambda: bool(second.told))
        await asyncio.sleep(0.3)
    assert (first.told, second.told) == (["a.1", "b.1"], ["b.1"])


async def test_a_message_that_is_not_taken_is_kept_and_the_others_are_told(topic: Topic, make_alert: Build) -> None:
    await asyncio.to_thread(topic.begin, "ops")
    await asyncio.to_thread(topic.put, make_alert("a"), make_alert("a", 2, changes=("owner",)), make_alert("b"))
    is_bad = True
    listener = Listener(lambda _, alert: Declined("400", by_message=True) if alert.id == "a" and is_bad else None)
    async with Running(topic) as running:
        telling = running.tells("ops", listener)
        await until(lambda: listener.told == ["b.1"] and len(topic.letters()) == 1)
        assert listener.asked[:5] == ["a.1", "a.1", "a.1", "b.1", "a.1"], (
            "the first once more, since the other was taken"
        )
        [letter] = topic.letters()
        assert (letter.stage, letter.code, letter.attempts) == ("alert", CODE, 3)
        assert letter.error == "ops: 400"
        assert Alert.from_bytes(letter.value) == make_alert("a")
        await until(lambda: len(topic.letters()) == 2)
        # Put back, it is told to this channel alone, whatever has come since.
        is_bad = False
        other = Listener()
        await asyncio.to_thread(topic.begin, "dev")
        running.tells("dev", other)
        await asyncio.to_thread(topic.put_back, letter)
        await asyncio.to_thread(topic.put, make_alert("c"))
        await until(lambda: other.told == ["c.1"] and listener.told == ["b.1", "a.1", "c.1"])
        await asyncio.sleep(0.2)
        assert await telling.behind() == 0


@pytest.mark.parametrize("error", [Declined("400", by_message=True), Declined("403", by_message=False), NotNow("500")])
async def test_who_takes_nothing_is_waited_for_whatever_he_says(
    error: Exception, topic: Topic, make_alert: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "PATIENCE_S", 0.1)
    await asyncio.to_thread(topic.begin, "ops")
    await asyncio.to_thread(topic.put, make_alert("a"), make_alert("b"))
    is_down = True
    listener = Listener(lambda *_: error if is_down else None)
    async with Running(topic) as running:
        running.tells("ops", listener)
        await until(lambda: listener.asked.count("b.1") > 2)
        is_down = False
        await until(lambda: sorted(listener.told) == ["a.1", "b.1"])
        await asyncio.to_thread(topic.put, make_alert("c"))
        await until(lambda: listener.told[2:] == ["c.1"])
    assert not topic.letters()


async def test_words_that_a_receiver_cannot_bear_do_not_silence_the_channel(
    topic: Topic, make_alert: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_module, "PATIENCE_S", 0.3)
    await asyncio.to_thread(topic.begin, "ops")
    await asyncio.to_thread(topic.put, make_alert("a"))
    listener = Listener(lambda _, alert: NotNow("500") if alert.id == "a" else None)
    async with Running(topic) as running:
        telling = running.tells("ops", listener)
        await until(lambda: len(listener.asked) > 8)
        assert not topic.letters(), "nobody knows yet whose fault it is"
        await asyncio.to_thread(topic.put, make_alert("b"), make_alert("c"))
        await until(lambda: listener.told == ["b.1", "c.1"])
        await asyncio.sleep(0.3)
        assert await telling.behind() == 0
    assert [Alert.from_bytes(letter.value).id for letter in topic.letters()] == ["a"]


async def test_a_display_shows_how_alerts_stand_those_of_before_too(topic: Topic, make_alert: Build) -> None:
    await asyncio.to_thread(
        topic.put,
        make_alert("a"),
        make_alert("a", 2),
        make_alert("b"),
        make_alert("a", 1),
        make_alert("c", channels=("x",)),
    )
    screen = Screen()
    async with Running(topic) as running:
        showing = running.shows("feed", screen)
        await until(lambda: screen.shows[-1:] == [{"a": 2, "b": 1}])
        assert await showing.behind() == 0
        await asyncio.sleep(0.3)
        shown = len(screen.shows)
        await asyncio.sleep(0.3)
        assert len(screen.shows) == shown, "without news it is left alone"
        screen.is_down = True
        await asyncio.to_thread(topic.put, make_alert("b", 2), make_alert("b", 3, status="closed"))
        await until(lambda: showing.waits_for == "down")
        assert await showing.behind() == 1
        screen.is_down = False
        await until(lambda: screen.shows[-1] == {"a": 2, "b": 3})
        assert len(screen.shows) == shown + 1
    again = Screen()
    async with Running(topic) as running:
        running.shows("feed", again)
        await until(lambda: bool(again.shows))
    assert again.shows[-1] == {"a": 2, "b": 3}, "known from the topic, not from what was shown"


async def test_what_forgets_is_shown_again_and_again(topic: Topic, make_alert: Build) -> None:
    await asyncio.to_thread(topic.put, make_alert("a"))
    screen = Screen(renew_every_s=0.1)
    async with Running(topic, SimulatedClock(NOW)) as running:
        running.shows("feed", screen)
        await until(lambda: len(screen.shows) > 3)
    assert screen.shows[-1] == {"a": 1}


async def test_of_two_processes_one_tells(topic: Topic, make_alert: Build, request: pytest.FixtureRequest) -> None:
    if "kafka" not in request.node.callspec.id:
        pytest.skip("a folder's lock keeps the second one out")
    await asyncio.to_thread(topic.begin, "ops")
    one, two = Listener(), Listener()
    first, second = Running(topic), Running(topic)
    async with second:
        async with first:
            first.tells("ops", one)
            await asyncio.to_thread(topic.put, make_alert("a"))
            await until(lambda: one.told == ["a.1"])
            second.tells("ops", two)
            await asyncio.sleep(3)
            await asyncio.to_thread(topic.put, *(make_alert(str(number)) for number in range(20)))
            await until(lambda: len(one.told) + len(two.told) >= 21)
        await asyncio.to_thread(topic.put, make_alert("z"))
        await until(lambda: two.told[-1:] == ["z.1"], 40)
    every: list[Any] = [*one.told, *two.told]
    assert sorted(set(every)) == sorted(["a.1", "z.1", *(f"{number}.1" for number in range(20))])
