"""The topics as a cluster has them: names, partitions, configuration; created where they are missing, compared where they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAuthorizationFailedError, for_code
from aiokafka.protocol.metadata import MetadataRequest

from shared.adapters.kafka.connection import admin
from shared.adapters.kafka.failures import explained
from shared.errors import NotAvailable
from shared.pipeline import ALERT, FEED, REMEMBERING, STAGES, TOPICS, dead_letter_topic, state_topic
from shared.settings import Settings

DAY_MS = 86_400_000
REPLICATION = 3
PROPAGATION_S = 30.0
LOOK_EVERY_S = 0.1
LETTER_BYTES = 64 * 1024
"""What a dead letter says besides its message. Were its topic to take no more than others do, the largest message that those take
could not be buried, and would end its worker again and again."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """`name` as the cluster knows it. `scales`: more partitions than asked for are no error."""

    name: str
    partitions: int
    scales: bool
    configs: dict[str, str] = field(default_factory=dict)


def wire_name(config: Settings, topic: str) -> str:
    """The topic's name on the cluster."""
    return f"{config.prefix}{topic}"


def group_name(config: Settings, stage: str) -> str:
    """The consumer group of a stage."""
    return f"{config.prefix}newsloom-{stage}"


def topic_specs(config: Settings) -> list[TopicSpec]:
    """All that the pipeline needs. Times are those of arrival: archives carry old dates, and would be deleted at once."""
    common = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(config.message_limit_bytes)}
    specs = []
    for topic in TOPICS:
        kept = "-1" if topic.retention_days is None else str(topic.retention_days * DAY_MS)
        policy = {"cleanup.policy": "compact" if topic.compacted else "delete", "retention.ms": kept}
        if topic.compacted:
            # What a later message replaces is gone in a week, too: else nothing could be forgotten for certain.
            policy["max.compaction.lag.ms"] = str(7 * DAY_MS)
            if topic.name == ALERT:
                # Channels whose receiver is down over a long weekend are still told every change.
                policy["min.compaction.lag.ms"] = str(4 * DAY_MS)
        partitions = config.kafka_partitions if topic.scales else 1
        specs.append(TopicSpec(wire_name(config, topic.name), partitions, topic.scales, common | policy))
    for_ever = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    of_letters = {"max.message.bytes": str(config.message_limit_bytes + LETTER_BYTES)}
    for stage in STAGES:
        specs.append(TopicSpec(wire_name(config, dead_letter_topic(stage)), 1, False, common | for_ever | of_letters))
    for stage in REMEMBERING:
        # Of a feed only the latest state matters; of verdicts each one does.
        of_feeds = stage == "fetch"
        policy = {"cleanup.policy": "compact", "retention.ms": "-1"} if of_feeds else for_ever
        partitions = config.kafka_partitions if of_feeds else 1
        specs.append(TopicSpec(wire_name(config, state_topic(stage)), partitions, of_feeds, common | policy))
    return specs


async def set_up_topics(config: Settings, *, dry_run: bool = False) -> list[TopicSpec]:
    """Creates what is missing and returns it; with `dry_run` only that. Raises `NotAvailable` for a topic that does not fit."""
    specs = topic_specs(config)
    async with admin(config) as client:
        known = await _counts(client, [spec.name for spec in specs])
        for spec in specs:
            if spec.name in known:
                _fits(spec, known[spec.name])
        absent = [spec for spec in specs if spec.name not in known]
        if absent and not dry_run:
            await _create(client, absent, config)
            await _until_there(client, absent)
    return absent


async def _until_there(client: AIOKafkaAdminClient, specs: Sequence[TopicSpec]) -> None:
    """The controller has made them; brokers hear of it a moment later, and until then say that there is no such topic."""
    names = [spec.name for spec in specs]
    for _ in range(int(PROPAGATION_S / LOOK_EVERY_S)):
        known = await _counts(client, names)
        if all(known.get(spec.name) == spec.partitions for spec in specs):
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise NotAvailable(
        f"Kafka has made the topics and does not show them after {PROPAGATION_S:.0f} s: run `newsloom setup` again"
    )


async def partitions_of(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, list[int]]:
    """Partitions by topic, in order; topics that are not there are left out. Raises for those that one may not know of."""
    # Unlike the client's own call this one makes no topic where the broker makes them on demand.
    answer = await client._send_request(MetadataRequest(list(names), allow_auto_topic_creation=False))
    described = answer.to_object()["topics"]
    for topic in described:
        if topic["error_code"] == TopicAuthorizationFailedError.errno:
            raise TopicAuthorizationFailedError(f"topic {topic['topic']}")
    return {
        topic["topic"]: sorted(each["partition"] for each in topic["partitions"])
        for topic in described
        if topic["partitions"]
    }


async def check_topics(config: Settings, names: Sequence[str]) -> None:
    """Raises `NotAvailable` where one of the pipeline's topics is missing or does not fit."""
    wanted = {wire_name(config, name) for name in names}
    async with admin(config) as client:
        known = await _counts(client, sorted(wanted))
    for spec in topic_specs(config):
        if spec.name in wanted:
            if spec.name not in known:
                raise missing(config, spec.name)
            _fits(spec, known[spec.name])
    feeds, states = wire_name(config, FEED), wire_name(config, state_topic("fetch"))
    if {feeds, states} <= wanted and known[feeds] != known[states]:
        raise NotAvailable(
            f"{feeds} has {known[feeds]} partitions and {states} has {known[states]}: each partition of feeds keeps its "
            f"state in the one of the same number; give both as many, see docs/operations/README.md"
        )


def missing(config: Settings, name: str) -> NotAvailable:
    """`name` as it is on the cluster."""
    return NotAvailable(f"the topic {name} is missing at {config.kafka_bootstrap}: run `newsloom setup`")


def _fits(spec: TopicSpec, partitions: int) -> None:
    if partitions != spec.partitions and not spec.scales:
        raise NotAvailable(
            f"the topic {spec.name} has {partitions} partitions and must have {spec.partitions}: its order is the order "
            f"in which verdicts are taken; delete it and run `newsloom setup`, or set another NEWSLOOM_PREFIX"
        )
    if partitions < spec.partitions:
        raise NotAvailable(
            f"the topic {spec.name} has {partitions} partitions, NEWSLOOM_KAFKA_PARTITIONS asks for {spec.partitions}: "
            f"add partitions with Kafka's own tools, or lower the setting"
        )


async def _counts(client: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    return {name: len(partitions) for name, partitions in (await partitions_of(client, names)).items()}


async def _create(client: AIOKafkaAdminClient, specs: Sequence[TopicSpec], config: Settings) -> None:
    brokers = len((await client.describe_cluster())["brokers"])
    replication = config.kafka_replication or min(REPLICATION, brokers)
    # A message counts as sent when two of three have it: one broker may fail, and nothing is lost with it.
    safe = {"min.insync.replicas": "2"} if replication >= REPLICATION else {}
    answer = await client.create_topics(
        [NewTopic(spec.name, spec.partitions, replication, topic_configs=spec.configs | safe) for spec in specs]
    )
    with explained(config):
        for name, code, *said in answer.topic_errors:
            error = for_code(code)
            # Two setups may run at the same time.
            if code and error.__name__ != "TopicAlreadyExistsError":
                raise error(f"topic {name}: {said[0] if said and said[0] else error.description}")
