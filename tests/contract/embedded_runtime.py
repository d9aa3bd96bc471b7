"""The embedded runtime as the contract drives it: one stage at a time over one file."""

from __future__ import annotations

from typing import Any

import pytest
from contract.runtimes import Outcome, outcome_of, policy_of, stage_of

from shared.adapters.sqlite.reading import SqliteReading
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store, database
from shared.adapters.sqlite.topics import Topics
from shared.bootstrap import judge_of
from shared.pipeline import BY_STAGE
from shared.policy import Delivery, Send
from shared.runtime.embedded import EmbeddedPipeline, Worker
from shared.settings import Settings
from shared.stage import Unavailable


class EmbeddedRuntime:
    def __init__(self, config: Settings) -> None:
        self.config = config
        self._store = Store(database(config.data_dir))
        self._topics = Topics(self._store)
        self._reading = SqliteReading(self._store)
        self._pipelines: dict[str, EmbeddedPipeline] = {}

    def close(self) -> None:
        self._store.close()

    def put(self, *sends: Send) -> None:
        with self._store.transaction():
            self._topics.append(sends)

    def work(self, stage: str) -> None:
        if stage not in self._pipelines:
            self.restart(stage)
        self._pipelines[stage].drain()

    def work_in_trouble(self, stage: str) -> Outcome:
        if stage not in self._pipelines:
            self.restart(stage)
        self._store.connection.execute("PRAGMA query_only=ON")
        with pytest.raises(Unavailable):
            self.work(stage)
        meanwhile = self.outcome(stage)
        self._store.connection.execute("PRAGMA query_only=OFF")
        self.work(stage)
        return meanwhile

    def rewind(self, stage: str) -> None:
        with self._store.transaction():
            for topic in BY_STAGE[stage].reads:
                self._topics.commit(stage, topic, 0)

    def restart(self, stage: str, **rules: Any) -> None:
        config = self.config.model_copy(update=rules)
        built = stage_of(stage, config)
        node = BY_STAGE[stage]
        state: SqliteStateLog[Any] | None = None
        if node.state == "log":
            state = SqliteStateLog(self._store, stage, built.record_type)
        judge = judge_of(built, state, self._store)
        worker = Worker(node, policy_of(stage, judge, config), judge, state)
        self._pipelines[stage] = EmbeddedPipeline(
            self._store, [worker], batch_size=config.batch_size, retention_hours=config.log_retention_hours
        )

    def sent(self, topic: str) -> list[Delivery]:
        return list(self._topics.read(topic, 0))

    def outcome(self, stage: str) -> Outcome:
        node = BY_STAGE[stage]
        outputs = self.sent(node.writes) if node.writes else []
        state = None
        if node.state == "log":
            state = self._reading.verdicts(stage, stage_of(stage, self.config).record_type)
        return outcome_of(outputs, state, self._reading.index, self._reading.ledger, self._reading.letters)

    def waiting(self, stage: str) -> int:
        return self._topics.lag(BY_STAGE[stage].readers)
