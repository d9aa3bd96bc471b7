"""A file that somebody else serves: the Atom feed, the STIX bundle. Replaced whole, so that nobody reads half of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from shared.contracts import Alert
from shared.ports import NotNow

Render = Callable[[Sequence[Alert]], bytes]


class FeedFile:
    """Implements `Display`. Muted alerts stand in it, too: a feed disturbs nobody, and is a record of what was found."""

    renew_every_s: float | None = None

    def __init__(self, path: Path, render: Render) -> None:
        self._path = path
        self._render = render

    async def show(self, alerts: Sequence[Alert], now: datetime) -> None:
        await asyncio.to_thread(self._write, list(alerts))

    async def close(self) -> None:
        """Nothing is open."""

    def _write(self, alerts: Sequence[Alert]) -> None:
        body = self._render(alerts)
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            if self._path.exists() and self._path.read_bytes() == body:
                return  # who looks at the file's date sees news where there are some
            unfinished.write_bytes(body)
            unfinished.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise NotNow(f"{self._path} cannot be written: {error.strerror}") from error
