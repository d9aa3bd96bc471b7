"""Known persons in a spelling that no entry has: a new face whose full name sounds as theirs does (Dmitriy Peskov). Latin and Cyrillic
letters only: in other scripts similarity proves nothing (FINDINGS, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.enrich.alias import Alias
from services.enrich.entry import Entry
from services.enrich.folding import Folded
from services.enrich.gazetteer import Gazetteer
from services.enrich.layout import Layout
from services.enrich.person_words import person_words
from services.enrich.readings import Reading
from services.enrich.repeats import is_free
from services.enrich.sounds import sound_of
from services.enrich.unknown_names import Face, bare_mentions

_WRITE_CYRILLIC = frozenset({"ru", "uk", "bg", "sr", "mk", "be"})
_FAR_EAST = frozenset({"CN", "TW", "HK", "MO", "SG", "KR", "KP", "JP", "VN", "MM", "TH", "KH", "LA"})
_CYRILLIC = frozenset({"RU", "UA", "BY", "BG", "MK", "RS", "KZ", "KG", "TJ", "MN"})
_OTHER = frozenset(
    "GR CY GE AM IL PS IR IQ SY LB JO EG SA AE QA KW BH OM YE LY SD TN DZ MA MR AF PK IN BD LK NP ET ER".split()
)
"""Countries by the script that their papers write; those of no list write Latin letters."""


def told_apart(
    faces: Sequence[Face], gazetteer: Gazetteer, language: str, readings: Iterable[Reading]
) -> tuple[tuple[Face, ...], dict[Face, Entry]]:
    """Those that are new, and those that somebody known sounds like. A paper spells one person in one way: who is among the `readings`
    with the full name is nobody else."""
    known = {
        face: entry
        for face in faces
        if (sound := sound_of(face.names[0], language))
        and (entry := gazetteer.sounding(sound)) is not None
        and _transcribed(entry, language)
    }
    if known:
        named = {alias.entry.id for reading in readings for alias in reading.sure if alias.strength == "full"}
        known = {face: entry for face, entry in known.items() if entry.id not in named}
    return tuple(face for face in faces if face not in known), known


def _transcribed(entry: Entry, language: str) -> bool:
    """Whether papers of this language spell the name by its sound: it is at home in another script. Names of the Far East have too few
    sounds, and namesakes (Li Kang, Li Qiang)."""
    if entry.country is None or entry.country in _FAR_EAST:
        return False
    at_home = "Cyrillic" if entry.country in _CYRILLIC else "other" if entry.country in _OTHER else "Latin"
    return at_home != ("Cyrillic" if language in _WRITE_CYRILLIC else "Latin")


def readings_of(known: Mapping[Face, Entry], folded: Folded, layout: Layout) -> Iterator[Reading]:
    """The full names as sure ones, and surnames as ones that these explain."""
    words = person_words(layout.language)
    for face, entry in known.items():
        full = Alias(entry, face.names[0], "alike", acronym=False, surname=False, capitals=())
        for start, end in face.full:
            yield Reading(start, end, folded.lowered[start:end], (full,), ())
        for form in face.families:
            family = Alias(entry, form, "short", acronym=False, surname=True, capitals=())
            for start, end in bare_mentions(form, folded.lowered, layout, words):
                yield Reading(start, end, folded.lowered[start:end], (), (family,))


def merged(readings: Iterable[Reading], more: Iterable[Reading]) -> tuple[Reading, ...]:
    """In order: `more` instead of what they overlap where they name somebody for sure, else only where there is nothing."""
    alike = tuple(more)
    full = [reading for reading in alike if reading.sure]
    alike_spans = _spans(full)
    kept = [reading for reading in readings if is_free(reading.start, reading.end, alike_spans)]
    named = _spans([*full, *kept])
    bare = [reading for reading in alike if not reading.sure and is_free(reading.start, reading.end, named)]
    return tuple(sorted([*kept, *full, *bare], key=lambda reading: reading.start))


def _spans(readings: Iterable[Reading]) -> list[tuple[int, int]]:
    return sorted((reading.start, reading.end) for reading in readings)
