"""fetch on a real broker: a subscription is kept with its feed's state, and outlives the worker."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from contract.on_kafka import settings_of
from real import Worker, data_folder, free_port
from servers import Kafka
from websub_hub import Hub, Publisher, serving

from services.fetch.feed_list import FeedSource
from services.fetch.item_identity import feed_id
from services.fetch.websub.subscription import Subscription
from shared.adapters.kafka.feed_registry import KafkaFeedRegistry
from shared.adapters.kafka.reading import read_feed_states
from shared.adapters.kafka.topics import set_up_topics
from shared.settings import Settings


async def until(condition: Callable[[], bool], worker: Worker, seconds: float = 60) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(worker.said()) from None


async def stored(config: Settings, url: str, condition: Callable[[Subscription], bool]) -> None:
    """Waits until the feed's partition says so."""
    async with asyncio.timeout(60):
        while True:
            state = (await read_feed_states(config)).get(feed_id(url))
            if state is not None and state.websub is not None and condition(state.websub):
                return
            await asyncio.sleep(0.2)


async def test_a_worker_that_was_killed_hears_its_hub_again(kafka: Kafka, tmp_path: Path) -> None:
    port = free_port()
    config = settings_of(kafka.bootstrap, tmp_path).model_copy(
        update={
            "data_dir": data_folder(tmp_path),
            "allow_private": "127.0.0.1",
            "websub_callback": f"http://127.0.0.1:{port}",
            "websub_port": port,
            "host_delay_seconds": 0,
        }
    )
    await set_up_topics(config)
    site, hub, worker = Publisher(), Hub(), Worker(config, "fetch")
    async with serving(site, hub):
        site.hub = hub.url
        await asyncio.to_thread(KafkaFeedRegistry(config).add, [FeedSource(url=site.url)])
        try:
            worker.start()
            await until(lambda: len(hub.subscribed) == 1, worker)
            await stored(config, site.url, lambda one: one.state == "active")
            worker.kill()
            worker.start()
            await until(lambda: worker.page("/readyz")[0] == 200, worker)
            site.items.append("News")
            polls = site.polls
            async with asyncio.timeout(30):
                while await hub.push(site.feed(site.items)) != [202]:  # as hubs do, until the feeds have been read
                    await asyncio.sleep(0.1)
            await until(lambda: site.polls > polls, worker, 30)
            await stored(config, site.url, lambda one: one.last_push is not None)
            figures = worker.page("/metrics")[1]
            assert re.search(r'^newsloom_websub_subscriptions\{state="active"\} 1\.0$', figures, re.MULTILINE)
            assert len(hub.requests) == 1, "what was stored was known"
        finally:
            worker.stop()
