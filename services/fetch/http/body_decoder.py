"""Undoes `Content-Encoding` while the body comes in, in steps so small that a bomb is noticed before it goes off."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped, unused-ignore]

from services.fetch.http.limits import FetchError, HttpLimits

ACCEPT_ENCODING = "gzip, deflate, br"
_STEP = 256 * 1024
_FREE_EXPANSION = 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_WRAPPINGS = 2
_MEMBERS = 100
"""Each member copies the rest of its chunk once: thousands of empty ones would be quadratic."""


class _Decompressor(Protocol):
    def steps(self, data: bytes, limit: int) -> bytes:
        """At most about `limit` bytes more; `b""` when it needs more input."""
        ...


class _Identity:
    def steps(self, data: bytes, limit: int) -> bytes:
        return data


class _Zlib:
    """gzip, zlib, and the raw deflate that some servers send under its name."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        self._started = False
        self._members = 1

    def steps(self, data: bytes, limit: int) -> bytes:
        pending = self._decoder.unconsumed_tail + data
        if self._decoder.eof:
            return self._next_member(pending, limit)
        try:
            output = self._decoder.decompress(pending, limit)
        except zlib.error:
            if self._started:
                raise
            self._decoder = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
            output = self._decoder.decompress(pending, limit)
        self._started = True
        return output

    def _next_member(self, pending: bytes, limit: int) -> bytes:
        following = self._decoder.unused_data + pending
        if not following.startswith(b"\x1f\x8b"):
            return b""  # Padding after the end; browsers ignore it too.
        self._members += 1
        if self._members > _MEMBERS:
            raise zlib.error(f"more than {_MEMBERS} gzip members")
        self._decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        return self._decoder.decompress(following, limit)


class _Brotli:
    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    def steps(self, data: bytes, limit: int) -> bytes:
        output: bytes = self._decoder.process(data, output_buffer_limit=limit)
        return output


class BodyDecoder:
    """Collects one body. `add` raises `FetchError`: `too-large` over a limit, `encoding` for data that is not what it says."""

    def __init__(self, content_encoding: str | None, limits: HttpLimits) -> None:
        self._limits = limits
        self._received = 0
        self._decoded = bytearray()
        self._decompressor = _decompressor(content_encoding)

    def add(self, chunk: bytes) -> None:
        """Takes in bytes as received."""
        self._received += len(chunk)
        if self._received > self._limits.body_bytes:
            raise FetchError("too-large", f"the body is over {self._limits.body_bytes} bytes")
        try:
            output = self._decompressor.steps(chunk, _STEP)
            while output:
                self._decoded += output
                self._check()
                if isinstance(self._decompressor, _Identity):
                    return
                output = self._decompressor.steps(b"", _STEP)
        except (zlib.error, brotli.error) as error:
            raise FetchError("encoding", f"the body can't be decompressed: {str(error)[:200]}") from error

    def body(self) -> bytes:
        """All that was decoded so far."""
        return bytes(self._decoded)

    def _check(self) -> None:
        size = len(self._decoded)
        if size > self._limits.decoded_bytes:
            raise FetchError("too-large", f"the decoded body is over {self._limits.decoded_bytes} bytes")
        if size > _FREE_EXPANSION and size > self._received * self._limits.expansion:
            raise FetchError("too-large", f"the body expands more than {self._limits.expansion} times")


def unwrapped(body: bytes, limits: HttpLimits) -> bytes:
    """The body without gzip that no header told of: a file that is served as it lies there, or was packed once too often.

    Raises `FetchError` over a limit; what only begins like gzip stays as it is.
    """
    for _ in range(_WRAPPINGS):
        if not body.startswith(_GZIP):
            break
        decoder = BodyDecoder("gzip", limits)
        try:
            decoder.add(body)
        except FetchError as error:
            if error.code != "encoding":
                raise
            break
        body = decoder.body()
    return body


def _decompressor(content_encoding: str | None) -> _Decompressor:
    coding = (content_encoding or "").strip().lower()
    if coding in ("", "identity", "none", "utf-8"):
        return _Identity()
    if coding in ("gzip", "x-gzip", "deflate"):
        return _Zlib()
    if coding == "br":
        return _Brotli()
    raise FetchError("encoding", f"content encoding {coding[:40]!r} was not asked for")
