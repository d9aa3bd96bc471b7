"""A hub and a publisher of WebSub on loopback, with the manners and the vices that hubs have."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web


@dataclass
class Publisher:
    """A feed that names its hub in a header; `items` are titles, the newest last."""

    hub: str | None = None
    items: list[str] = field(default_factory=lambda: ["The first report"])
    polls: int = 0
    down: bool = False
    stale: int = 0
    """So many answers more come from a cache that lacks the newest item."""
    held: asyncio.Event | None = None
    """Nobody is answered before it is set."""
    url: str = ""

    def feed(self, items: list[str]) -> bytes:
        rows = "".join(
            f"<item><title>{title}</title><link>{self.url}/{number}</link><description>{title}: so it goes on.</description></item>"
            for number, title in enumerate(items)
        )
        return f"<rss version='2.0'><channel><title>Paper</title>{rows}</channel></rss>".encode()

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.polls += 1
        if self.held is not None:
            await self.held.wait()
        if self.down:
            return web.Response(status=500)
        items = self.items[:-1] if self.stale else self.items
        self.stale = max(0, self.stale - 1)
        response = web.Response(body=self.feed(items), content_type="application/rss+xml")
        if self.hub:
            response.headers.add("Link", f'<{self.hub}>; rel="hub"')
            response.headers.add("Link", f'<{self.url}>; rel="self"')
        return response


@dataclass
class Hub:
    """Asks whether a subscription is meant, after its answer, as hubs must."""

    refuses: int | None = None
    retry_after: str | None = None
    verifies: bool = True
    hasty: bool = False
    """Verifies before it answers, as older hubs do."""
    lease: int | None = 10 * 86_400
    method: str = "sha1"
    requests: list[dict[str, str]] = field(default_factory=list)
    subscribed: dict[str, dict[str, str]] = field(default_factory=dict)
    """By callback, the form of the request that was verified last."""
    echoes: list[tuple[int, str]] = field(default_factory=list)
    url: str = ""
    _tasks: set[asyncio.Task[int]] = field(default_factory=set)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.requests.append({name: str(value) for name, value in (await request.post()).items()})
        if self.hasty:
            await self.verify(self.requests[-1])
        if self.refuses:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.Response(status=self.refuses, headers=headers)
        if self.verifies and not self.hasty:
            task = asyncio.create_task(self.verify(self.requests[-1]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.Response(status=202)

    async def verify(self, form: dict[str, str], mode: str = "subscribe", **more: str) -> int:
        """The status of the subscriber's answer."""
        query = {"hub.mode": mode, "hub.topic": form["hub.topic"], "hub.challenge": "echo+&?me", **more}
        if self.lease is not None:
            query.setdefault("hub.lease_seconds", str(self.lease))
        async with ClientSession() as session, session.get(form["hub.callback"], params=query) as response:
            text = await response.text()
            self.echoes.append((response.status, text))
            if mode == "subscribe" and response.status == 200 and text == query["hub.challenge"]:
                self.subscribed[form["hub.callback"]] = form
            return response.status

    async def push(
        self, body: bytes, times: int = 1, *, secret: str | None = None, signed: bool = True, coding: str | None = None
    ) -> list[int]:
        """To all that are subscribed; the statuses of their answers. `secret` in the place of the right one."""
        headers = {"Content-Type": "application/rss+xml"} | ({"Content-Encoding": coding} if coding else {})
        async with ClientSession() as session:
            return await asyncio.gather(
                *(
                    self._deliver(session, callback, body, headers, signed and (secret or form.get("hub.secret")))
                    for callback, form in self.subscribed.items()
                    for _ in range(times)
                )
            )

    async def _deliver(
        self, session: ClientSession, callback: str, body: bytes, headers: dict[str, str], secret: str | bool | None
    ) -> int:
        if isinstance(secret, str):
            digest = hmac.new(secret.encode(), body, getattr(hashlib, self.method)).hexdigest()
            headers = {**headers, "X-Hub-Signature": f"{self.method}={digest}"}
        async with session.post(callback, data=body, headers=headers) as response:
            return response.status


@asynccontextmanager
async def serving(*parts: Publisher | Hub) -> AsyncIterator[None]:
    """Each on a port of its own, which its `url` then has."""
    runners = []
    try:
        for part in parts:
            runner = web.ServerRunner(web.Server(part.answer), shutdown_timeout=0.1)
            runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            part.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{type(part).__name__.lower()}"
        yield
    finally:
        for runner in runners:
            await runner.cleanup()
