"""Topics as tables: append, read on from an offset, consume, prune."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence

import orjson

from shared.adapters.sqlite.store import Store
from shared.policy import Delivery, Send

BYTES_TOGETHER = 16 * 2**20
"""Bytes of messages that one batch may hold: two hundred long pages are not two hundred headlines."""


class Topics:
    """The durable log. Offsets of a topic begin at 0 and have no gaps until pruning cuts the oldest."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(self, sends: Sequence[Send]) -> dict[tuple[str, int], Send]:
        """Must run inside a transaction of the store. Returns what was written under which topic and offset."""
        run = self._store.connection.execute
        now = time.time()
        written: dict[tuple[str, int], Send] = {}
        for topic in {send.topic for send in sends}:
            first = self.next_offset(topic)
            rows = [send for send in sends if send.topic == topic]
            self._store.connection.executemany(
                "INSERT INTO log (topic, offset, key, headers, value, appended) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (topic, first + number, send.key, orjson.dumps(send.headers).decode(), send.value, now)
                    for number, send in enumerate(rows)
                ],
            )
            run("INSERT OR REPLACE INTO high_water (topic, next_offset) VALUES (?, ?)", (topic, first + len(rows)))
            written.update(((topic, first + number), send) for number, send in enumerate(rows))
        return written

    def next_offset(self, topic: str) -> int:
        row = self._store.connection.execute("SELECT next_offset FROM high_water WHERE topic = ?", (topic,)).fetchone()
        return int(row[0]) if row else 0

    def first_offset(self, topic: str) -> int:
        """Of the oldest message that is kept, or of the next one where none is."""
        row = self._store.connection.execute("SELECT min(offset) FROM log WHERE topic = ?", (topic,)).fetchone()
        return self.next_offset(topic) if row[0] is None else int(row[0])

    def has_begun(self, stage: str, topic: str) -> bool:
        """Whether the stage has a place in the topic, be it the beginning."""
        row = self._store.connection.execute(
            "SELECT 1 FROM consumed WHERE stage = ? AND topic = ?", (stage, topic)
        ).fetchone()
        return row is not None

    def consumed(self, stage: str, topic: str) -> int:
        """The offset of the next message that the stage reads."""
        row = self._store.connection.execute(
            "SELECT next_offset FROM consumed WHERE stage = ? AND topic = ?", (stage, topic)
        ).fetchone()
        return int(row[0]) if row else 0

    def commit(self, stage: str, topic: str, next_offset: int) -> None:
        """Must run inside a transaction of the store."""
        self._store.connection.execute(
            "INSERT OR REPLACE INTO consumed (stage, topic, next_offset) VALUES (?, ?, ?)", (stage, topic, next_offset)
        )

    def lag(self, readers: Iterable[tuple[str, str]]) -> int:
        """Messages that the readers, pairs of stage and topic, have not read yet.

        One statement, so one moment: added up one by one, a message could pass from a reader not looked at yet to one that was.
        """
        asked = list(readers)
        if not asked:
            return 0
        row = self._store.connection.execute(
            f"WITH reader (stage, topic) AS (VALUES {', '.join(['(?, ?)'] * len(asked))}) "
            "SELECT sum(high_water.next_offset - coalesce(consumed.next_offset, 0)) FROM reader "
            "JOIN high_water USING (topic) LEFT JOIN consumed USING (stage, topic)",
            [name for reader in asked for name in reader],
        ).fetchone()
        return int(row[0] or 0)

    def read(self, topic: str, offset: int, limit: int | None = None) -> Iterator[Delivery]:
        """From the offset on, at most `limit`; with a limit also no more than `BYTES_TOGETHER`, but always one."""
        rows: sqlite3.Cursor = self._store.connection.execute(
            "SELECT offset, key, headers, value FROM log WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?",
            (topic, offset, -1 if limit is None else limit),
        )
        size = 0
        for at, key, headers, value in rows:
            yield Delivery(topic, 0, at, key, orjson.loads(headers), value)
            size += len(value)
            if limit is not None and size >= BYTES_TOGETHER:
                break

    def prune(self, readers: dict[str, list[str]], retention_hours: float) -> int:
        """Deletes messages that every reader of their topic has consumed and that are older than the retention, counted from the
        newest message. Returns how many. `readers` maps a topic to the stages that read it; other topics are kept."""
        newest = self._store.connection.execute("SELECT max(appended) FROM log").fetchone()[0]
        if newest is None:
            return 0
        deleted = 0
        with self._store.transaction() as transaction:
            for topic, stages in readers.items():
                done = min(self.consumed(stage, topic) for stage in stages)
                deleted += transaction.execute(
                    "DELETE FROM log WHERE topic = ? AND offset < ? AND appended < ?",
                    (topic, done, newest - retention_hours * 3600),
                ).rowcount
        return deleted
