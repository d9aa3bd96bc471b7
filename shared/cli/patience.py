"""Waiting for a pipeline that works elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.runtime.feeding import Feeding

GIVE_UP_S = 60.0
"""Without any progress of the workers for so long, one need not wait on: nothing is lost by going."""
LOOK_EVERY_S = 0.3


def wait_for_workers(session: Feeding, give_up_s: float = GIVE_UP_S) -> bool:
    """Until nothing waits for any stage, and what came of it can be read. False, with a line about who is missing, where the workers
    do not get on.

    Tells people what it waits for when that takes long; programs see it on standard error.
    """
    before: dict[str, int] = {}
    since = told = time.monotonic()
    while waiting := session.unread():
        now = time.monotonic()
        if waiting != before:
            before, since = waiting, now
        said = ", ".join(f"{count} for {stage}" for stage, count in waiting.items())
        if now - since > give_up_s:
            workers = " ".join(waiting)
            print(
                f"newsloom: no progress for {give_up_s:.0f} s; messages wait: {said}. They are kept; are these workers "
                f"running: {workers}?",
                file=sys.stderr,
            )
            return False
        if now - told > 10.0:
            print(f"newsloom: waiting for the workers: {said}", file=sys.stderr)
            told = now
        time.sleep(LOOK_EVERY_S)
    session.reading.index.refresh()
    return True
