"""One article against the history: the counts and the evidence that alerts about its pairs are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.alert.pair_stories import Shown, Told
from services.alert.renaming import PairKey, current_pair
from services.alert.rules import AlertRules
from services.alert.surprise import acquaintance, attached_stories, remembered_stories
from services.alert.verdict import AlertVerdict, TogetherIn
from shared.contracts import AlertActor, Basis, ClusteredArticle, Evidence

if TYPE_CHECKING:
    from services.alert.stage import AlertView

INSTANT = timedelta(microseconds=1)


class Case:
    """`plain` is what the article says; every figure is taken from earlier records and from it. `tested` counts the pairs for which an
    alert was considered: those that never were together before (True), and others."""

    def __init__(self, plain: AlertVerdict, message: ClusteredArticle, view: AlertView, rules: AlertRules) -> None:
        self.plain = plain
        self.message = message
        self.view = view
        self.rules = rules
        self.actors = {actor.id: actor for actor in message.enrichment.actors}
        self.tested = {True: 0, False: 0}
        known = view.history.seen(plain.story)
        # A copy belongs to the moment and the owner that its story began with.
        self.at = known.at if known else plain.event_time
        self.owner = known.owner if known else plain.owner
        self._is_new_story = known is None
        self._story_actors = known.actors if known else frozenset[str]()
        self._dispersion = rules.dispersion or plain.dispersion or view.alerts.dispersion()
        keys = [(pair.first, pair.second) for pair in plain.pairs]
        self.stories = view.history.pairs([*keys, *plain.withdrawn])
        """All that the article's pairs have."""

    def between(self, key: PairKey, start: datetime, end: datetime, this: TogetherIn | None = None) -> list[Told]:
        """The pair's stories in (start, end], with this article's where it is given, in order of time. Those of which nothing is left to
        show are left out, and those where the two merely stand in a crowd."""
        own = self.plain.story
        told = [
            each
            for each in self.stories[key].between(start, end)
            if each.close and each.shown is not None and each.story != own
        ]
        if this is not None:
            shown = Shown(self.plain.id, this.evidence.same_sentence) if this.evidence else None
            told.append(Told(self.at, self.plain.story, self.owner, shown))
            told.sort(key=lambda each: each.at)
        return told

    def basis(self, key: PairKey, start: datetime, end: datetime, past_until: datetime, half_life_days: float) -> Basis:
        """Counts of the stories in (start, end], this article's counted; the pair's own past ends at `past_until`."""
        history = self.view.history
        oldest = end - self.rules.history
        first, second = (history.actor_count(actor, start, end) + (actor not in self._story_actors) for actor in key)
        before = history.actor_count(key[0], oldest, start), history.actor_count(key[1], oldest, start)
        all_before = history.story_count(oldest, start)
        days = (end - start) / timedelta(days=1)
        ages = self.stories[key].ages(oldest, past_until, end)
        past = max(remembered_stories(ages, half_life_days, days), attached_stories((first, second), before, len(ages)))
        return Basis(
            window_hours=(end - start) / timedelta(hours=1),
            first_stories=first,
            second_stories=second,
            all_stories=history.story_count(start, end) + self._is_new_story,
            acquaintance=round(acquaintance(len(ages), before[0] * before[1] / max(all_before, 1)), 6),
            past=round(past, 6),
            dispersion=self._dispersion,
            tested=self.view.alerts.tested_on(self.plain.day, new=not ages) + self.tested[not ages],
        )

    def evidence(self, stories: Sequence[Told], key: PairKey) -> tuple[Evidence, ...]:
        """Of the first stories; whose report it is, is said of the story: a copy's owner is that of the original."""
        found = []
        for told in stories[: self.rules.evidence_limit]:
            evidence = self._shown(told.shown, key) if told.shown else None
            if evidence is not None:
                found.append(evidence.model_copy(update={"owner": told.owner}))
        return tuple(found)

    def _shown(self, shown: Shown, key: PairKey) -> Evidence | None:
        record = self.plain if shown.record == self.plain.id else self.view.record(shown.record)
        ids = self.rules.renamed
        wanted = current_pair(*key, ids)
        pairs = record.pairs if record else ()
        return next((pair.evidence for pair in pairs if current_pair(pair.first, pair.second, ids) == wanted), None)

    def actor(self, id_: str) -> AlertActor:
        actor = self.actors[id_]
        return AlertActor(id=id_, name=actor.name, type=actor.type)


def denied(evidence: Sequence[Evidence]) -> bool:
    return any(each.denies for each in evidence)


def events(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """The happenings that it is about."""
    return distinct(each.event for each in evidence if each.event)


def distinct(items: Iterable[str]) -> tuple[str, ...]:
    """In the order in which they come first."""
    return tuple(dict.fromkeys(items))
