"""Options of feeds on a cluster: a fetch worker takes them up while it runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from contract.on_kafka import settings_of
from e2e.test_feeds import SECRET, Site
from http_servers import serving
from real import Worker, newsloom, wait_until
from servers import Kafka

from services.fetch.feed_state import FeedState
from shared.adapters.kafka.reading import read_feed_states
from shared.adapters.kafka.topics import set_up_topics
from shared.settings import Settings

pytestmark = pytest.mark.slow


def states(config: Settings) -> dict[str, FeedState]:
    return {state.url: state for state in asyncio.run(read_feed_states(config)).values()}


def test_a_secret_that_is_added_later_is_used_at_once(kafka: Kafka, tmp_path: Path) -> None:
    config = settings_of(kafka.bootstrap, tmp_path / "data", allow_private="127.0.0.0/8", host_delay_seconds=0)
    asyncio.run(set_up_topics(config))
    (tmp_path / "secret").write_text(SECRET)
    fetch = Worker(config, "fetch")
    with serving(Site) as site:
        url = f"{site}/protected"
        newsloom(config, "feeds", "add", url)
        try:
            fetch.start()
            wait_until(lambda: url in states(config), 60, fetch.said)
            assert (refused := states(config)[url]).last_error_code == "http-4xx"
            said = newsloom(config, "feeds", "add", url, "--auth", "bearer", "--secret-file", str(tmp_path / "secret"))
            assert said.startswith("0 added, 1 changed")
            wait_until(lambda: states(config)[url].last_success is not None, 60, fetch.said)
        finally:
            fetch.stop()
    served = states(config)[url]
    assert served.options.secret_file == tmp_path / "secret"
    assert served.last_success is not None
    assert served.last_success < refused.next_poll, "before it would have been asked again"
    assert SECRET not in fetch.said(1_000_000)
