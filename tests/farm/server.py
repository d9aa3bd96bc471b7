"""The farm itself: listeners on many loopback addresses, routing, rounds."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import resource
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from farm import ledger, listing, pages
from farm.control import control
from farm.feed import Feed, read_token
from farm.model import Reply, Request
from farm.plan import Settings, addresses, plan
from farm.wire import Connection

CONTROL = "127.0.0.1"


@dataclass(eq=False, slots=True)
class Host:
    """One listening address, with counts of connections. owner: its faulty feed; None = shared by healthy ones."""

    address: str
    owner: Feed | None
    on_connect: Feed | None = None
    open: int = 0
    peak: int = 0
    total: int = 0
    sockets: list[socket.socket] = field(default_factory=list)


class Farm:
    """``async with Farm(feeds=100, out=tmp_path) as farm``: .opml_path, .base, .feeds, .ledger(), .advance().

    Options are the fields of plan.Settings. With rounds=N a feed moves to its next round by itself after each full
    response until round N; with rounds=0 all feeds move at advance().
    """

    def __init__(self, out: str | Path, **options: Any) -> None:
        self.settings = Settings(**options)
        self.out = Path(out)
        self.feeds: list[Feed] = []
        self.by_id: dict[str, Feed] = {}
        self.hosts: dict[str, Host] = {}
        self.connections: set[Connection] = set()
        self.errors: list[str] = []
        self.port = 0
        self.round = 1
        self._servers: list[asyncio.Server] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._building: asyncio.Task[None] | None = None

    @property
    def opml_path(self) -> Path:
        """The OPML of all feeds."""
        return self.out / "farm.opml"

    @property
    def base(self) -> str:
        """Where /_farm/ is: http://127.0.0.1:PORT."""
        return f"http://{CONTROL}:{self.port}"

    # -- life

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        raise_file_limit()
        for attempt in range(20):
            try:
                sockets = self._bind()
                break
            except OSError:
                if self.settings.port or attempt == 19:
                    raise
        self.by_id = {f.id: f for f in self.feeds}
        for feed in self.feeds:
            if feed.kind.healthy:
                self._build(feed)
        gc.freeze()  # the feeds live as long as the farm: the collector need not walk them again and again
        for host, sock in sockets:
            self._servers.append(
                await self._loop.create_server(partial(Connection, self, host), sock=sock, backlog=512)
            )
        self.out.mkdir(parents=True, exist_ok=True)
        self.opml_path.write_text(listing.opml(self.feeds), "utf-8")
        (self.out / "manifest.json").write_text(json.dumps(listing.manifest(self.feeds), indent=1), "utf-8")
        return self

    async def __aexit__(self, *exc: object) -> None:
        for server in self._servers:
            server.close()
        for connection in list(self.connections):
            connection.transport.abort()
        for host in self.hosts.values():
            for sock in host.sockets:
                sock.close()
        await asyncio.sleep(0)  # let connection_lost run
        gc.unfreeze()

    def _bind(self) -> list[tuple[Host, socket.socket]]:
        """Plan the feeds for a free port and bind all addresses; OSError (all closed again) if one is taken."""
        with contextlib.ExitStack() as stack:

            def bound(address: str, port: int) -> socket.socket:
                sock = stack.enter_context(socket.socket())
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind((address, port))
                sock.setblocking(False)
                return sock

            control_socket = bound(CONTROL, self.settings.port)
            self.port = control_socket.getsockname()[1]
            self.feeds = plan(self.settings, self.port)
            self.hosts = {CONTROL: Host(CONTROL, None)}
            result = [(self.hosts[CONTROL], control_socket)]
            for address, owner in addresses(self.feeds):
                host = self.hosts[address] = Host(address, owner)
                sock = bound(address, self.port)
                if owner is not None and owner.kind.listener == "full" and address == owner.host:
                    host.sockets += [sock, *fill_backlog(sock)]
                    continue
                if owner is not None and owner.kind.on_connect and address == owner.host:
                    host.on_connect = owner
                result.append((host, sock))
            stack.pop_all()
            return result

    # -- requests

    def handle(self, connection: Connection, request: Request) -> None:
        """Route by the address that was connected to, never by the Host header."""
        path = request.path
        host = connection.host
        found: Any
        if host.address == CONTROL and path.startswith("/_farm/"):
            if path == "/_farm/advance" and request.method == "POST":
                connection.take_over(self._advance_for(connection))
                return
            connection.answer(None, request, control(self, request))
            return
        if request.method not in ("GET", "HEAD"):
            connection.answer(None, request, Reply(405))
            return
        feed_id, _, tail = path[1:].partition("/")
        feed = host.owner or self.by_id.get(feed_id)
        if path == "/robots.txt":
            if feed is not None:
                feed.log.robots += 1
            found = feed.kind.robots(feed, request, connection) if feed and feed.kind.robots else pages.ROBOTS
        elif feed is None or (feed.host != host.address and feed.companion != host.address):
            found = pages.NOT_FOUND
        elif tail == "feed" and feed.id == feed_id and feed.host == host.address:
            feed.note_request()
            found = feed.cache if feed.cache is not None and feed.cache.round == feed.round else None
            if found is None or request.conditional:
                found = self._build(feed, request, connection)
        elif (
            (item := read_token(feed.seed, tail.partition("-")[0]))
            and item[0] == feed.index
            and item[1] < 1 << 18
            and feed.host == host.address
        ):
            feed.log.pages += 1
            handler = feed.kind.page or pages.article
            found = handler(feed, request, connection)
        else:
            feed.log.other += 1
            found = feed.kind.other(feed, request, connection) if feed.kind.other else pages.site(feed, request)
        if isinstance(found, Reply):
            connection.answer(feed, request, found)
        else:
            connection.take_over(found)

    def _build(self, feed: Feed, request: Request | None = None, connection: Connection | None = None) -> Any:
        """Ask the kind. An answer that it marks with a key ("cache", ...) is kept for the rest of the round."""
        found = feed.kind.feed(feed, request or pages.FIRST_REQUEST, connection)  # type: ignore[arg-type]
        if isinstance(found, Reply) and isinstance(found.key, tuple) and found.key[0] == "cache":
            feed.cache = found
        return found

    async def _advance_for(self, connection: Connection) -> None:
        """POST /_farm/advance: answered when the new round's documents are ready."""
        body = json.dumps({"round": await self.advance_and_build()}).encode()
        await connection.send(
            Reply(headers=[("Content-Type", "application/json"), ("Connection", "close")], body=body).wire()
        )

    # -- rounds and reports

    def after_delivery(self, feed: Feed) -> None:
        """Move the feed on by itself if that was asked for."""
        if feed.round < self.settings.rounds:
            feed.round += 1

    def advance(self) -> int:
        """Move all feeds to the next round; its number. From any thread.

        Documents of the new round are made in the background (a quarter of a millisecond each), or when asked for.
        """
        loop = self._loop
        assert loop is not None
        if threading.get_ident() != self._thread:
            return asyncio.run_coroutine_threadsafe(self.advance_and_build(), loop).result()
        self.round += 1
        for feed in self.feeds:
            feed.round += 1
        self._building = loop.create_task(self._build_all())
        return self.round

    async def advance_and_build(self) -> int:
        """advance(), and wait until all documents are ready."""
        number = self.advance()
        assert self._building is not None
        await self._building
        return number

    async def _build_all(self) -> None:
        """Make the healthy documents of this round in slices of about 10 ms, so that answers are not held up."""
        for count, feed in enumerate(self.feeds):
            if feed.kind.healthy and (feed.cache is None or feed.cache.round != feed.round):
                self._build(feed)
                if count % 40 == 0:
                    await asyncio.sleep(0)

    def ledger(self) -> list[ledger.Line]:
        """The ledger's lines now."""
        return list(ledger.lines(self.feeds))

    def write_ledger(self) -> None:
        """ledger.jsonl in the out folder."""
        (self.out / "ledger.jsonl").write_bytes(ledger.jsonl(self.feeds))


def raise_file_limit() -> None:
    """As many open files as this process may have."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def fill_backlog(sock: socket.socket) -> list[socket.socket]:
    """Let a socket listen with the smallest backlog and fill it, so that later clients' SYNs get no answer."""
    sock.listen(0)
    clients = []
    for _ in range(3):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(sock.getsockname())
        clients.append(client)
    return clients


@contextlib.contextmanager
def serving(out: str | Path, **options: Any) -> Iterator[Farm]:
    """A farm in a thread with a loop of its own: ``with serving(tmp_path, feeds=20) as farm``."""
    farm = Farm(out, **options)
    ready: threading.Event = threading.Event()
    failure: list[BaseException] = []
    stop: asyncio.Event | None = None
    loop = asyncio.new_event_loop()

    async def main() -> None:
        nonlocal stop
        stop = asyncio.Event()
        try:
            async with farm:
                ready.set()
                await stop.wait()
        except BaseException as error:
            failure.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), name="farm", daemon=True)
    thread.start()
    ready.wait()
    try:
        if failure:
            raise failure[0]
        yield farm
    finally:
        if stop is not None:
            loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()
        farm.write_ledger()
