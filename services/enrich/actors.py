"""All the actors of an article: those that the gazetteer knows and persons that it does not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.enrich import confidence
from services.enrich.apposed import with_apposed
from services.enrich.dateline import dateline_end
from services.enrich.folding import MIDDLE_DOT, Folded, fold, fold_name
from services.enrich.gazetteer import Gazetteer
from services.enrich.given_alone import with_given_names
from services.enrich.layout import Layout
from services.enrich.person_words import person_words
from services.enrich.readings import Names, read_names
from services.enrich.recognise import Found, by_actor, recognise
from services.enrich.repeats import is_free
from services.enrich.roles import is_source, role_of
from services.enrich.sound_alikes import merged, readings_of, told_apart
from services.enrich.uncased_names import uncased_mentions, uncased_names
from services.enrich.unknown_names import Face, Person, new_faces, with_mentions
from services.enrich.written_names import Written
from shared.contracts.enrichment import Actor, Mention

Sentences = Sequence[tuple[int, int]]


class FoundActors(NamedTuple):
    """`actors` in the order of their first mentions; `names_cut`: the text has more names than were looked at."""

    actors: tuple[Actor, ...]
    names_cut: bool


def find_actors(body: str, language: str, sentences: Sentences, gazetteer: Gazetteer, limit: int) -> FoundActors:
    """At most `limit`; `sentences` are (start, end) in `body`."""
    folded = fold(body)
    layout = Layout(folded.text, _in_folded(sentences, folded), language)
    names = read_names(folded, layout, gazetteer)
    found = new_faces(folded, layout, gazetteer, names.fixed, names.places)
    faces, known = told_apart(found, gazetteer, language, names.readings)
    if known:
        names = replace(
            names,
            readings=merged(names.readings, readings_of(known, folded, layout)),
            claimed=names.claimed.difference(*(face.families for face in known)),
        )
    uncased = uncased_names(layout, gazetteer, names.fixed)
    words = person_words(language)
    spans = [span for face in faces for span in face.full] + [(each.start, each.end) for each in uncased]
    families = {form for face in faces for form in face.families} | {fold_name(each.family) for each in uncased}
    recognised = recognise(
        _beside(names, spans), layout, frozenset(families - {""}), words.saying if words else frozenset()
    )
    mentions = with_apposed(recognised.mentions, folded.text)
    mentions = with_given_names(mentions, folded, layout, gazetteer, _strangers(faces, uncased), spans)
    taken = [(each.start, each.end) for each in mentions]
    persons = [
        *(with_mentions(faces, folded, layout, taken, recognised.borne, names.forms_of_things) if faces else ()),
        *(uncased_mentions(uncased, layout, taken, recognised.borne) if uncased else ()),
    ]
    sent_from = _dateline(folded.joined, mentions)
    writer = _Mentions(body, folded, [start for start, _ in sentences])
    actors = [*_known(mentions, sent_from, writer), *_unknown(persons, writer)]
    actors.sort(key=lambda actor: actor.mentions[0].start)
    return FoundActors(tuple(actors[:limit]), names.cut)


def _strangers(faces: Iterable[Face], uncased: Iterable[Written]) -> Iterator[str]:
    """The names of new faces, in lower case."""
    for face in faces:
        yield from face.names
    for written in uncased:
        yield fold_name(written.name).replace(MIDDLE_DOT, " ")


def _beside(names: Names, spans: Sequence[tuple[int, int]]) -> Names:
    """Without the names that are a part of a new face's at `spans`: the `Jordan` of `Jordan Kvirikadze`."""
    if not spans:
        return names
    taken = sorted(spans)
    kept = tuple(reading for reading in names.readings if is_free(reading.start, reading.end, taken))
    return replace(names, readings=kept)


def _in_folded(sentences: Sentences, folded: Folded) -> Sentences:
    if folded.origins is None:
        return sentences
    # Origins rise: the folded offset of a character is the number of characters kept before it.
    origins = folded.origins
    size = len(folded.text)
    return [
        (min(bisect_right(origins, start - 1), size), min(bisect_right(origins, end - 1), size))
        for start, end in sentences
    ]


def _dateline(joined: str, mentions: Sequence[Found]) -> tuple[int, int]:
    """(start, end) of the dateline that the text begins with; empty where there is none."""
    start = joined.find("\n") + 1
    names = [(each.start, each.end) for each in mentions if each.entry.type == "place" or is_source(each.entry)]
    return start, dateline_end(joined, start, names)


class _Mentions:
    """From offsets in the folded text to mentions in the body."""

    def __init__(self, body: str, folded: Folded, starts: Sequence[int]) -> None:
        self._body = body
        self._folded = folded
        self._starts = starts

    def text(self, span: tuple[int, int]) -> str:
        start, end = self._folded.origin(*span)
        return self._body[start:end]

    def mention(self, span: tuple[int, int]) -> Mention:
        start, end = self._folded.origin(*span)
        sentence = max(bisect_right(self._starts, start) - 1, 0)
        return Mention(text=self._body[start:end], start=start, end=end, sentence=sentence)


def _known(mentions: Sequence[Found], sent_from: tuple[int, int], writer: _Mentions) -> Iterator[Actor]:
    start, end = sent_from
    for entry, found in by_actor(mentions):
        yield Actor(
            id=entry.id,
            name=entry.name,
            type=entry.type,
            role=role_of(entry, in_dateline=all(start <= each.start and each.end <= end for each in found)),
            wikidata=entry.wikidata,
            country=entry.country,
            confidence=max(each.confidence for each in found),
            mentions=tuple(writer.mention((each.start, each.end)) for each in found),
        )


def _unknown(persons: Iterable[Person], writer: _Mentions) -> Iterator[Actor]:
    for person in persons:
        yield Actor(
            id=person.id,
            name=writer.text(person.full),
            type="person",
            confidence=confidence.UNKNOWN_NAME,
            mentions=tuple(writer.mention(span) for span in person.mentions),
        )
