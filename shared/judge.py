"""One way to ask a stage, whether it has a memory or not: a message in, outcomes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from shared.contracts import Contract
from shared.stage import Closing, Outcome, Stage, StatefulStage, StateLog, View


class Judge(Protocol):
    """What the policy drives."""

    name: str

    def __call__(self, message: Contract) -> Sequence[Outcome]: ...

    def restore(self) -> None:
        """Fold the state anew from the records: at start, and when a batch could not be committed."""
        ...

    def learn(self, records: Iterable[Any]) -> None:
        """Fold records that another process wrote after ours; they must be in the log already."""
        ...

    def close(self) -> None:
        """Lets go of what the stage holds outside of this process's memory."""
        ...


class Stateless:
    """Asks a stage without memory."""

    def __init__(self, stage: Stage[Any]) -> None:
        self.name = stage.name
        self._stage = stage

    def __call__(self, message: Contract) -> Sequence[Outcome]:
        return self._stage.decide(message)

    def restore(self) -> None:
        return None

    def learn(self, records: Iterable[Any]) -> None:
        return None

    def close(self) -> None:
        if isinstance(self._stage, Closing):
            self._stage.close()


class Stateful:
    """Gives a recorded verdict again, or takes a new one and records it (DESIGN, law 4)."""

    def __init__(self, stage: StatefulStage[Any, Any, Any], log: StateLog[Any]) -> None:
        self.name = stage.name
        self._stage = stage
        self._log = log
        self._view: View[Any] | None = None

    def __call__(self, message: Contract) -> Sequence[Outcome]:
        if self._view is None:
            self.restore()
        stored = self._log.get(self._stage.input_id(message))
        if stored is not None:
            return self._stage.render(message, stored, self._view)
        record = self._stage.decide(message, self._view)
        # Rendered before it is recorded: a verdict that cannot be rendered becomes a dead letter and must leave no trace.
        outcomes = self._stage.render(message, record, self._view)
        self._log.append(record)
        assert self._view is not None
        self._view.fold(record)
        return outcomes

    def restore(self) -> None:
        # Without a view until it is whole: should reading the records fail half-way, nothing is judged by half of them.
        self._view = None
        view = self._stage.new_view(self._log)
        for record in self._log.read():
            view.fold(record)
        self._view = view

    def learn(self, records: Iterable[Any]) -> None:
        if self._view is None:
            self.restore()
        else:
            for record in records:
                self._view.fold(record)

    def close(self) -> None:
        return None
