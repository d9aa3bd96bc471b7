"""The registry of feeds on Kafka: `news.feed.v1`, compacted, one message per feed; a feed without a value was taken out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import structlog
from pydantic import ValidationError

from services.fetch.feed_list import FeedSource
from services.fetch.item_identity import feed_id
from shared.adapters.feed_changes import changes_of, counted
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin
from shared.adapters.kafka.records import key_of
from shared.adapters.kafka.topics import missing, partitions_of, wire_name
from shared.adapters.kafka.whole_topic import whole_topic
from shared.clock import SystemClock
from shared.contracts import RegisteredFeed
from shared.pipeline import FEED
from shared.policy import Send
from shared.ports import Registered
from shared.settings import Settings
from shared.urls.canonical_url import registrable_domain
from shared.urls.userinfo import without_userinfo
from shared.wire import headers_for

log = structlog.get_logger()


def partition_of(url: str, partitions: int) -> int:
    """By registrable domain: all feeds of one site are polled by one worker, which alone can be polite to it."""
    domain = registrable_domain(url) or url
    return zlib.crc32(domain.encode("utf-8", "surrogatepass")) % partitions


async def read_registry(config: Settings, partitions: Iterable[int] | None = None) -> dict[str, RegisteredFeed]:
    """Feeds by id, of the given partitions or of all."""
    feeds: dict[str, RegisteredFeed] = {}
    async for record in whole_topic(config, wire_name(config, FEED), partitions):
        if not record.value:
            feeds.pop(key_of(record.key), None)
            continue
        try:
            feeds[key_of(record.key)] = RegisteredFeed.from_bytes(record.value)
        except ValidationError as error:
            # What was known of the feed before stays: it is polled on, not lost in silence.
            log.warning("no feed", offset=record.offset, reason=without_userinfo(str(error)))
    return feeds


def source_of(feed: RegisteredFeed) -> FeedSource:
    return FeedSource(feed.url, feed.title, feed.tags, feed.options)


class KafkaFeedRegistry:
    """Implements `FeedRegistry`. Every call opens its own connections: `feeds` is a command and ends."""

    polled_by = "a running `newsloom worker fetch`, which takes them up by itself"

    def __init__(self, config: Settings) -> None:
        self._config = config

    def listed(self) -> list[FeedSource]:
        """By URL."""
        with KafkaClient(self._config) as client:
            feeds = client.run(read_registry(self._config)).values()
        return sorted(map(source_of, feeds), key=lambda source: source.url)

    def add(self, sources: Sequence[FeedSource]) -> Registered:
        with KafkaClient(self._config) as client:
            partitions = client.run(partition_count(self._config))
            known = client.run(read_registry(self._config))
            changes = changes_of({id_: source_of(feed) for id_, feed in known.items()}, sources)
            now = SystemClock().now()
            sends, places = [], []
            for id_, source in changes.items():
                feed = RegisteredFeed(
                    id=id_, url=source.url, title=source.title, tags=source.tags, options=source.options
                )
                sends.append(Send(FEED, id_, headers_for(FEED, id_, feed, "fetch", {}, now), feed.to_bytes()))
                places.append(partition_of(source.url, partitions))
            client.send(sends, places)
        return counted(changes, known)

    def remove(self, urls: Sequence[str]) -> None:
        """A message without a value takes a feed out, whatever is known of it."""
        with KafkaClient(self._config) as client:
            partitions = client.run(partition_count(self._config))
            sends = [Send(FEED, feed_id(url), {"ce_type": FEED}, b"") for url in urls]
            client.send(sends, [partition_of(url, partitions) for url in urls])


async def partition_count(config: Settings) -> int:
    """Of the registry, and so of the feeds' states. Raises `NotAvailable`."""
    topic = wire_name(config, FEED)
    async with admin(config) as client:
        found = (await partitions_of(client, [topic])).get(topic)
    if not found:
        raise missing(config, topic)
    return len(found)
