"""Who was in which story, and when: the counts that surprise is measured against.

A month of a large operation is a million stories and five million pairs, so all of it is numbers in arrays: stories, actors and records are
known by their place, times are microseconds. What records say in words is read in the log when an alert is told.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from services.alert.pair_states import (
    NO_EVIDENCE,
    WITHDRAWN,
    PairState,
    counted,
    counted_of_many,
    packed,
    state_of,
    unpacked,
)
from services.alert.pair_stories import PairStories, Shown, Told
from services.alert.renaming import PairKey, current_pair
from services.alert.story_table import StoryTable
from services.alert.strings import Strings
from services.alert.verdict import AlertVerdict
from shared.columns import (
    Column,
    Columns,
    array_of,
    column_of,
    column_of_arrays,
    column_of_json,
    json_of,
    of,
    under,
)
from shared.instants import instant, micros
from shared.sorted_runs import SortedRuns, Values

GAP = timedelta(days=21)
"""Without a story for this long, what is held begins after it: an outage is no end of history, a few old items are no beginning."""
STRAYS = 3
"""Stories with a wrong date that may be about."""

_AT_ONCE = 100
"""A hundredth of the capacity is forgotten together."""
_FEW = 64
"""Stories up to which a list is faster than an array."""


class StorySeen(NamedTuple):
    at: datetime
    owner: str
    actors: frozenset[str]


class History:
    """Folded from records, in their order; holds the `capacity` newest stories of the log. `renamed`: the actor that an id stands for
    now, where the gazetteer has it under another."""

    def __init__(self, capacity: int, renamed: Mapping[str, str] | None = None) -> None:
        self._capacity = capacity
        self._renamed = renamed or {}
        self._stories = StoryTable()
        self._times = array("q")
        self._actors: dict[str, int] = {}
        self._actor_times: dict[int, array[int]] = {}
        self._actor_names: list[str] = []
        """By number; numbers are never given twice."""
        self._owners: dict[str, int] = {}
        self._owner_names: list[str] = []
        self._owner_since: list[int] = []
        self._records = Strings()
        self._together = SortedRuns(np.uint64, lambda values: values >> np.uint64(32) >= self._stories.oldest)

    def __len__(self) -> int:
        return len(self._stories)

    def add(self, record: AlertVerdict) -> None:
        if not record.story:
            return
        owner = self._owner(record.owner, record.read_at or record.event_time)
        actors = list(dict.fromkeys(self._number(self._current(actor)) for actor in record.actors))
        place = self._stories.place(record.story)
        is_new = place is None
        if place is None:
            # A copy belongs to the time and the owner that its story began with.
            at = micros(record.event_time)
            place = self._stories.end
            self._stories.add(record.story, at, owner, actors, len(self._records))
            insort(self._times, at)
        else:
            at = self._stories.at(place)
            held = self._stories.actors(place)
            actors = [actor for actor in actors if actor not in held]
            if actors:
                self._stories.add_actors(place, actors)
        for actor in actors:
            self._count(actor, at)
        if record.pairs or record.withdrawn:
            self._add_pairs(record, place, is_new)
        if len(self) > self._capacity + self._capacity // _AT_ONCE:
            self._forget_oldest(len(self) - self._capacity)

    def _number(self, actor: str) -> int:
        number = self._actors.get(actor)
        if number is None:
            number = self._actors[actor] = len(self._actor_names)
            self._actor_names.append(actor)
        return number

    def _count(self, actor: int, at: int) -> None:
        times = self._actor_times.get(actor)
        if not times:
            self._actor_times[actor] = array("q", [at])
        elif times[-1] <= at:
            times.append(at)
        else:
            insort(times, at)

    def _add_pairs(self, record: AlertVerdict, place: int, is_new: bool) -> None:
        number = self._records.add(record.id)
        keys = {self._key(self._ordered(pair.first, pair.second)): pair for pair in record.pairs}
        before: dict[int, list[int]] = {}
        if keys and not is_new:
            of_story = self._together.find(list(keys), place << 32, (place + 1) << 32)
            before = dict(zip(keys, of_story, strict=True))
        for key, pair in keys.items():
            same_sentence = pair.evidence is not None and pair.evidence.same_sentence
            state = PairState(NO_EVIDENCE if pair.evidence is None else number, pair.close, same_sentence)
            if state.is_better_than(state_of(before.get(key, ()))):
                self._together.add((key,), packed(place, state))
        for first, second in record.withdrawn:
            key = self._key(self._ordered(first, second))
            self._together.add((key,), packed(place, PairState(WITHDRAWN, False, False)))

    def _forget_oldest(self, count: int) -> None:
        """Many at once: to take one from the front of a million moves all the others."""
        left = self._stories.forget(count)
        of_actors: defaultdict[int, list[int]] = defaultdict(list)
        for story in left:
            for actor in story.actors:
                of_actors[actor].append(story.at)
        self._times = _without(self._times, [story.at for story in left])
        for actor, times in of_actors.items():
            self._actor_times[actor] = _without(self._actor_times[actor], times)
        if self._stories.shrink():
            held = self._stories.oldest < self._stories.end
            self._records.drop(self._stories.first_record(self._stories.oldest) if held else len(self._records))
            for number in [number for number, times in self._actor_times.items() if not times]:
                del self._actor_times[number], self._actors[self._actor_names[number]]
                self._actor_names[number] = ""

    def has(self, story_id: str, key: PairKey) -> bool:
        """Whether the story was already counted for the pair, or is not to be counted because it was corrected."""
        state = self._in_story(story_id, key)
        return state is not None and (state.close or state.record == WITHDRAWN)

    def shown(self, story_id: str, key: PairKey) -> Shown | None:
        """The evidence that the story has for the pair."""
        state = self._in_story(story_id, key)
        return self._evidence(state) if state else None

    def _in_story(self, story_id: str, key: PairKey) -> PairState | None:
        place, number = self._stories.place(story_id), self._known_key(key)
        if place is None or number is None:
            return None
        return state_of(self._together.find([number], place << 32, (place + 1) << 32)[0])

    def seen(self, story_id: str) -> StorySeen | None:
        place = self._stories.place(story_id)
        if place is None:
            return None
        owner = self._owner_names[self._stories.owner(place)]
        return StorySeen(instant(self._stories.at(place)), owner, frozenset(self._names_of(place)))

    def story_count(self, start: datetime, end: datetime) -> int:
        """Stories in (start, end]."""
        return bisect_right(self._times, micros(end)) - bisect_right(self._times, micros(start))

    def actor_count(self, actor: str, start: datetime, end: datetime) -> int:
        """Stories of an actor in (start, end]."""
        times = self._times_of(actor)
        return bisect_right(times, micros(end)) - bisect_right(times, micros(start))

    def actor_since(self, actor: str, after: datetime) -> datetime | None:
        """The actor's first story from `after` on."""
        times = self._times_of(actor)
        place = bisect_left(times, micros(after))
        return instant(times[place]) if place < len(times) else None

    def owner_since(self, owner: str) -> datetime | None:
        """When the owner was read first; an article of before that, where records do not say when it was read."""
        number = self._owners.get(owner)
        return None if number is None else instant(self._owner_since[number])

    def together(self, key: PairKey, start: datetime, end: datetime) -> list[Told]:
        """The pair's stories in (start, end], oldest first."""
        return self.pairs([key])[key].between(start, end)

    def pairs(self, keys: Sequence[PairKey]) -> dict[PairKey, PairStories]:
        """All stories of each pair: what is held is looked through once for all of them."""
        numbers = [self._known_key(key) for key in keys]
        known = [number for number in numbers if number is not None]
        found = dict(zip(known, self._together.chunks(known), strict=True)) if known else {}
        return {
            key: self._pair_stories(found[number], self._together.fresh.get(number, ()))
            if number is not None
            else PairStories((), (), self.told)
            for key, number in zip(keys, numbers, strict=True)
        }

    def held(self, until: datetime, longest: timedelta) -> timedelta:
        """How far back from `until` there are stories without a long gap."""
        start = until
        while until - start < longest:
            first = bisect_right(self._times, micros(start - GAP))
            if first == bisect_right(self._times, micros(start)):
                break
            start = start - GAP
        if start == until:
            return timedelta(0)
        return min(until - instant(self._times[bisect_right(self._times, micros(start))]), longest)

    def settled_now(self) -> datetime | None:
        """The newest time that some wrongly dated stories cannot move."""
        return instant(self._times[-STRAYS]) if len(self._times) >= STRAYS else None

    def latest_actors(self, stories: int) -> list[list[str]]:
        """The actors of the newest stories of the log, newest first."""
        first = max(self._stories.oldest, self._stories.end - stories)
        return [self._names_of(place) for place in range(self._stories.end - 1, first - 1, -1)]

    def told(self, value: int) -> Told:
        """One story of a pair, in words."""
        place, state = value >> 32, unpacked(value)
        owner = self._owner_names[self._stories.owner(place)]
        at = instant(self._stories.at(place))
        return Told(at, self._stories.id(place), owner, self._evidence(state), state.close)

    def _evidence(self, state: PairState) -> Shown | None:
        if state.record in (NO_EVIDENCE, WITHDRAWN):
            return None
        return Shown(self._records[state.record], state.same_sentence)

    def _pair_stories(self, chunks: Sequence[Values], fresh: Sequence[int]) -> PairStories:
        oldest = self._stories.oldest
        if sum(map(len, chunks)) > _FEW:
            many = counted_of_many(np.concatenate([*chunks, np.array(fresh, np.uint64)]), oldest)
            times = self._stories.at_many((many >> np.uint64(32)).astype(np.int64))
            in_time = np.lexsort((many, times))
            return PairStories(times[in_time], many[in_time], self.told)
        few = counted(chain(*(chunk.tolist() for chunk in chunks), fresh), oldest)
        told = sorted((self._stories.at(value >> 32), value) for value in few)
        return PairStories([at for at, _ in told], [value for _, value in told], self.told)

    def _known_key(self, key: PairKey) -> int | None:
        ordered = self._ordered(*key)
        return self._key(ordered) if ordered[0] in self._actors and ordered[1] in self._actors else None

    def _key(self, ordered: PairKey) -> int:
        return self._number(ordered[0]) << 32 | self._number(ordered[1])

    def _ordered(self, first: str, second: str) -> PairKey:
        return current_pair(first, second, self._renamed)

    def _current(self, actor: str) -> str:
        return self._renamed.get(actor, actor)

    def _owner(self, owner: str, at: datetime) -> int:
        number = self._owners.get(owner)
        if number is None:
            number = self._owners[owner] = len(self._owner_names)
            self._owner_names.append(owner)
            self._owner_since.append(micros(at))
        elif (earlier := micros(at)) < self._owner_since[number]:
            self._owner_since[number] = earlier
        return number

    def _names_of(self, place: int) -> list[str]:
        return [self._actor_names[number] for number in self._stories.actors(place)]

    def _times_of(self, actor: str) -> Any:
        number = self._actors.get(self._current(actor))
        return () if number is None else self._actor_times.get(number, ())

    def columns(self) -> dict[str, Column]:
        """All of it but what it was made with. They share its memory: to be let go of before the next record."""
        return {
            **under("stories", self._stories.columns()),
            **under("records", self._records.columns()),
            **under("together", self._together.columns()),
            "times": column_of(self._times),
            "actor_names": column_of_json(self._actor_names),
            "actor_numbers": np.fromiter(self._actor_times, np.int64, len(self._actor_times)),
            "actor_stories": np.fromiter(map(len, self._actor_times.values()), np.int64, len(self._actor_times)),
            "actor_times": column_of_arrays(self._actor_times.values(), "q"),
            "owner_names": column_of_json(self._owner_names),
            "owner_since": np.array(self._owner_since, np.int64),
        }

    @classmethod
    def of(cls, columns: Columns, capacity: int, renamed: Mapping[str, str] | None = None) -> History:
        """As it was that gave these columns; `capacity` and `renamed` must be the same."""
        made = cls(capacity, renamed)
        made._stories = StoryTable.of(of("stories", columns))
        made._records = Strings.of(of("records", columns))
        made._together.load(of("together", columns))
        made._times = array_of("q", columns["times"])
        made._actor_names = json_of(columns["actor_names"])
        made._actors = {name: number for number, name in enumerate(made._actor_names) if name}
        ends = np.cumsum(columns["actor_stories"]).tolist()
        times = columns["actor_times"]
        for number, start, end in zip(columns["actor_numbers"].tolist(), [0, *ends], ends, strict=False):
            made._actor_times[number] = array_of("q", times[start:end])
        made._owner_names = json_of(columns["owner_names"])
        made._owners = {name: number for number, name in enumerate(made._owner_names)}
        made._owner_since = columns["owner_since"].tolist()
        return made


def _without(times: array[int], gone: Sequence[int]) -> array[int]:
    """Sorted times without these, each of which is among them as often as it is given."""
    kept, removed = np.frombuffer(times, np.int64), np.sort(np.array(gone, np.int64))
    # Of equal times as many as are given: the first, the second, …
    rank = np.arange(len(removed)) - np.searchsorted(removed, removed, "left")
    left = np.delete(kept, np.searchsorted(kept, removed, "left") + rank)
    return array("q", left.tobytes())
