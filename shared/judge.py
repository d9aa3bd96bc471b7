"""One way to ask a stage, whether it has a memory or not: a message in, outcomes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import structlog

from shared.contracts import Contract
from shared.stage import Closing, Outcome, Stage, StatefulStage, StateLog, Storing, Unavailable, View, Views

logger = structlog.get_logger()


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

    def committed(self) -> None:
        """All that was judged and learnt is stored: the time to keep what is slow to fold."""
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

    def committed(self) -> None:
        return None

    def close(self) -> None:
        if isinstance(self._stage, Closing):
            self._stage.close()


KEEP_EVERY = 50_000
"""Records after which the view is kept anew: as many are folded at the next start, which takes some seconds."""


class Stateful:
    """Gives a recorded verdict again, or takes a new one and records it (DESIGN, law 4). `views`: where the view is kept from one start
    to the next, if the stage can store it."""

    def __init__(self, stage: StatefulStage[Any, Any, Any], log: StateLog[Any], views: Views | None = None) -> None:
        self.name = stage.name
        self._stage = stage
        self._log = log
        self._view: View[Any] | None = None
        self._keeping = _Keeping(stage, views) if isinstance(stage, Storing) and views is not None else None
        self._not_kept = 0
        """Records that were folded and are not in the view that was kept last."""

    def __call__(self, message: Contract) -> Sequence[Outcome]:
        if self._view is None:
            self.restore()
        stored = self._log.get(self._stage.input_id(message))
        if stored is not None:
            return self._stage.render(message, stored, self._view)
        record = self._stage.decide(message, self._view)
        # Rendered before it is recorded: a verdict that cannot be rendered becomes a dead letter and must leave no trace.
        outcomes = self._stage.render(message, record, self._view)
        # Folded before it is recorded, for the same reason: what cannot be folded would end every start from then on.
        self._fold((record,))
        self._log.append(record)
        return outcomes

    def restore(self) -> None:
        self._view = None
        kept = self._keeping.newest(self._log) if self._keeping else None
        self._view, records = kept or (self._stage.new_view(self._log), self._log.read())
        self._not_kept = 0
        self._fold(records)

    def learn(self, records: Iterable[Any]) -> None:
        if self._view is None:
            self.restore()
        else:
            self._fold(records)

    def committed(self) -> None:
        if self._not_kept >= KEEP_EVERY:
            self.keep()

    def keep(self) -> None:
        """Of what is stored, as `committed` says. Nothing, where the stage's view is not one to be kept."""
        if self._keeping is not None and self._view is not None:
            self._keeping.keep(self._view)
            self._not_kept = 0

    def close(self) -> None:
        return None

    def _fold(self, records: Iterable[Any]) -> None:
        # Without a view until it is whole: should reading the records or folding one fail half-way, nothing is judged by half of them,
        # and no half of them is kept.
        view, self._view = self._view, None
        assert view is not None
        for record in records:
            view.fold(record)
            self._not_kept += 1
        self._view = view


class _Keeping:
    """The view of one stage, from one start to the next."""

    def __init__(self, stage: Storing, views: Views) -> None:
        self._stage = stage
        self._views = views
        # Of the code that runs, whatever is installed under it meanwhile.
        self._key = stage.view_key()

    def keep(self, view: View[Any]) -> None:
        try:
            self._views.keep(self._key, self._stage.columns(view))
        except MemoryError as error:
            # It takes as much memory again. It saves time at the next start, no more.
            logger.warning("view not kept", stage=self._stage.name, reason=repr(error))

    def newest(self, log: StateLog[Any]) -> tuple[View[Any], Iterable[Any]] | None:
        """As it was kept last, and the records to be folded into it."""
        found = self._views.newest(self._key)
        if found is None:
            return None
        columns, records = found
        try:
            return self._stage.view_of(columns, log), records
        except Unavailable:
            raise
        except Exception as error:
            # Of other records than these, or larger than memory: never a reason not to start.
            logger.warning("view not used", stage=self._stage.name, reason=repr(error))
            return None
