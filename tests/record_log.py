"""A log of verdicts in memory, for the tests of stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic

from shared.stage import Rec


class RecordLog(Generic[Rec]):
    """Implements `StateLog`. Records as bytes, as every real log keeps them: what does not survive that is seen here."""

    def __init__(self, record_type: type[Rec], bodies: Mapping[str, bytes] | None = None) -> None:
        self._type = record_type
        self.bodies = dict(bodies or {})

    def get(self, id_: str) -> Rec | None:
        return self._type.from_bytes(self.bodies[id_]) if id_ in self.bodies else None

    def group(self, group: str) -> list[Rec]:
        return [record for record in self.read() if record.group == group]

    def append(self, record: Rec) -> None:
        self.bodies.setdefault(record.id, record.to_bytes())

    def read(self) -> list[Rec]:
        return [self._type.from_bytes(body) for body in self.bodies.values()]

    def copied(self) -> RecordLog[Rec]:
        return RecordLog(self._type, self.bodies)
