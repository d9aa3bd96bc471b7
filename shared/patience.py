"""Waiting for workers that are processes of their own: as long as they get on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

LOOK_EVERY_S = 0.3

Waiting = Mapping[str, int]
"""Messages by the stage that they wait for."""


def wait_while_it_moves(
    ask: Callable[[], Waiting], give_up_s: float, told: Callable[[Waiting], None] = lambda _: None
) -> Waiting:
    """Asks until nothing waits, and returns that; or what still waits, where it has not changed for `give_up_s`. `told` hears
    each answer."""
    before: Waiting = {}
    since = time.monotonic()
    while waiting := ask():
        if waiting != before:
            before, since = waiting, time.monotonic()
        elif time.monotonic() - since > give_up_s:
            return waiting
        told(waiting)
        time.sleep(LOOK_EVERY_S)
    return {}


def in_words(waiting: Waiting) -> str:
    return ", ".join(f"{count} for {stage}" for stage, count in waiting.items())
