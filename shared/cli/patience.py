"""Waiting for a pipeline that works elsewhere, and for those who are told of what it found."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.patience import Waiting
    from shared.runtime.feeding import Feeding

GIVE_UP_S = 60.0
"""Without any progress of the workers for so long, one need not wait on: nothing is lost by going."""
TELL_EVERY_S = 10.0
CHANNELS_S = 30.0
"""For channels at the end of a run: whoever is down for longer is told by the next one."""


def wait_for_workers(session: Feeding, give_up_s: float = GIVE_UP_S) -> bool:
    """Until nothing waits for any stage, and what came of it can be read. False, with a line about who is missing, where the workers
    do not get on.

    Tells people what it waits for when that takes long; programs see it on standard error.
    """
    from shared.patience import in_words, wait_while_it_moves

    last = time.monotonic()

    def tell(waiting: Waiting) -> None:
        nonlocal last
        if time.monotonic() - last > TELL_EVERY_S:
            print(f"newsloom: waiting for the workers: {in_words(waiting)}", file=sys.stderr)
            last = time.monotonic()

    if left := wait_while_it_moves(session.unread, give_up_s, tell):
        print(
            f"newsloom: no progress for {give_up_s:.0f} s; messages wait: {in_words(left)}. They are kept; are these workers "
            f"running: {' '.join(left)}?",
            file=sys.stderr,
        )
        return False
    session.reading.index.refresh()
    return True


def wait_for_channels(session: Feeding, patience_s: float = CHANNELS_S) -> bool:
    """Until every channel was told what there is. False, with a line for each that is behind, where that takes longer than `patience_s`."""
    from shared.printable import printable

    behind = session.told(patience_s)
    for channel, why in behind.items():
        print(
            printable(f"newsloom: the channel {channel} is behind: {why}. Nothing is lost: the next run tells it"),
            file=sys.stderr,
        )
    return not behind
