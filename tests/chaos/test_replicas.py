"""Replicas join and leave, one takes over from another, and one that was thought dead comes back."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from chaos.conftest import Archive
from chaos.flow import Flow, Mortal, Watch, assert_undisturbed, keep, mortals, said, settle
from eager import EAGER
from real import everything, wait_until

from shared.settings import Settings

pytestmark = pytest.mark.slow

PAUSED_S = 15
"""Longer than the session: the group takes it for dead."""


def test_two_replicas_join_and_leave(new_cluster: Callable[..., Settings], archive: Archive) -> None:
    """With four partitions the order is another one, so who is whose copy may be; what is there is the same."""
    config = new_cluster(**EAGER, kafka_partitions=4)
    with mortals(config) as workers, Watch(config) as watch, Flow(config, archive.lines, 60) as flow:
        second = {f"{stage}/1": Mortal(config, stage, 1) for stage in ("normalise", "enrich")}
        flow.until(0.25)
        for worker in second.values():
            worker.start()
        workers |= second
        wait_until(lambda: all(worker.is_ready() for worker in second.values()), 60, lambda: said(second))
        flow.until(0.5)
        # The first leave: one as it should, one without a word.
        assert workers["normalise"].stop() == 0
        workers["enrich"].kill()
        flow.until(0.7)
        workers["normalise"].start()
        workers["enrich"].start()
        flow.wait()
        settle(workers, watch)
        assert all(_received(worker) > 0 for worker in second.values()), "the second replicas had nothing to do"
        found = everything(config)
    ids = [row["id"] for row in found["articles"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == {row["id"] for row in archive.expected["articles"]}
    assert found["ledger"]["holds"]
    assert not found["ledger"]["under_way"]
    assert found["ledger"]["entries"] == archive.expected["ledger"]["entries"]


@pytest.mark.parametrize("how", ["killed", pytest.param("paused", marks=pytest.mark.long)])
def test_a_standby_takes_over(new_cluster: Callable[..., Settings], archive: Archive, how: str) -> None:
    """deduplicate and alert have one partition each: of two replicas one works, and the other one goes on where it was."""
    config = new_cluster(**EAGER)
    stages = ("deduplicate", "alert")
    with mortals(config) as workers, Watch(config) as watch, Flow(config, archive.lines, 30) as flow:
        flow.until(0.1)
        for stage in stages:
            workers[f"{stage}/1"] = Mortal(config, stage, 1)
            workers[f"{stage}/1"].start()
        wait_until(lambda: all(worker.is_ready() for worker in workers.values()), 60, lambda: said(workers))
        flow.until(0.25)
        pairs = {stage: _active(workers, stage) for stage in stages}
        # What waits for the one that works is none of the other's: it is not stuck, and sums over replicas are right.
        assert all('"lag": 0,' in standby.page("/livez")[1] for _, standby in pairs.values())
        before = {stage: _received(standby) for stage, (_, standby) in pairs.items()}
        committed, started = dict(watch.committed), time.monotonic()
        for active, _ in pairs.values():
            if how == "killed":
                active.kill()
            else:
                active.signal(signal.SIGSTOP)
        took: dict[str, float] = {}

        def taken_over() -> bool:
            for stage, (_, standby) in pairs.items():
                if stage not in took and _received(standby) > before[stage]:
                    took[stage] = time.monotonic() - started
            return len(took) == len(stages)

        wait_until(taken_over, 60, lambda: said(workers))
        if how == "paused":
            wait_until(lambda: time.monotonic() > started + PAUSED_S, PAUSED_S + 1)
        for active, _ in pairs.values():
            if how == "killed":
                active.start()
            else:
                active.signal(signal.SIGCONT)
        wait_until(
            lambda: all(watch.committed[stage] > committed[stage] for stage in stages), 60, lambda: said(workers)
        )
        flow.wait()
        settle(workers, watch)
        print(f"\n{how}: taken over after", {stage: round(seconds, 1) for stage, seconds in took.items()})
        assert_undisturbed(everything(config), archive.expected)
        assert not keep(workers)


def _received(worker: Mortal) -> float:
    """Messages that it has worked on; 0 where it does not answer."""
    lines = worker.page("/metrics")[1].splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("newsloom_messages_received_total{"))


def _active(workers: dict[str, Mortal], stage: str) -> tuple[Mortal, Mortal]:
    """(the one that works, the one that waits)."""
    pair = [workers[stage], workers[f"{stage}/1"]]
    before = [_received(worker) for worker in pair]
    grown: list[float] = []

    def moved() -> bool:
        grown[:] = [_received(worker) - had for worker, had in zip(pair, before, strict=True)]
        return any(grown)

    wait_until(moved, 40)
    return (pair[0], pair[1]) if grown[0] else (pair[1], pair[0])
