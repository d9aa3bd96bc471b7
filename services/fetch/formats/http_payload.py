"""What a stored HTTP response carries: chunks joined, `Content-Encoding` undone, both within a limit.

Archives keep the headers as sent and sometimes the body as unpacked, so what plainly is not packed is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.fetch.formats.header_block import LINE, BadHeader, as_text, read_fields
from services.fetch.http.body_decoder import BodyDecoder
from services.fetch.http.limits import FetchError, HttpLimits

_STATUS = re.compile(r"HTTP/\d(?:\.\d)? +(\d{3})(?:\s|\Z)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_MARKUP = (b"<", b"{", b"\xef\xbb\xbf<", b"\xef\xbb\xbf{")
_STEP = 64 * 1024


@dataclass(frozen=True, slots=True)
class HttpHead:
    """Status and header fields of a response, names in lower case."""

    status: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Payload:
    """`truncated`: less of it was stored than was sent."""

    body: bytes
    truncated: bool = False


def read_head(readline: Callable[[int], bytes]) -> HttpHead:
    """From the beginning of a response. Raises `BadHeader`."""
    status = _STATUS.match(as_text(readline(LINE)))
    if status is None:
        raise BadHeader("its response does not begin with HTTP/, a version and a status")
    return HttpHead(int(status[1]), read_fields(readline))


def read_payload(fields: Mapping[str, str], stored: bytes, limit: int) -> Payload:
    """Of a response with these header fields. Raises `FetchError` with the codes `encoding` and `too-large`."""
    declared = fields.get("content-length", "")
    truncated = declared.isascii() and declared.isdigit() and len(stored) < int(declared[:18])
    if "chunked" in fields.get("transfer-encoding", "").lower():
        # A length beside chunks means nothing (RFC 9112, section 6.3).
        stored, truncated = join_chunks(stored)
    return Payload(_unpack(fields.get("content-encoding"), stored, limit), truncated)


def join_chunks(stored: bytes) -> tuple[bytes, bool]:
    """The body, and whether its end is missing; bytes that do not begin with a chunk are a body already.

    Raises `FetchError` `encoding` where chunks are followed by something else.
    """
    if not _CHUNK_SIZE.match(stored):
        return stored, False
    body = bytearray()
    at = 0
    while at < len(stored):
        head = _CHUNK_SIZE.match(stored, at)
        if head is None:
            raise FetchError("encoding", f"a chunk of its body has no length, {at} bytes from the body's beginning")
        size = int(head[1], 16)
        if size == 0:
            return bytes(body), False
        body += stored[head.end() : head.end() + size]
        at = head.end() + size
        at += 2 if stored.startswith(b"\r\n", at) else 1 if stored.startswith(b"\n", at) else 0
    return bytes(body), True


def _unpack(coding: str | None, stored: bytes, limit: int) -> bytes:
    try:
        decoder = BodyDecoder(coding, HttpLimits(body_bytes=limit, decoded_bytes=limit))
        for start in range(0, len(stored), _STEP):
            decoder.add(stored[start : start + _STEP])
    except FetchError as error:
        if error.code == "encoding" and stored.lstrip()[:4].startswith(_MARKUP):
            return stored
        raise
    return decoder.body()
