"""Whether a pair that has no alert gets one: the gates, in the order in which they are passed, and at which one it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from services.alert.case import INSTANT, Case, denied, distinct, events
from services.alert.changes import expected_of, tier_of
from services.alert.pair_stories import Told
from services.alert.renaming import PairKey
from services.alert.rules import Rule
from services.alert.surprise import score, tail_probability
from services.alert.verdict import GATES, Gate, TogetherIn, Untold
from shared.contracts import Alert, Basis, Window, alert_id
from shared.contracts.alert import AlertClass


class Openings:
    """Of one article; `opened` are the alerts, `untold` the pairs of enough owners that got none."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.opened: list[Alert] = []
        self.untold: list[Untold] = []
        self._ended: tuple[int, str] = (-1, "")
        """The furthest gate that the pair in question did not pass, over all rules and windows, and what there is to say of it."""

    def considered(self, pair: TogetherIn) -> Alert | None:
        """The alert of the first rule that admits the pair and gives one."""
        case, key = self._case, (pair.first, pair.second)
        stories = case.between(key, case.at - case.rules.widest, case.at, pair)
        if len({told.owner for told in stories}) < min(rule.figures.min_owners for rule in case.rules.rules):
            return None  # nearly all end here
        self._ended = (-1, "")
        alert = self._by_rules(pair, stories)
        if alert is not None:
            self.opened.append(alert)
        else:
            place, detail = self._ended
            self.untold.append(Untold(first=pair.first, second=pair.second, gate=GATES[place], detail=detail))
        return alert

    def _by_rules(self, pair: TogetherIn, stories: Sequence[Told]) -> Alert | None:
        case, key = self._case, (pair.first, pair.second)
        if case.view.alerts.opened_on(case.plain.day) + len(self.opened) >= case.rules.daily_budget:
            self._ends("day-budget")
            return None
        is_new = not case.stories[key].any(case.at - case.rules.history, stories[0].at - INSTANT)
        counted = False
        for rule in case.rules.rules:
            if not self._admits(rule, pair):
                self._ends("rule")
                continue
            unknown = [actor for actor in key if not self._is_known(actor, rule)]
            if unknown:
                self._ends("young-actor", ", ".join(unknown))
                continue
            case.tested[is_new] += not counted
            counted = True
            found = [alert for window in rule.figures.windows if (alert := self._alert(pair, rule, window, stories))]
            # "Never before" is the stronger claim: a wider window that makes it goes before a narrower one with a higher score.
            best = max(found, key=lambda alert: (alert.alert_class == "NEVER", alert.score), default=None)
            if best is None:
                continue
            if not self._has_room(rule):
                self._ends("rule-budget")
            elif self._is_told_by_persons(pair, rule):
                self._ends("told-by-persons")
            else:
                return best
        return None

    def _ends(self, gate: Gate, detail: str = "") -> None:
        place = GATES.index(gate)
        if place > self._ended[0]:
            self._ended = (place, detail)

    def _admits(self, rule: Rule, pair: TogetherIn) -> bool:
        first, second = (self._case.actors[actor] for actor in (pair.first, pair.second))
        counts = all(
            (rule.places or each.type != "place") and (rule.sources or each.role == "actor") for each in (first, second)
        )
        return counts and rule.selection.admits(first, second, self._case.message)

    def _has_room(self, rule: Rule) -> bool:
        today = self._case.view.alerts.opened_by_rule_on(rule.name, self._case.plain.day)
        return today + sum(alert.rule == rule.name for alert in self.opened) < rule.figures.daily_budget

    def _is_told_by_persons(self, pair: TogetherIn, rule: Rule) -> bool:
        """Whether a new pair of persons tells the same stories: a minister who meets the head of a company meets the company,
        too, and that is one piece of news. As soon as a story names the company without its head, it is another."""
        case = self._case
        persons = [actor for actor in (pair.first, pair.second) if case.actors[actor].type == "person"]
        if len(persons) != 1:
            return False
        start, oldest = case.at - case.rules.widest, case.at - case.rules.history
        told_in = {told.story for told in case.between((pair.first, pair.second), start, case.at)}
        for other in case.plain.pairs:
            key = (other.first, other.second)
            if persons[0] not in key or any(case.actors[actor].type != "person" for actor in key):
                continue
            if all(self._is_known(actor, rule) for actor in key):
                is_new = not case.stories[key].any(oldest, start)
                if is_new and told_in <= {told.story for told in case.between(key, start, case.at)}:
                    return True
        return False

    def _is_known(self, actor: str, rule: Rule) -> bool:
        history, figures, at = self._case.view.history, rule.figures, self._case.at
        remembered = at - self._case.rules.history
        first = history.actor_since(actor, remembered)
        return (
            first is not None
            and at - first >= figures.known_for
            and history.actor_count(actor, remembered, at - max(figures.windows)) >= figures.known_stories
        )

    def _witnesses(self, stories: Iterable[Told], rule: Rule) -> tuple[str, ...]:
        """Owners of these stories that have been read for long enough: domains cost nothing."""
        since, at = self._case.view.history.owner_since, self._case.at
        return distinct(
            told.owner for told in stories if at - (since(told.owner) or at) >= rule.figures.owner_known_for
        )

    def _alert(self, pair: TogetherIn, rule: Rule, window: timedelta, widest: Sequence[Told]) -> Alert | None:
        """The alert that this window gives, or None where it does not pass the gates; `widest`: the stories of the widest one."""
        case, key, figures = self._case, (pair.first, pair.second), rule.figures
        start = case.at - window
        stories = [told for told in widest if told.at > start]
        if len(self._witnesses(stories, rule)) < figures.min_owners:
            self._ends("young-owners")
            return None
        remembered = case.at - case.rules.history
        if len(stories) < figures.surge_stories and case.stories[key].any(remembered, start):
            self._ends("habit")
            return None  # whoever is together every other week ends here
        last_together = case.stories[key].last(remembered, start)
        basis = case.basis(key, start, case.at, start, figures.half_life_days)
        probability = tail_probability(len(stories), expected_of(basis, len(stories)), basis.dispersion)
        points = score(probability)
        held = case.view.history.held(case.at, case.rules.history)
        ended = case.view.alerts.ended(key)
        if ended is not None and case.at - ended < max(figures.horizon, *figures.windows):
            # Cool-down: what an alert has just told is not news again. A straggler from before that alert's end would
            # otherwise open it anew, under its old id.
            self._ends("rest")
            return None
        if held < figures.horizon:
            self._ends("short-history", f"{held.days} days")
            return None
        wanted = figures.min_score if last_together is None else figures.surge_score
        if points < wanted:
            self._ends("expected", f"score {points:.2f}, wanted {wanted:g}")
            return None
        if probability * basis.tested > figures.false_discovery:
            self._ends("discoveries", f"one of {basis.tested} pairs")
            return None
        class_: AlertClass = (
            "NEVER" if last_together is None else "RARE" if case.at - last_together >= figures.horizon else "SURGE"
        )
        return self._made(key, rule, stories, class_, basis, points, held, last_together)

    def _made(
        self,
        key: PairKey,
        rule: Rule,
        stories: Sequence[Told],
        class_: AlertClass,
        basis: Basis,
        points: float,
        held: timedelta,
        last_together: datetime | None,
    ) -> Alert:
        case, evidence = self._case, self._case.evidence(stories, key)
        id_ = alert_id(*key, stories[0].story)
        return Alert(
            id=id_,
            # One that was retracted, and whose first story stands after all, goes on.
            version=case.view.alerts.newest_version(id_) + 1,
            rule=rule.name,
            alert_class=class_,
            tier=tier_of(evidence),
            actors=(case.actor(key[0]), case.actor(key[1])),
            score=round(points, 3),
            observed=len(stories),
            expected=round(expected_of(basis, len(stories)), 6),
            stories=len(stories),
            owners=distinct(told.owner for told in stories),
            languages=distinct(each.language for each in evidence),
            window=Window(start=stories[0].at, end=stories[-1].at),
            horizon_days=held.days,
            last_together=last_together,
            evidence=evidence,
            muted_until=case.view.alerts.muted_until(key, case.at),
            basis=basis,
            changes=("opened", "denial") if denied(evidence) else ("opened",),
            events=events(evidence),
            denied=denied(evidence),
            channels=rule.channels,
        )
