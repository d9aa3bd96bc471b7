"""Where entries come in on Kafka: items first, then that they were read, then the feed's state that forgets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import TypeAdapter

from services.fetch.feed_state import FeedState
from shared.adapters.kafka.client import KafkaClient
from shared.contracts import DeadLetter, Entry, LedgerEntry
from shared.contracts.endings import OPENING
from shared.dead_letters import never_a_message
from shared.pipeline import BY_STAGE, ENTRY, LEDGER, dead_letter_topic, state_topic
from shared.policy import Result, Send
from shared.runtime.crash_points import reached
from shared.runtime.stage_worker import MARGIN, messages_of
from shared.wire import dead_letter_headers, headers_for

STATE = TypeAdapter(FeedState)
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
        sends = [_send(entry, now) for entry in entries]
        too_large = [_too_large(send, now) for send in sends if len(send.value) > self._limit]
        sends = [send for send in sends if len(send.value) <= self._limit]
        self._client.send(sends)
        reached("kafka-fetch:items")
        notes = [_opening(entry, now) for entry in entries]
        for letter in (*unreadable, *too_large):
            endings = [_ending(letter)] if letter.entry_id else []
            notes += messages_of(Result(dead_letter=letter, endings=endings))
        self._client.send(notes)
        reached("kafka-fetch:written")
        if feed is not None:
            self.store_feed(feed)
        return len(sends)

    def store_feed(self, feed: FeedState, partition: int | None = None) -> int:
        """Returns the offset at which the state stands in its partition."""
        send = Send(state_topic("fetch"), feed.feed_id, {"content-type": "application/json"}, STATE.dump_json(feed))
        return self._client.send([send], [partition])[0]

    def replay(self, letters: Sequence[DeadLetter]) -> int:
        """Puts dead letters back where they came from; returns how many. Those of `fetch` have no topic to go back to."""
        back = [letter for letter in letters if letter.topic]
        self._client.send(
            [
                _under_way(letter)
                for letter in back
                if letter.entry_id and letter.stage in BY_STAGE and BY_STAGE[letter.stage].ends_entries
            ]
        )
        self._client.send([Send(letter.topic, letter.key, letter.headers, letter.value) for letter in back])
        # Killed before this, they are replayed once more: which changes nothing.
        self._client.send([_replayed(letter) for letter in back])
        return len(back)


def _send(entry: Entry, now: datetime) -> Send:
    headers = headers_for(ENTRY, entry.id, entry, "fetch", {"ce_id": entry.id}, now)
    return Send(ENTRY, entry.id, headers | {"ce_id": entry.id}, entry.to_bytes())


def _opening(entry: Entry, now: datetime) -> Send:
    opening = LedgerEntry(
        entry_id=entry.id,
        ending="under-way",
        stage="fetch",
        at=now,
        url=entry.url,
        title=entry.title[:200],
        read_at=entry.read_at,
    )
    headers = headers_for(LEDGER, entry.id, opening, "fetch", {}, now)
    return Send(LEDGER, entry.id + OPENING, headers, opening.to_bytes())


def _ending(letter: DeadLetter) -> LedgerEntry:
    return LedgerEntry(
        entry_id=letter.entry_id or letter.id,
        ending="dead-letter",
        stage=letter.stage,
        code=letter.code,
        detail=letter.error[:300],
        at=letter.at,
    )


def _too_large(send: Send, now: datetime) -> DeadLetter:
    error = f"an entry of {len(send.value)} bytes is larger than a message may be (NEWSLOOM_MESSAGE_LIMIT_BYTES)"
    return never_a_message(send.key, "too-large", error, send.key, send.value[:KEPT_OF_TOO_LARGE], now, send.key)


def _under_way(letter: DeadLetter) -> Send:
    entry = LedgerEntry(entry_id=letter.entry_id or "", ending="under-way", stage=letter.stage, at=letter.at)
    return Send(
        LEDGER,
        entry.entry_id,
        headers_for(LEDGER, entry.entry_id, entry, letter.stage, {}, letter.at),
        entry.to_bytes(),
    )


def _replayed(letter: DeadLetter) -> Send:
    headers = dead_letter_headers(letter)
    return Send(dead_letter_topic(letter.stage), letter.key, {"dlq_id": headers["dlq_id"], REPLAYED: "1"}, b"")
