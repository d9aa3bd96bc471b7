"""A batch that ends its worker stays uncommitted: also the very first of a group, where Faust knows no offset to compare with."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from real import environment, free_port

from shared.adapters.kafka.connection import new_producer
from shared.adapters.kafka.lag import open_lag
from shared.adapters.kafka.topics import wire_name
from shared.pipeline import ENTRY
from shared.settings import Settings

pytestmark = pytest.mark.slow

MESSAGES = 1_500
FAILING = """
import asyncio, sys
from shared.runtime import stage_worker

async def work(self, deliveries):
    await asyncio.sleep(0.3)
    raise RuntimeError(f"of {len(deliveries)} nothing was stored")

stage_worker.StageWorker.work = work
from shared.runtime.worker import main
sys.exit(main())
"""


async def fill(config: Settings) -> None:
    producer = new_producer(config)
    await producer.start()
    for _ in range(MESSAGES):
        await producer.send(wire_name(config, ENTRY), b"x" * 50, key=b"k")
    await producer.stop()


async def counts(config: Settings) -> tuple[int, int]:
    """(committed, waiting) of normalise."""
    async with open_lag(config) as lag:
        committed = await lag.committed("normalise")
        return sum(committed.values()), await lag.total("normalise")


def failing(config: Settings, **environ: str) -> subprocess.CompletedProcess[str]:
    own = environment(config.model_copy(update={"worker_port": free_port()})) | environ
    return subprocess.run(
        [sys.executable, "-c", FAILING, "normalise"], env=own, capture_output=True, text=True, timeout=90, check=False
    )


@pytest.mark.parametrize("batch_size", [200, 20])
def test_what_was_not_stored_is_not_committed(cluster: Settings, batch_size: int) -> None:
    config = cluster.model_copy(update={"batch_size": batch_size})
    asyncio.run(fill(config))
    for _ in range(2):
        ended = failing(config)
        assert ended.returncode not in (0, None)
        assert "nothing was stored" in ended.stderr, ended.stderr[-2000:]
        assert asyncio.run(counts(config)) == (0, MESSAGES)


def test_a_faust_that_would_lose_messages_is_refused(cluster: Settings) -> None:
    """Without its compiled parts Faust acknowledges what it leaves out."""
    ended = failing(cluster, NO_CYTHON="1")
    assert ended.returncode == 3, ended.stderr
    assert "NO_CYTHON" in ended.stderr
    assert os.environ.get("NO_CYTHON") is None
