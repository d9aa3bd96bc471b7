"""cluster: which story an article belongs to (its copies, revisions, translations) and which event, with a recorded verdict per version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.cluster.anchors import anchors, headline_anchors
from services.cluster.likeness import likeness
from services.cluster.lineage import load_lineage
from services.cluster.reports import Report, Reports
from services.cluster.verdict import ClusterVerdict
from shared.contracts import ClusteredArticle, Copy, EnrichedArticle, Story, content_id
from shared.stage import Emit, Outcome, StateLog


@dataclass(frozen=True, slots=True)
class StoryRules:
    """`translation`: least likeness of a translated copy; `translation_weight`: nats that what they share must tell at least;
    `event`: least cosine of two reports about one happening; windows in event time; `capacity`: reports that are compared with."""

    translation: float = 0.53
    translation_weight: float = 8.0
    translation_window: timedelta = timedelta(hours=72)
    event: float = 0.27
    event_window: timedelta = timedelta(hours=48)
    event_longest: timedelta = timedelta(days=7)
    capacity: int = 50_000


class ClusterView:
    """Earlier verdicts: by article from the log, by what they name from memory."""

    def __init__(self, log: StateLog[ClusterVerdict], capacity: int) -> None:
        self._log = log
        self.reports = Reports(capacity)

    def fold(self, record: ClusterVerdict) -> None:
        self.reports.add(record)

    def first(self, article_id: str) -> ClusterVerdict | None:
        """What was said of the article's first version."""
        records = self._log.group(article_id)
        return records[0] if records else None


class Cluster:
    name = "cluster"
    record_type = ClusterVerdict

    def __init__(self, rules: StoryRules | None = None) -> None:
        self._rules = rules or StoryRules()
        self._lineage = load_lineage()

    def input_id(self, message: EnrichedArticle) -> str:
        return f"{message.article.id}:{message.copy_.revision}"

    def new_view(self, log: StateLog[ClusterVerdict]) -> ClusterView:
        return ClusterView(log, self._rules.capacity)

    def decide(self, message: EnrichedArticle, view: ClusterView) -> ClusterVerdict:
        """A version belongs where the first one does, a copy where its original does: ids stay once given."""
        article = message.article
        known = view.first(article.id)
        if known is not None:
            return self._verdict(message, known.root, known.event, known)
        copied = message.copy_.copy_of if message.copy_.copy_kind != "contains" else None
        if copied is not None:
            original = view.first(copied)
            root = original.root if original else copied
            return self._verdict(message, root, original.event if original else content_id("event", copied))
        return self._new(message, view)

    def render(self, message: EnrichedArticle, record: ClusterVerdict, view: ClusterView) -> Sequence[Outcome]:
        copy = message.copy_
        if record.translation_of is not None:
            said = {"copy_of": record.translation_of, "copy_kind": "translation", "containment": record.likeness}
            copy = Copy(**{**copy.model_dump(), **said})
        story = Story(id=record.story, event_id=record.event, reported_by=record.reported_by)
        clustered = ClusteredArticle(article=message.article, copy_=copy, enrichment=message.enrichment, story=story)
        return [Emit(message.article.id, clustered)]

    def _new(self, message: EnrichedArticle, view: ClusterView) -> ClusterVerdict:
        article = message.article
        headline, keys = headline_anchors(message), anchors(message)
        compared = {"headline": headline, "anchors": keys}
        counts = Counter((*headline, *keys))
        near = list(view.reports.near(counts, article.event_time, self._rules.translation_window))
        original = self._original(message, keys, near, view.reports)
        if original is not None:
            report, share = original
            known = view.first(report.article)
            root = known.root if known else report.article
            said = {"translation_of": report.article, "likeness": round(share, 3), **compared}
            return self._verdict(message, root, report.event).model_copy(update=said)
        event = self._event(message, counts, near, view.reports) or content_id("event", article.id)
        return self._verdict(message, article.id, event).model_copy(update=compared)

    def _original(
        self, message: EnrichedArticle, keys: Sequence[str], near: Sequence[Report], reports: Reports
    ) -> tuple[Report, float] | None:
        """The report in another language that this one is most like, if it is like enough."""
        rules = self._rules
        if message.copy_.copy_kind == "contains":
            return None
        best: tuple[Report, float] | None = None
        for report in near:
            if report.language == message.article.language:
                continue  # a copy in its own language would share words
            found = likeness(keys, message.article.event_time, report, reports)
            enough = found.specific and found.share >= rules.translation and found.weight >= rules.translation_weight
            if enough and (best is None or found.share > best[1]):
                best = report, found.share
        return best

    def _event(
        self, message: EnrichedArticle, counts: Counter[str], near: Sequence[Report], reports: Reports
    ) -> str | None:
        rules, at = self._rules, message.article.event_time
        best, found = None, rules.event
        for report in near:
            if abs(report.at - at) > rules.event_window or abs(at - report.began) > rules.event_longest:
                continue
            alike = reports.cosine(counts, report.counts)
            if alike >= found and len(counts.keys() & report.counts.keys()) > 1:
                best, found = report.event, alike
        return best

    def _verdict(
        self, message: EnrichedArticle, root: str, event: str, known: ClusterVerdict | None = None
    ) -> ClusterVerdict:
        return ClusterVerdict(
            id=self.input_id(message),
            group=message.article.id,
            event_time=message.article.event_time,
            story=content_id("story", root),
            event=event,
            root=root,
            translation_of=known.translation_of if known else None,
            likeness=known.likeness if known else None,
            reported_by=known.reported_by if known else self._lineage.reported_by(message.article),
            language=message.article.language,
        )
