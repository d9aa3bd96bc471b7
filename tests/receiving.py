"""A receiver of webhooks on loopback, on a thread of its own, that does what a test tells it to; and what it was told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answer` gives status and headers for the n-th request, from 0."""

    answer: Callable[[int], tuple[int, dict[str, str]]] = lambda _: (204, {})
    delay_s: float = 0.0
    got: list[Received] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[str]:
        """Ids that it said yes to, as they came."""
        return [each.id for each in self.got if 200 <= each.status < 300]

    @contextmanager
    def running(self) -> Iterator[Receiver]:
        """Again on the same port, if it has run before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = receiver.answer(len(receiver.got))
                lower = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Received(self.path, lower, body, status))
                time.sleep(receiver.delay_s)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                receiver.got.append(Received(self.path, {"webhook-id": "GET"}, b"", 200))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

        with Server(("127.0.0.1", self.port), Handler) as server:
            self.port = server.server_port
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            yield self
            server.shutdown()


def answers(*statuses: int, then: int = 204, **headers: str) -> Callable[[int], tuple[int, dict[str, str]]]:
    """These, one after the other, and then another for ever."""
    given: Sequence[int] = statuses

    def answer(number: int) -> tuple[int, dict[str, str]]:
        return (given[number], headers) if number < len(given) else (then, {})

    return answer
