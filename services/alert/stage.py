"""alert: pairs by independent story, surprise, gates, evidence, and what people decide about it, with a recorded verdict each."""

from __future__ import annotations

from collections.abc import Sequence

from services.alert.decisions import decided
from services.alert.dispersion import fitted
from services.alert.history import History
from services.alert.judgement import Judgement
from services.alert.renaming import current_pair, renamed
from services.alert.rules import AlertRules
from services.alert.together import counted_actors, owner_of, pairs_together
from services.alert.told_alerts import ToldAlerts
from services.alert.verdict import AlertVerdict, TogetherIn
from shared.columns import Column, Columns, of, under
from shared.contracts import Alert, ClusteredArticle, Decision
from shared.stage import Emit, Outcome, StateLog
from shared.view_key import view_key


class AlertView:
    """The counts and the open alerts, in memory; what the log's records say in words is read there."""

    def __init__(self, log: StateLog[AlertVerdict], history: History, alerts: ToldAlerts) -> None:
        self._log = log
        self.history = history
        self.alerts = alerts

    def fold(self, record: AlertVerdict) -> None:
        self.history.add(record)
        self.alerts.add(record)

    def record(self, id_: str) -> AlertVerdict | None:
        return self._log.get(id_)

    def versions(self, article_id: str) -> Sequence[AlertVerdict]:
        """What was said of the article's versions, oldest first."""
        return self._log.group(article_id)

    def alert(self, alert_id: str) -> Alert | None:
        """Its newest version, whether it is open or not."""
        record = self._log.get(self.alerts.record_of(alert_id) or "")
        return next((alert for alert in reversed(record.alerts) if alert.id == alert_id), None) if record else None


class AlertStage:
    name = "alert"
    record_type = AlertVerdict

    def __init__(self, rules: AlertRules | None = None) -> None:
        self._rules = rules or AlertRules()

    def input_id(self, message: ClusteredArticle | Decision) -> str:
        if isinstance(message, Decision):
            return f"decision:{message.id}:{message.at.isoformat()}"
        return f"{message.article.id}:{message.copy_.revision}"

    def new_view(self, log: StateLog[AlertVerdict]) -> AlertView:
        return AlertView(log, History(self._rules.capacity, self._rules.renamed), ToldAlerts(self._rules.renamed))

    def view_key(self) -> str:
        return view_key(__file__, (self._rules.capacity, sorted(self._rules.renamed.items())))

    def columns(self, view: AlertView) -> dict[str, Column]:
        return {**under("history", view.history.columns()), **under("alerts", view.alerts.columns())}

    def view_of(self, columns: Columns, log: StateLog[AlertVerdict]) -> AlertView:
        history = History.of(of("history", columns), self._rules.capacity, self._rules.renamed)
        return AlertView(log, history, ToldAlerts.of(of("alerts", columns), self._rules.renamed, log))

    def decide(self, message: ClusteredArticle | Decision, view: AlertView) -> AlertVerdict:
        if isinstance(message, Decision):
            return self._decided(message, view)
        message = renamed(message, self._rules.renamed)
        article = message.article
        sure = counted_actors(message, self._rules)
        pairs = tuple(pairs_together(message, sure, self._rules))
        plain = AlertVerdict(
            id=self.input_id(message),
            group=article.id,
            event_time=article.event_time,
            story=message.story.id,
            read_at=article.first_seen,
            owner=owner_of(message),
            actors=tuple(actor.id for actor in sure),
            pairs=pairs,
        )
        if article.reprocessed:
            return plain
        if message.copy_.revision > 1:
            plain = plain.model_copy(update={"withdrawn": self._withdrawn(plain, pairs, view)})
        if article.history:
            # It raises none; what it takes back is taken back.
            return Judgement(plain, message, view, self._rules).corrections() if plain.withdrawn else plain
        return Judgement(self._with_dispersion(plain, view), message, view, self._rules).verdict()

    def render(self, message: ClusteredArticle | Decision, record: AlertVerdict, view: AlertView) -> Sequence[Outcome]:
        if isinstance(message, ClusteredArticle) and message.article.reprocessed:
            return []  # what was told stays told, and is not told again
        # Of a message that comes once more only what is not outdated: the topic keeps the last of each alert, not the newest.
        return [
            Emit(alert.id, alert) for alert in record.alerts if alert.version >= view.alerts.newest_version(alert.id)
        ]

    def _withdrawn(
        self, plain: AlertVerdict, pairs: Sequence[TogetherIn], view: AlertView
    ) -> tuple[tuple[str, str], ...]:
        """Pairs that an earlier version of the article was the evidence for and this one does not have: its report was corrected."""
        earlier = view.versions(plain.group)
        has = {(pair.first, pair.second) for pair in pairs}
        gone = {
            current_pair(pair.first, pair.second, self._rules.renamed): None
            for record in earlier
            for pair in record.pairs
        }
        own = {record.id for record in earlier}
        return tuple(
            key
            for key in gone
            if key not in has and (shown := view.history.shown(plain.story, key)) is not None and shown.record in own
        )

    def _with_dispersion(self, plain: AlertVerdict, view: AlertView) -> AlertVerdict:
        """Fitted anew with the first article of a day that some wrong dates cannot have made."""
        now = view.history.settled_now()
        if self._rules.dispersion is not None or now is None or now.date() <= view.alerts.fitted_on():
            return plain
        return plain.model_copy(update={"dispersion": fitted(view.history, now), "fitted_on": now.date()})

    def _decided(self, decision: Decision, view: AlertView) -> AlertVerdict:
        # A mute is of the pair, whatever alert it has now.
        alert = view.alerts.get(decision.actors) if decision.kind == "mute" else view.alert(decision.alert_id or "")
        told = decided(decision, alert) if alert is not None else None
        id_ = self.input_id(decision)
        alerts = (told,) if told is not None else ()
        return AlertVerdict(id=id_, group=id_, event_time=decision.at, decision=decision, alerts=alerts)
