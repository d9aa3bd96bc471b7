"""HTTP for hostile sites: every length, time, address and redirect is bounded. No cookies, no proxy of the environment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from services.fetch.http.address_guard import AddressGuard
from services.fetch.http.body_decoder import ACCEPT_ENCODING, BodyDecoder, unwrapped
from services.fetch.http.errors import as_fetch_error, status_error
from services.fetch.http.limits import FetchError, HttpLimits, storable
from services.fetch.http.proxy import Proxy, ProxyRoute, check_target
from services.fetch.http.target import Target, check_repetition, parse_target

_LIMITS = HttpLimits()
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_KEPT_HEADERS = (
    "age",
    "cache-control",
    "content-language",
    "content-type",
    "etag",
    "expires",
    "last-modified",
    "link",
    "tdm-policy",
    "tdm-reservation",
    "x-robots-tag",
)
ACCEPT_FEEDS = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
ACCEPT_PAGES = "text/html, application/xhtml+xml, */*;q=0.5"
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Redirect:
    """One step: the status and the address that it led to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Response:
    """A 2xx or a 304. `elapsed` in seconds; a `truncated` body has no validators, so that the rest is asked for again."""

    status: int
    url_final: str
    body: bytes
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    redirects: tuple[Redirect, ...] = ()
    elapsed: float = 0.0
    truncated: bool = False

    @property
    def moved_to(self) -> str | None:
        """Where the address has moved for good: as far as the redirects, from the first on, are permanent."""
        moved = None
        for redirect in self.redirects:
            if redirect.status not in _PERMANENT:
                break
            moved = redirect.url
        return moved


@dataclass(slots=True)
class _Progress:
    """How far a request has come, for the error that it may end in: the host asked last, and whether it could be reached."""

    host: str | None = None
    connected: bool = False
    kept: bool = False
    """The connection was one that an earlier request had left open."""


