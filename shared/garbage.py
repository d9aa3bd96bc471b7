"""Memory: garbage is collected rarely, since messages are made by the thousand and hold no cycles; what is free is given back."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import cache

_M_ARENA_MAX = -8
"""In glibc's malloc.h."""


def collect_rarely() -> Callable[[], None]:
    """To be called when models and tables are loaded, which live as long as the process; returns what undoes it.

    Looking for cycles at every 700 new objects took a sixth of the time of the embedded pipeline and a quarter of a worker's.
    """
    gc.collect()
    gc.freeze()
    threshold = gc.get_threshold()
    gc.set_threshold(200_000, 10, 10)
    return lambda: gc.set_threshold(*threshold)


def keep_memory_together() -> None:
    """Threads share two areas of memory instead of having each its own: what one frees, others use. Where libc is not glibc, nothing."""
    if (libc := _glibc()) is not None:
        libc.mallopt(_M_ARENA_MAX, 2)


def give_memory_back() -> None:
    """Freed memory between what is in use goes back to the system: tens of megabytes after bodies, batches and archives."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    try:
        libc = ctypes.CDLL(None)
        _ = libc.malloc_trim, libc.mallopt
    except (OSError, AttributeError):
        return None
    return libc
