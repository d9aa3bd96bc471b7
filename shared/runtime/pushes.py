"""WebSub for a poller: the key, the subscriber and the callback server, put together from the settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from yarl import URL

from services.fetch.http.client import HttpClient
from services.fetch.http.politeness import HostGate
from services.fetch.websub.callback import Callback, serve_callback
from services.fetch.websub.keys import SHORTEST_KEY, Keys, key_in
from services.fetch.websub.pokes import Pokes
from services.fetch.websub.subscriber import Subscriber
from services.fetch.websub.subscriptions import Subscriptions
from shared.errors import Misuse, NotAvailable
from shared.ports import Clock
from shared.secret_files import read_secret
from shared.settings import Settings


@asynccontextmanager
async def pushes(
    config: Settings, folder: Path, http: HttpClient, gate: HostGate, clock: Clock
) -> AsyncIterator[Subscriber | None]:
    """None where no public address is set. Raises `Misuse` for an address or key that is none, `NotAvailable` for a port or
    folder that cannot be used."""
    if not config.websub_callback:
        yield None
        return
    address = _public_address(config.websub_callback)
    subscriptions = Subscriptions(_keys(config, folder))
    subscriber = Subscriber(http, gate, clock, subscriptions, address, Pokes(clock.monotonic))
    try:
        async with serve_callback(
            Callback(subscriber, config.feed_limit_bytes), config.websub_host, config.websub_port
        ):
            yield subscriber
    finally:
        await subscriber.close()


def _public_address(text: str) -> str:
    try:
        url = URL(text)
        fits = url.scheme in ("http", "https") and url.host and not (url.user or url.query_string or url.fragment)
    except ValueError:
        fits = False
    if not fits:
        raise Misuse("NEWSLOOM_WEBSUB_CALLBACK: give an address such as https://news.example/hubs, without ? and #")
    return text.rstrip("/")


def _keys(config: Settings, folder: Path) -> Keys:
    path = config.websub_secret_file
    if path is None:
        try:
            path = key_in(folder)
        except OSError as error:
            raise NotAvailable(f"no key can be kept in {folder} ({error.strerror})") from error
    key = read_secret(path, "NEWSLOOM_WEBSUB_SECRET_FILE").strip()
    if len(key) < SHORTEST_KEY:
        raise Misuse(f"NEWSLOOM_WEBSUB_SECRET_FILE: {path} holds fewer than {SHORTEST_KEY} characters")
    return Keys(key)
