"""SIGTERM in the middle of the flow: every worker ends in time and in order, and nothing is lost."""

from __future__ import annotations

import signal
import time

import pytest
from chaos.conftest import Archive
from chaos.flow import Flow, Watch, assert_undisturbed, mortals, said, settle
from real import everything, wait_until

from shared.settings import Settings

pytestmark = pytest.mark.slow

ENDS_WITHIN_S = 20


def test_every_worker_ends_when_it_is_told_to(eager: Settings, archive: Archive) -> None:
    with mortals(eager) as workers, Watch(eager) as watch, Flow(eager, archive.lines, 400) as flow:
        took: dict[str, float] = {}
        for round_ in range(2):
            flow.until(0.3 + 0.3 * round_)
            wait_until(lambda: sum(watch.waiting.values()) > 50, 60)
            started = time.monotonic()
            for worker in workers.values():
                worker.signal(signal.SIGTERM)
            for stage, worker in workers.items():
                assert worker.process is not None
                code = worker.process.wait(max(0.1, ENDS_WITHIN_S - (time.monotonic() - started)))
                took[stage] = max(took.get(stage, 0), time.monotonic() - started)
                assert code == 0, f"{stage} ended with {code}\n{worker.said()}"
            for worker in workers.values():
                worker.start()
            wait_until(lambda: all(worker.is_ready() for worker in workers.values()), 90, lambda: said(workers))
        flow.wait()
        settle(workers, watch)
        print("\nends within", {stage: round(seconds, 1) for stage, seconds in took.items()})
        assert_undisturbed(everything(eager), archive.expected)
