"""The records of a WARC file (ISO 28500), one after the other, each read through a window of its `Content-Length`.

Libraries were tried and do not do: warcio 1.8 reads an endless header line into memory, fastwarc 2.0 and warcio both end at the
first record that is broken, and give the last one of a file that was cut off as if it were whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import BinaryIO

from services.fetch.formats.header_block import BadHeader, read_fields
from services.fetch.formats.warc_bytes import BEGINNING, CHUNK, Damaged, open_pieces

RAW = 65_536
"""Bytes of a broken record that are kept for whoever looks into it."""
_VERSION = re.compile(rb"WARC/\d{1,2}\.\d{1,2}\s*\Z")
_VERSION_LINE = 32
_LENGTH = re.compile(r"[0-9]{1,18}\Z")
_KEPT = 2**20
"""Bytes of a block that are kept while they are passed over, to be searched should the length turn out to be wrong."""
_SEPARATOR = b"\r\n\r\n"
_RESCANS = 100
"""Blocks that are searched for records, per file, after a `Content-Length` that was too long: each may be as long as a page."""


class BrokenRecord(Exception):
    """The record cannot be read. The message is for a person."""


class WarcReader:
    """`header()`, then what is wanted of the block, then `end()`; after `BrokenRecord` from any of them `resume()`, then again."""

    def __init__(self, stream: BinaryIO) -> None:
        """Raises `BrokenRecord` for a file that is packed in a way that is not read here."""
        try:
            self._pieces = open_pieces(stream)
        except Damaged as error:
            raise BrokenRecord(str(error)) from error
        self.number = 0
        """Of the record at hand, from 1."""
        self.left = 0
        """Bytes of its block that were not read yet."""
        self._raw = bytearray()
        self._packed = b""
        self._block: list[bytes] | None = []
        """What was read of the block, until some of it was passed over."""
        self._rescans = _RESCANS

    @property
    def raw(self) -> bytes:
        """The beginning of the record as far as it was read, else of the gzip member that it should have been in."""
        return bytes(self._raw) or self._packed[:RAW]

    def header(self) -> Mapping[str, str] | None:
        """The fields of the next record, names in lower case; None at the end of the file."""
        try:
            return self._header()
        except Damaged as error:
            self._packed = error.raw
            raise BrokenRecord(str(error)) from error

    def _header(self) -> Mapping[str, str] | None:
        self._raw, self._packed, self._block, self.left = bytearray(), b"", [], 0
        self.number += 1
        while not self._pass_blank():
            if not self._pieces.advance():
                return None
        version = self._line(_VERSION_LINE)
        if not _VERSION.match(version):
            raise BrokenRecord("it does not begin with WARC/ and a version")
        try:
            fields = read_fields(self._line)
        except BadHeader as error:
            raise BrokenRecord(str(error)) from error
        length = fields.get("content-length", "")
        if not _LENGTH.match(length):
            raise BrokenRecord(
                f"its Content-Length is no number: {length[:50]!r}" if length else "it has no Content-Length"
            )
        self.left = int(length)
        return fields

    def read(self, count: int) -> bytes:
        """`count` bytes of the block, or what is left of it; what the caller takes in all is what memory holds."""
        parts = []
        while count and self.left:
            parts.append(self._take(min(count, self.left)))
            count -= len(parts[-1])
        return b"".join(parts)

    def readline(self, limit: int) -> bytes:
        """A line of the block, at most `limit` bytes."""
        if not self.left:
            return b""
        return self._taken(self._guarded_line(min(limit, self.left)))

    def end(self) -> None:
        """Passes over what is left, and makes sure that the record ends where it says, undamaged."""
        if self.left > _KEPT:
            self._block = None
        while self.left:
            self._take(self.left)
        try:
            following = self._pieces.peek(CHUNK)
            next_record = following.lstrip(b"\r\n")
            if not next_record:
                self._pass_blank()  # Up to the end of a gzip member, which only there tells whether it was whole.
            elif not following.startswith(_SEPARATOR) and not next_record.startswith(BEGINNING):
                raise BrokenRecord("it does not end where its Content-Length says")
        except Damaged as error:
            raise BrokenRecord(str(error)) from error

    def resume(self) -> bool:
        """After `BrokenRecord`: to the next record, within the part at hand or after it; False when there is none.

        Raises `BrokenRecord` when the rest of the file cannot be read.
        """
        if self._block and self._rescans:
            self._rescans -= 1
            self._pieces.unread(b"".join(self._block))
        self._block = None
        try:
            while line := self._pieces.readline(CHUNK):
                if _VERSION.match(line):
                    self._pieces.unread(line)
                    return True
                while line and not line.endswith(b"\n"):
                    line = self._pieces.readline(CHUNK)
        except Damaged:
            return self._resync()
        return self._pieces.advance()

    def _resync(self) -> bool:
        try:
            return self._pieces.resync()
        except Damaged as error:
            raise BrokenRecord(f"the rest of the file cannot be read: {error}") from error

    def _take(self, count: int) -> bytes:
        try:
            data = self._pieces.read(count)
        except Damaged as error:
            raise BrokenRecord(str(error)) from error
        return self._taken(data)

    def _guarded_line(self, limit: int) -> bytes:
        try:
            return self._pieces.readline(limit)
        except Damaged as error:
            raise BrokenRecord(str(error)) from error

    def _taken(self, data: bytes) -> bytes:
        if not data:
            raise BrokenRecord(f"it ends {self.left} bytes before its Content-Length")
        self.left -= len(data)
        self._keep(data)
        if self._block is not None:
            self._block.append(data)
        return data

    def _line(self, limit: int) -> bytes:
        """A line of the record's own header."""
        line = self._pieces.readline(limit)
        self._keep(line)
        return line

    def _keep(self, data: bytes) -> None:
        if len(self._raw) < RAW:
            self._raw += data[: RAW - len(self._raw)]

    def _pass_blank(self) -> bool:
        """Over the empty lines between two records; whether anything follows in this part."""
        while (following := self._pieces.peek(CHUNK)) and not following.strip(b"\r\n"):
            self._pieces.read(CHUNK)
        self._pieces.read(len(following) - len(following.lstrip(b"\r\n")))
        return bool(following)