class HttpClient:
    """Use as `async with HttpClient(...) as client`; one per event loop, shared by all requests."""

    def __init__(
        self,
        guard: AddressGuard | None = None,
        limits: HttpLimits = _LIMITS,
        contact: str | None = None,
        version: str = "0.1",
        accept: str = ACCEPT_FEEDS,
        proxy: Proxy | None = None,
    ) -> None:
        """`contact` is a URL or mail address that a site's operator can complain to; it goes into the User-Agent.

        With a `proxy` nothing else is connected to, and what `guard` allows is asked of it, too.
        """
        self._guard = guard or AddressGuard()
        self._proxy = proxy
        self._limits = limits
        self._user_agent = f"Newsloom/{version} ({'+' + contact if contact else 'feed reader'})"
        self._accept = accept
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes all connections; the client can be used again afterwards."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The response after redirects. Raises `FetchError`, and nothing else but cancellation.

        `headers` and the credentials in `url` are sent to the origin of `url` only; the validators go with every redirect, since
        they are of the response at its end.
        """
        validators = _sendable({"If-None-Match": etag, "If-Modified-Since": last_modified})
        return await self._within_limits(url, validators, _sendable(headers or {}))

    async def post_form(self, url: str, fields: Mapping[str, str]) -> Response:
        """The response to a form, urlencoded in UTF-8. Raises `FetchError`, and nothing else but cancellation.

        Only redirects that repeat the request are followed, and none from https to http: fields may be secrets.
        """
        form = urlencode(fields, errors="replace").encode()
        return await self._within_limits(url, {"Content-Type": "application/x-www-form-urlencoded"}, {}, form)

    async def _within_limits(
        self, url: str, headers: dict[str, str], private: dict[str, str], form: bytes | None = None
    ) -> Response:
        started, progress = time.monotonic(), _Progress()
        try:
            try:
                async with asyncio.timeout(self._limits.total_s):
                    return await self._follow(url, headers, private, form, started, progress)
            except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
                raise as_fetch_error(error) from error
        except FetchError as error:
            error.host, error.connected = progress.host, progress.connected
            raise

    async def _follow(
        self,
        url: str,
        common: dict[str, str],
        private: dict[str, str],
        form: bytes | None,
        started: float,
        progress: _Progress,
    ) -> Response:
        """`common` headers go with every redirect, `private` ones to the first origin only."""
        target = parse_target(url, self._limits.url_characters)
        origin = target.url.origin()
        visited: set[URL] = set()
        redirects: list[Redirect] = []
        while True:
            if target.url in visited:
                raise FetchError("too-many-redirects", f"a loop of {len(redirects)} redirects")
            visited.add(target.url)
            headers = dict(common)
            if target.url.origin() == origin:
                headers |= private
                if target.authorization is not None:
                    headers["Authorization"] = target.authorization
            progress.host, progress.connected = target.url.host_port_subcomponent, False
            async with self._request(target.url, headers, form, progress) as response:
                if response.status not in _REDIRECTS:
                    return await self._read(response, target.url, tuple(redirects), started)
                status, location = response.status, response.headers.get("Location")
            if not location:
                raise FetchError("http-3xx", f"{response.status} without a location", status=response.status)
            if len(redirects) == self._limits.redirects:
                raise FetchError("too-many-redirects", f"more than {self._limits.redirects} redirects")
            following = parse_target(location, self._limits.url_characters, target.url)
            if form is not None:
                check_repetition(status, target.url, following.url)
            # Credentials that a redirect names are somebody else's idea; those of the feed list stay with their origin.
            credentials = (target.user, target.password) if following.url.origin() == origin else (None, None)
            target = Target(following.url, *credentials)
            redirects.append(Redirect(response.status, str(target.url)))

    @asynccontextmanager
    async def _request(
        self, url: URL, headers: dict[str, str], form: bytes | None, progress: _Progress
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        tunnel = None
        if self._proxy is not None:
            check_target(url, self._guard)
            headers, tunnel = headers | self._proxy.request_headers(url), self._proxy.tunnel_headers(url)
        async with asyncio.timeout(self._limits.first_byte_s):
            response = await self._send(
                "GET" if form is None else "POST",
                url,
                progress,
                data=form,
                headers=headers,
                proxy_headers=tunnel,
                allow_redirects=False,
            )
        try:
            if response.status == 407 and self._proxy is not None and url.scheme == "http":
                raise FetchError("proxy", "the proxy wants a user and a password, or others", status=407)
            yield response
        finally:
            # Closed, not released: to release is to wait for the rest of a body that nobody wants.
            if not response.closed:
                response.close()

    async def _send(self, method: str, url: URL, progress: _Progress, **options: Any) -> aiohttp.ClientResponse:
        """Once more on a new connection where a kept one failed: it may have held the rest of an earlier answer."""
        progress.kept = False
        try:
            return await self._open_session().request(method, url, trace_request_ctx=progress, **options)
        except (aiohttp.ClientResponseError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            if not progress.kept:
                raise
        return await self._open_session().request(method, url, trace_request_ctx=progress, **options)

    async def _read(
        self, response: aiohttp.ClientResponse, url: URL, redirects: tuple[Redirect, ...], started: float
    ) -> Response:
        if not (200 <= response.status < 300 or response.status == 304):
            raise status_error(response.status, response.headers.get("Retry-After"), datetime.now(UTC))
        body, truncated = b"", False
        if response.status != 304:
            body, truncated = await self._read_body(response)
        kept = {name: storable(value) for name in _KEPT_HEADERS if (value := response.headers.get(name)) is not None}
        if len(links := response.headers.getall("link", ())) > 1:
            # One list, in however many lines (RFC 9110, section 5.3).
            kept["link"] = storable(", ".join(links))
        return Response(
            status=response.status,
            url_final=str(url),
            body=body,
            content_type=kept.get("content-type"),
            etag=None if truncated else kept.get("etag"),
            last_modified=None if truncated else kept.get("last-modified"),
            headers=kept,
            redirects=redirects,
            elapsed=time.monotonic() - started,
            truncated=truncated,
        )

    async def _read_body(self, response: aiohttp.ClientResponse) -> tuple[bytes, bool]:
        """The decoded body, and whether the connection broke before its end."""
        declared = response.content_length
        if declared is not None and declared > self._limits.body_bytes:
            raise FetchError("too-large", f"the body is {declared} bytes, the limit is {self._limits.body_bytes}")
        decoder = BodyDecoder(response.headers.get("Content-Encoding"), self._limits)
        try:
            async for chunk in response.content.iter_chunked(_CHUNK):
                decoder.add(chunk)
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError):
            if not decoder.body():
                raise
            return decoder.body(), True
        return unwrapped(decoder.body(), self._limits), False

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            route = ProxyRoute(self._proxy) if self._proxy else None
            connector = aiohttp.TCPConnector(
                limit=self._limits.connections,
                keepalive_timeout=self._limits.keep_s,
                socket_factory=(route or self._guard).open_socket,
                resolver=route,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                proxy=self._proxy.url if self._proxy else None,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect_s),
                headers={"User-Agent": self._user_agent, "Accept": self._accept, "Accept-Encoding": ACCEPT_ENCODING},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                trace_configs=[_connection_trace()],
                max_line_size=self._limits.header_bytes,
                max_field_size=self._limits.header_bytes,
                max_headers=self._limits.headers,
            )
        return self._session


def _connection_trace() -> aiohttp.TraceConfig:
    """Notes in a request's `_Progress` that it has a connection: a time-out alone doesn't tell."""

    async def connected(session: aiohttp.ClientSession, context: SimpleNamespace, parameters: object) -> None:
        context.trace_request_ctx.connected = True

    async def kept(session: aiohttp.ClientSession, context: SimpleNamespace, parameters: object) -> None:
        context.trace_request_ctx.connected = context.trace_request_ctx.kept = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(kept)
    return trace


def _sendable(headers: Mapping[str, str | None]) -> dict[str, str]:
    """Without those that are missing or can't be sent: a validator is what a server made up once."""
    return {name: value for name, value in headers.items() if value and value.isprintable() and value.isascii()}
