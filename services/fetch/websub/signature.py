"""The signature of a push: `X-Hub-Signature: method=hex`, an HMAC of the body under the secret that the hub was given."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_STRENGTH = tuple(_METHODS)
"""Weakest first. An HMAC of SHA-1 still cannot be forged, and most hubs have nothing else."""
_SIGNATURE = re.compile(r"\s*(sha1|sha256|sha384|sha512)=([0-9a-f]{40,128})\s*", re.IGNORECASE | re.ASCII)
_READ = 8
"""Signatures of one push that are looked at."""


class BodySignature:
    """Takes a body in as it comes; the whole of it is never held."""

    def __init__(self, method: str, expected: bytes, secret: str) -> None:
        self._hmac = hmac.new(secret.encode(), digestmod=_METHODS[method])
        self._expected = expected

    def update(self, chunk: bytes) -> None:
        self._hmac.update(chunk)

    def matches(self) -> bool:
        return hmac.compare_digest(self._hmac.digest(), self._expected)


def signature_of(headers: Iterable[str], secret: str) -> BodySignature | None:
    """The strongest of the signatures in the headers' values, by which alone the body is judged; None where there is none."""
    found: dict[str, bytes] = {}
    parts = [part for value in headers for part in value.split(",")]
    for part in parts[:_READ]:
        if match := _SIGNATURE.fullmatch(part):
            method, digits = match[1].lower(), match[2]
            if len(digits) == 2 * _METHODS[method]().digest_size:
                found.setdefault(method, bytes.fromhex(digits))
    if not found:
        return None
    method = max(found, key=_STRENGTH.index)
    return BodySignature(method, found[method], secret)
