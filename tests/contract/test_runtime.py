"""What both runtimes promise of one stage: the same messages in, the same outputs, verdicts, documents, endings and dead letters out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from contract.embedded_runtime import EmbeddedRuntime
from contract.kafka_runtime import KafkaRuntime
from contract.runtimes import Runtime

from shared.contracts import Copy, UniqueArticle
from shared.errors import StageStopped
from shared.pipeline import ALERT, ARTICLE, BY_STAGE, CLUSTERED, DECISION, ENTRY, NODES, UNIQUE
from shared.policy import Send

Flow = Callable[..., list[Send]]
Build = Callable[..., Any]

STAGES = [node.stage for node in NODES]


def spoilt(topic: str) -> list[Send]:
    """What nobody can read: no JSON, JSON of another shape, of another version, nothing at all, and under a strange key."""
    whole = {"ce_id": "entry", "ce_type": topic, "traceparent": "00-1-2-01"}
    return [
        Send(topic, "broken", whole, b"{"),
        Send(topic, "list", whole | {"ce_id": "other"}, b"[1]"),
        Send(topic, "version", {}, b'{"id": 7}'),
        Send(topic, "ключ\x00", {"ce_id": "ü🙂", "x": ""}, b"\xff\x00\xfe"),
    ]


def inputs(flow: Flow, stage: str, count: int | None = None) -> list[Send]:
    """The flow's messages with spoilt ones among them. What people decide has no order with what comes from feeds: it is tested apart."""
    sends: list[Send] = []
    for topic in BY_STAGE[stage].reads:
        good = flow(topic, count) if topic != DECISION else []
        sends += [*good[:3], *spoilt(topic), *good[3:]]
    return sends


@pytest.mark.parametrize("stage", STAGES)
def test_both_runtimes_give_the_same(
    embedded_runtime: EmbeddedRuntime, kafka_runtime: KafkaRuntime, flow: Flow, stage: str
) -> None:
    for runtime in (embedded_runtime, kafka_runtime):
        runtime.put(*inputs(flow, stage))
        runtime.work(stage)
        assert runtime.waiting(stage) == 0
    expected, found = embedded_runtime.outcome(stage), kafka_runtime.outcome(stage)
    assert found == expected
    assert headers(kafka_runtime, stage) == headers(embedded_runtime, stage)
    assert len(expected.letters) == len(spoilt("")) * len(BY_STAGE[stage].reads)
    assert expected.outputs or stage == "index"
    assert bool(expected.records) == (BY_STAGE[stage].state == "log")
    assert bool(expected.articles and expected.alerts) == (stage == "index")


def test_decisions_do_the_same_in_both_runtimes_once(
    embedded_runtime: EmbeddedRuntime, kafka_runtime: KafkaRuntime, flow: Flow
) -> None:
    for runtime in (embedded_runtime, kafka_runtime):
        runtime.put(*flow(CLUSTERED, None))
        runtime.work("alert")
        runtime.put(*flow(DECISION, None))
        runtime.work("alert")
    found = kafka_runtime.outcome("alert")
    assert found == embedded_runtime.outcome("alert")
    judged = [each for each in kafka_runtime.sent(ALERT) if b'"judgement":"noise"' in each.value]
    assert len(judged) == len(flow(DECISION, None)) / 2
    for runtime in (embedded_runtime, kafka_runtime):
        runtime.restart("alert")
        runtime.rewind("alert")
        runtime.work("alert")
        assert runtime.outcome("alert").records == found.records


@pytest.mark.parametrize("stage", STAGES)
def test_a_batch_done_twice_changes_nothing(runtime: Runtime, flow: Flow, stage: str) -> None:
    runtime.put(*inputs(flow, stage, 40))
    runtime.work(stage)
    once, sent = runtime.outcome(stage), outputs(runtime, stage)
    runtime.rewind(stage)
    assert runtime.waiting(stage)
    runtime.work(stage)
    assert runtime.outcome(stage) == once
    # Downstream gets all of it again, and cannot tell it from the first.
    assert outputs(runtime, stage) == sent * 2


@pytest.mark.parametrize("stage", ["deduplicate", "alert"])
def test_another_process_gives_the_verdicts_that_were_recorded(runtime: Runtime, flow: Flow, stage: str) -> None:
    """Even when it would judge otherwise."""
    runtime.put(*inputs(flow, stage))
    runtime.work(stage)
    once = runtime.outcome(stage)
    runtime.restart(stage, copy_containment=1.0, alert_min_score=50.0)
    runtime.rewind(stage)
    runtime.work(stage)
    assert runtime.outcome(stage) == once


def test_the_next_process_goes_on_from_the_verdicts_of_the_first(
    embedded_runtime: EmbeddedRuntime, runtime: Runtime, flow: Flow
) -> None:
    """Two parts by two processes give what the whole gives by one: the second knows the articles that its own are copies of."""
    sends, cut = flow(ARTICLE), 40
    runtime.put(*sends[:cut])
    runtime.work("deduplicate")
    runtime.restart("deduplicate")
    runtime.put(*sends[cut:])
    runtime.work("deduplicate")
    verdicts = [UniqueArticle.from_bytes(value) for _, value in outputs(runtime, "deduplicate")]
    first = {each.article.id for each in verdicts[:cut]}
    assert first & {each.copy_.copy_of for each in verdicts[cut:]}
    if runtime is not embedded_runtime:
        embedded_runtime.put(*sends)
        embedded_runtime.work("deduplicate")
        assert runtime.outcome("deduplicate") == embedded_runtime.outcome("deduplicate")


