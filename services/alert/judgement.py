"""What an article does to alerts: it opens, updates, corrects and closes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.alert.case import INSTANT, Case, denied, distinct, events
from services.alert.changes import changed, expected_of, reduced, tier_of
from services.alert.opening import Openings
from services.alert.rules import AlertRules, Figures
from services.alert.surprise import score, tail_probability
from services.alert.verdict import AlertVerdict, TogetherIn
from shared.contracts import Alert, Basis, Change, ClusteredArticle, Window

if TYPE_CHECKING:
    from services.alert.stage import AlertView

LONGEST = timedelta(days=30)
"""An alert that is open for longer ends: who is together all the time is no news."""


class Judgement:
    """`plain` is what the article says."""

    def __init__(self, plain: AlertVerdict, message: ClusteredArticle, view: AlertView, rules: AlertRules) -> None:
        self._plain = plain
        self._view = view
        self._rules = rules
        self._case = Case(plain, message, view, rules)
        self._openings = Openings(self._case)
        self._told: dict[str, Alert] = {}
        """One version of each alert at most."""

    def verdict(self) -> AlertVerdict:
        self._correct()
        self._close_overdue()
        for pair in self._plain.pairs:
            key = (pair.first, pair.second)
            if not pair.close or self._view.history.has(self._plain.story, key):
                continue  # a copy or a revision is no new story of this pair
            open_alert = self._view.alerts.get(key)
            if open_alert is None:
                if (alert := self._openings.considered(pair)) is not None:
                    self._told[alert.id] = alert
            elif open_alert.id not in self._told:
                if self._is_over(open_alert, self._case.at):
                    self._told[open_alert.id] = changed(open_alert, ("closed",), status="closed")
                elif self._case.at >= open_alert.window.start - self._rules.widest:
                    self._update(open_alert, pair)
        untold = tuple(self._openings.untold)
        if not self._told and not untold:
            return self._plain
        self._relate()
        tested = {"tested": self._case.tested[True], "tested_again": self._case.tested[False]}
        return self._plain.model_copy(update={"alerts": tuple(self._told.values()), "untold": untold, **tested})

    def corrections(self) -> AlertVerdict:
        """What an article takes back that raises no alert itself."""
        self._correct()
        return self._plain.model_copy(update={"alerts": tuple(self._told.values())})

    def _correct(self) -> None:
        """Alerts that this revision takes the evidence from, closed ones too."""
        for key in self._plain.withdrawn:
            for id_ in self._view.alerts.of_pair(key):
                alert = self._view.alerts.open(id_) or self._view.alert(id_)
                if alert is None:
                    continue
                kept = tuple(each for each in alert.evidence if each.story != self._plain.story)
                if len(kept) < len(alert.evidence):
                    figures = self._figures_of(alert)
                    self._told[id_] = reduced(alert, kept, figures.min_owners, figures.min_score)

    def _close_overdue(self) -> None:
        # Not by this article's own date: one that is wrong would close everything.
        now = min(self._plain.event_time, self._view.history.settled_now() or self._plain.event_time)
        for alert in self._view.alerts.overdue(now, min(rule.figures.close_after for rule in self._rules.rules)):
            if now - alert.window.end > self._figures_of(alert).close_after:
                corrected = self._told.get(alert.id)
                if corrected is None:
                    self._told[alert.id] = changed(alert, ("closed",), status="closed")
                elif corrected.status == "open":
                    both = (*corrected.changes, "closed")
                    self._told[alert.id] = corrected.model_copy(update={"status": "closed", "changes": both})

    def _is_over(self, alert: Alert, at: datetime) -> bool:
        """Long quiet, or open for so long that the pair has become a habit."""
        return at - alert.window.end > self._figures_of(alert).close_after or at - alert.window.start > LONGEST

    def _figures_of(self, alert: Alert) -> Figures:
        """Those of its rule; where the rule is no more, of the last one."""
        return next((rule for rule in self._rules.rules if rule.name == alert.rule), self._rules.rules[-1]).figures

    def _update(self, alert: Alert, pair: TogetherIn) -> None:
        if alert.stories < self._rules.evidence_limit or self._is_worth_telling(alert, pair):
            self._told[alert.id] = self._updated(alert, pair)

    def _is_worth_telling(self, alert: Alert, pair: TogetherIn) -> bool:
        """Of a happening that everybody writes of only what is new, and once a day that it goes on: each version carries its evidence."""
        evidence = pair.evidence
        return (
            self._case.owner not in alert.owners
            or self._case.at - alert.window.end > timedelta(days=1)
            or (evidence is not None and evidence.language not in alert.languages)
            or (evidence is not None and evidence.denies and not alert.denied)
            or (evidence is not None and evidence.same_sentence and alert.tier == "PROVISIONAL")
        )

    def _updated(self, alert: Alert, pair: TogetherIn) -> Alert:
        key, figures = (pair.first, pair.second), self._figures_of(alert)
        start, end = min(alert.window.start, self._case.at), max(alert.window.end, self._case.at)
        # Windows are open at their beginning; the first story of the alert belongs to it.
        before = start - INSTANT
        stories = self._case.between(key, before, end, pair)
        evidence = self._case.evidence(stories, key)
        owners = distinct((*alert.owners, *(told.owner for told in stories)))
        languages = distinct((*alert.languages, *(each.language for each in evidence)))
        counted_from = min(before, end - min(figures.windows))
        # The alert's own stories are no part of what they are measured against.
        basis = self._case.basis(key, counted_from, end, before, figures.half_life_days)
        tier = "CONFIRMED" if alert.tier == "CONFIRMED" else tier_of(evidence)
        news: dict[Change, bool] = {
            "owner": len(owners) > len(alert.owners),
            "language": len(languages) > len(alert.languages),
            "confirmed": tier != alert.tier,
            "denial": denied(evidence) and not alert.denied,
        }
        return changed(
            alert,
            [name for name, is_so in news.items() if is_so] or ["story"],
            tier=tier,
            **self._most_surprising(alert, len(stories), basis),
            stories=len(stories),
            owners=owners,
            languages=languages,
            window=Window(start=start, end=end),
            evidence=evidence,
            events=events(evidence),
            denied=alert.denied or denied(evidence),
        )

    def _most_surprising(self, alert: Alert, observed: int, basis: Basis) -> dict[str, object]:
        """The score with the figures that it comes from. A happening that everybody reports soon makes both actors frequent and
        itself expected; the alert goes on saying how surprising it was when it was news."""
        expected = expected_of(basis, observed)
        points = round(score(tail_probability(observed, expected, basis.dispersion)), 3)
        if points <= alert.score:
            return {}
        return {"score": points, "observed": observed, "expected": round(expected, 6), "basis": basis}

    def _relate(self) -> None:
        """Alerts about one happening refer to each other: the new ones to the earlier ones, and these to them."""
        for new in self._openings.opened:
            earlier = self._view.alerts.of_events(new.events)
            beside = [
                each.id for each in self._openings.opened if each.id != new.id and set(each.events) & set(new.events)
            ]
            if earlier or beside:
                self._told[new.id] = self._told[new.id].model_copy(update={"related": distinct((*earlier, *beside))})
            for id_ in earlier:
                known = self._told.get(id_) or self._view.alerts.open(id_)
                if known is None or known.status != "open":
                    continue
                related = distinct((*known.related, new.id))
                if id_ in self._told:
                    self._told[id_] = known.model_copy(update={"related": related})
                else:
                    self._told[id_] = changed(known, ("related",), related=related)
