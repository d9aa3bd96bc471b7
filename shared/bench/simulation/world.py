"""Who habitually appears with whom, and which pairs are reserved for something planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, combinations
from math import exp, sqrt
from random import Random

from shared.bench.simulation.model import Actor, Outlet, Pair, pair
from shared.bench.simulation.tables import actors, outlets

INVENTED_PARTNERS = 4
"""Usual partners, at least, of somebody unknown to the wide world."""
PARTNERS = 3
"""Of everybody else."""


def _weighted(rng: Random, crowd: Sequence[Actor], weights: Sequence[float], many: int) -> list[Actor]:
    """Distinct actors drawn by weight; fewer where there are not as many."""
    left, weights_left = list(crowd), list(weights)
    chosen: list[Actor] = []
    while left and len(chosen) < many:
        place = rng.choices(range(len(left)), weights_left)[0]
        chosen.append(left.pop(place))
        weights_left.pop(place)
    return chosen


class World:
    """The habitual graph and the book of reserved pairs.

    Whoever plans a meeting enters the pair in `reserved` (planted pairs, traps: nobody else may join them) or in `noise` (those who met by
    chance); `free` answers from both. All sets are asked for membership only: their order would differ from run to run.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.habitual: dict[Pair, float] = {}
        """Pairs that are together all the time, with how often."""
        self.reserved: set[Pair] = set()
        self.noise: set[Pair] = set()
        self.actors = {actor.label: actor for actor in actors()}
        self.crowd = [actor for actor in actors() if not actor.bystander]
        self._befriend()
        self._locals()
        strongest = sorted(self.habitual, key=lambda key: -self.habitual[key])
        self.feuds = self._rng.sample(strongest[10:60], 5)
        self.partners: dict[str, list[Actor]] = {actor.label: [] for actor in actors()}
        for one, two in self.habitual:
            self.partners[one].append(self.actors[two])
            self.partners[two].append(self.actors[one])
        self.pairs = list(self.habitual)
        self._strengths = list(accumulate(self.habitual.values()))
        self._popularities = list(accumulate(float(actor.popularity) for actor in self.crowd))
        self.outlets = outlets()
        self.by_language: dict[str, list[Outlet]] = {}
        for outlet in self.outlets:
            self.by_language.setdefault(outlet.language, []).append(outlet)

    def _link(self, one: Actor, two: Actor) -> None:
        strength = (one.popularity * two.popularity) ** 0.85 * exp(self._rng.gauss(0, 0.7))
        self.habitual[pair(one, two)] = strength

    def _befriend(self) -> None:
        """Pairs inside communities become habitual, the more likely the more popular both are."""
        for one, two in combinations(self.crowd, 2):
            if not set(one.communities) & set(two.communities):
                continue
            strength = sqrt(one.popularity * two.popularity)
            chance = 0.05 if one.invented or two.invented else min(0.9, 0.06 + strength / 40)
            if self._rng.random() < chance:
                self._link(one, two)
        degree = Counter(label for key in self.habitual for label in key)
        for actor in self.crowd:
            near = [
                other
                for other in self.crowd
                if other is not actor
                and set(actor.communities) & set(other.communities)
                and pair(actor, other) not in self.habitual
            ]
            need = (INVENTED_PARTNERS if actor.invented else PARTNERS) - degree[actor.label]
            for other in self._rng.sample(near, min(max(need, 0), len(near))):
                self._link(actor, other)

    def _locals(self) -> None:
        """Each namesake has two usual partners that the famous bearer of the name never meets."""
        for actor in actors():
            if not actor.local:
                continue
            for other in self._rng.sample(self.crowd, len(self.crowd)):
                famous = actor.namesake
                far = not famous or not set(self.actors[famous].communities) & set(other.communities)
                if far and other.label != famous and other.popularity <= 8 and not other.invented:
                    self.habitual[pair(actor, other)] = 25.0
                    if famous:
                        self.reserved.add(pair(famous, other))
                    if sum(actor.label in key for key in self.habitual) == 2:
                        break

    def free(self, one: Actor, two: Actor) -> bool:
        """True if the two have no history and no plans: they may meet once by chance."""
        key = pair(one, two)
        return (
            one is not two
            and key not in self.habitual
            and key not in self.reserved
            and key not in self.noise
            and not one.bystander
            and not two.bystander
        )

    def somebody(self, rng: Random) -> Actor:
        """An actor by popularity."""
        return rng.choices(self.crowd, cum_weights=self._popularities)[0]

    def couple(self, rng: Random) -> Pair:
        """A habitual pair by strength."""
        return rng.choices(self.pairs, cum_weights=self._strengths)[0]

    def common(self, cast: Sequence[Actor]) -> list[Actor]:
        """Usual partners of everybody in the cast: they can join it without making a new pair."""
        shared = self.partners[cast[0].label]
        for actor in cast[1:]:
            known = {other.label for other in self.partners[actor.label]}
            shared = [other for other in shared if other.label in known]
        return [other for other in shared if other not in cast]

    def stranger(self, rng: Random, actor: Actor) -> Actor | None:
        """Somebody of another community whom the actor never meets."""
        for _ in range(30):
            other = self.somebody(rng)
            if self.free(actor, other) and not set(actor.communities) & set(other.communities):
                return other
        return None

    def crowd_without(
        self, rng: Random, many: int, allowed: set[Pair], evenness: float = 0.6, beat: str = ""
    ) -> list[Actor]:
        """Many unrelated actors (of one beat, if named) among whom no reserved pair is, except the allowed ones.

        The lower the exponent `evenness`, the less popularity counts.
        """
        cast: list[Actor] = []
        crowd = [actor for actor in self.crowd if not beat or (actor.beat == beat and not actor.invented)]
        weights = [actor.popularity**evenness for actor in crowd]
        for actor in _weighted(rng, crowd, weights, many * 2):
            if len(cast) < many and all(
                pair(actor, other) not in self.reserved or pair(actor, other) in allowed for other in cast
            ):
                cast.append(actor)
        return cast

    def newsroom(self, rng: Random, languages: Sequence[str], many: int) -> list[Outlet]:
        """Outlets of as many different owners, in these languages (the first language first); English where owners run out."""
        chosen: list[Outlet] = []
        while len(chosen) < many:
            language = languages[len(chosen)] if len(chosen) < len(languages) else rng.choice(languages)
            owners = {outlet.owner for outlet in chosen}
            choices = [outlet for outlet in self.by_language[language] if outlet.owner not in owners]
            if not choices:
                language = "en"
                choices = [outlet for outlet in self.by_language["en"] if outlet.owner not in owners]
            chosen.append(rng.choices(choices, [outlet.size for outlet in choices])[0])
        return chosen
