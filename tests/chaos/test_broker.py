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


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_the_broker_is_away(own_servers: Callable[..., Own], archive: Archive, how: str) -> None:
    own = own_servers(kafka=True)
    assert own.kafka is not None
    with mortals(own.config) as workers, Watch(own.config) as watch, Flow(own.config, archive.lines, 100) as flow:
        flow.until(0.3)
        ended: list[str] = []
        until = time.monotonic() + AWAY_S
        assert own.kafka.kill() if how == "killed" else own.kafka.pause()
        while time.monotonic() < until:
            ended += keep(workers)
            time.sleep(2)
        if how == "killed":
            own.kafka.start()
        else:
            assert own.kafka.resume()
        back = time.monotonic()
        had = dict(watch.committed)
        while not all(watch.committed[stage] > had[stage] for stage in workers):
            assert time.monotonic() - back < 90, f"{watch.waiting} {watch.committed} {had}"
            ended += keep(workers)
            time.sleep(0.2)
        took = time.monotonic() - back
        flow.wait(300)
        settle(workers, watch)
        print(f"\n{how}: all work again after {took:.1f} s; ended meanwhile: {ended}; ingest ended with {flow.codes}")
        assert_undisturbed(everything(own.config), archive.expected)
