"""Documents from files: JSON lines, a feed, an HTML page, or a web archive, each as entries for the pipeline.

What cannot be read is not passed over: it comes out as `Unreadable`, with its bytes, and ends among the dead letters. What an
archive holds beside documents comes out as `PassedOver`, to be counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson

from services.fetch.formats.feed import FeedError, FeedLimits, ParsedFeed
from services.fetch.formats.feed_charset import decode
from services.fetch.formats.feed_parser import parse_feed
from services.fetch.formats.warc_bytes import begins_with_record
from services.fetch.formats.warc_captures import Broken, Capture, NoDocument, read_captures
from services.fetch.items import entry_of_item
from services.fetch.pages.page import rights_of
from shared.contracts import Entry, FeedRef, content_id, entry_id, fingerprint

Format = Literal["auto", "jsonl", "feed", "html", "warc"]

_SURROGATE = re.compile("[\ud800-\udfff]")
_FIELDS = ("url", "title", "text", "html", "published", "updated", "source", "language", "author")


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Bytes. A longer line of a JSON Lines file, a longer feed or page is refused, not cut: half a document is not a document.

    `file` holds for each page and feed of a web archive, which itself may be of any length.
    """

    line: int = 16 * 2**20
    file: int = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of input that is no document. `where` is `file:line`, `file:record` of a web archive, or the file."""

    where: str
    code: str
    message: str
    raw: bytes

    @property
    def entry_id(self) -> str:
        """The same bytes are the same entry, wherever they stand."""
        return content_id("unreadable", self.raw.hex())


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A record of a web archive that is well and no document; `kind` in the singular, such as `image`."""

    kind: str


def read_documents(
    stream: BinaryIO, name: str, kind: Format, read_at: datetime, limits: DocumentLimits | None = None
) -> Iterator[Entry | Unreadable | PassedOver]:
    """Entries in the order of the file. `name` is the file's name as messages show it."""
    limits = limits or DocumentLimits()
    head = stream.peek(2048)[:2048] if hasattr(stream, "peek") else b""
    if kind == "auto":
        kind = detect(name, head)
    if kind == "jsonl":
        yield from _json_lines(stream, name, read_at, limits)
        return
    if kind == "warc":
        yield from _archive(stream, name, read_at, limits)
        return
    body = stream.read(limits.file + 1)
    if len(body) > limits.file:
        yield Unreadable(name, "too-large", f"larger than {limits.file} bytes", body[:65_536])
    elif kind == "html":
        yield _page(body, name, read_at)
    else:
        yield from _feed(body, None, f"file:{Path(name).name}", name, read_at)


def detect(name: str, head: bytes) -> Format:
    """By the file's ending, else by what it begins with."""
    suffix = Path(name).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if suffix in (".html", ".htm", ".xhtml"):
        return "html"
    if suffix in (".rss", ".atom", ".rdf", ".xml"):
        return "feed"
    if name.lower().endswith((".warc", ".warc.gz", ".warc.zst")) or begins_with_record(head):
        return "warc"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].lower()
    if start.startswith(b"{"):
        return "feed" if b"jsonfeed.org/version" in start else "jsonl"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "feed" if start.startswith(b"<") else "jsonl"


def _json_lines(stream: BinaryIO, name: str, read_at: datetime, limits: DocumentLimits) -> Iterator[Entry | Unreadable]:
    number = 0
    while line := stream.readline(limits.line + 1):
        number += 1
        where = f"{name}:{number}"
        if len(line) > limits.line:
            kept = line[:65_536]
            while not line.endswith(b"\n") and (line := stream.readline(limits.line)):
                pass  # the rest of a line that is too long is read and let go, a piece at a time
            yield Unreadable(where, "too-large", f"a line of more than {limits.line} bytes", kept)
        elif line.strip():
            yield _row(line, where, read_at)


