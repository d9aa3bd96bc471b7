"""An archive, what an undisturbed pipeline makes of it, and clusters that nobody else uses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chaos.corpus import write_archive
from eager import EAGER
from fixtures import running_elasticsearch, running_kafka
from real import everything, newsloom
from servers import Elasticsearch, Kafka

from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.elasticsearch.install import install
from shared.adapters.kafka.topics import set_up_topics
from shared.settings import Settings


@dataclass(frozen=True)
class Archive:
    """`expected` is what the embedded runtime makes of it, undisturbed."""

    path: Path
    lines: list[bytes]
    expected: dict[str, Any]


@pytest.fixture(scope="session")
def archive_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Archive]:
    made: dict[int, Archive] = {}

    def make(count: int) -> Archive:
        if count not in made:
            folder = tmp_path_factory.mktemp(f"archive-{count}")
            lines = write_archive(folder / "archive.jsonl", count)
            config = Settings(data_dir=folder / "data", **EAGER)
            newsloom(config, "ingest", str(folder / "archive.jsonl"), timeout=600)
            expected = everything(config)
            # Whatever remembers must have something to remember, else kills prove nothing.
            assert expected["ledger"]["holds"]
            assert len(expected["articles"]) > count * 0.7
            assert sum(row["copy_of"] is not None for row in expected["articles"]) > count * 0.1
            assert sum(row["revision"] > 1 for row in expected["articles"]) > count * 0.03
            assert len(expected["alerts"]) >= 3
            assert len(expected["pairs"]) > 10
            made[count] = Archive(folder / "archive.jsonl", lines, expected)
        return made[count]

    return make


@pytest.fixture(scope="session")
def archive(archive_of: Callable[[int], Archive]) -> Archive:
    """For everything but the great kill test."""
    return archive_of(1_500)


@pytest.fixture
def eager(new_cluster: Callable[..., Settings]) -> Settings:
    """A pipeline of its own on the session's servers, with the settings that the archive was worked off with."""
    return new_cluster(**EAGER)


@dataclass(frozen=True)
class Own:
    """Servers of one test's own, to be killed and paused, and a pipeline on them."""

    config: Settings
    kafka: Kafka | None
    elasticsearch: Elasticsearch | None


@pytest.fixture
def own_servers(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Own]]:
    """Starts those that the test asks for; the others are the session's."""
    with ExitStack() as stack:

        def start(*, kafka: bool = False, elasticsearch: bool = False, **more: Any) -> Own:
            own_kafka = stack.enter_context(running_kafka(tmp_path / "kafka")) if kafka else None
            own_elastic = (
                stack.enter_context(running_elasticsearch(tmp_path / "elasticsearch")) if elasticsearch else None
            )
            folder = tmp_path / "data"
            folder.mkdir()
            config = Settings(
                **{
                    "runtime": "kafka",
                    "prefix": f"own{abs(hash(str(tmp_path))) % 10**8}-",
                    "kafka_bootstrap": (own_kafka or request.getfixturevalue("kafka")).bootstrap,
                    "elasticsearch_url": (own_elastic or request.getfixturevalue("elasticsearch")).url,
                    "data_dir": folder,
                    **EAGER,
                    **more,
                }
            )
            set_up(config)
            return Own(config, own_kafka, own_elastic)

        yield start


def set_up(config: Settings) -> None:
    asyncio.run(set_up_topics(config))
    install(sync_client(config), config)
