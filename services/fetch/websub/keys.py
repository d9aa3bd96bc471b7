"""What is secret about subscriptions, all of it derived from one key: the paths of callbacks and what pushes are signed with."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from ipaddress import ip_address
from pathlib import Path

from yarl import URL

FILE = "websub.secret"
"""In the data folder, where no other file is named."""
SHORTEST_KEY = 16
"""Characters."""


class Keys:
    """Derived, not drawn by lot: whoever has the key knows the same paths and secrets after a restart. Never shows the key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self.id = self._derive("id")[:16]
        """Tells one key from another, and nothing about either."""

    def token(self, feed_id: str, hub: str, topic: str) -> str:
        """The last part of the callback's path: unguessable, and another for each hub. 64 hex digits."""
        return self._derive("callback", feed_id, hub, topic)

    def secret(self, feed_id: str, hub: str, topic: str) -> str:
        """`hub.secret`: 64 characters of the 199 that the specification allows."""
        return self._derive("secret", feed_id, hub, topic)

    def _derive(self, *parts: str) -> str:
        joined = "\x1f".join(parts).encode("utf-8", "replace")
        return hmac.new(self._key, joined, hashlib.sha256).hexdigest()


def key_in(folder: Path) -> Path:
    """The folder's file with a key, made where there is none. Raises `OSError`."""
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{FILE}.{os.getpid()}"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        try:
            # Whole or not at all, and never in the place of the one that another process has made meanwhile.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path


def may_be_told_secrets(hub: str) -> bool:
    """Over https (section 5.1 of the specification), and over loopback, where nobody listens in."""
    url = URL(hub)
    if url.scheme == "https":
        return True
    try:
        return ip_address(url.host or "").is_loopback
    except ValueError:
        return False
