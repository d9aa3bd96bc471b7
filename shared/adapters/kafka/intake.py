"""Where entries come in on Kafka: items first, then that they were read, then the feed's state that forgets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from services.fetch.feed_state import FeedState
from services.fetch.stored_state import to_bytes
from services.fetch.writing import Brought
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.feed_registry import partition_count, partition_of
from shared.contracts import DeadLetter, Entry
from shared.dead_letters import never_a_message
from shared.messages import (
    ended_unreadable,
    entry_message,
    ledger_message,
    message_again,
    messages_of,
    opening_message,
    opening_of,
    replayable,
    under_way_again,
)
from shared.pipeline import dead_letter_topic, state_topic
from shared.policy import Result, Send
from shared.runtime.crash_points import reached
from shared.runtime.stage_worker import MARGIN
from shared.wire import dead_letter_headers

REPLAYED = "dlq_replayed"
KEPT_OF_TOO_LARGE = 65_536


class KafkaIntake:
    """Writes what fetch decided. The same entry written twice has one effect: every stage gives its verdict again."""

    def __init__(self, client: KafkaClient, ended: Callable[[Sequence[str]], set[str]] = lambda _: set()) -> None:
        """`ended` tells which entries are known to have ended: they need not be sent again."""
        self._client = client
        self._ended = ended
        self._limit = client.config.message_limit_bytes - MARGIN

    def take(
        self,
        entries: Sequence[Entry],
        now: datetime,
        *,
        feed: FeedState | None = None,
        unreadable: Sequence[DeadLetter] = (),
    ) -> int:
        """Returns how many entries were sent. Killed in between, what was not written is read again: the feed's state comes last."""
        ended = self._ended([entry.id for entry in entries] + [letter.entry_id or "" for letter in unreadable])
        entries = [entry for entry in {entry.id: entry for entry in entries}.values() if entry.id not in ended]
        unreadable = [letter for letter in unreadable if letter.entry_id not in ended]
        sends = [entry_message(entry, now) for entry in entries]
        too_large = [_too_large(send, now) for send in sends if len(send.value) > self._limit]
        sends = [send for send in sends if len(send.value) <= self._limit]
        self._client.send(sends)
        reached("kafka-fetch:items")
        notes = [opening_message(opening_of(entry, now)) for entry in entries]
        for letter in (*unreadable, *too_large):
            endings = [ended_unreadable(letter)] if letter.entry_id else []
            notes += messages_of(Result(dead_letter=letter, endings=endings))
        self._client.send(notes)
        reached("kafka-fetch:written")
        if feed is not None:
            self.store_feed(feed)
        return len(sends)

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        """One poll after the other: the state of a feed follows what is in it."""
        return [self.take(one.entries, one.now, feed=one.feed, unreadable=one.unreadable) for one in brought]

    def store_feed(self, feed: FeedState, partition: int | None = None) -> int:
        """Returns the offset at which the state stands in its partition, by default that of the same number as the feed's."""
        if partition is None:
            partition = partition_of(feed.url, self._partitions)
        send = Send(state_topic("fetch"), feed.feed_id, {"content-type": "application/json"}, to_bytes(feed))
        return self._client.send([send], [partition])[0]

    @cached_property
    def _partitions(self) -> int:
        return self._client.run(partition_count(self._client.config))

    def replay(self, letters: Sequence[DeadLetter]) -> int:
        """Puts dead letters back where they came from; returns how many. Those of `fetch` have no topic to go back to."""
        back = replayable(letters)
        self._client.send([ledger_message(entry) for entry in under_way_again(back)])
        self._client.send([message_again(letter) for letter in back])
        # Killed before this, they are replayed once more: which changes nothing.
        self._client.send([_replayed(letter) for letter in back])
        return len(back)


def _too_large(send: Send, now: datetime) -> DeadLetter:
    error = f"an entry of {len(send.value)} bytes is larger than a message may be (NEWSLOOM_MESSAGE_LIMIT_BYTES)"
    return never_a_message(send.key, "too-large", error, send.key, send.value[:KEPT_OF_TOO_LARGE], now, send.key)


def _replayed(letter: DeadLetter) -> Send:
    headers = dead_letter_headers(letter)
    return Send(dead_letter_topic(letter.stage), letter.key, {"dlq_id": headers["dlq_id"], REPLAYED: "1"}, b"")
