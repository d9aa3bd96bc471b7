"""The pipeline's thread, and the sink that fetching writes to: both wait while the disk is full."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.fetch.writing import Brought
from shared.runtime import embedded, fetching
from shared.runtime.embedded import run_until
from shared.runtime.fetching import PatientSink
from shared.stage import Unavailable


class Pipeline:
    """Drains as the test says; sets `stop` when it has nothing more to say."""

    def __init__(self, stop: threading.Event, *answers: int | BaseException) -> None:
        self._stop = stop
        self._answers = list(answers)
        self.drained = 0
        self.waited: list[bool] = []

    def measure(self) -> None:
        return

    def waiting(self, waits: bool) -> None:
        self.waited.append(waits)

    def drain(self, stop: threading.Event) -> int:
        self.drained += 1
        if not self._answers:
            self._stop.set()
            return 0
        answer = self._answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, each of no time."""
    made: list[float] = []

    def backoff() -> Any:
        for number in range(1, 100):
            made.append(number)
            yield 0.0

    for module in (embedded, fetching):
        monkeypatch.setattr(module, "backoff", backoff)
    return made


def run(*answers: int | BaseException) -> tuple[Pipeline, list[BaseException]]:
    stop, wake, errors = threading.Event(), threading.Event(), list[BaseException]()
    wake.set()
    pipeline = Pipeline(stop, *answers)
    thread = threading.Thread(target=run_until, args=(pipeline, stop, wake, errors.append))
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()
    return pipeline, errors


def test_it_works_until_it_is_stopped() -> None:
    pipeline, errors = run(3, 5)
    assert (pipeline.drained, errors) == (3, [])


def test_it_waits_while_something_is_unavailable_and_goes_on(impatient: list[float]) -> None:
    pipeline, errors = run(Unavailable("full"), Unavailable("full"), 4, Unavailable("full"), 1)
    assert (pipeline.drained, errors) == (6, [])
    assert impatient == [1, 2, 1], "after a success the pauses are short again"


@pytest.mark.parametrize("error", [RuntimeError("bug"), SystemExit(1)])
def test_anything_else_ends_it_and_is_told(error: BaseException) -> None:
    pipeline, errors = run(1, error, 1)
    assert (pipeline.drained, errors) == (2, [error])


class Intake:
    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken: list[Any] = []

    def take_all(self, brought: Any) -> list[int]:
        if self.failures:
            self.failures -= 1
            raise Unavailable("full")
        self.taken.append(brought)
        return [7]


def test_what_a_poll_brought_waits_for_the_disk(impatient: list[float], noon: Any) -> None:
    intake = Intake(failures=3)
    session: Any = SimpleNamespace(intake=intake, pause=lambda seconds: False)
    brought = [Brought([], noon)]
    assert PatientSink(session).take_all(brought) == [7]
    assert intake.taken == [brought]
    assert len(impatient) == 3


def test_waiting_ends_with_the_session(impatient: list[float], noon: Any) -> None:
    session: Any = SimpleNamespace(intake=Intake(failures=9), pause=lambda seconds: True)
    with pytest.raises(Unavailable):
        PatientSink(session).take_all([Brought([], noon)])
    assert len(impatient) == 1


def test_a_session_that_closes_lets_waiters_go(tmp_path: Path) -> None:
    from shared.runtime.session import Session

    session = Session(tmp_path)
    ended: list[bool] = []
    waiter = threading.Thread(target=lambda: ended.append(session.pause(60)))
    waiter.start()
    session.close()
    waiter.join(timeout=10)
    assert ended == [True]
