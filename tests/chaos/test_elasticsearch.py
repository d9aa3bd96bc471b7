"""Elasticsearch is away, does nothing, takes no writes, or refuses some of them, while articles flow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chaos.conftest import Archive, Own
from chaos.flow import Flow, Watch, assert_undisturbed, keep, mortals, settle
from chaos.moody_proxy import MoodyProxy
from eager import EAGER
from real import everything, wait_until
from servers import Elasticsearch

from shared.adapters.elasticsearch.client import sync_client
from shared.settings import Settings

pytestmark = pytest.mark.slow

KILLED_S = 20
PAUSED_S = 30
READ_ONLY_S = 5


def test_the_cluster_is_away(own_servers: Callable[..., Own], archive: Archive) -> None:
    own = own_servers(elasticsearch=True)
    server = own.elasticsearch
    assert server is not None
    with mortals(own.config) as workers, Watch(own.config) as watch, Flow(own.config, archive.lines, 120) as flow:
        index = workers["index"]

        def recovered(what: str) -> None:
            had = watch.committed["index"]
            took = wait_until(lambda: watch.committed["index"] > had or not watch.waiting["index"], 90, index.said)
            wait_until(index.is_ready, 60, index.said)
            print(f"\n{what}: indexes again after {took:.1f} s")

        flow.until(0.15)
        assert server.kill()
        wait_until(lambda: '"waiting_for": "' in index.page("/readyz")[1], KILLED_S, index.said)
        assert index.page("/readyz")[0] == 503
        assert index.page("/livez")[0] == 200, "a worker that waits is well"
        time.sleep(KILLED_S - 5)
        server.start()
        recovered("killed")

        flow.until(0.5)
        assert server.pause()
        time.sleep(PAUSED_S)
        assert server.resume()
        recovered("paused")

        flow.until(0.75)
        for setting in ("index.blocks.write", "index.blocks.read_only_allow_delete"):
            client = sync_client(own.config)
            client.indices.put_settings(index=f"{own.config.prefix}*", settings={setting: True})
            wait_until(lambda: '"waiting_for": "' in index.page("/readyz")[1], 60, index.said)
            time.sleep(READ_ONLY_S)
            client.indices.put_settings(index=f"{own.config.prefix}*", settings={setting: None})
            recovered(setting)
            client.close()
        flow.wait(300)
        settle(workers, watch)
        assert not keep(workers)
        found = everything(own.config)
    assert_undisturbed(found, archive.expected)


@pytest.fixture
def proxy(elasticsearch: Elasticsearch) -> Iterator[MoodyProxy]:
    with MoodyProxy(elasticsearch.url) as serving:
        yield serving


def test_the_cluster_refuses_now_and_then(
    new_cluster: Callable[..., Settings], archive: Archive, proxy: MoodyProxy
) -> None:
    config: Settings = new_cluster(**EAGER)
    moody: dict[str, Any] = {"elasticsearch_url": proxy.url}
    with (
        mortals(config.model_copy(update=moody)) as workers,
        Watch(config) as watch,
        Flow(config, archive.lines, 300) as flow,
    ):
        flow.wait()
        settle(workers, watch, 240)
        assert not keep(workers)
    assert proxy.refused["item 429"] > 5, proxy.refused
    assert proxy.refused["item 503"] > 5, proxy.refused
    assert proxy.refused["request 429"] + proxy.refused["request 503"] > 2, proxy.refused
    assert_undisturbed(everything(config), archive.expected)
