from __future__ import annotations

import errno
from itertools import islice
from typing import NoReturn

import pytest

from shared.retry import Exhausted, Retry, backoff
from shared.stage import Unavailable


def test_the_last_error_is_the_cause_after_all_attempts() -> None:
    errors = [ValueError(str(number)) for number in range(5)]
    tried: list[Exception] = []

    def call() -> NoReturn:
        tried.append(errors[len(tried)])
        raise tried[-1]

    with pytest.raises(Exhausted) as exhausted:
        Retry(4).run(call)
    assert tried == errors[:4]
    assert exhausted.value.attempts == 4
    assert exhausted.value.__cause__ is errors[3]


def test_the_first_success_is_the_result() -> None:
    answers = iter([ValueError(), "fine", "never asked for"])

    def call() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert Retry(3).run(call) == "fine"
    assert next(answers) == "never asked for"


def test_unavailable_is_never_tried_again() -> None:
    calls = 0

    def call() -> NoReturn:
        nonlocal calls
        calls += 1
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        Retry(5).run(call)
    assert calls == 1


def test_pauses_double_up_to_the_longest() -> None:
    assert list(islice(backoff(), 9)) == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert list(islice(backoff(1, 3, 5), 4)) == [1, 3, 5, 5]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EMFILE, errno.EIO, errno.EROFS])
def test_what_the_machine_lacks_is_no_messages_fault(number: int) -> None:
    """A library that unpacks its model in a full folder for temporary files."""

    def call() -> NoReturn:
        raise OSError(number, "no room")

    with pytest.raises(Unavailable, match="no room"):
        Retry(3).run(call)


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "gone"), OSError("no number"), MemoryError()])
def test_any_other_error_is(error: Exception) -> None:
    def call() -> NoReturn:
        raise error

    with pytest.raises(Exhausted):
        Retry(3).run(call)
