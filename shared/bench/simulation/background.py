"""The ordinary news: habitual company, chance mentions, roundups. None of it is worth an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from shared.bench.simulation.composing import Composer, Style
from shared.bench.simulation.desk import Content, Desk
from shared.bench.simulation.model import Actor, Pair, Record, pair

WEEKEND = 0.72
"""Of an ordinary day's stories."""


class Background:
    """Fills the days with stories that contain no pair which is new for a reason.

    `allowed` says of reserved pairs from which day on they may be anywhere.
    """

    def __init__(self, desk: Desk, allowed: Mapping[Pair, int]) -> None:
        self._desk, self._world, self._rng = desk, desk.world, desk.rng
        self._allowed = allowed
        self.noise: list[Record] = []
        first = round(desk.days * 28 / 60)
        order = self._rng.sample(self._world.pairs, len(self._world.pairs))
        self._debuts: dict[int, list[Pair]] = {}
        for place, key in enumerate(order):  # every habitual pair is seen early
            self._debuts.setdefault(place % max(first, 1), []).append(key)

    def fill(self, taken: Mapping[int, int]) -> None:
        """All days; `taken` says how many stories of a day are planned already."""
        for day in range(self._desk.days):
            weekday = (self._desk.start + timedelta(days=day)).weekday()
            goal = self._desk.per_day * (WEEKEND if weekday >= 5 else 1.1) - taken.get(day, 0) * 0.5
            before = len(self._desk.reports)
            for key in self._debuts.get(day, []):
                self._together(day, key, debut=True)
            for _ in range(max(1, round(self._desk.per_day * 4 / 150))):
                self.passing(day, self._world.somebody(self._rng))
            self._roundups(day)
            while len(self._desk.reports) - before < goal:
                if self._rng.random() < 0.42:
                    self.alone(day, self._world.somebody(self._rng))
                else:
                    self._together(day, self._couple(day))

    def _couple(self, day: int) -> Pair:
        """Feuds flare up every other week."""
        if self._rng.random() < 0.05 and (day // 7) % 2 == 0:
            return self._rng.choice(self._world.feuds)
        return self._world.couple(self._rng)

    def _many(self, actor: Actor) -> int:
        """How many independent reports: mostly one, more for hubs."""
        weights = (40, 30, 16, 9, 5) if actor.popularity >= 20 else (62, 24, 9, 4, 1)
        return self._rng.choices((1, 2, 3, 4, 6), weights)[0]

    def alone(self, day: int, actor: Actor) -> None:
        """News about one actor."""
        event = self._desk.happening([actor], self._desk.moment(day))
        self._desk.cover(event, self._many(actor), partial(Composer.about, actor=actor, partners=()))

    def _together(self, day: int, key: Pair, debut: bool = False) -> None:
        one, two = (self._world.actors[label] for label in key)
        cast = [one, two]
        while self._rng.random() < 0.3 and len(cast) < 5 and (more := self._world.common(cast)):
            cast.append(self._rng.choice(more))
        event = self._desk.happening(cast, self._desk.moment(day))
        many = 1 if debut and self._rng.random() < 0.7 else self._many(one)
        if len(cast) >= 4 and not debut:
            self._desk.cover(event, many, partial(Composer.group, cast=cast))
            return
        style: Style = "together" if debut else self._rng.choice(("together", "together", "split", "late"))
        self._desk.cover(event, many, partial(Composer.both, one=one, two=two, style=style, guests=cast[2:]))

    def passing(self, day: int, actor: Actor, trap: str = "") -> None:
        """Somebody of another world is mentioned by one outlet; rarely the same outlet does so again."""
        stranger = self._world.stranger(self._rng, actor)
        if stranger is None:
            return
        key = pair(actor, stranger)
        self._world.noise.add(key)
        event = self._desk.happening([actor], self._desk.moment(day))
        outlet = self._world.newsroom(self._rng, self._desk.languages(1), 1)[0]
        content = partial(Composer.mention, actor=actor, stranger=stranger)
        report = self._desk.report(event, event.time, outlet, "mention", content, trap or "noise", 1.5)
        stories, label = [report.story], "once"
        later = day + self._rng.randint(1, 20)
        if self._rng.random() < 0.15 and later < self._desk.days:
            label = "twice-same-outlet"
            if self._rng.random() < 0.2 and later - day > 7:
                label = "twice-two-owners-a-week-apart"
                outlet = self._world.newsroom(self._rng, self._desk.languages(1), 1)[0]
            again = self._desk.happening([actor], self._desk.moment(later))
            report = self._desk.report(again, again.time, outlet, "mention", content, trap or "noise", 0.5)
            stories.append(report.story)
        self.noise.append(
            {
                "actors": list(key),
                "stories": stories,
                "label": label,
                "source": outlet.source,
                "day": day,
                "burst": bool(trap),
            }
        )

    def _roundups(self, day: int) -> None:
        """Digests, lists and newsletters."""
        allowed = {key for key, since in self._allowed.items() if day >= since}
        for _ in range(max(1, round(self._desk.per_day * 3.5 / 150))):
            form = self._rng.choices(("digest", "list", "newsletter"), (4, 3, 3))[0]
            low, high = {"digest": (8, 12), "list": (8, 25), "newsletter": (2, 3)}[form]
            cast = self._world.crowd_without(self._rng, self._rng.randint(low, high), allowed)
            self.roundup(day, form, cast)

    def roundup(self, day: int, form: str, cast: Sequence[Actor], trap: str = "roundup") -> None:
        """One article that names unrelated actors; `form` is digest, list or newsletter."""
        event = self._desk.happening(cast, self._desk.moment(day))
        outlet = self._world.newsroom(self._rng, self._desk.languages(1), 1)[0]
        contents: Mapping[str, Content] = {
            "digest": partial(Composer.digest, cast=cast),
            "list": partial(Composer.listing, cast=cast),
            "newsletter": partial(Composer.newsletter, cast=cast),
        }
        self._desk.report(event, event.time, outlet, "roundup", contents[form], trap, 0.4, form)
