"""The HTTP/1.1 side: one protocol object per connection, with the raw means that faulty kinds need."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from farm.model import Reply, Request

if TYPE_CHECKING:
    from farm.feed import Feed
    from farm.server import Farm, Host

MAX_HEAD = 65_536  # bytes of a request head
LINGER = 5.0  # seconds that a client may take to close its side of a connection that the farm has ended


def parse_head(head: bytes) -> Request | None:
    """Request line and headers, None if it is no HTTP."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/"):
        return None
    path, _, query = parts[1].partition("?")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(parts[0], path, query, parts[2], headers)


class Connection(asyncio.Protocol):
    """A client's connection. A kind may answer with a Reply, or take the connection over with a coroutine."""

    __slots__ = ("buffer", "closing", "drained", "farm", "host", "keep", "last", "task", "then", "timer", "transport")

    def __init__(self, farm: Farm, host: Host) -> None:
        self.farm, self.host = farm, host
        self.transport: Any = None
        self.buffer = b""
        self.task: asyncio.Task[None] | None = None
        self.last: tuple[Feed, Reply] | None = None  # sent in full, not yet proved read
        self.drained: asyncio.Future[None] | None = None
        self.then: tuple[Feed, Reply] | None = None  # to be noted once the write buffer is empty
        self.closing = False
        self.keep = True
        self.timer: asyncio.TimerHandle | None = None

    # -- asyncio's side

    def connection_made(self, transport: Any) -> None:
        """A client connected."""
        self.transport = transport
        transport.set_write_buffer_limits(high=0)  # pause/resume then mean "not all / all bytes are in the kernel"
        host = self.host
        host.open += 1
        host.total += 1
        host.peak = max(host.peak, host.open)
        self.farm.connections.add(self)
        feed = host.on_connect
        if feed is not None and feed.kind.on_connect is not None:
            feed.note_request()
            self.take_over(feed.kind.on_connect(feed, self))

    def data_received(self, data: bytes) -> None:
        """Bytes of one or more requests."""
        if self.closing:
            return
        self.buffer = self.buffer + data if self.buffer else data
        if self.task is None and self.then is None:
            self.pump()

    def pause_writing(self) -> None:
        """The kernel did not take all."""

    def resume_writing(self) -> None:
        """The kernel has taken all."""
        if self.drained is not None and not self.drained.done():
            self.drained.set_result(None)
        if self.then is not None:
            feed, reply = self.then
            self.then = None
            self.finished(feed, reply)
            self.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        """Either side closed; a reset means that the client left bytes unread, so nothing is proved delivered."""
        self.host.open -= 1
        self.farm.connections.discard(self)
        if isinstance(exc, (ConnectionResetError, BrokenPipeError)) and self.last is not None:
            self.last[0].undelivered(self.last[1])
        self.last = self.then = None
        self.closing = True
        if self.timer is not None:
            self.timer.cancel()
        if self.task is not None:
            self.task.cancel()

    # -- requests and replies

    def pump(self) -> None:
        """Handle every complete request in the buffer, until one takes the connection over."""
        while self.buffer and self.task is None and self.then is None and not self.closing:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self.buffer) > MAX_HEAD or self.buffer[0] == 0x16:  # 0x16: a TLS hello on a plain port
                    self.bad_request()
                return
            request = parse_head(self.buffer[:end])
            if request is None:
                self.bad_request()
                return
            length = int(request.get("content-length") or 0) if request.method == "POST" else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            self.last = None  # a client that asks again has read the last answer
            self.keep = request.version == "HTTP/1.1" and request.get("connection").lower() != "close"
            self.farm.handle(self, request)

    def bad_request(self) -> None:
        """400 and close."""
        self.buffer = b""
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.close()

    def answer(self, feed: Feed | None, request: Request, reply: Reply) -> None:
        """Send a Reply and note it in the feed's log when it is out."""
        if feed is not None:
            statuses = feed.log.statuses
            statuses[reply.status] = statuses.get(reply.status, 0) + 1
        if request.method == "HEAD":
            self.transport.write(reply.wire().partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            if not self.keep:
                self.close()
            return
        transport = self.transport
        transport.write(reply.wire())
        if reply.framing == "close":
            self.keep = False
        if transport.get_write_buffer_size():
            self.then = (feed, reply)  # type: ignore[assignment]
        else:
            self.finished(feed, reply)

    def finished(self, feed: Feed | None, reply: Reply) -> None:
        """All bytes of the reply are in the kernel."""
        if feed is not None and (reply.full or reply.entries):
            feed.delivered(reply)
            self.last = (feed, reply)
            self.farm.after_delivery(feed)
        if not self.keep:
            self.end()

    def take_over(self, work: Awaitable[Any]) -> None:
        """Run a kind's coroutine on this connection: no further request is read, and it is closed at the end."""

        async def run() -> None:
            try:
                await work
            except (ConnectionError, asyncio.CancelledError):
                pass
            except Exception as error:  # a bug of a kind must be seen, and must not end the farm
                self.farm.errors.append(f"{type(error).__name__}: {error}")
                raise
            finally:
                if not self.closing:
                    self.end()

        self.task = asyncio.get_running_loop().create_task(run())

    # -- what kinds use

    async def send(self, data: bytes) -> None:
        """Write, and wait until the kernel has all of it; ConnectionError if the client is gone."""
        if self.closing:
            raise ConnectionResetError
        self.transport.write(data)
        while self.transport.get_write_buffer_size() and not self.closing:
            self.drained = asyncio.get_running_loop().create_future()
            await self.drained
        if self.closing:
            raise ConnectionResetError

    async def send_reply(self, feed: Feed, reply: Reply) -> None:
        """A whole Reply from within a coroutine, noted in the log; the connection ends with the coroutine: say so."""
        if ("Connection", "close") not in reply.headers and reply.framing != "close":
            reply.headers.append(("Connection", "close"))
        await self.send(reply.wire())
        self.note(feed, reply)

    def note(self, feed: Feed, reply: Reply) -> None:
        """Enter a reply whose bytes the kind has sent by itself."""
        feed.delivered(reply)
        self.last = (feed, reply)
        self.farm.after_delivery(feed)

    async def hang(self) -> None:
        """Keep silent until the client goes away."""
        await asyncio.get_running_loop().create_future()

    def end(self) -> None:
        """FIN, and if items were sent, wait for the client's: a reset would still say that it has not read them."""
        if self.last is None:
            self.close()
            return
        self.closing = True
        try:
            self.transport.write_eof()
        except OSError:  # the client has gone already
            self.transport.close()
            return
        self.timer = asyncio.get_running_loop().call_later(LINGER, self.transport.close)

    def close(self) -> None:
        """FIN after what has been written."""
        self.closing = True
        self.transport.close()

    def reset(self) -> None:
        """RST now (linger 0)."""
        self.closing = True
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
