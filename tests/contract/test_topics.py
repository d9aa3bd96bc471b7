"""What every durable log of topics promises to the embedded runtime."""

from __future__ import annotations

from typing import Any

from shared.policy import Send

READERS = {"t": ["one", "two"]}


def send(key: str, topic: str = "t") -> Send:
    return Send(topic, key, {"ce_id": key}, key.encode())


def keys(logged: Any, topic: str = "t", offset: int = 0, limit: int | None = None) -> list[str]:
    return [delivery.key for delivery in logged.topics.read(topic, offset, limit)]


def test_messages_come_back_whole_and_in_order(logged: Any) -> None:
    strange = Send("t", "ключ\x00", {"ce_id": "1", "ключ": "значение"}, bytes(range(256)))
    logged.append(strange, send("b"))
    first, second = logged.topics.read("t", 0)
    assert (first.topic, first.partition, first.offset, first.key) == ("t", 0, 0, strange.key)
    assert (first.headers, first.value) == (strange.headers, strange.value)
    assert (second.offset, second.key) == (1, "b")


def test_offsets_have_no_gaps_whatever_is_written_together(logged: Any) -> None:
    logged.append(send("a"), send("x", "u"), send("b"))
    logged.append()
    logged.append(send("y", "u"), send("c"))
    assert [delivery.offset for delivery in logged.topics.read("t", 0)] == [0, 1, 2]
    assert [delivery.offset for delivery in logged.topics.read("u", 0)] == [0, 1]
    assert (keys(logged), keys(logged, "u")) == (["a", "b", "c"], ["x", "y"])
    assert logged.topics.next_offset("t") == 3


def test_reading_goes_on_from_an_offset_up_to_a_limit(logged: Any) -> None:
    logged.append(*map(send, "abcd"))
    assert keys(logged, offset=1, limit=2) == ["b", "c"]
    assert keys(logged, offset=4) == []
    assert keys(logged, "unknown") == []


def test_every_stage_has_its_own_place_in_a_topic(logged: Any) -> None:
    logged.append(*map(send, "abc"))
    logged.commit("one", "t", 2)
    assert (logged.topics.consumed("one", "t"), logged.topics.consumed("two", "t")) == (2, 0)
    assert logged.topics.lag([("one", "t")]) == 1
    assert logged.topics.lag([("two", "t")]) == 3
    assert logged.topics.lag([("one", "t"), ("two", "t"), ("one", "unknown")]) == 4
    assert logged.topics.lag([]) == 0


def test_nothing_is_pruned_that_a_reader_has_not_consumed(logged: Any) -> None:
    logged.append(*map(send, "abc"))
    logged.commit("one", "t", 3)
    assert logged.topics.prune(READERS, -1) == 0
    logged.commit("two", "t", 2)
    assert logged.topics.prune(READERS, -1) == 2
    assert keys(logged) == ["c"]


def test_pruning_keeps_what_is_younger_than_the_retention_and_topics_without_readers(logged: Any) -> None:
    logged.append(send("a"), send("x", "u"))
    for stage in ("one", "two"):
        logged.commit(stage, "t", 1)
    assert logged.topics.prune(READERS, 1) == 0
    assert logged.topics.prune(READERS, -1) == 1
    assert (keys(logged), keys(logged, "u")) == ([], ["x"])


def test_offsets_go_on_after_everything_was_pruned(logged: Any) -> None:
    logged.append(*map(send, "ab"))
    for stage in ("one", "two"):
        logged.commit(stage, "t", 2)
    logged.topics.prune(READERS, -1)
    logged.append(send("c"))
    assert [delivery.offset for delivery in logged.topics.read("t", 0)] == [2]
    assert logged.topics.lag([("one", "t")]) == 1


def test_pruning_an_empty_log_does_nothing(logged: Any) -> None:
    assert logged.topics.prune(READERS, 0) == 0


def test_a_place_at_the_beginning_is_a_place(logged: Any) -> None:
    assert not logged.topics.has_begun("one", "t")
    logged.commit("one", "t", 0)
    assert logged.topics.has_begun("one", "t")
    assert not logged.topics.has_begun("one", "u")


def test_the_first_message_that_is_kept(logged: Any) -> None:
    assert logged.topics.first_offset("t") == 0
    logged.append(*map(send, "abc"))
    assert logged.topics.first_offset("t") == 0
    for stage in ("one", "two"):
        logged.commit(stage, "t", 2)
    logged.topics.prune(READERS, -1)
    assert logged.topics.first_offset("t") == 2
    for stage in ("one", "two"):
        logged.commit(stage, "t", 3)
    logged.topics.prune(READERS, -1)
    assert logged.topics.first_offset("t") == 3
