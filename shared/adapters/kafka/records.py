"""Keys and headers: text with us, bytes on the wire."""

from __future__ import annotations

from typing import Any

from shared.policy import Send


def as_record(send: Send) -> tuple[bytes | None, list[tuple[str, bytes]]]:
    """(key, headers) to write. What the message came with stands as it came, before what is said of it."""
    headers = [(name, _bytes(value)) for name, value in send.headers.items()]
    if (came := send.original) is None:
        return _bytes(send.key), headers
    names = {name for name, _ in came.headers}
    return came.key, [*came.headers, *(header for header in headers if header[0] not in names)]


def headers_of(record: Any) -> dict[str, str]:
    """Of a record or a Faust message; bytes that are no UTF-8 are replaced, and a header may have no value."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers or ()}


def key_of(key: bytes | None) -> str:
    return (key or b"").decode("utf-8", "replace")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
