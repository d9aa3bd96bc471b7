"""Everything that a cluster must have before the workers start: made where it is missing, compared where it is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.pipeline import state_topic
from shared.policy import Send
from shared.settings import Settings

VERDICTS = state_topic("deduplicate")
STORIES = state_topic("cluster")
"""Had no records in early versions, which gave the same stories without: what an article and its copies are told of is in both."""


@dataclass(slots=True)
class SetUp:
    """Lines for people: what was done (or would be), what was left out, with the reason, and what looks wrong."""

    done: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def set_up(config: Settings, *, dry_run: bool = False) -> SetUp:
    """Raises `NotAvailable` where a server is missing, a right is lacking, or something there does not fit."""
    from shared.adapters.elasticsearch.client import sync_client
    from shared.adapters.elasticsearch.install import count_articles, install
    from shared.adapters.kafka.topics import set_up_topics, wire_name

    result = SetUp()
    topics = asyncio.run(set_up_topics(config, dry_run=dry_run))
    for spec in topics:
        result.done.append(f"topic {spec.name}: created with {spec.partitions} partition{'s' * (spec.partitions > 1)}")
    elasticsearch = sync_client(config)
    if wire_name(config, VERDICTS) in {spec.name for spec in topics} and (
        known := count_articles(elasticsearch, config)
    ):
        result.warnings.append(
            f"Elasticsearch has {known:,} articles and Kafka had no verdicts on them: was its data lost? Without them articles "
            f"that come again count as new and alerts are told again. Restore Kafka's (docs/operations/backup.md), or delete the "
            f"indexes, or set another NEWSLOOM_PREFIX"
        )
    created = {spec.name for spec in topics}
    if wire_name(config, STORIES) in created and wire_name(config, VERDICTS) not in created:
        result.done += _begin_stories(config, dry_run=dry_run)
    installed = install(elasticsearch, config, dry_run=dry_run)
    result.done += [step.what for step in installed.steps]
    result.left_out += installed.left_out
    if config.kibana_url:
        from shared.adapters.kibana import load_objects

        result.done += load_objects(config, dry_run=dry_run)
    else:
        result.left_out.append("Kibana objects: NEWSLOOM_KIBANA_URL is empty; deploy/kibana has them as files")
    return result


def _begin_stories(config: Settings, *, dry_run: bool) -> list[str]:
    """A first record for a cluster whose `cluster` worked without: a worker refuses an empty log behind an offset, since that is what a
    lost one looks like."""
    from services.cluster.verdict import ClusterVerdict
    from shared.adapters.kafka.client import KafkaClient
    from shared.adapters.kafka.lag import open_lag

    async def has_worked() -> bool:
        async with open_lag(config) as lag:
            return any((await lag.committed("cluster")).values())

    if dry_run or not asyncio.run(has_worked()):
        return []
    nothing = ClusterVerdict(
        id="begin",
        group="begin",
        event_time=datetime(1970, 1, 1, tzinfo=UTC),
        story="",
        event="",
        root="",
        language="und",
    )
    with KafkaClient(config) as client:
        client.send([Send(STORIES, nothing.id, {"content-type": "application/json"}, nothing.to_bytes())])
    return [f"topic {config.prefix}{STORIES}: begun; stories of what was read before stay as they are"]
