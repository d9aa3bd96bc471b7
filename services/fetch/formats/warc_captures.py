"""Which records of a web archive are documents: pages and feeds that a server answered with; the others by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from services.fetch.formats.header_block import BadHeader
from services.fetch.formats.http_payload import Payload, read_head, read_payload
from services.fetch.formats.media_kinds import is_document, kind_of_type, may_be_document, sniff
from services.fetch.formats.warc_reader import RAW, BrokenRecord, WarcReader
from services.fetch.http.limits import FetchError

WarcErrorCode = Literal["warc-record", "encoding", "too-large"]

_NO_DOCUMENT = {
    "request": "request",
    "revisit": "revisit",
    "warcinfo": "warcinfo record",
    "metadata": "metadata record",
    "conversion": "conversion",
    "continuation": "continuation",
}
"""Kinds are in the singular; their plural is with an s."""
_URL_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True)
class Capture:
    """A page or a feed as a server sent it, unpacked. `headers` of the response, names in lower case; none of a `resource`."""

    number: int
    url: str
    body: bytes
    content_type: str | None
    is_feed: bool
    truncated: bool
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoDocument:
    """A record that is well and holds none; `kind` in the singular, such as `image`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read; `raw` is its beginning."""

    number: int
    code: WarcErrorCode
    message: str
    raw: bytes


Found = Capture | NoDocument | Broken


def read_captures(stream: BinaryIO, limit: int) -> Iterator[Found]:
    """One for each record, in the order of the file. A longer block, or body when unpacked, than `limit` bytes is refused.

    Memory holds one such block and its body.
    """
    try:
        reader = WarcReader(stream)
    except BrokenRecord as error:
        yield Broken(1, "warc-record", str(error), b"")
        return
    while True:
        try:
            header = reader.header()
            if header is None:
                return
            found = _found(header, reader, limit)
            reader.end()
        except BrokenRecord as error:
            yield Broken(reader.number, "warc-record", str(error), reader.raw)
            try:
                if not reader.resume():
                    return
            except BrokenRecord as final:
                yield Broken(reader.number + 1, "warc-record", str(final), b"")
                return
        else:
            yield found


def _found(header: Mapping[str, str], reader: WarcReader, limit: int) -> Found:
    kind = header.get("warc-type", "").lower()
    if kind not in ("response", "resource"):
        return NoDocument(_NO_DOCUMENT.get(kind, "record of a type unknown"))
    url = header.get("warc-target-uri", "").strip("<> ")
    place = _place(url)
    if place is not None:
        return NoDocument(place)
    if len(url) > _URL_CHARACTERS:
        return _broken(reader, "too-large", f"its address is over {_URL_CHARACTERS} characters")
    if kind == "resource":
        status, fields = 200, {"content-type": header.get("content-type", "")}
    else:
        try:
            head = read_head(reader.readline)
        except BadHeader as error:
            return _broken(reader, "warc-record", f"{url}: {error}")
        status, fields = head.status, dict(head.fields)
    if status != 200:
        return NoDocument(_kind_of_status(status))
    if not may_be_document(fields.get("content-type")):
        return NoDocument(kind_of_type(fields.get("content-type")))
    if reader.left > limit:
        if not is_document(fields.get("content-type")):
            return NoDocument(kind_of_type(fields.get("content-type")))
        reader.read(RAW)  # This much of it is kept.
        return _broken(reader, "too-large", f"{url}: larger than {limit} bytes")
    stored = reader.read(reader.left)
    try:
        payload = read_payload(fields, stored, limit) if kind == "response" else Payload(stored)
    except FetchError as error:
        code: WarcErrorCode = "too-large" if error.code == "too-large" else "encoding"
        return _broken(reader, code, f"{url}: {error.message}")
    return _document(reader.number, url, fields, payload, "warc-truncated" in header)


def _document(number: int, url: str, fields: Mapping[str, str], payload: Payload, cut: bool) -> Found:
    content_type = fields.get("content-type") or None
    if not payload.body.strip():
        return NoDocument("empty answer")
    kind = sniff(content_type, payload.body)
    if kind == "other":
        return NoDocument(kind_of_type(content_type))
    return Capture(number, url, payload.body, content_type, kind == "feed", payload.truncated or cut, fields)


def _broken(reader: WarcReader, code: WarcErrorCode, message: str) -> Broken:
    return Broken(reader.number, code, message, reader.raw)


def _place(url: str) -> str | None:
    """The kind of what is no document for its address alone."""
    scheme = url.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        return "DNS record" if scheme == "dns" else "address without HTTP"
    path = url.partition("#")[0].partition("?")[0]
    return "robots file" if path.lower().endswith("/robots.txt") else None


def _kind_of_status(status: int) -> str:
    if 300 <= status < 400:
        return "redirect"
    return "error page" if status >= 400 else "partial answer"
