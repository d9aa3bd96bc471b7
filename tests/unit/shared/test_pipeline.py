"""The topology and the headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from shared.contracts import FeedRef, LedgerEntry
from shared.pipeline import BY_STAGE, CONTRACTS, DECISION, ENTRY, NODES, OF_ENTRIES, TOPICS
from shared.stage import StatefulStage
from shared.wire import headers_for, trace_for

Build = Callable[..., Any]


def test_every_topic_that_is_read_or_written_has_a_contract() -> None:
    for node in NODES:
        for topic in (*node.reads, *([node.writes] if node.writes else [])):
            assert topic in CONTRACTS, topic


def test_every_topic_that_does_not_come_from_outside_is_written_by_one_stage_before_it_is_read() -> None:
    written = {ENTRY, DECISION}
    for node in NODES:
        own = {node.writes} if node.writes else set()
        # Alerts go back to the index, which stands before them in the flow.
        assert set(node.reads) - written <= {"news.alert.v1"}
        assert not own & written
        written |= own
    assert {topic for node in NODES for topic in node.reads} <= written


def test_contracts_of_topics_about_entries_name_their_entry() -> None:
    for topic in TOPICS:
        names = hasattr(topic.contract, "entry_id") or "entry_id" in topic.contract.model_fields or topic.name == ENTRY
        assert names == (topic.name in OF_ENTRIES), topic.name


def test_stages_with_a_memory_run_on_one_partition() -> None:
    scales = {topic.name: topic.scales for topic in TOPICS}
    for node in NODES:
        if node.state == "log":
            assert not any(scales[topic] for topic in node.reads), node.stage


def test_the_stages_are_what_the_topology_says_they_are() -> None:
    from shared.settings import Settings
    from shared.stage_builders import build_stage

    for name in BY_STAGE:
        stage = build_stage(name, Settings())
        assert stage.name == name
        remembers = all(hasattr(stage, method) for method in ("input_id", "new_view", "render", "record_type"))
        assert remembers == (BY_STAGE[name].state == "log")
    assert StatefulStage


def test_headers_are_cloud_events_and_a_trace(noon: datetime, make_entry: Build) -> None:
    entry = make_entry()
    headers = headers_for(ENTRY, entry.id, entry, "fetch", {}, noon)
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_id"] == entry.id
    assert headers["ce_type"] == ENTRY
    assert headers["ce_source"] == "/newsloom/fetch"
    assert headers["ce_time"] == "2026-03-01T12:00:00Z"
    assert headers["content-type"] == "application/json"
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", headers["traceparent"])


def test_a_trace_goes_on_and_a_replay_continues_the_same_one(noon: datetime, make_article: Build) -> None:
    article = make_article()
    given = headers_for(ENTRY, "k", article, "s", {"traceparent": "00-a-b-01", "ce_id": "another"}, noon)
    assert given["traceparent"] == "00-a-b-01"
    assert given["ce_id"] == article.entry_id
    assert trace_for("e") == trace_for("e") != trace_for("f")


def test_a_message_about_no_entry_is_named_by_its_key(noon: datetime) -> None:
    feed = FeedRef(url="https://paper.example/feed")
    assert headers_for("news.feed.v1", "feed id", feed, "fetch", {"ce_id": "entry"}, noon)["ce_id"] == "feed id"
    ending = LedgerEntry(entry_id="entry", ending="same", stage="s", at=noon)
    assert headers_for("news.ledger.v1", "key", ending, "s", {}, noon)["ce_id"] == "entry"
