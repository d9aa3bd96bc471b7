"""Builds the whole archive and its truth from the arguments alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from random import Random

from shared.bench.simulation.background import Background
from shared.bench.simulation.desk import Desk
from shared.bench.simulation.model import Row
from shared.bench.simulation.planted import Planting
from shared.bench.simulation.printing import Press
from shared.bench.simulation.traps import Traps
from shared.bench.simulation.what_is_true import Plans, Truth, find_truth
from shared.bench.simulation.world import World
from shared.errors import Misuse

LEAST_DAYS = 20
"""In fewer, there is no room for history, planted pairs and traps."""
START = datetime(2025, 9, 1, tzinfo=UTC)
ESTABLISHED = 8
"""Up to this popularity an actor gets news of their own before they are in a planted pair: chance alone may give them none."""


@lru_cache(maxsize=2)
def build(seed: int, days: int, stories_per_day: int, start: datetime) -> tuple[list[Row], Truth]:
    """Plans first (planted pairs, then traps, then background that avoids both), prints afterwards.

    What it answers is shared by all who ask for the same archive: they must leave it as it is. Raises `Misuse` for too few days.
    """
    if days < LEAST_DAYS:
        raise Misuse(f"a simulated archive has {LEAST_DAYS} days at least, not {days}")
    plans = _planned(seed, days, stories_per_day, start)
    press = Press(plans.world, seed, plans.desk.end)
    for report in plans.desk.reports:
        press.print(report)
    rows = press.rows()
    return rows, find_truth(plans, rows, seed)


def _planned(seed: int, days: int, stories_per_day: int, start: datetime) -> Plans:
    world = World(Random(f"{seed}:world"))
    desk = Desk(world, Random(f"{seed}:desk"), start, days, stories_per_day)
    planting = Planting(desk)
    traps = Traps(desk, planting)
    background = Background(desk, planting.allowed())
    planting.print_all()
    for plan in planting.plans:
        for actor in plan.actors:
            if actor.popularity <= ESTABLISHED:
                for day in range(1, plan.day, 7):
                    background.alone(day, actor)
    traps.set_all(background)
    background.fill(Counter((report.time - start).days for report in desk.reports))
    return Plans(world, desk, planting, traps, background)
