"""The feeds that are polled: of a folder's own list and of a cluster's registry."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from contract.on_kafka import settings_of

from services.fetch.feed_list import FeedSource
from services.fetch.feed_options import read_options
from shared.adapters.kafka.topics import set_up_topics
from shared.bootstrap import open_feeds
from shared.contracts import FeedOptions
from shared.errors import Misuse
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
    assert registry.add([first, FeedSource("https://other.example/", None, ())]) == (2, 0)
    assert registry.add([first, FeedSource("https://new.example/", None, ())]) == (1, 0)
    again = open_feeds(config=config)
    assert urls(again) == ["https://new.example/", "https://other.example/", "https://paper.example/feed"]
    assert first in again.listed()
    again.remove([first.url, "https://never.there.example/"])
    assert urls(registry) == ["https://new.example/", "https://other.example/"]
    assert registry.add([first]) == (1, 0)
    assert first in registry.listed()


def test_the_same_feed_twice_is_one(config: Settings) -> None:
    registry = open_feeds(config=config)
    assert registry.add([FeedSource("https://paper.example/feed", title, ()) for title in (None, "A paper")]) == (1, 0)
    assert urls(registry) == ["https://paper.example/feed"]


OPTIONS = FeedOptions(
    full_text="always",
    identity="url",
    min_interval_s=300,
    max_interval_s=3_600,
    language="pt-BR",
    auth="header",
    auth_name="X-Key",
    secret_file=Path("/run/secrets/paper"),
    websub=False,
)


def test_options_are_kept_with_the_feed(config: Settings) -> None:
    paper = FeedSource("https://paper.example/feed", "A paper", ("world", "Asia, Pacific"), OPTIONS)
    assert open_feeds(config=config).add([paper]) == (1, 0)
    assert open_feeds(config=config).listed() == [paper]


def test_what_is_given_of_a_known_feed_changes_it_and_the_rest_stays(config: Settings) -> None:
    registry = open_feeds(config=config)
    paper = FeedSource("https://paper.example/feed", "A paper", ("world",), OPTIONS)
    other = FeedSource("https://other.example/", options=FeedOptions(language="fr"))
    registry.add([paper, other])
    assert registry.add([paper, FeedSource(other.url), FeedSource("https://Paper.example/feed")]) == (0, 1)
    changed = [
        FeedSource(paper.url, tags=("wire",), options=read_options({"language": "fr", "websub": "yes"})),
        FeedSource("https://new.example/"),
    ]
    assert registry.add(changed) == (1, 1)
    options = OPTIONS.model_copy(update={"language": "fr", "websub": True})
    listed = {source.url: source for source in registry.listed()}
    assert listed[paper.url] == FeedSource(paper.url, "A paper", ("wire",), options)
    assert listed[other.url] == other
    registry.remove([paper.url])
    assert sorted(urls(registry)) == ["https://new.example/", "https://other.example/"]


def test_options_that_do_not_go_together_change_nothing(config: Settings) -> None:
    registry = open_feeds(config=config)
    known = FeedSource("https://paper.example/feed", options=FeedOptions(min_interval_s=600))
    registry.add([known])
    with pytest.raises(Misuse, match="min-interval: 600 is longer than max-interval, 300"):
        registry.add(
            [FeedSource("https://new.example/"), FeedSource(known.url, options=FeedOptions(max_interval_s=300))]
        )
    assert registry.listed() == [known]
