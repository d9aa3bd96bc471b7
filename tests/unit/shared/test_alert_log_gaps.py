"""Compaction takes out versions that a channel was not told of. The broker does so when it likes, so a consumer of our own plays it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from shared.adapters.kafka.alert_log import KafkaAlertLog
from shared.contracts import Alert
from shared.settings import Settings

Build = Callable[..., Alert]


class Consumer:
    """`batches` are the offsets that come, one list a request."""

    def __init__(self, committed: int, end: int, *batches: list[int]) -> None:
        self._committed, self._end, self._batches = committed, end, list(batches)

    async def committed(self, _: TopicPartition) -> int:
        return self._committed

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self._end)

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        offsets = self._batches.pop(0) if self._batches else []
        records = [SimpleNamespace(offset=each, partition=0, key=b"k", headers=(), value=b"{}") for each in offsets]
        return {TopicPartition("news.alert.v1", 0): records}

    def seek(self, *_: Any) -> None:
        return


async def doubted(*arguments: Any) -> list[int]:
    async def bury(_: Any) -> None:
        return

    log = KafkaAlertLog(Settings(), "ops", bury)
    log._begun = True
    log._member._consumer = Consumer(*arguments)
    log._member.has_it = True
    log._member.generation = 1
    await log.read()
    found = await log.read()
    return [delivery.offset for delivery in found if log.in_doubt(delivery)]


async def test_without_a_gap_every_message_is_what_it_says() -> None:
    assert await doubted(3, 8, [3, 4, 5], [6, 7]) == []


async def test_after_a_gap_whatever_was_there_by_then_is_in_doubt() -> None:
    # The version at 3 was told by nobody and is gone; the one that took its place may be any of those that follow.
    assert await doubted(3, 8, [4, 5], [6, 7]) == [4, 5, 6, 7]
    assert await doubted(3, 7, [3, 4, 6], [7, 8]) == [3, 4, 6]


async def test_one_more_story_in_doubt_is_told(make_alert: Build) -> None:
    import asyncio

    from services.alert.channels import Channel
    from shared.clock import SystemClock
    from shared.policy import Delivery
    from shared.runtime.outbox import Telling

    told: list[str] = []

    class Log:
        async def read(self) -> list[Delivery]:
            later = make_alert("a", 2, changes=("story",)), make_alert("a", 3, changes=("story",))
            return [Delivery("t", 0, offset, "a", {}, alert.to_bytes()) for offset, alert in enumerate(later)]

        async def commit(self, *_: Any) -> None:
            return

        async def waiting(self) -> int:
            return 0

        def in_doubt(self, delivery: Delivery) -> bool:
            return delivery.offset == 0

        def is_ours(self) -> bool:
            return True

        async def close(self) -> None:
            return

    class Notifier:
        async def tell(self, alert: Alert) -> None:
            told.append(f"{alert.id}.{alert.version}")

        async def close(self) -> None:
            return

    assert await Telling(Channel("ops", "webhook"), Log(), Notifier(), SystemClock(), asyncio.Event()).round() == 2
    assert told == ["a.2"]
