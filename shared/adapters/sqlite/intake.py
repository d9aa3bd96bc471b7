"""Where entries come in: ledger, log and feed state in one transaction, items never after the state that forgets them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from datetime import datetime

from services.fetch.feed_state import FeedState
from services.fetch.stored_state import from_bytes, to_bytes
from services.fetch.writing import Brought
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.contracts import DeadLetter, Entry
from shared.messages import ended_unreadable, entry_message, message_again, replayable, under_way_again
from shared.pipeline import NODES
from shared.policy import Send
from shared.runtime.crash_points import reached


class Intake:
    """Writes what fetch decided. An entry id that was ever read before is known and not read again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._topics = Topics(store)
        self._ledger = Ledger(store)
        self._dead_letters = DeadLetters(store)
        # A cancelled poll leaves its thread behind in the middle of a transaction; the next one waits for it here.
        self._one_at_a_time = threading.Lock()

    def take(
        self,
        entries: Sequence[Entry],
        now: datetime,
        *,
        feed: FeedState | None = None,
        unreadable: Sequence[DeadLetter] = (),
    ) -> int:
        """Returns how many entries are new. Raises `Unavailable` with nothing written."""
        return self.take_all([Brought(entries, now, feed, unreadable)])[0]

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        """The same for several polls, in one transaction."""
        with self._one_at_a_time, self._store.transaction() as transaction:
            counts = [self._take(transaction, one) for one in brought]
            reached("fetch:written")
        reached("fetch:committed")
        return counts

    def _take(self, transaction: sqlite3.Connection, brought: Brought) -> int:
        fresh = self._ledger.open(brought.entries)
        self._topics.append([entry_message(entry, brought.now) for entry in fresh])
        reached("fetch:items")
        self._dead_letters.put(brought.unreadable)
        self._ledger.end([ended_unreadable(letter) for letter in brought.unreadable if letter.entry_id])
        if (feed := brought.feed) is not None:
            transaction.execute(
                "INSERT OR REPLACE INTO feeds (feed_id, url, body) VALUES (?, ?, ?)",
                (feed.feed_id, feed.url, to_bytes(feed)),
            )
        return len(fresh)

    def send(self, sends: Sequence[Send]) -> None:
        """Messages of the pipeline as they are."""
        with self._one_at_a_time, self._store.transaction():
            self._topics.append(sends)

    def backlog(self) -> int:
        """Entries that wait for the first stage."""
        return self._topics.lag(NODES[0].readers)

    def unread(self) -> int:
        """Messages that wait for any stage."""
        return self._topics.lag(reader for node in NODES for reader in node.readers)

    def unread_by_stage(self) -> dict[str, int]:
        """The same by stage; only stages that something waits for."""
        waiting = {node.stage: self._topics.lag(node.readers) for node in NODES}
        return {stage: count for stage, count in waiting.items() if count}

    def feeds(self) -> list[FeedState]:
        """The registry, by URL."""
        rows = self._store.connection.execute("SELECT body FROM feeds ORDER BY url")
        return [from_bytes(body) for (body,) in rows]

    def replay(self, letters: Sequence[DeadLetter]) -> int:
        """Puts dead letters back where they came from; returns how many. Those of `fetch` have no topic to go back to."""
        back = replayable(letters)
        with self._store.transaction():
            self._topics.append([message_again(letter) for letter in back])
            self._ledger.end(list(under_way_again(back)))
            self._dead_letters.mark_replayed([letter.id for letter in back])
        return len(back)
