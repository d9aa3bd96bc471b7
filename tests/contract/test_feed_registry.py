"""The feeds that are polled: of a folder's own list and of a cluster's registry."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from contract.on_kafka import settings_of

from services.fetch.feed_list import FeedSource
from shared.adapters.kafka.topics import set_up_topics
from shared.bootstrap import open_feeds
from shared.ports import FeedRegistry
from shared.settings import Settings


@pytest.fixture(params=["embedded", "kafka"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "embedded":
        return Settings(data_dir=tmp_path / "data")
    made = settings_of(request.getfixturevalue("kafka").bootstrap, tmp_path, kafka_partitions=4)
    asyncio.run(set_up_topics(made))
    return made


def urls(registry: FeedRegistry) -> list[str]:
    return sorted(source.url for source in registry.listed())


def test_feeds_are_added_once_and_taken_out(config: Settings) -> None:
    registry = open_feeds(config=config)
    assert registry.listed() == []
    first = FeedSource("https://paper.example/feed", "A paper", ("world", "de"))
    assert registry.add([first, FeedSource("https://other.example/", None, ())]) == 2
    assert registry.add([first, FeedSource("https://new.example/", None, ())]) == 1
    again = open_feeds(config=config)
    assert urls(again) == ["https://new.example/", "https://other.example/", "https://paper.example/feed"]
    assert first in again.listed()
    again.remove([first.url, "https://never.there.example/"])
    assert urls(registry) == ["https://new.example/", "https://other.example/"]
    assert registry.add([first]) == 1
    assert first in registry.listed()


def test_the_same_feed_twice_is_one(config: Settings) -> None:
    registry = open_feeds(config=config)
    assert registry.add([FeedSource("https://paper.example/feed", title, ()) for title in (None, "A paper")]) == 1
    assert urls(registry) == ["https://paper.example/feed"]
