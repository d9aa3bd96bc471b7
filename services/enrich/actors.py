"""All the actors of an article: those that the gazetteer knows and persons that it does not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from services.enrich import confidence
from services.enrich.folding import Folded, fold
from services.enrich.gazetteer import Gazetteer
from services.enrich.layout import Layout
from services.enrich.recognise import Found, by_actor, recognise
from services.enrich.roles import role_of
from services.enrich.unknown_names import Person, find_persons
from shared.contracts.enrichment import Actor, Mention

Sentences = Sequence[tuple[int, int]]


def find_actors(body: str, language: str, sentences: Sentences, gazetteer: Gazetteer, limit: int) -> tuple[Actor, ...]:
    """At most `limit`, in the order of their first mentions; `sentences` are (start, end) in `body`."""
    folded = fold(body)
    layout = Layout(folded.text, _in_folded(sentences, folded), language)
    recognised = recognise(folded, layout, gazetteer)
    persons = find_persons(layout, gazetteer, recognised.spans, recognised.borne)
    writer = _Mentions(body, folded, [start for start, _ in sentences])
    actors = [*_known(recognised.mentions, writer), *_unknown(persons, writer)]
    actors.sort(key=lambda actor: actor.mentions[0].start)
    return tuple(actors[:limit])


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


def _known(mentions: Sequence[Found], writer: _Mentions) -> Iterator[Actor]:
    for entry, found in by_actor(mentions):
        yield Actor(
            id=entry.id,
            name=entry.name,
            type=entry.type,
            role=role_of(entry),
            wikidata=entry.wikidata,
            confidence=max(each.confidence for each in found),
            mentions=tuple(writer.mention((each.start, each.end)) for each in found),
        )


def _unknown(persons: Sequence[Person], writer: _Mentions) -> Iterator[Actor]:
    for person in persons:
        yield Actor(
            id=person.id,
            name=writer.text(person.full),
            type="person",
            confidence=confidence.UNKNOWN_NAME,
            mentions=tuple(writer.mention(span) for span in person.mentions),
        )
