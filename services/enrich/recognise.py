"""Which actors of the gazetteer an article names, and where.

An article is resolved as a whole: names that are certain first, then those that the certain ones explain; what remains in doubt is
nobody (DESIGN, law 8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.enrich import confidence
from services.enrich.alias import Alias, Strength
from services.enrich.certain import SPORT, Certain, certain_actors
from services.enrich.cues import kind_of_place, opens_dateline, person_cue, place_cue, woman_before
from services.enrich.descriptions import described
from services.enrich.entry import Entry
from services.enrich.epithets import without_epithet
from services.enrich.layout import NOUNS_CAPITALISED, Layout
from services.enrich.offices import kinds_before
from services.enrich.readings import Names, Reading
from services.enrich.roles import is_source

_ARTICLES = frozenset("der die das den dem des ein eine einen einem einer eines kein keine".split())
_SHORT_SURNAME = 4
"""Letters up to which a surname is a word, too, in some language."""
_JOINT_BEHIND = re.compile(
    " (?:(?:of|de|du|des|del|di|do|da|der|von|van|w|в|у) )?(?:(?:the|la|las|los|les|el|die|den) )?(?:[dl]')?|の|的|의 |"
)
_JOINTS_BEFORE = ("'s ", "s ", " ", "", "の", "的", "의 ")
"""What may stand between a body that is named by what it is and its country."""

_CONFIDENCE: Mapping[Strength, float] = {
    "full": confidence.FULL_NAME,
    "bare": confidence.BARE_NAME,
    "alike": confidence.SOUNDS_ALIKE,
    "short": confidence.SHORT_RESOLVED,
}


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
        _trimmed(found, reading.aliases[0], layout.text) for reading, found in resolver.resolved() if found is not None
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
        self._readings = names.readings
        self._claimed = names.claimed
        self._contested = names.contested
        self._layout = layout
        self._certain = certain
        self._faces = faces
        self._saying = saying
        countries = [
            (reading, entry.country)
            for reading in names.readings
            for entry in reading.sure_entries.values()
            if entry.type == "place" and entry.kind == "country" and entry.country is not None
        ]
        self._country_from = {reading.start: (country, reading.end) for reading, country in countries}
        self._country_to = {reading.end: country for reading, country in countries}
        self._sporting = frozenset(
            layout.sentence_at(reading.start)
            for reading in names.readings
            if any(entry.kind in SPORT for entry in reading.sure_entries.values())
        )
        self._places = {
            reading.end: reading.start
            for reading in names.readings
            if any(entry.type == "place" for entry in reading.sure_entries.values())
        }

    def resolved(self) -> Iterator[tuple[Reading, Found | None]]:
        """Every name; what one place of the article leaves open, another may have told."""
        first = [self.resolve(reading) for reading in self._readings]
        told = {found.entry.id: found.entry for found in first if found is not None}
        if told.keys() - self._certain.actors.keys():
            self._certain = replace(self._certain, actors={**self._certain.actors, **told})
            first = [found or self.resolve(reading) for reading, found in zip(self._readings, first, strict=True)]
        taken = 0
        for reading, found in zip(self._readings, first, strict=True):
            if reading.start >= taken:
                yield reading, found
                # `Центробанк Турции` is no mention of the country.
                taken = found.end if found is not None and found.end > reading.end else taken

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
            if (found := self._club_or_city(reading)) is not None:
                return found
            persons, others = self._persons_and_others(reading)
            if persons and others:
                return self._by_cue(reading, persons, others)
        return self._known(reading)

    def _known(self, reading: Reading) -> Found | None:
        if not reading.sure and all(described(entry) for entry in reading.weak_entries.values()):
            return self._described(reading)
        certain = self._certain.actors
        sure = reading.sure_entries
        weak = {id_: entry for id_, entry in reading.weak_entries.items() if id_ in certain}
        if len(sure) == 1 and not (weak.keys() - sure.keys()):
            return _found(reading, sure, max(_CONFIDENCE[alias.strength] for alias in reading.sure))
        if len(sure) > 1 and not weak:
            return self._among(reading, sure)
        if len(weak) == 1 and not (sure.keys() & certain.keys()):
            alone = len(reading.weak_entries) == 1
            return _found(reading, weak, confidence.SHORT_RESOLVED if alone else confidence.AMBIGUOUS_RESOLVED)
        if sure or weak:
            return None
        return (
            self._by_office(reading, reading.weak_entries)
            or self._by_country(reading)
            or self._as_a_title(reading)
            or self._as_a_place(reading)
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
        kinds = kinds_before(reading.start, self._layout) or self._kinds_before_place(reading.start)
        if not kinds:
            return None
        fitting = {
            id_: entry
            for id_, entry in entries.items()
            if entry.type == "person" and entry.kind in kinds and self._certain.countries.get(entry.country or "", 0)
        }
        return _found(reading, fitting, confidence.OFFICE_RESOLVED) if len(fitting) == 1 else None

    def _clearly_a_person(self, reading: Reading) -> bool:
        """Where a capital says nothing: beside an office, an honorific or a verb of saying; where all nouns have one, longer surnames
        without an article in front, too."""
        if person_cue(reading.start, reading.end, self._layout, self._saying):
            return True
        if kinds_before(reading.start, self._layout):
            return True
        noun = self._layout.language in NOUNS_CAPITALISED and not self._layout.begins_sentence(reading.start)
        before = self._layout.text[max(reading.start - 8, 0) : reading.start].rstrip().rpartition(" ")[2].lower()
        return noun and len(reading.form) > _SHORT_SURNAME and before not in _ARTICLES

    def _kinds_before_place(self, start: int) -> frozenset[str]:
        """`мэр Киева Кличко`: the office before the place before the name."""
        place = self._places.get(start) or self._places.get(start - 1)
        return frozenset() if place is None else kinds_before(place, self._layout)

    def _by_country(self, reading: Reading) -> Found | None:
        """A surname that the article uses without ever giving the full name is somebody's whom every reader knows: of a country that the
        article is about, where there is one such bearer."""
        if any(alias.entry.type != "person" or not alias.capitals for alias in reading.aliases):
            return None
        if self._layout.capitals_say_nothing(reading.start) and not self._clearly_a_person(reading):
            # `Su` opens many a Spanish sentence, and `der Müller` grinds corn.
            return None
        return self._of_the_country(reading)

    def _of_the_country(self, reading: Reading) -> Found | None:
        """The one whose country the article is about."""
        countries = self._certain.countries
        # A country that is merely named, say for its geologists, explains nobody.
        least = max(countries.values(), default=0) / 2
        fitting = {
            id_: entry
            for id_, entry in reading.weak_entries.items()
            if (named := countries.get(entry.country or "", 0)) and named >= least
        }
        return _found(reading, fitting, confidence.COUNTRY_RESOLVED) if len(fitting) == 1 else None

    def _club_or_city(self, reading: Reading) -> Found | None:
        """A place's name that a club of the article has, too: the place where only a place can stand, the club where other sportsmen are
        named in the sentence; else nobody's."""
        if not reading.weak:
            return None
        certain = self._certain.actors
        places = reading.places
        bodies = {
            id_: entry for id_, entry in reading.weak_entries.items() if entry.eponym in places and id_ in certain
        }
        if len(bodies) != 1 or len(places) != 1:
            return None
        place = place_cue(reading.start, reading.end, self._layout) or opens_dateline(
            reading.start, reading.end, self._layout
        )
        if not place and self._layout.sentence_at(reading.start) not in self._sporting:
            return None
        return _found(reading, places if place else bodies, confidence.AMBIGUOUS_RESOLVED)

    def _beside_its_country(self, reading: Reading) -> tuple[str, int] | None:
        """Whose body it is by the country that touches it, and where the name ends: `Turkey's central bank`, `Центробанк Турции`."""
        text = self._layout.text
        joint = _JOINT_BEHIND.match(text, reading.end)
        behind = self._country_from.get(joint.end()) if joint is not None else None
        if behind is not None:
            return behind
        for between in _JOINTS_BEFORE:
            at = reading.start - len(between)
            if text.startswith(between, max(at, 0)) and (country := self._country_to.get(at)) is not None:
                return country, reading.end
        return None

    def _described(self, reading: Reading) -> Found | None:
        """`The central bank`: that of the country beside it, of one named in full, or of the country that the article is about."""
        bodies = reading.weak_entries
        beside = self._beside_its_country(reading)
        if beside is None:
            certain = {id_: entry for id_, entry in bodies.items() if id_ in self._certain.actors}
            if len(certain) == 1:
                return _found(reading, certain, confidence.SHORT_RESOLVED)
            return None if certain else self._of_the_country(reading)
        country, end = beside
        # The bank of a country whose bank we do not know is nobody else's.
        fitting = {id_: entry for id_, entry in bodies.items() if entry.country == country}
        return replace(_found(reading, fitting, confidence.OFFICE_RESOLVED), end=end) if len(fitting) == 1 else None

    def _as_a_title(self, reading: Reading) -> Found | None:
        """The short name of a paper, a word else, with a capital where only names have one: `told Marca`, `published in Nature`."""
        papers = {id_: entry for id_, entry in reading.weak_entries.items() if is_source(entry)}
        cased = any(alias.capitals for alias in reading.weak)
        if len(papers) == 1 and cased and not self._layout.capitals_say_nothing(reading.start):
            return _found(reading, papers, confidence.COUNTRY_RESOLVED)
        return None

    def _as_a_place(self, reading: Reading) -> Found | None:
        """`in Wellington`, with a capital that only names have."""
        cased = all(alias.capitals for alias in reading.aliases)
        if not cased or self._layout.capitals_say_nothing(reading.start):
            return None
        return self._where_only_a_place_stands(reading)

    def _beside_a_face(self, reading: Reading) -> Found | None:
        """A form that is the surname of somebody new in the article, too: a place where only a place can stand, else nobody we know."""
        return self._where_only_a_place_stands(reading) or self._by_office(reading, self._bearing(reading))

    def _where_only_a_place_stands(self, reading: Reading) -> Found | None:
        places = reading.places
        if len(places) == 1 and place_cue(reading.start, reading.end, self._layout):
            return _found(reading, places, confidence.AMBIGUOUS_RESOLVED)
        return None

    def _bearing(self, reading: Reading) -> dict[str, Entry]:
        certain = self._certain.actors
        return {id_: entry for id_, entry in reading.entries.items() if id_ in certain}

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
        sure = reading.sure_entries
        candidates = {id_: entry for id_, entry in reading.entries.items() if id_ in certain or id_ in sure}
        persons = {id_: entry for id_, entry in candidates.items() if entry.type == "person" and id_ in certain}
        return persons, {id_: entry for id_, entry in candidates.items() if entry.type != "person"}

    def _by_cue(self, reading: Reading, persons: Mapping[str, Entry], others: Mapping[str, Entry]) -> Found | None:
        places = bool(reading.places)
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
