"""The broker is taken away while messages flow: killed and started again on the same data, and stopped from doing anything."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from chaos.conftest import Archive, Own
from chaos.flow import Flow, Watch, assert_undisturbed, keep, mortals, settle
from real import everything

pytestmark = pytest.mark.slow

AWAY_S = 30


def test_the_broker_is_away(own_servers: Callable[..., Own], archive: Archive) -> None:
    own = own_servers(kafka=True)
    server = own.kafka
    assert server is not None
    ended: list[str] = []
    with mortals(own.config) as workers, Watch(own.config) as watch, Flow(own.config, archive.lines, 100) as flow:
        for how, share in (("killed", 0.3), ("paused", 0.65)):
            flow.until(share)
            until = time.monotonic() + AWAY_S
            assert server.kill() if how == "killed" else server.pause()
            while time.monotonic() < until:
                ended += keep(workers)
                time.sleep(2)
            if how == "killed":
                server.start()
            else:
                assert server.resume()
            back, had = time.monotonic(), dict(watch.committed)
            while not all(watch.committed[stage] > had[stage] for stage in workers):
                assert time.monotonic() - back < 90, f"{watch.waiting} {watch.committed} {had} {flow.codes}"
                ended += keep(workers)
                time.sleep(0.2)
            print(f"\n{how}: all work again after {time.monotonic() - back:.1f} s; ended meanwhile: {ended}")
        flow.wait(300)
        settle(workers, watch)
        print(f"ingest ended with {flow.codes}")
        assert_undisturbed(everything(own.config), archive.expected)
