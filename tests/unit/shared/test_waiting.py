"""Trying again until it can be done."""

from __future__ import annotations

from itertools import repeat

import pytest

from shared.runtime.progress import Progress
from shared.runtime.waiting import until_available
from shared.stage import Unavailable


async def test_it_is_down_from_the_first_failure_to_the_success() -> None:
    progress = Progress("index", 120.0)
    progress.ready = True
    seen: list[tuple[str | None, object]] = []

    async def attempt() -> str:
        seen.append((progress.waiting_for, progress.status()["ready"]))
        if len(seen) < 4:
            raise Unavailable("the cluster is away")
        return "done"

    assert await until_available(attempt, progress, repeat(0.001)) == "done"
    assert seen == [(None, True), *[("the cluster is away", False)] * 3]
    assert progress.waiting_for is None
    assert progress.status()["ready"]


async def test_whatever_else_fails_is_not_tried_again() -> None:
    progress = Progress("index", 120.0)

    async def attempt() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await until_available(attempt, progress)
    assert progress.waiting_for is None
