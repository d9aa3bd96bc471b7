"""Errors that a person reads: one line that says what to do. The command line turns them into exit codes."""

from __future__ import annotations


class NewsloomError(Exception):
    """Base of all errors that end a command; `exit_code` as DESIGN section 4 has it."""

    exit_code = 1


class Misuse(NewsloomError):
    """A wrong option, file or argument."""

    exit_code = 2


class NotAvailable(NewsloomError):
    """Something needed is not there: a server, a disk, another process holds the lock."""

    exit_code = 3


class Locked(NotAvailable):
    """Another process works there."""


class StageStopped(NotAvailable):
    """A stage dead-letters too much of what it gets: going on would hide a broken deployment."""
