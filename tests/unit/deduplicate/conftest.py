"""A stage with its log in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from record_log import RecordLog

from services.deduplicate.stage import CopyRules, Deduplicate
from services.deduplicate.verdict import CopyVerdict
from shared.contracts import Article
from shared.judge import Stateful
from shared.stage import Outcome


class Deduplication:
    def __init__(self, rules: CopyRules | None = None, log: RecordLog[CopyVerdict] | None = None) -> None:
        self.rules = rules
        self.log = log or RecordLog(CopyVerdict)
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
        return Deduplication(self.rules, self.log.copied())


@pytest.fixture(scope="session")
def new_deduplication() -> Callable[..., Deduplication]:
    return Deduplication
