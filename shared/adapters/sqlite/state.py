"""The records of a stateful stage, in SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic

from shared.adapters.sqlite.store import Store
from shared.stage import Rec


class SqliteStateLog(Generic[Rec]):
    """Implements `StateLog`. Appended records are visible at once and durable with `flush`, which the runtime calls in the
    transaction that also writes the outputs and the offset; `discard` forgets what was not flushed."""

    def __init__(self, store: Store, stage: str, record_type: type[Rec]) -> None:
        self._store = store
        self._stage = stage
        self._type = record_type
        self._pending: dict[str, Rec] = {}

    def get(self, id_: str) -> Rec | None:
        if id_ in self._pending:
            return self._pending[id_]
        with self._store.available():
            row = self._store.connection.execute(
                "SELECT body FROM state WHERE stage = ? AND id = ?", (self._stage, id_)
            ).fetchone()
        return self._type.from_bytes(row[0]) if row else None

    def group(self, group: str) -> Sequence[Rec]:
        with self._store.available():
            rows = self._store.connection.execute(
                "SELECT body FROM state WHERE stage = ? AND grp = ? ORDER BY seq", (self._stage, group)
            ).fetchall()
        stored = [self._type.from_bytes(row[0]) for row in rows]
        return stored + [record for record in self._pending.values() if record.group == group]

    def count(self) -> int:
        """Records that are stored."""
        row = self._store.connection.execute("SELECT count(*) FROM state WHERE stage = ?", (self._stage,)).fetchone()
        return int(row[0])

    def append(self, record: Rec) -> None:
        """The first record of an id wins."""
        self._pending.setdefault(record.id, record)

    def read(self, after: int = 0) -> Iterator[Rec]:
        """In their order; `after` is the place in the store of one before them."""
        with self._store.available():
            # `+` keeps SQLite off the stage's index, by which it would first sort all the bodies, in memory.
            rows = self._store.connection.execute(
                "SELECT body FROM state WHERE +stage = ? AND seq > ? ORDER BY seq", (self._stage, after)
            )
            for (body,) in rows:
                yield self._type.from_bytes(body)
        yield from list(self._pending.values())

    def pending(self) -> list[Rec]:
        """What was appended and not yet flushed, in order."""
        return list(self._pending.values())

    def flush(self) -> None:
        """Must run inside a transaction of the store; call `discard` when the transaction has ended, either way."""
        self._store.connection.executemany(
            "INSERT OR IGNORE INTO state (stage, id, grp, body) VALUES (?, ?, ?, ?)",
            [(self._stage, record.id, record.group, record.to_bytes()) for record in self._pending.values()],
        )

    def discard(self) -> None:
        self._pending.clear()
