"""Signatures of the Standard Webhooks specification (https://www.standardwebhooks.com, version 1.0.0), symmetric: `v1`.

Signed is `id.timestamp.body` by HMAC-SHA256. While a secret is replaced by another, both sign, and the receiver takes whichever it knows.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
"""Of a secret, as the specification has it."""
TOLERANCE_S = 300
"""How far a message's time may be from the receiver's: an old one that somebody recorded is not taken again."""


class BadSecret(ValueError):
    """What is wrong with a secret; never the secret."""


def parse_secret(text: str) -> bytes:
    """The key of `whsec_…`. Raises `BadSecret`."""
    body = text.strip()
    if not body.startswith(PREFIX):
        raise BadSecret(f"a secret begins with {PREFIX}")
    try:
        key = b64decode(body.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise BadSecret(f"what follows {PREFIX} is no base64") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise BadSecret(f"a secret has {LEAST_BYTES} to {MOST_BYTES} bytes, this one has {len(key)}")
    return key


def signed_headers(keys: Sequence[bytes], id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; `timestamp` in seconds since 1970, of this attempt, not of the message. Without a key there is no signature."""
    headers = {"webhook-id": id_, "webhook-timestamp": str(timestamp)}
    if keys:
        headers["webhook-signature"] = " ".join(signature(key, id_, timestamp, body) for key in keys)
    return headers


def signature(key: bytes, id_: str, timestamp: int, body: bytes) -> str:
    signed = f"{id_}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, sha256).digest()).decode()


def is_genuine(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """The receiver's side: whether one of the signatures is by one of the keys, and the time is near `now`. Header names in lower case."""
    id_, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) < 20
    if not id_ or not is_number or abs(now - int(stamp)) > TOLERANCE_S:
        return False
    expected = [signature(key, id_, int(stamp), body) for key in keys]
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), each.encode()) for one in given for each in expected)
