"""Which errors a person can mend, and the line and exit code that they end with (DESIGN, section 4)."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from typing import NamedTuple


class Ending(NamedTuple):
    line: str
    exit_code: int


def ending_of(error: Exception) -> Ending | None:
    """Of an error, or of the first of a group that a person can mend; `NewsloomError`s first. None: it is a bug of ours."""
    from shared.errors import NewsloomError

    errors = list(_leaves(error))
    errors.sort(key=lambda each: not isinstance(each, NewsloomError))
    return next((ending for each in errors if (ending := _ending(each)) is not None), None)


def drop_output() -> None:
    """What could not be written is not tried again: at exit the interpreter would, and tell of it in a traceback."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error


def _ending(error: BaseException) -> Ending | None:
    from shared.errors import NewsloomError
    from shared.stage import Unavailable

    match error:
        case NewsloomError():
            return Ending(str(error), error.exit_code)
        case Unavailable():
            return Ending(f"{error}; nothing is lost: mend it and run the same command again", 3)
        case sqlite3.ProgrammingError():
            return None
        case sqlite3.DatabaseError():
            return Ending(_of_database(error), 3)
        case OSError() if error.filename is not None:
            return Ending(f"{os.fsdecode(error.filename)}: {error.strerror}", 3)
        case OSError():
            return Ending(f"what was to be printed or read could not be: {error.strerror or error}", 3)
    return None


def _of_database(error: sqlite3.DatabaseError) -> str:
    from shared.adapters.sqlite.store import passes

    if passes(error):
        return f"newsloom.sqlite cannot be used: {error}; nothing is lost: mend it and run the same command again"
    return f"newsloom.sqlite is damaged: restore it from a backup ({error})"
