"""Which actors of the gazetteer an article names, and where.

An article is resolved as a whole: names that are certain first, then those that the certain ones explain; what remains in doubt is
nobody (DESIGN, law 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.enrich import confidence
from services.enrich.alias import Alias
from services.enrich.certain import Certain, certain_actors
from services.enrich.cues import kind_of_place, person_cue, place_cue, woman_before
from services.enrich.entry import Entry
from services.enrich.epithets import without_epithet
from services.enrich.layout import Layout
from services.enrich.offices import kinds_before
from services.enrich.readings import Names, Reading, entries_of, places_of
from services.enrich.roles import is_source

_SHORT_SURNAME = 4
"""Letters up to which a surname is a word, too, in some language."""


@dataclass(frozen=True, slots=True)
class Found:
    """One mention: offsets in the folded text, the entry, and how sure."""

    start: int
    end: int
    entry: Entry
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """`mentions` in the order of the text, without overlaps; `borne`: surnames, folded and in lower case, that belong to persons of
    the article already, or to somebody whom the gazetteer does not know."""

    mentions: tuple[Found, ...]
    borne: frozenset[str]


def recognise(names: Names, layout: Layout, faces: frozenset[str], saying: frozenset[str]) -> Recognised:
    """`faces` are the bare forms of persons whom the article introduces and the gazetteer does not know; `saying` the language's verbs
    of saying."""
    certain = certain_actors(names.readings)
    resolver = _Resolver(names, layout, certain, faces, saying)
    mentions = [
        _trimmed(found, reading.aliases[0], layout.text)
        for reading in names.readings
        if (found := resolver.resolve(reading)) is not None
    ]
    lowered = (layout.text[each.start : each.end].lower() for each in mentions if each.entry.type == "person")
    borne = {form.rpartition(" ")[2] for form in lowered}
    borne.update(
        form for form, ids in certain.bearers.items() if any(certain.actors[id_].type == "person" for id_ in ids)
    )
    return Recognised(tuple(mentions), frozenset(borne))


class _Resolver:
    def __init__(
        self, names: Names, layout: Layout, certain: Certain, faces: frozenset[str], saying: frozenset[str]
    ) -> None:
        self._claimed = names.claimed
        self._contested = names.contested
        self._layout = layout
        self._certain = certain
        self._faces = faces
        self._saying = saying

    def resolve(self, reading: Reading) -> Found | None:
        if not reading.fixed:
            if reading.form in self._faces:
                return self._beside_a_face(reading)
            if reading.surname and reading.form in self._claimed:
                return None
            if reading.surname and self._persons_who_bear(reading.form, reading.aliases) > 1:
                return self._best_known(reading) or self._by_office(reading, self._bearing(reading))
            if self._contested and any(alias.entry.id in self._contested for alias in reading.aliases):
                return self._where_only_a_place_stands(reading)
            persons, others = self._persons_and_others(reading)
            if persons and others:
                return self._by_cue(reading, persons, others)
        return self._known(reading)

    def _known(self, reading: Reading) -> Found | None:
        certain = self._certain.actors
        sure = entries_of(reading.sure)
        weak = {id_: entry for id_, entry in entries_of(reading.weak).items() if id_ in certain}
        if len(sure) == 1 and not (weak.keys() - sure.keys()):
            full = any(alias.strength == "full" for alias in reading.sure)
            return _found(reading, sure, confidence.FULL_NAME if full else confidence.BARE_NAME)
        if len(sure) > 1 and not weak:
            return self._among(reading, sure)
        if len(weak) == 1 and not (sure.keys() & certain.keys()):
            alone = len(entries_of(reading.weak)) == 1
            return _found(reading, weak, confidence.SHORT_RESOLVED if alone else confidence.AMBIGUOUS_RESOLVED)
        if sure or weak:
            return None
        return (
            self._by_office(reading, entries_of(reading.weak)) or self._by_country(reading) or self._as_a_title(reading)
        )

    def _among(self, reading: Reading, sure: Mapping[str, Entry]) -> Found | None:
        """Of several that the name is safe for: the one that the words before it or the rest of the article admit."""
        kind = kind_of_place(reading.start, self._layout)
        if kind is not None:
            fitting = {id_: entry for id_, entry in sure.items() if entry.type == "place" and entry.kind == kind}
            if len(fitting) == 1:
                return _found(reading, fitting, confidence.AMBIGUOUS_RESOLVED)
        known = {id_: entry for id_, entry in sure.items() if id_ in self._certain.actors}
        if len(known) == 1:
            return _found(reading, known, confidence.AMBIGUOUS_RESOLVED)
        return None

    def _by_office(self, reading: Reading, entries: Mapping[str, Entry]) -> Found | None:
        """A surname behind an office, where one of these holds such an office in a country of the article."""
        kinds = kinds_before(reading.start, self._layout)
        if not kinds:
            return None
        fitting = {
            id_: entry
            for id_, entry in entries.items()
            if entry.type == "person" and entry.kind in kinds and self._certain.countries.get(entry.country or "", 0)
        }
        return _found(reading, fitting, confidence.OFFICE_RESOLVED) if len(fitting) == 1 else None

    def _by_country(self, reading: Reading) -> Found | None:
        """A surname that the article uses without ever giving the full name is somebody's whom every reader knows: of a country that the
        article is about, where there is one such bearer."""
        if any(alias.entry.type != "person" or not alias.capitals for alias in reading.aliases):
            return None
        if len(reading.form) <= _SHORT_SURNAME and self._layout.capitals_say_nothing(reading.start):
            # `Su` opens many a Spanish sentence.
            return None
        countries = self._certain.countries
        fitting = {
            id_: entry for id_, entry in entries_of(reading.weak).items() if countries.get(entry.country or "", 0)
        }
        return _found(reading, fitting, confidence.COUNTRY_RESOLVED) if len(fitting) == 1 else None

    def _as_a_title(self, reading: Reading) -> Found | None:
        """The short name of a paper, a word else, with a capital where only names have one: `told Marca`, `published in Nature`."""
        papers = {id_: entry for id_, entry in entries_of(reading.weak).items() if is_source(entry)}
        cased = any(alias.capitals for alias in reading.weak)
        if len(papers) == 1 and cased and not self._layout.capitals_say_nothing(reading.start):
            return _found(reading, papers, confidence.COUNTRY_RESOLVED)
        return None

    def _beside_a_face(self, reading: Reading) -> Found | None:
        """A form that is the surname of somebody new in the article, too: a place where only a place can stand, else nobody we know."""
        return self._where_only_a_place_stands(reading) or self._by_office(reading, self._bearing(reading))

    def _where_only_a_place_stands(self, reading: Reading) -> Found | None:
        places = places_of(reading.aliases)
        if len(places) == 1 and place_cue(reading.start, reading.end, self._layout):
            return _found(reading, places, confidence.AMBIGUOUS_RESOLVED)
        return None

    def _bearing(self, reading: Reading) -> dict[str, Entry]:
        certain = self._certain.actors
        return {id_: entry for id_, entry in entries_of(reading.aliases).items() if id_ in certain}

    def _best_known(self, reading: Reading) -> Found | None:
        """Of several persons of the article that bear a surname: the one who is so well known that it names them alone. `Mme Macron` is
        another."""
        known = {
            alias.entry.id: alias.entry
            for alias in reading.sure
            if alias.strength == "bare" and alias.entry.id in self._certain.actors
        }
        if len(known) == 1 and not woman_before(reading.start, self._layout):
            return _found(reading, known, confidence.AMBIGUOUS_RESOLVED)
        return None

    def _persons_and_others(self, reading: Reading) -> tuple[dict[str, Entry], dict[str, Entry]]:
        """The certain persons, and the places and bodies, that the article may mean by one form: Washington, Dell."""
        certain = self._certain.actors
        sure = entries_of(reading.sure)
        candidates = {id_: entry for id_, entry in entries_of(reading.aliases).items() if id_ in certain or id_ in sure}
        persons = {id_: entry for id_, entry in candidates.items() if entry.type == "person" and id_ in certain}
        return persons, {id_: entry for id_, entry in candidates.items() if entry.type != "person"}

    def _by_cue(self, reading: Reading, persons: Mapping[str, Entry], others: Mapping[str, Entry]) -> Found | None:
        places = bool(places_of(reading.aliases))
        place = places and place_cue(reading.start, reading.end, self._layout)
        person = person_cue(reading.start, reading.end, self._layout, self._saying)
        if person and not place and len(persons) == 1:
            return _found(reading, persons, confidence.SHORT_RESOLVED)
        if not person and len(others) == 1 and (place or not places):
            return _found(reading, others, confidence.AMBIGUOUS_RESOLVED)
        if not place and len(persons) == 1 and places:
            return _found(reading, persons, confidence.AMBIGUOUS_RESOLVED)
        return None

    def _persons_who_bear(self, form: str, aliases: Iterable[Alias]) -> int:
        bearers = self._certain.bearers.get(form, frozenset())
        return len({alias.entry.id for alias in aliases if alias.entry.type == "person"} & bearers)


def _found(reading: Reading, entries: Mapping[str, Entry], sure: float) -> Found:
    (entry,) = entries.values()
    return Found(reading.start, reading.end, entry, sure)


def _trimmed(found: Found, alias: Alias, text: str) -> Found:
    """Without what is written beside the name only to tell which: articles, possessives, national adjectives, titles in Korean."""
    start = found.start + alias.head
    end = found.end - alias.tail
    if found.entry.type == "organisation":
        end = start + without_epithet(text[start:end])
    return replace(found, start=start, end=end)


def by_actor(mentions: Sequence[Found]) -> Iterator[tuple[Entry, list[Found]]]:
    """Actors in the order of their first mention."""
    grouped: dict[str, list[Found]] = {}
    for mention in mentions:
        grouped.setdefault(mention.entry.id, []).append(mention)
    for group in grouped.values():
        yield group[0].entry, group