def _row(line: bytes, where: str, read_at: datetime) -> Entry | Unreadable:
    problems: tuple[str, ...] = ()
    try:
        row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf").strip())
    except orjson.JSONDecodeError:
        try:
            row, problems = _lenient(line)
        except (ValueError, RecursionError) as error:
            return Unreadable(where, "not-json", f"this line is not JSON: {error}", line)
    if not isinstance(row, dict):
        return Unreadable(where, "not-an-object", "a line must be a JSON object with url, title and text or html", line)
    wrong = [key for key in _FIELDS if row.get(key) is not None and not isinstance(row[key], str | int | float)]
    if wrong:
        return Unreadable(where, "wrong-type", f"{', '.join(wrong)} must be strings", line)
    return _document({key: str(row[key]) for key in _FIELDS if row.get(key) is not None}, read_at, problems)


def _lenient(line: bytes) -> tuple[Any, tuple[str, ...]]:
    """JSON in another encoding than UTF-8, or with lone surrogates, which no UTF-8 can hold: readable, with a remark.

    Raises `ValueError` and `RecursionError`.
    """
    problems: tuple[str, ...] = ()
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text, problems = decode(line, None)[0], ("charset-guessed",)
    row = json.loads(text)
    if isinstance(row, dict):
        row = {key: _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value for key, value in row.items()}
    return row, problems


def _document(row: dict[str, str], read_at: datetime, problems: tuple[str, ...]) -> Entry:
    content = fingerprint(row.get("title", ""), row.get("text") or row.get("html") or "")
    # The date belongs to the identity: a correction may change nothing else.
    identity = "\n".join(row.get(key, "") for key in ("url", "source", "published", "updated"))
    fields: dict[str, Any] = {key: value for key, value in row.items() if key not in ("url",)}
    return Entry(
        id=entry_id("ingest", identity, content),
        origin="ingest",
        url=row.get("url") or None,
        read_at=read_at,
        problems=problems,
        **fields,
    )


def _page(body: bytes, name: str, read_at: datetime) -> Entry | Unreadable:
    if not body.strip():
        return Unreadable(name, "empty", "the file is empty", body)
    identity = content_id("page", body.hex())
    return Entry(
        id=entry_id("ingest", identity, identity),
        origin="ingest",
        page=body,
        content_type="text/html",
        read_at=read_at,
        feed=FeedRef(url=f"file:{Path(name).name}"),
    )


def _feed(
    body: bytes, content_type: str | None, url: str, where: str, read_at: datetime
) -> Iterator[Entry | Unreadable]:
    try:
        parsed: ParsedFeed = parse_feed(body, content_type, url, FeedLimits(body_bytes=len(body) + 1))
    except FeedError as error:
        yield Unreadable(where, error.code, error.message, body[:65_536])
        return
    reference = FeedRef(url=url, title=parsed.title, language=parsed.language)
    for item in parsed.items:
        yield entry_of_item(item, reference, read_at, where="ingest", origin="ingest")


def _archive(
    stream: BinaryIO, name: str, read_at: datetime, limits: DocumentLimits
) -> Iterator[Entry | Unreadable | PassedOver]:
    for found in read_captures(stream, limits.file):
        match found:
            case NoDocument():
                yield PassedOver(found.kind)
            case Broken():
                yield Unreadable(f"{name}:{found.number}", found.code, found.message, found.raw)
            case Capture(is_feed=True):
                yield from _feed(found.body, found.content_type, found.url, f"{name}:{found.number}", read_at)
            case Capture():
                yield _captured_page(found, read_at)


def _captured_page(capture: Capture, read_at: datetime) -> Entry:
    """The same page at the same address is the same entry, whichever archive it is read from, and however it was packed."""
    return Entry(
        id=entry_id("ingest", capture.url, content_id("page", capture.body.hex())),
        origin="ingest",
        url=capture.url,
        page=capture.body,
        content_type=capture.content_type,
        read_at=read_at,
        problems=("truncated",) if capture.truncated else (),
        rights=rights_of(capture.headers),
    )
