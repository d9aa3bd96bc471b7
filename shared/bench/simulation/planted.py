"""The pairs an alert should find: two established actors who meet for the first time, reported independently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from shared.bench.simulation.composing import Composer, Style
from shared.bench.simulation.desk import Desk
from shared.bench.simulation.model import Actor, Happening, Outlet, Pair, Report, pair

HUB, TAIL = 14, 6
"""Popularities: from which on somebody is a hub, and up to which they are in the long tail."""
REST_DAYS = 6
"""Between two planted meetings of one actor."""


@dataclass
class Planted:
    """A planned first meeting. It has its happening only when its reports are made: before, nobody may ask for it."""

    id: str
    actors: tuple[Actor, Actor]
    day: int
    tags: list[str]
    happening: Happening = field(init=False, repr=False, compare=False)
    reports: list[Report] = field(default_factory=list)


class Planting:
    """Chooses the pairs first (so that everything else can avoid them), and prints their reports later."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._world, self._rng = desk, desk.world, desk.rng
        self._busy: dict[str, list[int]] = {}
        self.plans: list[Planted] = []
        for day in range(desk.alerts_from, desk.days - 2):
            for _ in range(self._rng.choice((2, 2, 3, 3))):
                self._choose(day)
        for plan in self._rng.sample(self.plans, min(6, len(self.plans))):
            plan.tags.append("listed-before")
        for plan in self._rng.sample(self.plans, min(8, len(self.plans))):
            plan.tags.append("denied")
        for plan in self._rng.sample(
            [plan for plan in self.plans if "invented" not in plan.tags][:-6] or self.plans, min(2, len(self.plans))
        ):
            plan.tags.append("clock")

    def _choose(self, day: int) -> None:
        """A pair of that day, of some size and distance; none if chance finds none that fits."""
        size = self._rng.choices(("tail", "hub", "middle"), (5, 3, 3))[0]
        neighbours = self._rng.random() < 0.3
        for _ in range(2000):
            one, two = self._rng.sample(self._world.crowd, 2)
            low, high = sorted((one.popularity, two.popularity))
            fits = {"tail": high <= TAIL, "hub": high >= HUB and low < HUB, "middle": TAIL < high < HUB}[size]
            rare = one.invented + two.invented
            near = bool(set(one.communities) & set(two.communities))
            rested = all(
                abs(day - other) > REST_DAYS for actor in (one, two) for other in self._busy.get(actor.label, [])
            )
            limit = all(
                len(self._busy.get(actor.label, [])) < (5 if actor.popularity >= HUB else 2) for actor in (one, two)
            )
            if (
                fits
                and near == neighbours
                and rested
                and limit
                and self._world.free(one, two)
                and low >= 2
                and rare <= 1
            ):
                break
        else:
            return
        self._world.reserved.add(pair(one, two))
        for actor in (one, two):
            self._busy.setdefault(actor.label, []).append(day)
        tags = [size, "same-community" if near else "far"] + (["invented"] if rare else [])
        self.plans.append(Planted(f"p{len(self.plans) + 1:03d}", (one, two), day, tags))

    def allowed(self) -> dict[Pair, int]:
        """By pair, the day from which it may be anywhere."""
        return {pair(*plan.actors): plan.day + 2 for plan in self.plans}

    def print_all(self) -> None:
        """Reports of all planted pairs."""
        for plan in self.plans:
            self._print(plan)

    def _print(self, plan: Planted) -> None:
        one, two = plan.actors
        plan.happening = self._desk.happening([one, two], self._desk.moment(plan.day), plan.id)
        many = self._rng.choices((2, 3, 4, 5, 6, 8), (22, 26, 20, 14, 10, 8))[0]
        languages = self._desk.languages(min(many, self._rng.choices((1, 2, 3, 4, 5), (30, 32, 22, 10, 6))[0]))
        apart = self._rng.random() < 0.1  # never both in one sentence
        pace = self._rng.choices(("fast", "steady", "slow"), (3, 5, 2))[0]
        plan.tags += [pace] + (["apart"] if apart else [])
        others = self._world.common([one, two])
        time = plan.happening.time
        for place, outlet in enumerate(self._world.newsroom(self._rng, languages, many)):
            if place:
                hours = self._rng.expovariate(1 / {"fast": 1.5, "steady": 7, "slow": 11}[pace])
                hours += 20 if pace == "slow" and place == 1 else 0.4
                time = min(
                    time + timedelta(minutes=round(hours * 60)),
                    plan.happening.time + timedelta(hours=71, minutes=place),
                    self._desk.end - timedelta(minutes=10 * (10 - place)),
                )
            if time >= self._desk.end:
                break
            style: Style = "split" if apart else self._rng.choices(("together", "late", "split"), (6, 2, 2))[0]
            guests = [self._rng.choice(others)] if others and self._rng.random() < 0.3 else []
            self._report(plan, time, outlet, style, guests)
        if self._rng.random() < 0.4:
            self._follow(plan, languages)
        if "denied" in plan.tags:
            self._deny(plan, languages)

    def _report(self, plan: Planted, time: datetime, outlet: Outlet, style: Style, guests: Sequence[Actor]) -> None:
        one, two = plan.actors
        content = partial(Composer.both, one=one, two=two, style=style, guests=guests)
        plan.reports.append(self._desk.report(plan.happening, time, outlet, "original", content, "planted", 2.2))

    def _follow(self, plan: Planted, languages: Sequence[str]) -> None:
        """Quick repetition: the story goes on."""
        plan.tags.append("follow-up")
        one, two = plan.actors
        for place in range(self._rng.randint(2, 5)):
            time = plan.happening.time + timedelta(hours=30 + 26 * place, minutes=self._rng.randint(0, 600))
            if time < self._desk.end:
                event = self._desk.happening([one, two], time, plan.id)
                outlet = self._world.newsroom(self._rng, languages, 1)[0]
                content = partial(Composer.both, one=one, two=two, style="together", guests=())
                self._desk.report(event, time, outlet, "follow-up", content, "planted", 1.0)

    def _deny(self, plan: Planted, languages: Sequence[str]) -> None:
        """One of the two says there was no meeting."""
        one, two = plan.actors
        time = plan.happening.time + timedelta(hours=self._rng.randint(10, 40))
        for outlet in self._world.newsroom(self._rng, languages, 2):
            time += timedelta(minutes=self._rng.randint(15, 300))
            if time < self._desk.end:
                content = partial(Composer.denial, one=one, two=two)
                self._desk.report(plan.happening, time, outlet, "denial", content, "planted", 1.0)
