"""Prints reports: the first article, its copies, near-copies, translations and revisions, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from shared.bench.simulation.composing import Composer
from shared.bench.simulation.language import Sentence, Writer, join
from shared.bench.simulation.model import Outlet, Report, Row
from shared.bench.simulation.tables import Agency, agencies
from shared.bench.simulation.world import World

UPDATE: Mapping[str, str] = {
    "en": "Update: ",
    "fr": "Mise à jour : ",
    "de": "Update: ",
    "es": "Actualización: ",
    "ru": "Обновлено: ",
    "ar": "تحديث: ",
    "zh": "更新：",
    "it": "Aggiornamento: ",
    "pt": "Atualização: ",
}
TRANSLATED_INTO: Mapping[str, int] = {
    "en": 5,
    "fr": 4,
    "de": 4,
    "es": 4,
    "ru": 3,
    "ar": 3,
    "zh": 3,
    "it": 2,
    "pt": 2,
}
"""Weights."""
MOST_GROUP_COPIES = 5
"""Of a report that should have been an agency's and found none left."""


def stamp(time: datetime) -> str:
    """A time as rows print it; such stamps sort like times."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class _Text:
    """What is printed under one headline, and whose sign it bears."""

    title: Sentence
    body: list[Sentence]
    agency: Agency | None = None


class Press:
    """Turns reports into rows. Each report has a source of chance of its own, so that one that changes leaves the others as they are."""

    def __init__(self, world: World, seed: int, end: datetime) -> None:
        self._world, self._seed, self._end = world, seed, end
        self._rows: list[tuple[datetime, int, Row]] = []
        self._signed: dict[str, set[str]] = {}
        """The names of the agencies that have signed a report, by happening."""

    def rows(self) -> list[Row]:
        """What was printed, in the order of true times."""
        return [row for _, _, row in sorted(self._rows, key=lambda entry: entry[:2])]

    def print(self, report: Report) -> None:
        """Everything that comes of one report. Nothing appears after the end of the archive."""
        rng = Random(f"{self._seed}:print:{report.story}")
        text = self._written(report, report.outlet.language, rng)
        text = replace(text, agency=self._agency(report, rng) if report.wire_copies else None)
        first = self._row(report, report.outlet, report.time, report.kind, text, rng)
        if text.agency:
            self._wire(report, text, rng)
        elif group_copies := report.group_copies or min(report.wire_copies, MOST_GROUP_COPIES):
            self._group(report, group_copies, text, rng)
        if report.translations:
            self._translations(report, rng)
        if report.revised:
            time = report.time + timedelta(minutes=rng.randint(40, 400))
            revised = replace(
                text,
                body=text.body + self._extra(report, report.outlet.language, rng),
                title=replace(text.title, text=UPDATE[report.outlet.language] + text.title.text),
            )
            url = first["url"] if first else None
            self._row(report, report.outlet, time, "revision", revised, rng, url)

    def _agency(self, report: Report, rng: Random) -> Agency | None:
        """One that has signed no other report of the happening: two reports with one sign would be one witness.

        None where all agencies of the language have signed; the report then travels inside its group only. The second draw has a
        source of its own, so that a report whose first draw is free is the same in every case.
        """
        agencies_here = agencies()[report.outlet.language]
        drawn = rng.choice(agencies_here)
        signed = self._signed.setdefault(report.happening.id, set())
        if drawn.name in signed:
            left = [agency for agency in agencies_here if agency.name not in signed]
            if not left:
                return None
            drawn = Random(f"{self._seed}:agency:{report.story}").choice(left)
        signed.add(drawn.name)
        return drawn

    def _written(self, report: Report, language: str, rng: Random) -> _Text:
        writer = Writer(language, rng, [actor for line in report.lines for actor in line.actors()])
        return _Text(writer.sentence(report.title, title=True), [writer.sentence(line) for line in report.lines])

    def _extra(self, report: Report, language: str, rng: Random) -> list[Sentence]:
        """Two more sentences, without names."""
        composer = Composer(rng, report.happening, report.time.weekday())
        writer = Writer(language, rng, [])
        return [writer.sentence(line) for line in composer.filler(2)]

    def _wire(self, report: Report, text: _Text, rng: Random) -> None:
        """Outlets of the same language print what the agency sent."""
        others = [outlet for outlet in self._world.by_language[report.outlet.language] if outlet != report.outlet]
        for outlet in rng.sample(others, min(report.wire_copies, len(others))):
            time = report.time + timedelta(minutes=round(rng.expovariate(1 / 150)) + 2)
            if rng.random() < 0.65:
                self._row(report, outlet, time, "wire-copy", text, rng)
            else:
                self._near(report, outlet, time, text, rng)

    def _near(self, report: Report, outlet: Outlet, time: datetime, text: _Text, rng: Random) -> None:
        """Cut short, or longer, or under another headline."""
        draw = rng.random()
        if draw < 0.4:
            text = replace(text, body=text.body[: max(3, round(len(text.body) * rng.uniform(0.55, 0.85)))])
        elif draw < 0.75:
            text = replace(text, body=text.body + self._extra(report, outlet.language, rng))
        if draw > 0.6:
            composer = Composer(rng, report.happening, report.time.weekday())
            title = Writer(outlet.language, rng, []).sentence(composer.line("title_neutral"), title=True)
            text = replace(text, title=title)
        self._row(report, outlet, time, "near-copy", text, rng)

    def _group(self, report: Report, many: int, text: _Text, rng: Random) -> None:
        """Papers of one group print each other's texts, without an agency."""
        group = [
            outlet
            for outlet in self._world.by_language[report.outlet.language]
            if outlet.owner == report.outlet.owner and outlet != report.outlet
        ]
        for outlet in rng.sample(group, min(many, len(group))):
            time = report.time + timedelta(minutes=rng.randint(3, 240))
            if rng.random() < 0.75:
                self._row(report, outlet, time, "group-copy", text, rng)
            else:
                self._near(report, outlet, time, text, rng)

    def _translations(self, report: Report, rng: Random) -> None:
        """Papers of other languages print the report as their own, days later at most."""
        languages = [language for language in self._world.by_language if language != report.outlet.language]
        chosen = sorted(languages, key=lambda language: -(rng.random() ** (1 / TRANSLATED_INTO[language])))
        for language in chosen[: report.translations]:
            outlets = self._world.by_language[language]
            outlet = rng.choices(outlets, [outlet.size for outlet in outlets])[0]
            text = self._written(report, language, rng)
            time = report.time + timedelta(minutes=rng.randint(60, 2800))
            self._row(report, outlet, time, "translation", text, rng)

    def _row(
        self,
        report: Report,
        outlet: Outlet,
        time: datetime,
        kind: str,
        text: _Text,
        rng: Random,
        url: str | None = None,
    ) -> Row | None:
        """None where the archive has ended before."""
        if time >= self._end:
            return None
        number = len(self._rows) + 1
        sentences = (text.title, *text.body)
        joint = {tuple(sorted(sentence.actors)) for sentence in sentences if len(sentence.actors) > 1}
        printed = _signed(join(text.body, outlet.language), outlet.language, text.agency, rng)
        row: Row = {
            "url": url or f"https://{outlet.domain}/{time:%Y/%m/%d}/{rng.getrandbits(28):07x}-{number}",
            "title": text.title.text,
            "text": printed,
            "published": stamp(time + report.clock_error if kind == report.kind else time),
            "source": outlet.source,
            "language": outlet.language,
            "_story": report.story,
            "_event": report.happening.id,
            "_kind": kind,
            "_actors": sorted({label for sentence in sentences for label in sentence.actors}),
            "_planted": report.happening.planted,
            "_joint": [list(labels) for labels in sorted(joint)],
            "_owner": outlet.owner,
            "_trap": report.trap,
            "_form": report.form,
            "_seen": stamp(time),
            "_agency": text.agency.name if text.agency else "",
        }
        self._rows.append((time, number, row))
        return row


def _signed(text: str, language: str, agency: Agency | None, rng: Random) -> str:
    """With the agency's sign before it or after it."""
    if agency is None:
        return text
    if agency.closing and rng.random() < 0.4:
        return f"{text}\n\n{agency.closing}"
    gap = "" if language == "zh" else " "
    return f"{agency.dateline}{gap}{text}"
