"""What can go wrong with a server of the local stack."""

from __future__ import annotations


class MissingServer(Exception):
    """A server can't be had on this machine; the message is one line that says what to install."""


class ServerFailed(Exception):
    """A server was started and does not answer; the message ends with the last lines of its log."""
