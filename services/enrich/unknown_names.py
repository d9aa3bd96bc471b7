"""Persons that the gazetteer does not know: new faces, by the words around a capitalised name. Latin and Cyrillic letters; other scripts
in `uncased_names`.

Full names are found before the known actors are resolved, because their surnames explain bare ones (`Washington said`), and bare
mentions after, in what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.enrich.affixes import latin_tail
from services.enrich.common_words import common_words
from services.enrich.cues import person_cue
from services.enrich.folding import Folded
from services.enrich.gazetteer import Gazetteer
from services.enrich.given_cases import nominative
from services.enrich.honorifics import WORDS as HONORIFICS
from services.enrich.inflection import surface_forms
from services.enrich.layout import Layout
from services.enrich.name_sequences import NameSequence, name_sequences
from services.enrich.person_evidence import ENOUGH, can_be_person, evidence, is_given
from services.enrich.person_words import PersonWords, person_words, shared_words
from services.enrich.provisional_ids import provisional_id
from services.enrich.repeats import MAX_MENTIONS, Spans, apart, longest_first, occurrences

MAX_PERSONS = 40
MAX_SEQUENCES = 400
"""Capitalised sequences of one article that are weighed; a register of names is no news of its persons."""
_MAX_WORD = 24
_MAX_TAIL = 8


@dataclass(frozen=True, slots=True)
class Person:
    """`full`: where the name stands with all its words, the first time; `mentions`: everywhere, bare surnames included. Offsets in
    the folded text."""

    id: str
    full: tuple[int, int]
    mentions: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody whom the article introduces: where the full name stands, its forms, and those of the surname; folded, in lower case."""

    id: str
    full: tuple[tuple[int, int], ...]
    names: tuple[str, ...]
    families: tuple[str, ...]


def new_faces(
    folded: Folded, layout: Layout, gazetteer: Gazetteer, taken: Spans, places: frozenset[tuple[int, int]]
) -> tuple[Face, ...]:
    """At most `MAX_PERSONS`, in the order of their full names. `taken` are spans that name somebody already, `places` names of one word."""
    words = person_words(layout.language)
    if words is None:
        return ()
    shared = shared_words()
    accepted: dict[str, list[NameSequence]] = {}
    names: dict[str, str] = {}
    for count, sequence in enumerate(name_sequences(layout, folded.joined, taken, places, words, shared)):
        if count == MAX_SEQUENCES:
            break
        name = _nominative(sequence, layout.language)
        given = is_given(name.partition(" ")[0], gazetteer.given_names)
        if not can_be_person(sequence, layout, folded.lowered, words, given):
            continue
        if evidence(sequence, layout, folded.lowered, words, shared, given) < ENOUGH:
            continue
        id_ = provisional_id(name, layout.language)
        if id_ in accepted:
            accepted[id_].append(sequence)
        elif len(id_) > 1 and len(accepted) < MAX_PERSONS:
            accepted[id_] = [sequence]
            names[id_] = name
    return tuple(_face(id_, names[id_], sequences, layout.language) for id_, sequences in accepted.items())


def _nominative(sequence: NameSequence, language: str) -> str:
    """The name as the sequence has it, or brought back from an oblique case; lower case where it was."""
    words = sequence.name.split(" ")
    if len(words) == 2:
        found = nominative(words[0].lower(), words[1].lower(), language)
        if found is not None:
            return " ".join(found)
    return sequence.name


def _face(id_: str, name: str, sequences: Sequence[NameSequence], language: str) -> Face:
    family = NameSequence(0, 0, name).family
    families = dict.fromkeys(surface_forms(family, language, "person"))
    if "-" in family and family.partition("-")[0].lower() in ("al", "el", "аль", "эль", "ель"):
        families.update(dict.fromkeys(surface_forms(family.partition("-")[2], language, "person")))
    return Face(
        id=id_,
        full=tuple((each.start, each.end) for each in sequences),
        names=surface_forms(name, language, "person"),
        families=tuple(form for form in families if len(form) > 1),
    )


def with_mentions(
    faces: Sequence[Face], folded: Folded, layout: Layout, taken: Spans, borne: frozenset[str], shared: frozenset[str]
) -> Iterator[Person]:
    """Everywhere that they are named, in what `taken` leaves. `borne` are surnames of known persons of the article: bare, these are
    nobody's; `shared` are forms that something known has too, a city say: theirs only where nothing but a person can stand."""
    words = person_words(layout.language)
    owners = Counter(form for face in faces for form in face.families)
    occupied = list(taken)
    for face in faces:
        spans = set(face.full)
        for name in face.names:
            spans.update(_occurrences(name, folded.lowered, layout.language))
        for form in face.families:
            if owners[form] == 1 and form not in borne:
                bare = bare_mentions(form, folded.lowered, layout, words)
                saying = words.saying if words else frozenset()
                spans.update(span for span in bare if form not in shared or person_cue(*span, layout, saying))
        free = apart(longest_first(spans), occupied)
        if free:
            occupied = sorted([*occupied, *free])
            yield Person(face.id, face.full[0], tuple(free[:MAX_MENTIONS]))


def _occurrences(form: str, lowered: str, language: str) -> Iterator[tuple[int, int]]:
    for at in occurrences(form, lowered):
        end = at + len(form)
        tail = end
        while tail < len(lowered) and tail - end < _MAX_TAIL and lowered[tail].isalpha():
            tail += 1
        if not (at and lowered[at - 1].isalnum()) and (tail == end or latin_tail(form, lowered[end:tail], language)):
            yield at, tail


def bare_mentions(form: str, lowered: str, layout: Layout, words: PersonWords | None) -> Iterator[tuple[int, int]]:
    """Where the surname stands with a capital, and without another name in front that would make it somebody else's."""
    text = layout.text
    common = form in common_words(layout.language)
    for start, end in _occurrences(form, lowered, layout.language):
        if not text[start].isupper() or (common and layout.capitals_say_nothing(start)):
            continue
        parts = text[max(start - _MAX_WORD, 0) : start].split(" ")
        before = parts[-2] if len(parts) > 1 and not parts[-1] else ""
        lower = before.lower().rstrip(".")
        titled = lower in HONORIFICS or (
            words is not None and (lower in words.honorifics or words.is_profession(lower))
        )
        if not before[:1].isupper() or titled or layout.capitals_say_nothing(start - len(before) - 1):
            yield start, end
