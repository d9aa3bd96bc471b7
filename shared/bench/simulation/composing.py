"""Decides which sentences a report has; independent reports of one happening choose theirs independently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import Any, Literal

from shared.bench.simulation.model import Actor, Happening, Line
from shared.bench.simulation.tables import filler, patterns, places, quotes, topics

PLURAL_ENDINGS = (0, 5, 6, 7, 8, 9)
"""Numbers ending so take the genitive plural in Russian."""

Style = Literal["together", "late", "split"]
"""How two actors are named: in one sentence at once, in one of the last sentences, or only in separate ones."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def number(rng: Random, low: int = 15, high: int = 320) -> int:
    """A number after which every language writes the plural we wrote."""
    while True:
        value = rng.randint(low, high)
        if value % 10 in PLURAL_ENDINGS:
            return value


def topic(rng: Random, beat: str) -> int:
    """A topic of the beat, sometimes of another one."""
    own = [place for place, (name, _) in enumerate(topics()) if name == beat]
    return rng.choice(own) if own and rng.random() < 0.8 else rng.randrange(len(topics()))


class Composer:
    """Composes one report about a happening; never uses a pattern twice in it while there are others.

    Each way to compose answers (headline, sentences).
    """

    def __init__(self, rng: Random, happening: Happening, weekday: int) -> None:
        self._rng, self._happening, self._weekday = rng, happening, weekday
        self._used: set[tuple[str, int]] = set()

    def line(
        self,
        group: str,
        named: Mapping[str, Actor] = _NOTHING,
        *,
        listed: Sequence[Actor] = (),
        facts: Mapping[str, int] = _NOTHING,
    ) -> Line:
        """A fresh sentence of the group with the facts of the happening; `facts` go before those."""
        index = self._fresh(group, len(patterns()[group]))
        many = self._happening.number if group == "pair" else number(self._rng)
        usual = {
            "T": self._happening.topic,
            "P": self._happening.place,
            "D": self._weekday,
            "N": many,
            "K": number(self._rng, 5, min(90, many)),
            "U": self._rng.randrange(len(topics())),
            "Q": self._rng.randrange(len(quotes())),
        }
        return Line(group, index, {**usual, **facts}, dict(named), tuple(listed))

    def _fresh(self, group: str, count: int) -> int:
        """A wording that neither this report nor (if possible) another one of the same happening has used."""
        free = [index for index in range(count) if (group, index) not in self._used] or list(range(count))
        unseen = [index for index in free if (group, index) not in self._happening.worded] or free
        index = self._rng.choice(unseen)
        self._used.add((group, index))
        self._happening.worded.add((group, index))
        return index

    def filler(self, many: int) -> list[Line]:
        """Sentences without actors, assembled from parts; about half have no opener."""
        parts = filler()
        lines = []
        for _ in range(many):
            chosen = {group: self._fresh(group, len(parts[group])) for group in parts}
            if self._rng.random() < 0.55:
                del chosen["opener"]
            lines.append(Line("filler", 0, chosen))
        return lines

    def about(self, actor: Actor, partners: Sequence[Actor]) -> tuple[Line, list[Line]]:
        """A report about one actor, with the partners named in later sentences of their own or with the actor."""
        lines = [self.line("solo", {"A": actor})]
        body = [self.line("more", {"A": actor})]
        for partner in partners:
            together = self._rng.random() < 0.6
            body.append(
                self.line("pair", {"A": actor, "B": partner}) if together else self.line("more", {"A": partner})
            )
        return self._finish(self._title(actor), lines, body, actor)

    def both(self, one: Actor, two: Actor, style: Style, guests: Sequence[Actor]) -> tuple[Line, list[Line]]:
        """A report about two actors; guests are named in sentences of their own."""
        if self._rng.random() < 0.3:
            one, two = two, one
        body = [self.line("more", {"A": self._rng.choice((one, two))})]
        if style == "together":
            lines = [self.line("pair", {"A": one, "B": two})]
        else:
            lines = [self.line("solo", {"A": one})]
            body.append(self.line("solo" if self._rng.random() < 0.5 else "more", {"A": two}))
            if style == "late":
                body.append(self.line("pair", {"A": one, "B": two}))
        body += [self.line("more", {"A": guest}) for guest in guests]
        single = style != "together" or self._rng.random() < 0.35
        title = self._title(one) if single else self.line("title_pair", {"A": one, "B": two})
        return self._finish(title, lines, body, one, shuffle=style != "late")

    def group(self, cast: Sequence[Actor]) -> tuple[Line, list[Line]]:
        """A report about a meeting of many."""
        body = [self.line("more", {"A": actor}) for actor in self._rng.sample(cast, min(2, len(cast)))]
        return self._finish(self.line("title_group"), [self.line("group", listed=cast)], body, cast[0])

    def mention(self, actor: Actor, stranger: Actor) -> tuple[Line, list[Line]]:
        """A report about one actor in which another is named in passing, in another sentence."""
        body = [self.line("more", {"A": actor}), self.line("mention", {"B": stranger})]
        return self._finish(self._title(actor), [self.line("solo", {"A": actor})], body, actor)

    def denial(self, one: Actor, two: Actor) -> tuple[Line, list[Line]]:
        """One of two says it never happened."""
        both = {"A": one, "B": two}
        title = self.line("title_denial", both)
        return self._finish(title, [self.line("denial", both)], [self.line("more", {"A": one})], one)

    def digest(self, cast: Sequence[Actor]) -> tuple[Line, list[Line]]:
        """Many unrelated items, one sentence each."""
        lines = []
        for actor in cast:
            facts = self._unrelated(actor)
            lines.append(self.line(self._rng.choice(("solo", "solo", "more")), {"A": actor}, facts=facts))
        return self.line("title_roundup", facts={"N": len(cast)}), lines

    def listing(self, cast: Sequence[Actor]) -> tuple[Line, list[Line]]:
        """A list of names in one sentence."""
        title = self.line("title_list", facts={"N": len(cast)})
        return title, [self.line("list", listed=cast), *self.filler(self._rng.randint(4, 6))]

    def newsletter(self, cast: Sequence[Actor]) -> tuple[Line, list[Line]]:
        """Two or three unrelated topics with some sentences each."""
        lines: list[Line] = []
        for actor in cast:
            facts = self._unrelated(actor)
            lines += [self.line("solo", {"A": actor}, facts=facts), self.line("more", {"A": actor}, facts=facts)]
            lines += self.filler(1)
        return self.line("title_roundup", facts={"N": number(self._rng, 5, 19)}), lines

    def _unrelated(self, actor: Actor) -> dict[str, int]:
        """A topic and a place for one item of a roundup."""
        return {"T": topic(self._rng, actor.beat), "P": self._rng.randrange(len(places()))}

    def _title(self, actor: Actor) -> Line:
        return self.line("title_solo", {"A": actor}) if self._rng.random() < 0.8 else self.line("title_neutral")

    def _finish(
        self, title: Line, lines: list[Line], body: list[Line], speaker: Actor, shuffle: bool = True
    ) -> tuple[Line, list[Line]]:
        """Adds quotations, facts and filler; without `shuffle` the body comes last, in its order."""
        extra = self.filler(self._rng.randint(2, 5))
        extra += [self.line("fact") for _ in range(self._rng.randint(0, 2))]
        if self._rng.random() < 0.6:
            extra.append(self.line("quote", {"A": speaker}))
        if shuffle:
            body = body + extra
            self._rng.shuffle(body)
        else:
            self._rng.shuffle(extra)
            body = extra + body
        return title, lines + body
