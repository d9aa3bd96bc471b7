"""Named points at which the durability tests kill the process, for real, with SIGKILL.

`NEWSLOOM_CRASH_AT=index:written:3` kills it when `index:written` is reached for the third time. Unset, a point costs one look
at a module variable.
"""

from __future__ import annotations

import os
import signal

_name, _, _count = os.environ.get("NEWSLOOM_CRASH_AT", "").rpartition(":")
if not (_count.isascii() and _count.isdigit() and len(_count) < 10):
    _name = ""  # no number that could be reached: as if it were unset
_remaining = int(_count) if _name else 0


def reached(point: str) -> None:
    global _remaining
    if not _name or point != _name:
        return
    _remaining -= 1
    if _remaining <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
