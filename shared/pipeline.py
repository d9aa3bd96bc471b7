"""THE topology: which stage reads and writes what. Runtimes, `setup` and the documentation read it from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.contracts import (
    Alert,
    Article,
    ClusteredArticle,
    Contract,
    Decision,
    EnrichedArticle,
    Entry,
    LedgerEntry,
    RegisteredFeed,
    UniqueArticle,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """`scales`: it may have many partitions, as many as the setting says; else one, since whoever reads it needs all in one order.
    `retention_days` None keeps for ever; `of_entries`: each message is about one entry, whose id its `ce_id` is."""

    name: str
    contract: type[Contract]
    key: str
    scales: bool = True
    compacted: bool = False
    retention_days: int | None = 7
    of_entries: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """A stage in the flow. `ends_entries`: its drops, rejects and puts are written to the ledger."""

    stage: str
    reads: tuple[str, ...]
    writes: str | None
    state: Literal["none", "log"] = "none"
    ends_entries: bool = True

    @property
    def readers(self) -> tuple[tuple[str, str], ...]:
        """(stage, topic) for each topic that it reads."""
        return tuple((self.stage, topic) for topic in self.reads)


FEED, ENTRY, ARTICLE, UNIQUE = "news.feed.v1", "news.entry.v1", "news.article.v1", "news.unique.v1"
ENRICHED, CLUSTERED, ALERT = "news.enriched.v1", "news.clustered.v1", "news.alert.v1"
DECISION, LEDGER = "news.decision.v1", "news.ledger.v1"

TOPICS = (
    Topic(FEED, RegisteredFeed, key="feed id", compacted=True, retention_days=None, of_entries=False),
    Topic(ENTRY, Entry, key="entry id"),
    Topic(ARTICLE, Article, key="article id", scales=False),
    Topic(UNIQUE, UniqueArticle, key="article id"),
    Topic(ENRICHED, EnrichedArticle, key="article id", scales=False),
    Topic(CLUSTERED, ClusteredArticle, key="article id", scales=False),
    Topic(ALERT, Alert, key="alert id", scales=False, compacted=True, retention_days=None, of_entries=False),
    Topic(DECISION, Decision, key="decision id", scales=False, compacted=True, retention_days=None, of_entries=False),
    Topic(LEDGER, LedgerEntry, key="entry id", compacted=True, retention_days=None),
)

NODES = (
    Node("normalise", (ENTRY,), ARTICLE),
    Node("deduplicate", (ARTICLE,), UNIQUE, state="log"),
    Node("enrich", (UNIQUE,), ENRICHED),
    Node("cluster", (ENRICHED,), CLUSTERED, state="log"),
    Node("index", (CLUSTERED, ALERT), None),
    # An article that cannot be judged for alerts is in the index all the same: its entry has ended there.
    Node("alert", (CLUSTERED, DECISION), ALERT, state="log", ends_entries=False),
)

CONTRACTS: dict[str, type[Contract]] = {topic.name: topic.contract for topic in TOPICS}
OF_ENTRIES = frozenset(topic.name for topic in TOPICS if topic.of_entries)

STAGES = ("fetch", *(node.stage for node in NODES))
"""All services, in the order of the flow."""
REMEMBERING = ("fetch", *(node.stage for node in NODES if node.state == "log"))
"""Stages with records: a verdict per input; of fetch, the state of each feed."""


def dead_letter_topic(stage: str) -> str:
    """Original bytes, key and headers of what the stage could not work on, with `dlq_…` headers that say why."""
    return f"news.dlq.{stage}"


def state_topic(stage: str) -> str:
    """The records that the state is folded from. When `decide` changes its meaning, the version rises."""
    return f"news.state.{stage}.v1"


BY_STAGE: dict[str, Node] = {node.stage: node for node in NODES}
