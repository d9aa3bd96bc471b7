"""A proxy before Elasticsearch that now and then refuses: whole requests with 429 or 503, and single items of bulk requests."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from typing import Any

import orjson
from aiohttp import ClientSession, web
from real import free_port, wait_until

REFUSED_ITEMS = 0.05
REFUSED_REQUESTS = 0.2
HOP_BY_HOP = {"content-length", "transfer-encoding", "connection", "content-encoding", "host"}


class MoodyProxy:
    """Items that it refuses never reach the server. Use as a context manager; `refused` counts by what it said."""

    def __init__(self, target: str) -> None:
        self.port = free_port()
        self.refused: Counter[str] = Counter()
        self.moody = True
        self._target = target
        self._chance = random.Random(1)
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> MoodyProxy:
        self._thread.start()
        wait_until(self._started.is_set, 10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._close())

    async def _serve(self) -> None:
        self._client = ClientSession(auto_decompress=True)
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def _close(self) -> None:
        await self._runner.cleanup()
        await self._client.close()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        is_bulk = request.path.endswith("/_bulk") and self.moody
        if is_bulk and self._chance.random() < REFUSED_REQUESTS:
            status = self._chance.choice((429, 503))
            self.refused[f"request {status}"] += 1
            return web.json_response({"error": {"type": "refused"}, "status": status}, status=status)
        refused: dict[int, dict[str, Any]] = {}
        if is_bulk:
            body, refused = self._without_some(body)
            if not body:
                return self._bulk_answer({"took": 0, "errors": True, "items": []}, refused, {})
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        async with self._client.request(
            request.method, f"{self._target}{request.path_qs}", data=body, headers=headers
        ) as answer:
            said = await answer.read()
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
            if refused:
                return self._bulk_answer(orjson.loads(said), refused, kept)
            return web.Response(body=said, status=answer.status, headers=kept)

    def _without_some(self, body: bytes) -> tuple[bytes, dict[int, dict[str, Any]]]:
        """The body without the refused items, and those by their place, as the server would answer for them."""
        lines = body.splitlines(keepends=True)
        kept: list[bytes] = []
        refused: dict[int, dict[str, Any]] = {}
        for place in range(len(lines) // 2):
            action, document = lines[2 * place : 2 * place + 2]
            if self._chance.random() < REFUSED_ITEMS:
                status = self._chance.choice((429, 503))
                self.refused[f"item {status}"] += 1
                [(operation, about)] = orjson.loads(action).items()
                why = {"type": "es_rejected_execution_exception", "reason": "refused by the test"}
                refused[place] = {operation: {**about, "status": status, "error": why}}
            else:
                kept += [action, document]
        return b"".join(kept), refused

    def _bulk_answer(
        self, said: dict[str, Any], refused: dict[int, dict[str, Any]], headers: dict[str, str]
    ) -> web.Response:
        items = list(said["items"])
        for place in sorted(refused):
            items.insert(place, refused[place])
        body = orjson.dumps({**said, "errors": True, "items": items})
        headers = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json", **headers}
        return web.Response(body=body, headers=headers)