@pytest.mark.parametrize("stage", ["deduplicate", "alert"])
def test_while_verdicts_cannot_be_stored_nothing_goes_on_and_nothing_is_lost(
    runtime: Runtime, flow: Flow, stage: str
) -> None:
    runtime.put(*inputs(flow, stage))
    meanwhile = runtime.work_in_trouble(stage)
    assert (meanwhile.outputs, meanwhile.endings, meanwhile.letters) == ([], [], [])
    assert runtime.waiting(stage) == 0
    found = runtime.outcome(stage)
    runtime.rewind(stage)
    runtime.work(stage)
    assert runtime.outcome(stage) == found
    assert len(found.records) == len(set(found.records)) > 30


def test_trouble_leaves_no_trace_in_the_verdicts(
    embedded_runtime: EmbeddedRuntime, kafka_runtime: KafkaRuntime, flow: Flow
) -> None:
    sends = inputs(flow, "deduplicate")
    for runtime in (embedded_runtime, kafka_runtime):
        runtime.put(*sends)
    kafka_runtime.work_in_trouble("deduplicate")
    embedded_runtime.work("deduplicate")
    assert kafka_runtime.outcome("deduplicate") == embedded_runtime.outcome("deduplicate")


def test_while_the_index_takes_nothing_no_entry_ends(runtime: Runtime, make_clustered: Build) -> None:
    sends = [clustered(make_clustered(f"https://paper.example/{n}")) for n in range(5)]
    runtime.put(*sends, *spoilt(CLUSTERED))
    meanwhile = runtime.work_in_trouble("index")
    assert (meanwhile.articles, meanwhile.endings, meanwhile.letters) == ([], [], [])
    found = runtime.outcome("index")
    assert len(found.articles) == 5
    assert [ending for _, ending, *_ in found.endings].count("indexed") == 5
    assert len(found.letters) == len(spoilt(CLUSTERED))
    assert runtime.waiting("index") == 0


def test_an_older_revision_replaces_no_newer_one(runtime: Runtime, make_clustered: Build) -> None:
    new, old = (
        make_clustered(title=title, copy=Copy(revision=revision)) for title, revision in (("New", 2), ("Old", 1))
    )
    runtime.put(clustered(new), clustered(old))
    runtime.work("index")
    assert ['"title":"New"' in document for document in runtime.outcome("index").articles] == [True]


def test_too_many_dead_letters_stop_the_stage_when_all_of_them_are_stored(runtime: Runtime, make_entry: Build) -> None:
    """The limit looks at no fewer than 200 messages; who comes to look finds the letters, and a restart goes on after them."""
    bad = [Send(ENTRY, f"bad {n}", {"ce_id": f"bad {n}"}, b"{") for n in range(210)]
    good = make_entry()
    runtime.put(*bad, *[entry(good)] * 30)
    with pytest.raises(StageStopped, match="of its last"):
        runtime.work("normalise")
    stopped = runtime.outcome("normalise")
    assert len(stopped.letters) == len(stopped.endings) == 200
    assert runtime.waiting("normalise") == 40
    runtime.restart("normalise")
    runtime.work("normalise")
    after = runtime.outcome("normalise")
    assert (len(after.letters), len(after.outputs)) == (210, 1)


def test_a_dropped_entry_and_a_revision_end_as_what_they_are(runtime: Runtime, make_article: Build) -> None:
    same, again = make_article(text="One text. " * 9), make_article(text="One text. " * 9)
    other = make_article(text="Another text. " * 9, at=same.first_seen + timedelta(hours=1))
    runtime.put(*(Send(ARTICLE, each.id, {"ce_id": each.entry_id}, each.to_bytes()) for each in (same, again, other)))
    runtime.work("deduplicate")
    found = runtime.outcome("deduplicate")
    revisions = [each.value for each in runtime.sent(UNIQUE) if b'"revision":2' in each.value]
    assert len(found.records) == 2
    assert len(revisions) == 1


def outputs(runtime: Runtime, stage: str) -> list[tuple[str, bytes]]:
    topic = BY_STAGE[stage].writes
    return [(each.key, each.value) for each in runtime.sent(topic)] if topic else []


def headers(runtime: Runtime, stage: str) -> list[dict[str, str]]:
    """Of the outputs; the time is that of the work."""
    topic = BY_STAGE[stage].writes
    return [{**each.headers, "ce_time": ""} for each in runtime.sent(topic)] if topic else []


def entry(message: Any) -> Send:
    return Send(ENTRY, message.id, {"ce_id": message.id}, message.to_bytes())


def clustered(message: Any) -> Send:
    return Send(CLUSTERED, message.article.id, {"ce_id": message.article.entry_id}, message.to_bytes())
