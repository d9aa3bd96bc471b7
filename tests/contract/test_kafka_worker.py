"""What only the Kafka runtime has to promise: its parts can fail one without the other, and others can write to its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.admin import NewTopic, RecordsToDelete
from aiokafka.structs import TopicPartition
from contract.embedded_runtime import EmbeddedRuntime
from contract.kafka_runtime import KafkaRuntime

from shared.adapters.kafka.connection import admin
from shared.adapters.kafka.state_log import AnotherWriter
from shared.adapters.kafka.topics import wire_name
from shared.contracts import Copy
from shared.errors import NotAvailable
from shared.pipeline import ARTICLE, CLUSTERED, ENTRY, UNIQUE, dead_letter_topic, state_topic
from shared.policy import Send
from shared.runtime.stage_worker import MARGIN

Flow = Callable[..., list[Send]]
Build = Callable[..., Any]

LOG = state_topic("deduplicate")


@pytest.mark.parametrize(
    ("cut_after", "same_file"),
    [(0, True), (10, False), (119, True), (120, True), (120, False), (150, False), (239, True)],
)
def test_a_worker_that_ends_within_a_batch_is_followed_by_one_that_does_it_again(
    kafka_runtime: KafkaRuntime, embedded_runtime: EmbeddedRuntime, flow: Flow, cut_after: int, same_file: bool
) -> None:
    """Wherever it is cut: within the records, between them and the outputs, within the outputs."""
    sends = flow(ARTICLE)
    kafka_runtime.put(*sends)
    kafka_runtime.restart("deduplicate", cut_after=cut_after, batch_size=len(sends))
    with pytest.raises(NotAvailable, match="gone"):
        kafka_runtime.work("deduplicate")
    assert kafka_runtime.waiting("deduplicate")
    kafka_runtime.restart("deduplicate", same_file=same_file)
    kafka_runtime.work("deduplicate")
    embedded_runtime.put(*sends)
    embedded_runtime.work("deduplicate")
    assert kafka_runtime.outcome("deduplicate") == embedded_runtime.outcome("deduplicate")
    log = [each.key for each in kafka_runtime.sent(LOG)]
    assert len(log) == len(set(log))


def test_a_worker_that_was_thought_dead_notices_before_it_sends_anything_on(
    new_kafka_runtime: Callable[..., KafkaRuntime], flow: Flow
) -> None:
    runtime = new_kafka_runtime()
    sends = flow(ARTICLE)
    runtime.put(*sends[:20])
    runtime.work("deduplicate")
    zombie = runtime.workers["deduplicate"]
    runtime.restart("deduplicate")
    runtime.put(*sends[20:40])
    runtime.work("deduplicate")
    before = runtime.outcome("deduplicate")
    runtime.put(*sends[40:])
    runtime.workers["deduplicate"] = zombie
    with pytest.raises(AnotherWriter, match="another writer is alive"):
        runtime.work("deduplicate")
    assert runtime.outcome("deduplicate").outputs == before.outputs
    # Whoever comes next takes the first record of an id, the zombie's too, and goes on.
    runtime.restart("deduplicate")
    runtime.work("deduplicate")
    assert len({each.key for each in runtime.sent(LOG)}) == len(runtime.outcome("deduplicate").records)
    assert runtime.waiting("deduplicate") == 0


@pytest.fixture
def worked(kafka_runtime: KafkaRuntime, flow: Flow) -> KafkaRuntime:
    """Deduplicate with some verdicts behind it."""
    kafka_runtime.put(*flow(ARTICLE, 20))
    kafka_runtime.work("deduplicate")
    return kafka_runtime


def made_anew(runtime: KafkaRuntime, *sends: Send) -> None:
    """The log of verdicts is deleted, and there is another one of its name."""
    name = wire_name(runtime.config, LOG)

    async def make() -> None:
        async with admin(runtime.config) as client:
            await client.delete_topics([name])
            while name in await client.list_topics():
                pass
            await client.create_topics([NewTopic(name, 1, 1)])

    runtime.client.run(make())
    runtime.put(*sends)


def of_log(runtime: KafkaRuntime) -> list[Send]:
    return [Send(LOG, each.key, dict(each.headers), each.value) for each in runtime.sent(LOG)]


def test_a_log_that_is_shorter_than_it_was_is_refused(worked: KafkaRuntime) -> None:
    made_anew(worked, *of_log(worked)[:-1])
    with pytest.raises(NotAvailable, match="was lost or cut; restore it from a backup"):
        worked.restart("deduplicate", same_file=True)


def test_a_log_of_the_same_length_that_is_another_one_is_refused(worked: KafkaRuntime, flow: Flow) -> None:
    *first, last = of_log(worked)
    foreign = last.value.replace(last.key.encode(), b"foreign:" + last.key.encode())
    made_anew(worked, *first, Send(LOG, "foreign", {}, foreign))
    with pytest.raises(NotAvailable, match=r"is not the log that .* was made from: remove that file"):
        worked.restart("deduplicate", same_file=True)


@pytest.mark.parametrize("same_file", [True, False])
def test_an_empty_log_of_a_stage_that_has_committed_an_offset_is_refused(worked: KafkaRuntime, same_file: bool) -> None:
    made_anew(worked)
    with pytest.raises(NotAvailable, match="was lost or cut; restore it from a backup"):
        worked.restart("deduplicate", same_file=same_file)


def test_a_log_whose_beginning_was_deleted_is_refused_by_whoever_needs_it(worked: KafkaRuntime) -> None:
    async def delete() -> None:
        async with admin(worked.config) as client:
            await client.delete_records({TopicPartition(wire_name(worked.config, LOG), 0): RecordsToDelete(5)})

    worked.client.run(delete())
    with pytest.raises(NotAvailable, match="begins at 5, its records from 0 on were deleted: give it retention"):
        worked.restart("deduplicate")


def test_a_worker_with_its_file_does_without_the_beginning_of_the_log(worked: KafkaRuntime, flow: Flow) -> None:
    """It has all of it; what it cannot do is to pretend to others that nothing is missing."""

    async def delete() -> None:
        async with admin(worked.config) as client:
            await client.delete_records({TopicPartition(wire_name(worked.config, LOG), 0): RecordsToDelete(5)})

    worked.client.run(delete())
    worked.restart("deduplicate", same_file=True)
    worked.put(*flow(ARTICLE)[20:])
    worked.work("deduplicate")
    assert worked.waiting("deduplicate") == 0


def test_what_is_no_record_of_this_version_is_refused(worked: KafkaRuntime) -> None:
    worked.put(Send(LOG, "odd", {}, b'{"id": 1}'))
    with pytest.raises(NotAvailable, match="what is no record of this version"):
        worked.restart("deduplicate")


def test_a_document_that_the_index_refuses_is_a_dead_letter_and_its_neighbours_go_on(
    kafka_runtime: KafkaRuntime, make_clustered: Build
) -> None:
    # Elasticsearch holds 32 bits of an integer.
    wrong = make_clustered("https://wrong.example/", copy=Copy(revision=2**40))
    whole = [make_clustered(f"https://paper.example/{n}") for n in range(4)]
    sends = [clustered(each) for each in (*whole[:2], wrong, *whole[2:])]
    kafka_runtime.put(*sends)
    kafka_runtime.work("index")
    found = kafka_runtime.outcome("index")
    assert len(found.articles) == 4
    (letter,) = kafka_runtime.reading.letters.waiting()
    assert (letter.code, letter.value, letter.offset) == ("index-refused", sends[2].value, 2)
    assert "revision" in letter.error
    ends = {entry_id: (ending, code) for entry_id, ending, _, code, _ in found.endings}
    assert ends.pop(wrong.article.entry_id) == ("dead-letter", "index-refused")
    assert set(ends.values()) == {("indexed", None)}
    assert len(ends) == 4


def test_an_output_that_is_larger_than_a_message_may_be_is_a_dead_letter_and_its_neighbours_go_on(
    new_kafka_runtime: Callable[..., KafkaRuntime], make_entry: Build
) -> None:
    runtime = new_kafka_runtime(message_limit_bytes=200_000)
    long = make_entry("https://long.example/", text="word " * 32_000)
    assert 200_000 - MARGIN < len(long.to_bytes()) < 200_000
    runtime.put(*map(entered, (make_entry(), long, make_entry("https://other.example/"))))
    runtime.work("normalise")
    found = runtime.outcome("normalise")
    assert len(found.outputs) == 2
    (letter,) = runtime.reading.letters.waiting()
    assert (letter.code, letter.value, letter.entry_id) == ("too-large", long.to_bytes(), long.id)
    assert [(entry_id, ending) for entry_id, ending, *_ in found.endings] == [(long.id, "dead-letter")]


def test_the_largest_message_that_the_broker_takes_becomes_a_dead_letter_whole(
    new_kafka_runtime: Callable[..., KafkaRuntime],
) -> None:
    """A letter says more than its message: its topic must take more, or one foreign message would end the worker for ever."""
    runtime = new_kafka_runtime(message_limit_bytes=200_000)
    value = b"{" + b"x" * 199_800
    runtime.put(Send(ENTRY, "k", {"ce_id": "e"}, value))
    runtime.work("normalise")
    (letter,) = runtime.reading.letters.waiting()
    assert (letter.code, letter.value) == ("undecodable", value)
    assert len(runtime.sent(dead_letter_topic("normalise"))) == 1


def test_a_record_that_stands_in_the_log_and_not_in_the_outputs_is_rendered_again(worked: KafkaRuntime) -> None:
    """The group stands before the batch, as after a kill between the records and the outputs."""
    before = [(each.key, each.value) for each in worked.sent(UNIQUE)]
    worked.rewind("deduplicate")
    worked.restart("deduplicate", copy_containment=1.0)
    worked.work("deduplicate")
    after = [(each.key, each.value) for each in worked.sent(UNIQUE)]
    assert after == before * 2
    assert len(worked.sent(LOG)) == len(worked.outcome("deduplicate").records)


def clustered(message: Any) -> Send:
    return Send(CLUSTERED, message.article.id, {"ce_id": message.article.entry_id}, message.to_bytes())


def entered(message: Any) -> Send:
    return Send(ENTRY, message.id, {"ce_id": message.id}, message.to_bytes())
