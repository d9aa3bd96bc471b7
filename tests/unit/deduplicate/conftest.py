"""A stage with its log in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from services.deduplicate.stage import CopyRules, Deduplicate
from services.deduplicate.verdict import CopyVerdict
from shared.contracts import Article
from shared.judge import Stateful
from shared.stage import Outcome


@dataclass
class MemoryLog:
    """Records as bytes, as every real log keeps them."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    def get(self, id_: str) -> CopyVerdict | None:
        return CopyVerdict.from_bytes(self.bodies[id_]) if id_ in self.bodies else None

    def group(self, group: str) -> list[CopyVerdict]:
        return [record for record in self.read() if record.group == group]

    def append(self, record: CopyVerdict) -> None:
        self.bodies.setdefault(record.id, record.to_bytes())

    def read(self) -> list[CopyVerdict]:
        return [CopyVerdict.from_bytes(body) for body in self.bodies.values()]


class Deduplication:
    def __init__(self, rules: CopyRules | None = None, log: MemoryLog | None = None) -> None:
        self.rules = rules
        self.log = log or MemoryLog()
        self._judge = Stateful(Deduplicate(rules), self.log)
        self._judge.restore()

    def __call__(self, article: Article) -> Sequence[Outcome]:
        return self._judge(article)

    def verdict(self, article: Article) -> CopyVerdict:
        """Judges, and returns the record."""
        self._judge(article)
        record = self.log.get(f"{article.id}:{article.fingerprint}")
        assert record
        return record

    def restarted(self) -> Deduplication:
        """As another process would go on from the same records."""
        return Deduplication(self.rules, MemoryLog(dict(self.log.bodies)))


@pytest.fixture(scope="session")
def new_deduplication() -> Callable[..., Deduplication]:
    return Deduplication
