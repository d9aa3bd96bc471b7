"""The stage with its log in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from record_log import RecordLog

from services.cluster.stage import Cluster, StoryRules
from services.cluster.verdict import ClusterVerdict
from shared.contracts import ClusteredArticle
from shared.judge import Stateful
from shared.stage import Emit


class Desk:
    """Puts articles into stories."""

    def __init__(self, rules: StoryRules | None = None, log: RecordLog[ClusterVerdict] | None = None) -> None:
        self.rules = rules
        self.log = log or RecordLog(ClusterVerdict)
        self._judge = Stateful(Cluster(rules), self.log)

    def tell(self, message: Any) -> ClusteredArticle:
        (emit,) = self._judge(message)
        assert isinstance(emit, Emit)
        assert emit.key == message.article.id
        assert isinstance(emit.message, ClusteredArticle)
        return emit.message

    def restarted(self) -> Desk:
        return Desk(self.rules, self.log)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def new_desk() -> Callable[..., Desk]:
    return Desk
