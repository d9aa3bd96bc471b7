"""Ports on the loopback address."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"
FREE = range(20000, 32000)
"""Below the range from which the system takes ports for outgoing connections: there a client that tries again and again
while its server is down may take the server's port, or even connect to itself."""

_given: set[int] = set()


def free_port() -> int:
    """A port that nobody listens on, and that this process has not given out before."""
    while True:
        port = random.choice(FREE)
        if port not in _given and not taken(port):
            _given.add(port)
            return port


def taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as the servers do: a closed connection's rest is no matter
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
        return False
