"""A log of verdicts that lives as long as the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic

from shared.stage import Rec


class MemoryLog(Generic[Rec]):
    """Implements `StateLog`."""

    def __init__(self) -> None:
        self._records: dict[str, Rec] = {}
        self._groups: defaultdict[str, list[Rec]] = defaultdict(list)

    def get(self, id_: str) -> Rec | None:
        return self._records.get(id_)

    def group(self, group: str) -> Sequence[Rec]:
        return self._groups.get(group, ())

    def append(self, record: Rec) -> None:
        """The first record of an id wins."""
        if record.id not in self._records:
            self._records[record.id] = record
            self._groups[record.group].append(record)

    def read(self) -> Iterable[Rec]:
        return self._records.values()

    def newest(self) -> Rec:
        """The record that was appended last."""
        return self._records[next(reversed(self._records))]
