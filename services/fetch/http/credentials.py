"""How a feed proves who asks: its secret, read from a file, as a header for the origin of the feed's own URL and for nobody else."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from yarl import URL

from services.fetch.http.client import Response
from services.fetch.http.limits import FetchError
from shared.contracts import FeedOptions

SECRET_BYTES = 4_096
"""A header's line may have twice that; `basic` makes four characters of three."""
_LEAST_HIDDEN = 8
"""Shorter secrets are not looked for in answers: they are in every text by chance."""
_REFUSED = (401, 403)
NO_HEADERS: Mapping[str, str] = {}


class Http(Protocol):
    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Raises `FetchError`."""
        ...


class Feed(Protocol):
    """As `FeedState` has it: `address` is where to ask now, `url` where the list says that it is."""

    @property
    def url(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def options(self) -> FeedOptions: ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """A header with a secret. Its representation tells neither."""

    header: str
    value: str
    secret: str

    def __repr__(self) -> str:
        return f"Credentials({self.header!r}, …)"

    def hide(self, body: bytes) -> bytes:
        """The body without the secret: a server may echo what it was sent, and bodies are stored, and links in them published."""
        for shown in (self.secret, self.value.rpartition(" ")[2]):
            if len(shown) >= _LEAST_HIDDEN:
                body = body.replace(shown.encode(), b"***")
        return body


class CredentialStore:
    """Secrets as they were when first needed; read anew when a server refuses them, since they may have been rotated."""

    def __init__(self) -> None:
        self._known: dict[FeedOptions, Credentials] = {}

    async def get(
        self,
        http: Http,
        feed: Feed,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Response:
        """Asks for a feed, with its secret if it has one. Raises `FetchError`; `credentials` where the secret cannot be had.

        A feed that has moved to another origin is asked without.
        """
        key = feed.options
        ask = partial(http.get, _with_userinfo(feed.address, feed.url), etag=etag, last_modified=last_modified)
        if key.auth is None or not _same_origin(feed.address, feed.url):
            return await ask(headers=headers)
        credentials = self._known.get(key) or await self._read(key)
        try:
            return await _ask_as(credentials, ask, headers)
        except FetchError as error:
            if error.status not in _REFUSED or (renewed := await self._read(key)) == credentials:
                raise
        return await _ask_as(renewed, ask, headers)

    async def _read(self, options: FeedOptions) -> Credentials:
        # In a thread: the file may be on a network's disk.
        credentials = self._known[options] = await asyncio.to_thread(read_credentials, options)
        return credentials


async def _ask_as(
    credentials: Credentials, ask: Callable[..., Awaitable[Response]], headers: Mapping[str, str]
) -> Response:
    try:
        response = await ask(headers={**headers, credentials.header: credentials.value})
    except FetchError as error:
        error.hide(credentials.hide)
        raise
    return replace(response, body=credentials.hide(response.body))


def read_credentials(options: FeedOptions) -> Credentials:
    """The header of a feed with `auth`. Raises `FetchError` `credentials`, which names the file and tells nothing of what is in it."""
    path = options.secret_file
    if path is None or (options.auth != "bearer" and not options.auth_name):
        raise FetchError("credentials", f"{options.auth} needs a secret file, and a name unless it is bearer")
    secret = _secret(path)
    match options.auth:
        case "basic":
            pair = b64encode(f"{options.auth_name}:{secret}".encode()).decode("ascii")
            return Credentials("Authorization", f"Basic {pair}", secret)
        case "bearer" if " " in secret or not secret.isascii():
            raise FetchError(
                "credentials", f"{path} holds no token: there are spaces or other letters than ASCII in it"
            )
        case "bearer":
            return Credentials("Authorization", f"Bearer {secret}", secret)
        case _ if not secret.isascii():
            raise FetchError("credentials", f"{path} holds other letters than ASCII, which no header takes")
        case _:
            return Credentials(options.auth_name or "", secret, secret)


def _secret(path: Path) -> str:
    """The file's text without the line end that editors add."""
    try:
        # A pipe would be waited for, a device be read for ever.
        if path.exists() and not path.is_file():
            raise FetchError("credentials", f"{path} is no file")
        with path.open("rb") as file:
            raw = file.read(SECRET_BYTES + 1)
        secret = raw.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise FetchError("credentials", f"{path} cannot be read ({error.strerror})") from None
    except ValueError:  # UTF-8; a NUL in the name
        raise FetchError("credentials", f"{path} cannot be read (not UTF-8 text)") from None
    if len(raw) > SECRET_BYTES:
        raise FetchError("credentials", f"{path} is over {SECRET_BYTES} bytes: that is no secret")
    if not secret.strip():
        raise FetchError("credentials", f"{path} is empty")
    if not secret.isprintable():
        raise FetchError("credentials", f"{path} holds line breaks or control characters")
    return secret


def _with_userinfo(address: str, url: str) -> str:
    """The address with the user and password of the listed URL, where it is of the same origin and has none of its own."""
    try:
        to, listed = URL(address.strip()), URL(url.strip())
        if listed.user is None or to.user is not None or to.origin() != listed.origin():
            return address
        return str(to.with_user(listed.user).with_password(listed.password))
    except ValueError:
        return address


def _same_origin(one: str, other: str) -> bool:
    try:
        return URL(one.strip()).origin() == URL(other.strip()).origin()
    except ValueError:
        return False
