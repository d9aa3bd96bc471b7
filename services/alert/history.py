"""Who was in which story, and when: the counts that surprise is measured against."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from sys import intern

from services.alert.verdict import AlertVerdict

PairKey = tuple[str, str]

GAP = timedelta(days=21)
"""Without a story for this long, what is held begins after it: an outage is no end of history, a few old items are no beginning."""
STRAYS = 3
"""Stories with a wrong date that may be about."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a pair's evidence stands: in the record with this id. Its words would take most of the memory, and few are ever asked for."""

    record: str
    same_sentence: bool


@dataclass(slots=True)
class StorySeen:
    """One story: `at` and `owner` are those of the article that brought it first."""

    id: str
    at: datetime
    owner: str
    actors: set[str] = field(default_factory=set)
    pairs: dict[PairKey, Shown | None] = field(default_factory=dict)
    """None where the article that was the evidence is forgotten: the story counts all the same."""


class History:
    """Folded from records, in their order; holds the `capacity` newest stories of the log."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._stories: OrderedDict[str, StorySeen] = OrderedDict()
        self._times: list[datetime] = []
        self._actor_times: defaultdict[str, list[datetime]] = defaultdict(list)
        self._pair_stories: defaultdict[PairKey, list[tuple[datetime, str]]] = defaultdict(list)

    def add(self, record: AlertVerdict) -> None:
        story = self._stories.get(record.story)
        if story is None:
            story = self._stories[record.story] = StorySeen(record.story, record.event_time, record.owner)
            insort(self._times, story.at)
        for actor in map(intern, record.actors):
            if actor not in story.actors:
                story.actors.add(actor)
                insort(self._actor_times[actor], story.at)
        places = {same_sentence: Shown(record.id, same_sentence) for same_sentence in (True, False)}
        for pair in record.pairs:
            key = (intern(pair.first), intern(pair.second))
            if key not in story.pairs:
                insort(self._pair_stories[key], (story.at, story.id))
            known = story.pairs.get(key)
            found = places[pair.evidence.same_sentence] if pair.evidence else None
            if known is None or (found is not None and found.same_sentence and not known.same_sentence):
                story.pairs[key] = found
        if len(self._stories) > self._capacity:
            self._forget(self._stories.popitem(last=False)[1])

    def _forget(self, story: StorySeen) -> None:
        _remove(self._times, story.at)
        for actor in story.actors:
            _remove(self._actor_times[actor], story.at)
            if not self._actor_times[actor]:
                del self._actor_times[actor]
        for key in story.pairs:
            self._pair_stories[key].remove((story.at, story.id))
            if not self._pair_stories[key]:
                del self._pair_stories[key]

    def has(self, story_id: str, key: PairKey) -> bool:
        """Whether the story was already counted for the pair."""
        story = self._stories.get(story_id)
        return story is not None and key in story.pairs

    def seen(self, story_id: str) -> StorySeen | None:
        return self._stories.get(story_id)

    def story_count(self, start: datetime, end: datetime) -> int:
        """Stories in (start, end]."""
        return bisect_right(self._times, end) - bisect_right(self._times, start)

    def actor_count(self, actor: str, start: datetime, end: datetime) -> int:
        """Stories of an actor in (start, end]."""
        times = self._actor_times.get(actor, [])
        return bisect_right(times, end) - bisect_right(times, start)

    def actor_since(self, actor: str, after: datetime) -> datetime | None:
        """The actor's first story from `after` on."""
        times = self._actor_times.get(actor, [])
        place = bisect_left(times, after)
        return times[place] if place < len(times) else None

    def together(self, key: PairKey, start: datetime, end: datetime) -> list[tuple[datetime, StorySeen]]:
        """The pair's stories in (start, end], oldest first."""
        stories = self._pair_stories.get(key, [])
        first = bisect_right(stories, (start, "\uffff"))
        last = bisect_right(stories, (end, "\uffff"))
        return [(at, self._stories[story]) for at, story in stories[first:last]]

    def held(self, until: datetime, longest: timedelta) -> timedelta:
        """How far back from `until` there are stories without a long gap."""
        start = until
        while until - start < longest:
            first = bisect_right(self._times, start - GAP)
            if first == bisect_right(self._times, start):
                break
            start = start - GAP
        if start == until:
            return timedelta(0)
        return min(until - self._times[bisect_right(self._times, start)], longest)

    def settled_now(self) -> datetime | None:
        """The newest time that some wrongly dated stories cannot move."""
        return self._times[-STRAYS] if len(self._times) >= STRAYS else None


def _remove(times: list[datetime], at: datetime) -> None:
    del times[bisect_left(times, at)]
