"""The topics as a cluster gets them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch.item_identity import feed_id
from shared.adapters.kafka.feed_registry import partition_of
from shared.adapters.kafka.topics import TopicSpec, group_name, topic_specs, wire_name
from shared.pipeline import FEED, LEDGER, NODES, REMEMBERING, STAGES, TOPICS, dead_letter_topic, state_topic
from shared.settings import Settings

DAY_MS = 24 * 3600 * 1000

prefixes = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True) | st.just("")


def specs(**more: object) -> dict[str, TopicSpec]:
    return {spec.name: spec for spec in topic_specs(Settings(**more))}


@given(prefix=prefixes, partitions=st.integers(1, 64))
def test_every_topic_that_anybody_reads_or_writes_is_there_once(prefix: str, partitions: int) -> None:
    config = Settings(prefix=prefix, kafka_partitions=partitions)
    names = Counter(spec.name for spec in topic_specs(config))
    used = {FEED, LEDGER, *(topic.name for topic in TOPICS)}
    used |= {topic for node in NODES for topic in (*node.reads, node.writes) if topic}
    used |= {dead_letter_topic(stage) for stage in STAGES} | {state_topic(stage) for stage in REMEMBERING}
    assert names == Counter(wire_name(config, topic) for topic in used)
    assert all(name.startswith(prefix) and len(name) < 249 for name in names)


def test_topics_are_named_as_documented() -> None:
    assert set(specs()) == {
        "news.feed.v1",
        "news.entry.v1",
        "news.article.v1",
        "news.unique.v1",
        "news.enriched.v1",
        "news.clustered.v1",
        "news.alert.v1",
        "news.decision.v1",
        "news.ledger.v1",
        *(f"news.dlq.{stage}" for stage in STAGES),
        "news.state.fetch.v1",
        "news.state.deduplicate.v1",
        "news.state.cluster.v1",
        "news.state.alert.v1",
    }


def test_what_is_judged_in_one_order_has_one_partition_whatever_is_asked_for() -> None:
    many = specs(kafka_partitions=8)
    one = {name for name, spec in many.items() if spec.partitions == 1}
    assert one == {
        "news.article.v1",
        "news.enriched.v1",
        "news.clustered.v1",
        "news.alert.v1",
        "news.decision.v1",
        *(f"news.dlq.{stage}" for stage in STAGES),
        "news.state.deduplicate.v1",
        "news.state.cluster.v1",
        "news.state.alert.v1",
    }
    assert {spec.partitions for name, spec in many.items() if name not in one} == {8}
    assert {name for name, spec in many.items() if not spec.scales} == one
    for node in NODES:
        if node.state == "log":
            assert all(many[topic].partitions == 1 for topic in node.reads)


def test_each_partition_of_feeds_has_one_for_their_state() -> None:
    many = specs(kafka_partitions=5)
    assert many[FEED].partitions == many[state_topic("fetch")].partitions == 5


def test_what_is_looked_up_by_key_is_compacted_and_kept_for_ever() -> None:
    found = specs()
    compacted = {name for name, spec in found.items() if spec.configs["cleanup.policy"] == "compact"}
    assert compacted == {"news.feed.v1", "news.alert.v1", "news.decision.v1", "news.ledger.v1", "news.state.fetch.v1"}
    assert {found[name].configs["retention.ms"] for name in compacted} == {"-1"}


def test_verdicts_and_dead_letters_are_kept_for_ever_each_of_them() -> None:
    found = specs()
    for name in (*map(dead_letter_topic, STAGES), *map(state_topic, ("deduplicate", "cluster", "alert"))):
        policy = found[name].configs
        assert (policy["cleanup.policy"], policy["retention.ms"], policy["retention.bytes"]) == ("delete", "-1", "-1")


def test_messages_are_kept_for_a_week_from_their_arrival() -> None:
    """Archives carry old dates: by those they would be deleted before anybody has read them."""
    found = specs()
    assert {spec.configs["message.timestamp.type"] for spec in found.values()} == {"LogAppendTime"}
    for name in ("news.entry.v1", "news.article.v1", "news.unique.v1", "news.enriched.v1", "news.clustered.v1"):
        assert found[name].configs["retention.ms"] == str(7 * DAY_MS)


def test_dead_letter_topics_take_more_than_their_messages_had() -> None:
    found = specs(message_limit_bytes=1_000_000)
    letters = {dead_letter_topic(stage) for stage in STAGES}
    for name, spec in found.items():
        limit = int(spec.configs["max.message.bytes"])
        assert limit >= 1_060_000 if name in letters else limit == 1_000_000


def test_groups_have_the_prefix_and_the_stage() -> None:
    config = Settings(prefix="two-")
    assert [group_name(config, stage) for stage in STAGES] == [f"two-newsloom-{stage}" for stage in STAGES]


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


@given(
    hosts=st.lists(st.lists(labels, max_size=3), min_size=2, max_size=5),
    paths=st.lists(st.text(max_size=20), min_size=2, max_size=5),
    partitions=st.integers(1, 200),
)
def test_all_feeds_of_a_site_are_in_one_partition(hosts: list[list[str]], paths: list[str], partitions: int) -> None:
    urls = [f"https://{'.'.join([*host, 'paper.co.uk'])}/{path}" for host, path in zip(hosts, paths, strict=False)]
    assert len({partition_of(url, partitions) for url in urls}) == 1


@given(url=st.text(alphabet=st.characters(exclude_categories=()), max_size=60), partitions=st.integers(1, 50))
def test_every_url_however_odd_has_a_partition(url: str, partitions: int) -> None:
    assert 0 <= partition_of(url, partitions) < partitions
    assert partition_of(url, partitions) == partition_of(url, partitions)
    assert feed_id(url)


def test_sites_are_spread_over_the_partitions() -> None:
    found = Counter(partition_of(f"https://paper{number}.example/feed", 4) for number in range(400))
    assert set(found) == {0, 1, 2, 3}
    assert min(found.values()) > 60


@pytest.mark.parametrize("port", ["", ":8080"])
def test_a_domain_with_a_port_or_in_capitals_is_the_same_site(port: str) -> None:
    assert partition_of(f"https://WWW.Paper.example{port}/a", 97) == partition_of("http://paper.example/b", 97)
