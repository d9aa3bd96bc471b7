"""The desk every plan uses to make happenings and reports, with running numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from shared.bench.simulation.composing import Composer, number, topic
from shared.bench.simulation.model import Actor, Happening, Line, Outlet, Report, ReportKind
from shared.bench.simulation.tables import places
from shared.bench.simulation.world import World

LANGUAGE_WEIGHTS: Mapping[str, int] = {
    "en": 31,
    "fr": 14,
    "de": 14,
    "es": 14,
    "ru": 10,
    "ar": 6,
    "zh": 6,
    "it": 4,
    "pt": 4,
}
Content = Callable[[Composer], tuple[Line, list[Line]]]
"""Chooses the sentences of one report: its headline and its body. It is called once for each report, at once."""


class Desk:
    """Makes happenings and reports; `reports` collects everything that will be printed.

    One source of chance serves all planning, so that the order of the plans is part of the archive.
    """

    def __init__(self, world: World, rng: Random, start: datetime, days: int, per_day: int) -> None:
        self.world, self.rng, self.start, self.days, self.per_day = world, rng, start, days, per_day
        self.reports: list[Report] = []
        self.alerts_from = round(days * 35 / 60)
        """The first day on which new pairs are planted."""
        self._happenings = 0

    @property
    def end(self) -> datetime:
        """Nothing is printed after this."""
        return self.start + timedelta(days=self.days)

    def moment(self, day: float) -> datetime:
        """A time of that day when newsrooms are awake."""
        minutes = round(min(max(self.rng.gauss(13.5, 4.2), 4.0), 22.9) * 60)
        return self.start + timedelta(days=int(day), minutes=minutes)

    def happening(self, cast: Sequence[Actor], time: datetime, planted: str | None = None) -> Happening:
        """Something happens to the cast; the topic is of the first one's beat."""
        self._happenings += 1
        return Happening(
            f"e{self._happenings:05d}",
            tuple(cast),
            time,
            topic(self.rng, cast[0].beat),
            self.rng.randrange(len(places())),
            number(self.rng),
            planted,
        )

    def report(
        self,
        event: Happening,
        time: datetime,
        outlet: Outlet,
        kind: ReportKind,
        content: Content,
        trap: str = "",
        spread: float = 1.0,
        form: str = "",
    ) -> Report:
        """An outlet writes about it; `spread` scales the chance of copies and translations."""
        story = f"s{len(self.reports) + 1:05d}"
        title, lines = content(Composer(self.rng, event, event.time.weekday()))
        report = Report(story, event, time, outlet, kind, title, lines, trap=trap, form=form)
        if self.rng.random() < 0.085 * spread:
            draw = self.rng.random()
            low, high = (3, 6) if draw < 0.6 else (7, 14) if draw < 0.9 else (15, 30)
            report.wire_copies = self.rng.randint(low, high)
        elif self.rng.random() < 0.3 * min(spread, 1):
            report.group_copies = self.rng.randint(1, 5)
        if self.rng.random() < 0.055 * spread:
            report.translations = self.rng.randint(1, 4)
        report.revised = self.rng.random() < 0.025
        self.reports.append(report)
        return report

    def languages(self, many: int) -> list[str]:
        """Distinct languages by weight."""
        names = list(LANGUAGE_WEIGHTS)
        chosen: list[str] = []
        while len(chosen) < many:
            language = self.rng.choices(names, list(LANGUAGE_WEIGHTS.values()))[0]
            if language not in chosen:
                chosen.append(language)
        return chosen

    def cover(
        self,
        event: Happening,
        many: int,
        content: Content,
        kind: ReportKind = "original",
        trap: str = "",
        spread: float = 1.0,
    ) -> list[Report]:
        """Independent reports of different owners within a day or so."""
        languages = self.languages(min(many, self.rng.choice((1, 1, 2, 3))))
        reports = []
        for place, outlet in enumerate(self.world.newsroom(self.rng, languages, many)):
            delay = 0 if place == 0 else self.rng.expovariate(1 / 480)
            time = event.time + timedelta(minutes=round(delay))
            if time < self.end:
                reports.append(self.report(event, time, outlet, kind, content, trap, spread))
        return reports
