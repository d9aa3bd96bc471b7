"""Everything that looks like news about a new pair, or hides one, and is meant to mislead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from shared.bench.simulation.background import Background
from shared.bench.simulation.composing import Composer, Style
from shared.bench.simulation.desk import Content, Desk
from shared.bench.simulation.model import Actor, Line, Record, Report, pair
from shared.bench.simulation.planted import Planting

RINGS = ("Clearwind Network", "Orakel Portale")
"""Owners whose sites look like as many independent papers."""


def _both(one: Actor, two: Actor, style: Style = "together") -> Content:
    return partial(Composer.both, one=one, two=two, style=style, guests=())


class Traps:
    """Each method sets one kind of trap and records it for the truth.

    The pairs are chosen at once, before any news is planned, so that everything else keeps away from them.
    """

    def __init__(self, desk: Desk, planting: Planting) -> None:
        self._desk, self._world, self._rng, self._planting = desk, desk.world, desk.rng, planting
        self.records: list[Record] = []
        self._false_pairs = [self._couple() for _ in range(4)]
        self._old_pairs = [self._couple() for _ in range(5)]
        self._namesake_pairs = self._choose_namesakes()

    def _couple(self) -> tuple[Actor, Actor]:
        """Two known actors without history, reserved for a trap."""
        while True:
            one, two = self._rng.sample(self._world.crowd, 2)
            if (
                self._world.free(one, two)
                and not one.invented
                and not two.invented
                and min(one.popularity, two.popularity) >= 3
            ):
                self._world.reserved.add(pair(one, two))
                return one, two

    def _choose_namesakes(self) -> list[tuple[Actor, Actor]]:
        """Namesakes who meet somebody the famous bearer of the name never met."""
        chosen = []
        bearers = [actor for actor in self._world.actors.values() if actor.namesake and actor.local]
        for actor in self._rng.sample(bearers, 4):
            famous = self._world.actors[actor.namesake]
            for other in self._rng.sample(self._world.crowd, len(self._world.crowd)):
                if self._world.free(famous, other) and 4 <= other.popularity <= 14 and not other.invented:
                    self._world.reserved.add(pair(famous, other))
                    chosen.append((actor, other))
                    break
        return chosen

    def _late(self, low: float = 0.0, high: float = 1.0) -> int:
        first, last = self._desk.alerts_from + 1, max(self._desk.alerts_from + 1, self._desk.days - 4)
        return self._rng.randint(round(first + low * (last - first)), round(first + high * (last - first)))

    def set_all(self, background: Background) -> None:
        """All traps."""
        for one, two in self._false_pairs[:2]:
            self._flood(one, two)
        for owner, (one, two) in zip(RINGS, self._false_pairs[2:], strict=True):
            self._ring(owner, one, two)
        self._old_acquaintances()
        self._namesake_news()
        self._local_news()
        self._newcomers()
        self._summits()
        self._bursts(background)
        self._listed_before(background)
        self._denials_of_old_pairs()
        self._clocks()

    def _record(self, label: str, why: str, **more: object) -> None:
        self.records.append({"label": label, "why": why, **more})

    def _flood(self, one: Actor, two: Actor) -> None:
        day = self._late()
        small = [outlet for outlet in self._world.outlets if outlet.source == outlet.owner and outlet.size == 1]
        outlet = self._rng.choice([outlet for outlet in small if outlet.language in ("en", "de", "es", "fr")])
        stories = []
        for place in range(30):
            time = self._desk.moment(day + place % 2)
            event = self._desk.happening([one, two], time)
            stories.append(self._desk.report(event, time, outlet, "flood", _both(one, two), "flood", 0.0).story)
        self._record(
            "flood",
            "one outlet repeats a false pair",
            actors=list(pair(one, two)),
            day=day,
            sources=[outlet.source],
            stories=stories,
        )

    def _ring(self, owner: str, one: Actor, two: Actor) -> None:
        day = self._late()
        event = self._desk.happening([one, two], self._desk.moment(day))
        stories = []
        ring = [outlet for outlet in self._world.outlets if outlet.owner == owner]
        for outlet in ring:
            time = event.time + timedelta(minutes=self._rng.randint(0, 1500))
            content = _both(one, two, self._rng.choice(("together", "together", "late")))
            stories.append(self._desk.report(event, time, outlet, "ring", content, "ring", 0.0).story)
        self._record(
            "ring",
            "independent-looking texts of one owner",
            actors=list(pair(one, two)),
            day=day,
            owner=owner,
            sources=[outlet.source for outlet in ring],
            stories=stories,
        )

    def _old_acquaintances(self) -> None:
        """Often together long ago, then silence, then together again."""
        for one, two in self._old_pairs:
            back = round(self._desk.days * self._rng.uniform(0.86, 0.93))
            old = round(back - self._desk.days * 45 / 60)
            for place in range(9):
                day = max(0, old - 3) + place
                event = self._desk.happening([one, two], self._desk.moment(day))
                self._desk.cover(event, self._rng.randint(1, 3), _both(one, two), trap="rare")
            event = self._desk.happening([one, two], self._desk.moment(back))
            reports = self._desk.cover(event, self._rng.randint(3, 5), _both(one, two), trap="rare")
            self._record(
                "rare",
                "old acquaintances together again after weeks of silence",
                actors=list(pair(one, two)),
                day=back,
                silent_since=max(0, old - 3) + 9,
                stories=[report.story for report in reports],
            )

    def _namesake_news(self) -> None:
        """Resolved to the famous bearer of the name, this would be a sensation."""
        for actor, other in self._namesake_pairs:
            day = self._late()
            event = self._desk.happening([actor, other], self._desk.moment(day))
            content = self._together_or_late(actor, other)
            reports = self._desk.cover(event, self._rng.randint(3, 4), content, trap="namesake")
            self._record(
                "namesake",
                "the person is not the famous bearer of the name; as a pair of the namesake "
                "itself the news is genuine, so it is neutral",
                actors=list(pair(actor, other)),
                mistaken=list(pair(actor.namesake, other)),
                day=day,
                stories=[report.story for report in reports],
            )

    def _together_or_late(self, one: Actor, two: Actor) -> Content:
        """Another style for each report."""
        return lambda composer: _both(one, two, self._rng.choice(("together", "late")))(composer)

    def _local_news(self) -> None:
        """Namesakes have an everyday life, so that they are established."""
        for actor in self._world.actors.values():
            if actor.local:
                partners = self._world.partners[actor.label]
                for day in range(self._rng.randint(0, 2), self._desk.days, 3):
                    event = self._desk.happening([actor], self._desk.moment(day))
                    guests = [self._rng.choice(partners)] if self._rng.random() < 0.35 or day < 9 else []
                    content = partial(Composer.about, actor=actor, partners=guests)
                    self._desk.cover(event, self._rng.choice((1, 1, 2)), content, trap="local")
        self._record(
            "local",
            "everyday news of people who share a name with somebody famous",
            actors=[actor.label for actor in self._world.actors.values() if actor.local],
        )

    def _newcomers(self) -> None:
        """First seen late, then everywhere: new are all their pairs, and none is news."""
        for actor in self._world.actors.values():
            if not actor.new:
                continue
            day = self._late(0, 0.5)
            near = [
                other
                for other in self._world.crowd
                if set(other.communities) & set(actor.communities) and not other.invented
            ]
            friends = self._rng.sample(near, min(9, len(near)))
            for later in range(day, min(day + 14, self._desk.days)):
                for _ in range(5 if later < day + 4 else 2):
                    event = self._desk.happening([actor], self._desk.moment(later))
                    guests = [self._rng.choice(friends)] if self._rng.random() < 0.6 else []
                    content = partial(Composer.about, actor=actor, partners=guests)
                    self._desk.cover(event, self._rng.choice((1, 2, 3)), content, trap="new-actor")
            self._record(
                "new-actor",
                "somebody new is in no new pair",
                actors=[actor.label],
                day=day,
                partners=[other.label for other in friends],
            )

    def _summits(self) -> None:
        """Scheduled meetings name many; two of them after alerts begin."""
        days = [self._desk.days * share for share in (0.1, 0.25, 0.42, 0.67, 0.83)]
        for day in map(round, days):
            cast = self._world.crowd_without(self._rng, self._rng.randint(7, 12), set(), 0.9, "politics")
            self._desk.happening(cast, self._desk.moment(day))  # Announced; nobody reports that.
            reports: list[Report] = []
            for after in range(3):
                event = self._desk.happening(cast, self._desk.moment(min(day + after, self._desk.days - 1)))
                reports += self._desk.cover(event, 7, self._some_of(cast), trap="summit", spread=1.5)
            self._record(
                "summit",
                "a scheduled meeting of many: its pairs are new only as a list",
                actors=[actor.label for actor in cast],
                day=day,
                late=day >= self._desk.alerts_from,
                stories=[report.story for report in reports],
            )

    def _some_of(self, cast: Sequence[Actor]) -> Content:
        """Each report names others of them, half at least."""

        def content(composer: Composer) -> tuple[Line, list[Line]]:
            many = self._rng.randint(len(cast) // 2, len(cast))
            return composer.group(self._rng.sample(cast, many))

        return content

    def _bursts(self, background: Background) -> None:
        """A known actor is suddenly everywhere for days."""
        hubs = [actor for actor in self._world.crowd if 7 <= actor.popularity <= 14 and not actor.invented]
        everything = sum(actor.popularity for actor in self._world.crowd)
        shares = (0.2, 0.62, 0.75, 0.87)
        for share, actor in zip(shares, self._rng.sample(hubs, len(shares)), strict=True):
            day = round(self._desk.days * share)
            usual = self._desk.per_day * 1.6 * actor.popularity / everything
            before = len(self._desk.reports)
            for later in range(day, min(day + 3, self._desk.days)):
                goal = len(self._desk.reports) + round(usual * 10)
                while len(self._desk.reports) < goal:
                    if self._rng.random() < 0.3:
                        background.passing(later, actor, "burst")
                    else:
                        event = self._desk.happening([actor], self._desk.moment(later))
                        guests = (
                            [self._rng.choice(self._world.partners[actor.label])] if self._rng.random() < 0.3 else []
                        )
                        content = partial(Composer.about, actor=actor, partners=guests)
                        self._desk.cover(event, self._rng.choice((1, 2, 3, 4)), content, trap="burst")
            self._record(
                "burst",
                "ten times as many stories, with chance company",
                actors=[actor.label],
                day=day,
                until=day + 2,
                stories=[report.story for report in self._desk.reports[before:]],
            )

    def _listed_before(self, background: Background) -> None:
        """Some planted pairs stood in a roundup earlier."""
        for plan in self._planting.plans:
            if "listed-before" in plan.tags:
                day = self._rng.randint(3, plan.day - 3)
                cast = list(plan.actors)
                for actor in self._world.crowd_without(self._rng, 12, set()):
                    if all(pair(actor, other) not in self._world.reserved for other in cast):
                        cast.append(actor)
                background.roundup(day, self._rng.choice(("digest", "list")), cast, "listed-before")

    def _denials_of_old_pairs(self) -> None:
        """A denial between people who are together all the time is no news."""
        for _ in range(4):
            one, two = (self._world.actors[label] for label in self._world.couple(self._rng))
            event = self._desk.happening([one, two], self._desk.moment(self._late()))
            content = partial(Composer.denial, one=one, two=two)
            self._desk.cover(event, 2, content, kind="denial", trap="denial")

    def _clocks(self) -> None:
        """Printed dates that are wrong; some belong to later reports of planted pairs."""
        chosen = [report for report in self._desk.reports if report.trap == "noise" or not report.trap]
        chosen = self._rng.sample(chosen, min(14, len(chosen)))
        for plan in self._planting.plans:
            if "clock" in plan.tags and len(plan.reports) > 1:
                chosen.append(plan.reports[-1])
        for report in chosen:
            early = report.happening.planted or self._rng.random() < 0.5
            report.clock_error = timedelta(days=-365) if early else timedelta(days=3)
        self._record(
            "clock",
            "the printed date is a year too early or three days ahead",
            stories=[report.story for report in chosen],
        )
