"""Stories by place, in the order of the log: when, whose, who is in them; columns of numbers, of which the oldest leave."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xxhash

from services.alert.strings import Strings
from shared.columns import Column, Columns, array_of, column_of, of, under


class Left(NamedTuple):
    """A story that is held no more: its time, and the numbers of its actors."""

    at: int
    actors: list[int]


class StoryTable:
    """A place is never given twice. Actors, owners and records are numbers of the caller's."""

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        """By the hash of the id: at a hundred million stories one in four thousand archives has two with the same."""
        self._ids = Strings()
        self._at = array("q")
        self._owner = array("I")
        self._actors = array("I")
        self._actors_end = array("Q", [0])
        self._more_actors: dict[int, list[int]] = {}
        """By place: those that a later article brought into the story."""
        self._first_record = array("I")
        self._dropped = 0
        """The columns begin with this place; those up to `oldest` are not given away yet."""
        self.oldest = 0

    def __len__(self) -> int:
        return self.end - self.oldest

    @property
    def end(self) -> int:
        """The next place."""
        return len(self._ids)

    def place(self, id_: str) -> int | None:
        return self._places.get(_hash(id_))

    def add(self, id_: str, at: int, owner: int, actors: Sequence[int], record: int) -> None:
        """`at` in microseconds; `record`: how many records there are already."""
        self._places[_hash(id_)] = self._ids.add(id_)
        self._at.append(at)
        self._owner.append(owner)
        self._actors.extend(actors)
        self._actors_end.append(len(self._actors))
        self._first_record.append(record)

    def add_actors(self, place: int, actors: Sequence[int]) -> None:
        self._more_actors.setdefault(place, []).extend(actors)

    def id(self, place: int) -> str:
        return self._ids[place]

    def at(self, place: int) -> int:
        return self._at[place - self._dropped]

    def at_many(self, places: Column) -> Column:
        times: Column = column_of(self._at)[places - self._dropped]
        return times

    def owner(self, place: int) -> int:
        return self._owner[place - self._dropped]

    def actors(self, place: int) -> list[int]:
        number = place - self._dropped
        held = self._actors[self._actors_end[number] : self._actors_end[number + 1]].tolist()
        return held + self._more_actors.get(place, [])

    def forget(self, count: int) -> list[Left]:
        """The oldest; their room is not given back yet."""
        left = []
        for place in range(self.oldest, self.oldest + count):
            del self._places[_hash(self._ids[place])]
            left.append(Left(self.at(place), self.actors(place)))
            self._more_actors.pop(place, None)
        self.oldest += count
        return left

    def first_record(self, place: int) -> int:
        """How many records there were when it came."""
        return self._first_record[place - self._dropped]

    def shrink(self) -> bool:
        """Gives the room back where half of what the columns hold has left; whether it was the time for it."""
        gone = self.oldest - self._dropped
        if gone * 2 <= len(self._at):
            return False
        actors = self._actors_end[gone]
        for column in (self._at, self._owner, self._first_record):
            del column[:gone]
        del self._actors[:actors]
        self._actors_end = array("Q", (end - actors for end in self._actors_end[gone:]))
        self._dropped = self.oldest
        self._ids.drop(self.oldest)
        return True

    def columns(self) -> dict[str, Column]:
        more = [(place, actor) for place, actors in self._more_actors.items() for actor in actors]
        return {
            **under("ids", self._ids.columns()),
            "at": column_of(self._at),
            "owner": column_of(self._owner),
            "actors": column_of(self._actors),
            "actors_end": column_of(self._actors_end),
            "first_record": column_of(self._first_record),
            "more_actors": np.array(more, np.int64).reshape(-1, 2),
            "places": np.array([self._dropped, self.oldest]),
        }

    @classmethod
    def of(cls, columns: Columns) -> StoryTable:
        made = cls()
        made._ids = Strings.of(of("ids", columns))
        made._at, made._owner = array_of("q", columns["at"]), array_of("I", columns["owner"])
        made._actors, made._actors_end = array_of("I", columns["actors"]), array_of("Q", columns["actors_end"])
        made._first_record = array_of("I", columns["first_record"])
        for place, actor in columns["more_actors"].tolist():
            made.add_actors(place, [actor])
        made._dropped, made.oldest = columns["places"].tolist()
        made._places = {_hash(made._ids[place]): place for place in range(made.oldest, made.end)}
        return made


def _hash(story_id: str) -> int:
    return xxhash.xxh3_64_intdigest(story_id.encode())
