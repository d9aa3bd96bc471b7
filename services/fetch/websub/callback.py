"""The callback server: what hubs ask and push. Everything that comes in is bounded, and believed only as far as it is signed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from services.fetch.websub.signature import BodySignature, signature_of
from services.fetch.websub.subscriber import Subscriber
from services.fetch.websub.subscription import Subscription
from shared import metrics
from shared.errors import NotAvailable

log = structlog.get_logger()

SIGNATURES = ("X-Hub-Signature", "X-Hub-Signature-256")
"""The second is no part of the specification; hubs that can do better than SHA-1 send it beside the first, for old subscribers."""
CHALLENGE = 4_096
"""Longest that is echoed, in characters."""
LEASE_DIGITS = 12
PUSHES_AT_ONCE = 64
"""Bodies that come in together; hubs try again later."""
PUSH_S = 30.0
"""A whole body in so many seconds."""
CHUNK = 64 * 1024


class Callback:
    """Answers one request after the other; `body_limit` in bytes, as of a feed that is fetched."""

    def __init__(self, subscriber: Subscriber, body_limit: int, push_s: float = PUSH_S) -> None:
        self._subscriber = subscriber
        self._body_limit = body_limit
        self._push_s = push_s
        self._open = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """GET is a hub's question or refusal, POST a push; the last part of the path tells whose. Anything else is not there."""
        if not self._subscriber.subscriptions.begun:
            return _answer(503, "busy")
        found = self._subscriber.subscriptions.at(request.path.rstrip("/").rpartition("/")[2])
        if request.method == "POST":
            if found is None:
                # No 410, which would end the subscription: its feed may be about to be read, or be another process's by now.
                return _answer(404, "unknown")
            return await self._push(request, *found)
        if request.method == "GET" and found is not None:
            return self._question(request, *found)
        return web.Response(status=404)

    def _question(self, request: web.BaseRequest, feed_id: str, subscription: Subscription) -> web.Response:
        asked = request.query
        if subscription.offer is None or asked.get("hub.topic") != subscription.offer.topic:
            return web.Response(status=404)
        mode, challenge, lease = (asked.get(f"hub.{name}", "") for name in ("mode", "challenge", "lease_seconds"))
        if mode == "denied":
            self._subscriber.denied(feed_id, asked.get("hub.reason", ""))
            return web.Response(text="")
        # We never unsubscribe: a hub that asks whether we do was asked by somebody else.
        wanted = mode == "subscribe" and 0 < len(challenge) <= CHALLENGE
        if not wanted or not self._subscriber.verified(feed_id, _seconds(lease)):
            return web.Response(status=404)
        # Somebody else's text under our address: it must not be taken for a page.
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def _push(self, request: web.BaseRequest, feed_id: str, subscription: Subscription) -> web.Response:
        if self._open >= PUSHES_AT_ONCE:
            return _answer(503, "busy")
        offer = subscription.offer
        secret = offer and self._subscriber.subscriptions.secret(feed_id, offer)
        given = [value for name in SIGNATURES for value in request.headers.getall(name, ())]
        signature = signature_of(given, secret) if secret else None
        self._open += 1
        try:
            async with asyncio.timeout(self._push_s):
                whole = await self._take_in(request, signature)
        except TimeoutError:
            return _answer(408, "timeout")
        except (ClientError, HttpProcessingError, OSError, ValueError):
            return _answer(400, "broken")
        finally:
            self._open -= 1
        if not whole:
            return _answer(413, "too-large")
        # A wrong signature is acknowledged like a right one, and nothing else happens: no hub is to try again, nobody to guess on.
        if secret and signature is None:
            return _answer(202, "unsigned")
        if signature is not None and not signature.matches():
            return _answer(202, "wrong-signature")
        self._subscriber.pushed(feed_id)
        return _answer(202, "accepted")

    async def _take_in(self, request: web.BaseRequest, signature: BodySignature | None) -> bool:
        """Reads the body to its end; False where it is too large. None of it is kept."""
        declared, received = request.content_length or 0, 0
        if declared > self._body_limit:
            return False
        async for chunk in request.content.iter_chunked(CHUNK):
            received += len(chunk)
            if received > self._body_limit:
                return False
            if signature is not None:
                signature.update(chunk)
        return True


@asynccontextmanager
async def serve_callback(callback: Callback, host: str, port: int) -> AsyncIterator[int]:
    """While the context lasts; gives the port. Raises `NotAvailable` when it is taken.

    No access log: paths are secrets. Bodies are not unpacked: what is signed is what came.
    """
    server = web.Server(callback.answer, access_log=None, auto_decompress=False)
    runner = web.ServerRunner(server, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
        except OSError as error:
            raise NotAvailable(
                f"{host}:{port} cannot be listened on ({error.strerror}): set another NEWSLOOM_WEBSUB_PORT"
            ) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _answer(status: int, result: str) -> web.Response:
    metrics.WEBSUB_PUSHES.labels(result).inc()
    return web.Response(status=status)


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LEASE_DIGITS else None
