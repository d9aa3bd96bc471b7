"""kill -9 of every service, again and again, while articles flow: at random, at every crash point, with and without its files."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from chaos.flow import Ingest, Mortal, Watch, assert_undisturbed, mortals, said, settle
from eager import EAGER
from real import WORKING, everything, wait_until

from shared.settings import Settings

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("NEWSLOOM_CHAOS_KILLS", "3"))
"""Of each service; `make chaos` takes 50."""
ARTICLES = KILLS * 1_500
SMALL = 1_500
POINTS = ("decided", "recorded", "logged", "indexed", "sent")
REMEMBER = ("deduplicate", "cluster", "alert")
AT_ONCE = 2
"""Services that are dead at the same time, at most: on two cores a start takes as long as there are others that start."""
RESUMES_WITHIN_S = 10.0


@dataclass
class Service:
    """One service under fire: between two kills it has worked again."""

    worker: Mortal
    chance: random.Random
    kills: int = 0
    how: Counter[str] = field(default_factory=Counter)
    resumed_after: list[float] = field(default_factory=list)
    dead_since: float | None = None
    committed_at_death: int = 0
    kill_at: float = 0.0
    point: str = ""

    def begin(self, now: float) -> None:
        """It works: when the next random kill comes."""
        self.kill_at = now + self.chance.uniform(0.2, 2.0)


def test_killed_at_any_time_while_articles_flow(
    archive_of: Callable[[int], Any], new_cluster: Callable[..., Settings]
) -> None:
    archive = archive_of(ARTICLES)
    config = new_cluster(**EAGER)
    chance = random.Random(KILLS)
    with mortals(config) as workers, Watch(config) as watch:
        services = {stage: Service(workers[stage], random.Random(stage)) for stage in WORKING}
        started = time.monotonic()
        feeding = Feeding(config, archive.lines, chance)
        while not feeding.done or any(service.kills < KILLS for service in services.values()):
            assert time.monotonic() - started < 300 + KILLS * 120, (
                f"{state(services)}\n{watch.waiting}\n{said(workers)}"
            )
            feeding.go_on(
                share=sum(min(service.kills, KILLS) for service in services.values()) / (KILLS * len(services)),
                idle=not any(watch.waiting.values()),
                backlog=watch.waiting["normalise"],
            )
            for stage, service in services.items():
                attend(stage, service, watch, sum(each.dead_since is not None for each in services.values()))
            if feeding.done and not any(watch.waiting.values()):
                break
            time.sleep(0.03)
        settle(workers, watch, 300)
        seconds = time.monotonic() - started
    told = state(services)
    print(f"\n{ARTICLES} articles in {seconds:.0f} s, ingest killed {feeding.kills} times\n{told}", file=sys.stderr)
    assert_undisturbed(everything(config), archive.expected)
    assert all(service.kills >= KILLS for service in services.values()), told
    assert feeding.kills >= 3


@pytest.mark.long
def test_resumes_within_ten_seconds_of_a_kill(
    archive_of: Callable[[int], Any], new_cluster: Callable[..., Settings]
) -> None:
    """From the kill to the next commit, process start included, with nothing else starting at the same time."""
    archive = archive_of(SMALL)
    config = new_cluster(**EAGER)
    portion = len(archive.lines) // len(WORKING)
    took: dict[str, float] = {}
    with mortals(config) as workers, Watch(config) as watch:
        for number, stage in enumerate(WORKING):
            # Its work waits for it while it is dead: what is upstream goes on.
            ingest = Ingest(config)
            last = number == len(WORKING) - 1
            ingest.write(archive.lines[number * portion : None if last else (number + 1) * portion])
            assert ingest.ended() == 0, ingest.said()
            wait_until(lambda one=stage: watch.waiting[one] > 0, 60, lambda: said(workers), every=0.02)
            workers[stage].kill()
            killed, had = time.monotonic(), watch.committed[stage]
            workers[stage].start()
            wait_until(lambda one=stage, then=had: watch.committed[one] > then, 60, lambda: said(workers), every=0.02)
            took[stage] = time.monotonic() - killed
            settle(workers, watch)
        assert_undisturbed(everything(config), archive.expected)
    rounded = {stage: round(seconds, 1) for stage, seconds in took.items()}
    print(f"\nresumes after a kill: median {statistics.median(took.values()):.1f} s, {rounded}", file=sys.stderr)
    assert statistics.median(took.values()) <= RESUMES_WITHIN_S, rounded


class Feeding:
    """`newsloom ingest` at the pace of the kills, and killed itself, then given again from the beginning."""

    def __init__(self, config: Settings, lines: list[bytes], chance: random.Random) -> None:
        self._config = config
        self._lines = lines
        self._sent = 0
        self._crash_at = ["kafka-fetch:items:3", "kafka-fetch:written:5", ""]
        self._killed_from = [len(lines) * chance.uniform(0.5, 0.8)]
        self._process = Ingest(config, self._crash_at.pop(0))
        self.kills = 0
        self.done = False

    def go_on(self, share: float, idle: bool, backlog: int) -> None:
        if self.done:
            return
        wanted = len(self._lines) * (0.05 + 0.95 * share)
        if backlog > 4_000 or (self._sent > wanted and not idle):
            return
        if self._killed_from and self._sent > self._killed_from[0]:
            self._killed_from.pop()
            self._process.kill()
            alive = False
        else:
            alive = self._process.write(self._lines[self._sent : self._sent + 250])
        if not alive:
            assert self._process.ended(30) == -9, self._process.said()
            self.kills += 1
            self._process = Ingest(self._config, self._crash_at.pop(0) if self._crash_at else "")
            self._sent = 0
            return
        self._sent += 250
        if self._sent >= len(self._lines):
            assert self._process.ended() == 0, self._process.said()
            self.done = True


def attend(stage: str, service: Service, watch: Watch, dead: int) -> None:
    """Kills it when its time has come and it has work; starts it again when it is dead; notes when it works again."""
    now = time.monotonic()
    worker = service.worker
    if service.dead_since is not None:
        if watch.committed[stage] > service.committed_at_death:
            service.resumed_after.append(now - service.dead_since)
            service.dead_since = None
            service.begin(now)
        assert worker.runs or service.point, f"{stage} ended by itself: {worker.code}\n{worker.said()}"
        if not worker.runs:  # at its crash point, before it could commit anything
            revive(stage, service, watch)
        return
    if not worker.runs:
        assert service.point, f"{stage} ended by itself: {worker.code}\n{worker.said()}"
        assert worker.code == -9, f"{stage} ended by itself: {worker.code}\n{worker.said()}"
        revive(stage, service, watch)
    elif (
        not service.point
        and service.kills < KILLS
        and now > service.kill_at
        and watch.waiting[stage]
        and dead < AT_ONCE
    ):
        worker.kill()
        service.how["at random"] += 1
        revive(stage, service, watch)


def revive(stage: str, service: Service, watch: Watch) -> None:
    """It is dead: count it, take its files away now and then, start it; every second time it is to die at a crash point."""
    now = time.monotonic()
    if service.dead_since is None:
        service.dead_since = now
        service.committed_at_death = watch.committed[stage]
    if service.point:
        service.how[service.point] += 1
    service.kills += 1
    if stage in REMEMBER and service.kills % 2:
        service.worker.forget()
        service.how["and its files taken away"] += 1
    service.point = ""
    if service.kills % 2 and service.kills < KILLS:
        points = [name for name in POINTS if name != "logged" or stage in REMEMBER]
        service.point = points[service.chance.randrange(len(points))]
        service.worker.start(f"kafka-{stage}:{service.point}:{service.chance.randint(1, 4)}")
    else:
        service.worker.start()


def state(services: dict[str, Service]) -> str:
    told = []
    for stage, service in services.items():
        seconds = sorted(service.resumed_after)
        took = f"resumes after {statistics.median(seconds):.1f} s (worst {seconds[-1]:.1f})" if seconds else ""
        told.append(f"{stage}: {service.kills} kills ({dict(service.how)}), {took}")
    every = [second for service in services.values() for second in service.resumed_after]
    if every:
        told.append(f"in all: median {statistics.median(every):.1f} s, worst {max(every):.1f} s of {len(every)}")
    return "\n".join(told)
