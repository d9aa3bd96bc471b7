"""alert: pairs by independent story, surprise, gates, evidence. Every figure is taken from earlier records and this message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from services.alert.history import History, PairKey, Shown, StorySeen
from services.alert.open_alerts import OpenAlerts
from services.alert.rules import AlertRules
from services.alert.surprise import attached_stories, expected_stories, remembered_stories, score, tail_probability
from services.alert.together import counted_actors, pairs_together
from services.alert.verdict import AlertVerdict, TogetherIn
from shared.contracts import Actor, Alert, AlertActor, ClusteredArticle, Evidence, Window, alert_id
from shared.contracts.alert import AlertClass, Tier
from shared.stage import Emit, Outcome, StateLog


class AlertView:
    """The counts and the open alerts, in memory; what the log's records say in words is read there."""

    def __init__(self, rules: AlertRules, log: StateLog[AlertVerdict]) -> None:
        self._log = log
        self.history = History(rules.capacity)
        self.alerts = OpenAlerts()

    def fold(self, record: AlertVerdict) -> None:
        self.history.add(record)
        self.alerts.add(record)

    def record(self, id_: str) -> AlertVerdict | None:
        return self._log.get(id_)


class AlertStage:
    name = "alert"
    record_type = AlertVerdict

    def __init__(self, rules: AlertRules | None = None) -> None:
        self._rules = rules or AlertRules()

    def input_id(self, message: ClusteredArticle) -> str:
        return f"{message.article.id}:{message.copy_.revision}"

    def new_view(self, log: StateLog[AlertVerdict]) -> AlertView:
        return AlertView(self._rules, log)

    def decide(self, message: ClusteredArticle, view: AlertView) -> AlertVerdict:
        article = message.article
        plain = AlertVerdict(
            id=self.input_id(message),
            group=article.id,
            event_time=article.event_time,
            story=message.story.id,
            owner=article.source.owner,
            actors=counted_actors(message, self._rules),
            pairs=tuple(pairs_together(message, self._rules)),
        )
        if article.history or article.reprocessed:
            return plain
        return _Judgement(plain, message.enrichment.actors, view, self._rules).verdict()

    def render(self, message: ClusteredArticle, record: AlertVerdict, view: AlertView) -> Sequence[Outcome]:
        if message.article.reprocessed:
            return []  # what was told stays told, and is not told again
        # Of a message that comes once more only what is not outdated: the topic keeps the last of each alert, not the newest.
        return [
            Emit(alert.id, alert) for alert in record.alerts if alert.version >= view.alerts.newest_version(alert.id)
        ]


