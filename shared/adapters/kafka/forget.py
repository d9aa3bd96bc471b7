"""Forgetting on a cluster: verdicts first, so that nothing brings the article back, then documents, dead letters, the ledger.

Every step can be done again: killed anywhere, the same command ends what was begun.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from services.alert.forgetting import forgotten
from services.alert.verdict import AlertVerdict
from services.cluster.verdict import ClusterVerdict
from services.deduplicate.verdict import CopyVerdict
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.lag import open_lag
from shared.adapters.kafka.log_reader import read_to_end
from shared.adapters.kafka.mirror import mirror_file
from shared.adapters.kafka.reading import KafkaReading
from shared.adapters.kafka.records import headers_of, key_of
from shared.adapters.kafka.rewrite import Kept, rewrite
from shared.adapters.kafka.topics import group_name, wire_name
from shared.contracts import Alert, content_id
from shared.errors import NotAvailable
from shared.forgetting import Report, Target, alerts_anew, endings, find_target, letter_without, note_versions
from shared.messages import anonymous_opening, ledger_message, opening_message
from shared.patience import in_words, wait_while_it_moves
from shared.pipeline import ALERT, STAGES, dead_letter_topic, state_topic
from shared.policy import Send
from shared.runtime.crash_points import reached
from shared.seen import Seen
from shared.settings import Settings
from shared.wire import headers_for

STOPPED = ("deduplicate", "cluster", "alert")
"""Their logs are written anew: nobody else may write to them."""
DRAINED = ("enrich", "cluster", "index")
"""What waits for these would bring the article back."""
PATIENCE_S = 30.0
REMAINS = (
    "messages in news.entry.v1 to news.clustered.v1 stay until their retention (7 days) ends; until then, do not set back the "
    "offsets of enrich, cluster or index",
    "what it replaced in news.ledger.v1 and news.alert.v1 stays until the brokers compact them, within 7 days",
    "Elasticsearch keeps what was deleted in its segments until it merges them, and in snapshots",
)


def forget(config: Settings, reading: KafkaReading, what: str, now: datetime) -> Report | None:
    """None where nothing is known of it. Raises `NotAvailable` where workers run that must not, or do not run that must."""
    with KafkaClient(config) as client:
        forgetting = _Forgetting(config, client, reading, now)
        client.run(forgetting.check_stopped())
        forgetting.wait_for_room()
        target = find_target(reading, what)
        return forgetting.run(target) if target.is_known else None


class _Forgetting:
    def __init__(self, config: Settings, client: KafkaClient, reading: KafkaReading, now: datetime) -> None:
        self._config = config
        self._client = client
        self._reading = reading
        self._now = now

    async def check_stopped(self) -> None:
        """Raises `NotAvailable` where a worker of the stages whose logs are written anew is alive."""
        running = []
        async with admin(self._config) as client:
            for stage in STOPPED:
                # One by one: aiokafka misreads an answer about several.
                (found,) = await client.describe_consumer_groups([group_name(self._config, stage)])
                running += [stage for group in found.groups if group[2] not in ("Empty", "Dead", "")]
        if running:
            workers = " and ".join(f"`newsloom worker {stage}`" for stage in running)
            raise NotAvailable(f"stop {workers} first, all replicas: their log of verdicts is to be written anew")

    def wait_for_room(self) -> None:
        """Until nothing waits that would bring the article back."""
        if left := wait_while_it_moves(lambda: self._client.run(self._waiting()), PATIENCE_S):
            raise NotAvailable(
                f"messages wait that would bring the article back: {in_words(left)}; start these workers and run the same "
                "command again"
            )
        self._reading.index.refresh()

    async def _waiting(self) -> dict[str, int]:
        async with open_lag(self._config) as lag:
            return await lag.unread(DRAINED)

    def run(self, target: Target) -> Report:
        report = Report(remains=list(REMAINS))
        # Before their records lose it: which letters and entries are meant is told by them.
        ends = endings(self._reading.ledger, target, self._now)
        self._client.run(self._verdicts(target))
        reached("forget:verdicts")
        self._client.run(self._story_records(target))
        reached("forget:story-records")
        self._client.run(self._alert_records(target))
        reached("forget:alert-records")
        report.alerts = self._alerts(target)
        report.articles = sum(self._reading.index.delete(id_) for id_ in target.articles)
        reached("forget:documents")
        report.letters = self._letters(target)
        reached("forget:letters")
        sends = []
        for end, read_at in ends:
            sends.append(opening_message(anonymous_opening(end, read_at or self._now)))
            sends.append(ledger_message(end, self._now))
        self._client.send(sends)
        report.entries = len(ends)
        self._files()
        return report

    async def _verdicts(self, target: Target) -> None:
        def change(record: Any) -> Kept:
            verdict = CopyVerdict.from_bytes(record.value)
            kept = target.becomes(verdict)
            return Kept(record.value if kept is verdict else kept.to_bytes())

        known = {each.group for each in target.records}
        more = [target.placeholder(group, self._now) for group in sorted(target.groups - known) if not target.records]
        await self._rewrite("deduplicate", change, tuple((each.id, each.to_bytes()) for each in more))

    async def _story_records(self, target: Target) -> None:
        def change(raw: Any) -> Kept:
            record = ClusterVerdict.from_bytes(raw.value)
            return Kept(record.forgotten().to_bytes() if record.group in target.articles else raw.value)

        await self._rewrite("cluster", change, ())

    async def _alert_records(self, target: Target) -> None:
        topic = wire_name(self._config, state_topic("alert"))
        newest: dict[str, int] = {}
        judged = set[str]()
        seen = Seen()
        async with reader(self._config) as consumer:
            async for raw in read_to_end(consumer, topic, 0, 0):
                if seen.before(key_of(raw.key)):
                    continue
                record = AlertVerdict.from_bytes(raw.value)
                if record.group in target.articles:
                    judged.add(record.id)
                note_versions(newest, record)

        def change(raw: Any) -> Kept:
            if not any(id_.encode() in raw.value for id_ in target.articles):
                return Kept(raw.value)
            record = AlertVerdict.from_bytes(raw.value)
            kept = forgotten(record, target.articles, newest)
            return Kept(raw.value if kept is record else kept.to_bytes())

        unjudged = [record for record in _unjudged(target) if record.id not in judged]
        await self._rewrite("alert", change, tuple((each.id, each.to_bytes()) for each in unjudged))

    async def _rewrite(self, stage: str, change: Any, more: tuple[tuple[str, bytes], ...]) -> None:
        topic = wire_name(self._config, state_topic(stage))
        await rewrite(
            self._config, topic, change, lambda record: key_of(record.key), more=more, alone=self.check_stopped
        )

    def _alerts(self, target: Target) -> int:
        anew: list[Alert] = alerts_anew(self._reading.index.alerts(), target.articles)
        self._client.send(
            [
                Send(ALERT, alert.id, headers_for(ALERT, alert.id, alert, "alert", {}, self._now), alert.to_bytes())
                for alert in anew
            ]
        )
        self._reading.index.put(anew)
        return len(anew)

    def _letters(self, target: Target) -> int:
        out, changed = set[str](), dict[str, bytes]()
        stages = set[str]()
        for letter in self._reading.letters.kept():
            if target.has_letter(letter):
                out.add(letter.id)
                stages.add(letter.stage)
            elif (kept := letter_without(letter, target.articles)) is not None:
                changed[letter.id] = kept.value
                stages.add(letter.stage)

        def identity(record: Any) -> str:
            return f"{headers_of(record).get('dlq_id')}:{record.value is None}"

        def change(record: Any) -> Kept | None:
            id_ = headers_of(record).get("dlq_id", "")
            return None if id_ in out else Kept(changed.get(id_, record.value) if record.value is not None else None)

        for stage in STAGES:
            if stage in stages:
                topic = wire_name(self._config, dead_letter_topic(stage))
                self._client.run(rewrite(self._config, topic, change, identity))
        return len(out)

    def _files(self) -> None:
        """The copies of topics that this machine has: they are made anew. Those elsewhere are when their worker starts."""
        folder = mirror_file(self._config).parent
        names = [mirror_file(self._config).name, *(f"{self._config.prefix}{stage}.*.sqlite" for stage in STOPPED)]
        for name in names:
            for path in folder.glob(f"{name}*"):
                with suppress(FileNotFoundError):
                    path.unlink()


def _unjudged(target: Target) -> Iterator[AlertVerdict]:
    """Records for revisions that `alert` has not come to yet: when it does, it has judged them already."""
    for article, revision in sorted({(each.article_id, each.revision) for each in target.records}):
        at = next(each.event_time for each in target.records if (each.article_id, each.revision) == (article, revision))
        yield AlertVerdict(
            id=f"{article}:{revision}",
            group=article,
            event_time=at,
            story=content_id("story", article),
            owner="",
            actors=(),
            pairs=(),
        )
