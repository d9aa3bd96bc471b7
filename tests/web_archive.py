"""Web archives for tests: records put together by hand, so that they can be as broken as a test wants."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

PAGE = b"<!doctype html><html><head><title>A title</title></head><body><p>A text.</p></body></html>"


def record(
    kind: str = "response",
    url: str = "http://paper.example/a",
    block: bytes = b"",
    *,
    length: object = None,
    **fields: str,
) -> bytes:
    """`length` in place of the true one; `fields` with underscores for hyphens."""
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2024-06-01T00:00:00Z",
        *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()),
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def response(
    url: str = "http://paper.example/a",
    body: bytes = PAGE,
    content_type: str | None = "text/html",
    *,
    status: str = "200 OK",
    length: object = None,
    warc_fields: dict[str, str] | None = None,
    **fields: str,
) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items())]
    lines += [f"Content-Type: {content_type}"] if content_type is not None else []
    block = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return record("response", url, block, length=length, **(warc_fields or {}))


def packed(records: Iterable[bytes]) -> bytes:
    """A gzip member for each, as crawlers write them."""
    return b"".join(gzip.compress(one, 1, mtime=0) for one in records)


def chunked(body: bytes, size: int = 7) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def bomb(mebibytes: int) -> bytes:
    """Zeros, as one gzip member."""
    packer = zlib.compressobj(1, wbits=31)
    block = bytes(2**20)
    return b"".join(packer.compress(block) for _ in range(mebibytes)) + packer.flush()
