"""For tests: a server while a block runs, with its data in a folder of the test's.

Where a server can't be had the test is skipped with the reason; under `CI=true` that is a failure, for there a missing server
means that nothing was tested. A server that can be had and does not start is always a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from servers import Alertmanager, Elasticsearch, Kafka, MissingServer, Prometheus, Server

KINDS: dict[str, type[Server]] = {kind.name: kind for kind in (Kafka, Elasticsearch, Prometheus, Alertmanager)}

Kind = TypeVar("Kind", bound=Server)


def need(*names: str) -> None:
    """Skips the test unless all of `kafka`, `elasticsearch`, `prometheus`, `alertmanager` that it names can be had."""
    for name in names:
        try:
            KINDS[name].need()
        except MissingServer as missing:
            if os.environ.get("CI", "").lower() == "true":
                pytest.fail(f"{name} can't be had, and in CI it must: {missing}", pytrace=False)
            pytest.skip(f"{name} can't be had: {missing}")


@contextmanager
def running(server: Kind) -> Iterator[Kind]:
    """Any of them; at the end it is killed, whatever state the test has left it in, and its data removed, but for its log."""
    need(server.name)
    try:
        server.start()
        yield server
    finally:
        server.resume()
        log = server.log.read_bytes() if server.log.exists() else b""
        server.wipe()
        server.folder.mkdir(parents=True, exist_ok=True)
        server.log.write_bytes(log)


@contextmanager
def running_kafka(folder: Path, **more: Any) -> Iterator[Kafka]:
    with running(Kafka(folder, **more)) as server:
        yield server


@contextmanager
def running_elasticsearch(folder: Path, **more: Any) -> Iterator[Elasticsearch]:
    with running(Elasticsearch(folder, **more)) as server:
        yield server


@contextmanager
def running_prometheus(folder: Path, **more: Any) -> Iterator[Prometheus]:
    with running(Prometheus(folder, **more)) as server:
        yield server


@contextmanager
def running_alertmanager(folder: Path, **more: Any) -> Iterator[Alertmanager]:
    with running(Alertmanager(folder, **more)) as server:
        yield server