class _Judgement:
    """One article against the history. `after` is the history as it will be once the article is part of it."""

    def __init__(self, plain: AlertVerdict, actors: Sequence[Actor], view: AlertView, rules: AlertRules) -> None:
        self._plain = plain
        self._names = {actor.id: actor.name for actor in actors}
        self._types = {actor.id: actor.type for actor in actors}
        self._view = view
        self._rules = rules
        self._tested = 0
        self._opened = 0
        known = view.history.seen(plain.story)
        # A copy belongs to the moment and the owner that its story began with.
        self._at = known.at if known else plain.event_time
        self._owner = known.owner if known else plain.owner
        self._story_actors = known.actors if known else set[str]()

    def verdict(self) -> AlertVerdict:
        alerts = list(self._closed())
        closed = {alert.id for alert in alerts}
        for pair in self._plain.pairs:
            if self._view.history.has(self._plain.story, (pair.first, pair.second)):
                continue  # a copy or a revision: no new story of this pair
            open_alert = self._view.alerts.get((pair.first, pair.second))
            if open_alert is None:
                if not self._is_told_by_persons(pair) and (alert := self._considered(pair)):
                    alerts.append(alert)
                    self._opened += 1
            elif open_alert.id in closed:
                continue
            elif self._at - open_alert.window.end > self._rules.close_after:
                alerts.append(self._closing(open_alert))
            elif self._at >= open_alert.window.start - max(self._rules.windows):
                alerts.append(self._updated(open_alert, pair))
        return self._plain.model_copy(update={"alerts": tuple(alerts), "tested": self._tested})

    def _closed(self) -> Iterator[Alert]:
        # Not by this article's own date: one that is wrong would close everything.
        now = min(self._plain.event_time, self._view.history.settled_now() or self._plain.event_time)
        for alert in self._view.alerts.overdue(now, self._rules.close_after):
            yield self._closing(alert)

    def _closing(self, alert: Alert) -> Alert:
        return alert.model_copy(update={"status": "closed", "version": alert.version + 1})

    def _considered(self, pair: TogetherIn) -> Alert | None:
        key = (pair.first, pair.second)
        widest = self._at - max(self._rules.windows)
        stories = self._with_this(self._view.history.together(key, widest, self._at), pair)
        if len({story.owner for _, story in stories}) < self._rules.min_owners:
            return None
        if not all(self._is_known(actor, widest) for actor in key):
            return None
        self._tested += 1
        found = [alert for window in self._rules.windows if (alert := self._alert(pair, window))]
        # "Never before" is the stronger claim: a wider window that makes it goes before a narrower one with a higher score.
        best = max(found, key=lambda alert: (alert.alert_class == "NEVER", alert.score), default=None)
        if best is None or self._opened + self._view.alerts.opened_on(self._at.date()) >= self._rules.daily_budget:
            return None
        return best

    def _organisations(self, pair: TogetherIn) -> int:
        return sum(self._types[actor] == "organisation" for actor in (pair.first, pair.second))

    def _is_told_by_persons(self, pair: TogetherIn) -> bool:
        """Whether a new pair of persons tells the same stories: a minister who meets the head of a company meets the company,
        too, and that is one piece of news. As soon as a story names the company without its head, it is another."""
        persons = [actor for actor in (pair.first, pair.second) if self._types[actor] == "person"]
        if len(persons) != 1:
            return False
        start, oldest = self._at - max(self._rules.windows), self._at - self._rules.history
        together = self._view.history.together
        told_in = {story.id for _, story in together((pair.first, pair.second), start, self._at)}
        for other in self._plain.pairs:
            key = (other.first, other.second)
            if (
                persons[0] in key
                and self._organisations(other) == 0
                and all(self._is_known(actor, start) for actor in key)
            ):
                is_new = not together(key, oldest, start)
                if is_new and told_in <= {story.id for _, story in together(key, start, self._at)}:
                    return True
        return False

    def _is_known(self, actor: str, before: datetime) -> bool:
        history, rules = self._view.history, self._rules
        remembered = self._at - rules.history
        first = history.actor_since(actor, remembered)
        return (
            first is not None
            and self._at - first >= rules.known_for
            and history.actor_count(actor, remembered, before) >= rules.known_stories
        )

    def _alert(self, pair: TogetherIn, window: timedelta) -> Alert | None:
        """The alert that this window gives, or None where it does not pass the gates."""
        key, rules, history = (pair.first, pair.second), self._rules, self._view.history
        start = self._at - window
        stories = self._with_this(history.together(key, start, self._at), pair)
        owners = _distinct(story.owner for _, story in stories)
        if len(owners) < rules.min_owners:
            return None
        earlier = history.together(key, self._at - rules.history, start)
        last_together = earlier[-1][0] if earlier else None
        expected, probability = self._surprise(key, start, self._at, len(stories), [at for at, _ in earlier])
        held = history.held(self._at, rules.history)
        found = self._class(last_together, held, score(probability), len(stories), key)
        tested = self._view.alerts.tested_on(self._at.date()) + self._tested
        if found is None or probability * tested > rules.false_discovery:
            return None
        evidence = self._evidence(stories, key)
        return Alert(
            id=alert_id(*key, stories[0][1].id),
            rule=rules.name,
            alert_class=found,
            tier=self._tier(evidence, owners),
            actors=(self._actor(pair.first), self._actor(pair.second)),
            score=round(score(probability), 3),
            observed=len(stories),
            expected=round(expected, 6),
            stories=len(stories),
            owners=owners,
            languages=_distinct(each.language for each in evidence),
            window=Window(start=stories[0][0], end=stories[-1][0]),
            horizon_days=held.days,
            last_together=last_together,
            evidence=evidence,
        )

    def _surprise(
        self, key: PairKey, start: datetime, end: datetime, observed: int, earlier: list[datetime]
    ) -> tuple[float, float]:
        """(expected stories in (start, end], probability of at least `observed`), its own story counted."""
        history, rules = self._view.history, self._rules
        oldest = end - rules.history
        first, second = (history.actor_count(actor, start, end) + (actor not in self._story_actors) for actor in key)
        before = history.actor_count(key[0], oldest, start), history.actor_count(key[1], oldest, start)
        all_stories = history.story_count(start, end) + (history.seen(self._plain.story) is None)
        days = (end - start) / timedelta(days=1)
        ages = [(end - at) / timedelta(days=1) for at in earlier]
        past = max(
            remembered_stories(ages, rules.half_life_days, days),
            attached_stories((first, second), before, len(earlier)),
        )
        expected = expected_stories(first, second, all_stories, past)
        return expected, tail_probability(observed, expected, rules.dispersion)

    def _class(
        self, last_together: datetime | None, held: timedelta, points: float, stories: int, key: PairKey
    ) -> AlertClass | None:
        rules = self._rules
        ended = self._view.alerts.ended(key)
        if ended is not None and self._at - ended < max(rules.horizon, *rules.windows):
            # Cool-down: what an alert has just told is not news again. A straggler from before that alert's end would
            # otherwise open it anew, under its old id.
            return None
        if last_together is None:
            return "NEVER" if held >= rules.horizon and points >= rules.min_score else None
        if points < rules.surge_score or stories < rules.surge_stories or held < rules.horizon:
            return None
        return "RARE" if self._at - last_together >= rules.horizon else "SURGE"

    def _updated(self, alert: Alert, pair: TogetherIn) -> Alert:
        key = (pair.first, pair.second)
        history = self._view.history
        start = min(alert.window.start, self._at)
        end = max(alert.window.end, self._at)
        # Windows are open at their beginning; the first story of the alert belongs to it.
        before = start - timedelta(microseconds=1)
        stories = self._with_this(history.together(key, before, end), pair)
        owners = _distinct((*alert.owners, *(story.owner for _, story in stories)))
        evidence = self._evidence(stories, key)
        earlier = [at for at, _ in history.together(key, end - self._rules.history, before)]
        counted_from = min(before, end - min(self._rules.windows))
        expected, probability = self._surprise(key, counted_from, end, len(stories), earlier)
        return alert.model_copy(
            update={
                "version": alert.version + 1,
                "tier": "CONFIRMED" if alert.tier == "CONFIRMED" else self._tier(evidence, owners),
                **self._most_surprising(alert, len(stories), expected, probability),
                "stories": len(stories),
                "owners": owners,
                "languages": _distinct((*alert.languages, *(each.language for each in evidence))),
                "window": Window(start=start, end=end),
                "evidence": evidence,
            }
        )

    def _most_surprising(self, alert: Alert, observed: int, expected: float, probability: float) -> dict[str, float]:
        """The score with the two figures that it comes from. A happening that everybody reports soon makes both actors frequent and
        itself expected; the alert goes on saying how surprising it was when it was news."""
        points = round(score(probability), 3)
        if points <= alert.score:
            return {}
        return {"score": points, "observed": observed, "expected": round(expected, 6)}

    def _with_this(
        self, stories: list[tuple[datetime, StorySeen]], pair: TogetherIn
    ) -> list[tuple[datetime, StorySeen]]:
        """The pair's stories and this article's, in order of time."""
        shown = Shown(self._plain.id, pair.evidence.same_sentence) if pair.evidence else None
        this = StorySeen(self._plain.story, self._at, self._owner, pairs={(pair.first, pair.second): shown})
        return sorted([*stories, (self._at, this)], key=lambda each: each[0])

    def _evidence(self, stories: Sequence[tuple[datetime, StorySeen]], key: PairKey) -> tuple[Evidence, ...]:
        """The first stories' that have any."""
        every = (self._shown(shown, key) for _, story in stories if (shown := story.pairs[key]) is not None)
        return tuple(islice((evidence for evidence in every if evidence is not None), self._rules.evidence_limit))

    def _shown(self, shown: Shown, key: PairKey) -> Evidence | None:
        record = self._plain if shown.record == self._plain.id else self._view.record(shown.record)
        pairs = record.pairs if record else ()
        return next((pair.evidence for pair in pairs if (pair.first, pair.second) == key), None)

    def _tier(self, evidence: Sequence[object], owners: Sequence[str]) -> Tier:
        one_sentence = any(getattr(each, "same_sentence", False) for each in evidence)
        return "CONFIRMED" if one_sentence and len(owners) >= 2 else "PROVISIONAL"

    def _actor(self, id_: str) -> AlertActor:
        return AlertActor(id=id_, name=self._names[id_])


def _distinct(items: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
