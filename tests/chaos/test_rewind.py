"""Offsets are set back to the beginning: everything is replayed, and nothing changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError
from chaos.conftest import Archive
from chaos.flow import Watch, assert_undisturbed, end, mortals, said, settle
from real import WORKING, everything, newsloom

from shared.adapters.kafka.connection import client_options
from shared.adapters.kafka.lag import open_lag
from shared.adapters.kafka.topics import group_name
from shared.settings import Settings

pytestmark = pytest.mark.slow


async def rewind(config: Settings) -> dict[str, int]:
    """Every stage's group to the beginning of all it reads; returns how far it had come."""
    had = {}
    async with open_lag(config) as lag:
        for stage in WORKING:
            committed = await lag.committed(stage)
            had[stage] = sum(committed.values())
            consumer = AIOKafkaConsumer(
                **client_options(config), group_id=group_name(config, stage), enable_auto_commit=False
            )
            await consumer.start()
            places = [TopicPartition(*place) for place in committed]
            consumer.assign(places)
            async with asyncio.timeout(30):
                # The group takes the workers, which keep their names, for members until their sessions end.
                while not await _committed(consumer, places):
                    await asyncio.sleep(1)
            await consumer.stop()
    return had


async def _committed(consumer: AIOKafkaConsumer, places: list[TopicPartition]) -> bool:
    try:
        await consumer.commit(dict.fromkeys(places, 0))
    except CommitFailedError:
        return False
    return True


def test_everything_is_replayed_and_nothing_changes(eager: Settings, archive: Archive) -> None:
    with mortals(eager) as workers, Watch(eager) as watch:
        newsloom(eager, "ingest", str(archive.path))
        before = everything(eager)
        assert_undisturbed(before, archive.expected)
        records = {stage: _records(workers[stage]) for stage in ("deduplicate", "alert")}
        codes = end(workers)
        assert set(codes.values()) == {0}, f"{codes}\n{said(workers)}"
        had = asyncio.run(rewind(eager))
        assert all(count >= len(archive.expected["articles"]) for count in had.values()), had
        for worker in workers.values():
            worker.start()
        settle(workers, watch)
        assert all(watch.committed[stage] > had[stage] for stage in ("deduplicate", "enrich", "index")), watch.committed
        assert _compared(everything(eager)) == _compared(before)
        assert {stage: _records(workers[stage]) for stage in records} == records, "a verdict was taken twice"


def _records(worker: Any) -> float:
    """Verdicts in the log, as the worker tells."""
    _, figures = worker.page("/metrics")
    [line] = [line for line in figures.splitlines() if line.startswith("newsloom_state_records{")]
    return float(line.split()[-1])


def _compared(found: dict[str, Any]) -> dict[str, Any]:
    return {part: rows for part, rows in found.items() if part != "ledger"} | {"ledger": found["ledger"]["endings"]}
