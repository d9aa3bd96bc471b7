"""The bytes of a WARC file, plain or gzip, in bounded pieces; after damage, from the next gzip member that holds a record.

Crawlers pack each record into a member of its own, so a member that is damaged costs one record, not the rest of the file.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Protocol

CHUNK = 32 * 1024
_STEP = 256 * 1024
"""Bytes that are unpacked at a time."""
_FREE_EXPANSION = 64 * 2**20
_EXPANSION = 200
"""Unpacked bytes per packed byte of one member, counted once it has given 64 MiB: honest records reach 50."""
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_PROBE = 4 * 1024
"""Packed bytes that are unpacked to see whether a member holds a record."""
_PROBES = 1_000_000
"""Places that are looked at for a member, per file; the bytes of a gzip header stand by chance in one of 16 MiB."""
_RESYNCS = 10_000
"""Damaged members per file: each may cost the unpacking of what is kept of it, time and again."""
BEGINNING = b"WARC/"


class Damaged(Exception):
    """The bytes are not what they should be. `raw` has the last of them as packed; the message is for a person."""

    def __init__(self, message: str, raw: bytes = b"") -> None:
        super().__init__(message)
        self.raw = raw


class Members(Protocol):
    """A file in parts that can be read without each other."""

    def piece(self) -> bytes:
        """More of the part at hand; empty at its end. Raises `Damaged`."""
        ...

    def advance(self) -> bool:
        """Goes to the next part; False at the end of the file."""
        ...

    def resync(self) -> bool:
        """After `Damaged`: goes to the next part that holds a record; False at the end of the file.

        Raises `Damaged` when bytes are left in which none can be found.
        """
        ...


class Plain:
    """A file that is not packed: one part."""

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self._stream = stream
        self._head = head

    def piece(self) -> bytes:
        head, self._head = self._head, b""
        return head or self._stream.read(CHUNK)

    def advance(self) -> bool:
        return False

    def resync(self) -> bool:
        return False


class Gzip:
    """One part for each gzip member."""

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self._stream = stream
        self._probes, self._resyncs = _PROBES, _RESYNCS
        self._begin(head)

    def _begin(self, data: bytes) -> None:
        self._unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self._next = data
        self._packed = self._unpacked = 0
        self._recent = b""
        """The last bytes of this member, in which the next one may have begun when this one was cut off."""

    def piece(self) -> bytes:
        while not self._unpacker.eof:
            data = self._unpacker.unconsumed_tail or self._take()
            try:
                # Without data, too: what is already unpacked may not have fitted into the step before.
                output = self._unpacker.decompress(data, _STEP)
            except zlib.error as error:
                raise Damaged(f"a gzip member is damaged: {str(error)[:200]}", self._recent) from error
            if not data and not output and not self._unpacker.eof:
                raise Damaged("the file ends within a gzip member", self._recent)
            self._unpacked += len(output)
            if self._unpacked > max(_FREE_EXPANSION, _EXPANSION * self._packed):
                raise Damaged(f"a gzip member expands more than {_EXPANSION} times", self._recent)
            if output:
                return output
        return b""

    def _take(self) -> bytes:
        data = self._next or self._stream.read(CHUNK)
        self._next = b""
        self._packed += len(data)
        self._recent = self._recent[-CHUNK:] + data
        return data

    def advance(self) -> bool:
        data = self._unpacker.unused_data or self._stream.read(CHUNK)
        while data and not data.strip(b"\0"):
            data = self._stream.read(CHUNK)  # Some tools fill the last block with zeros.
        self._begin(data.lstrip(b"\0"))
        return bool(data)

    def resync(self) -> bool:
        data, ended, passed = self._recent, False, 0
        at = 1 if self._packed == len(data) else 0  # Not once more the beginning of this member.
        self._resyncs -= 1
        while self._probes and self._resyncs:
            at = data.find(_GZIP, at)
            if at < 0:
                at, data = 0, data[1 - len(_GZIP) :]
            if len(data) - at < _PROBE and not ended:
                more = self._stream.read(CHUNK)
                at, data, ended, passed = 0, data[at:] + more, not more, passed + len(more)
            elif not data.startswith(_GZIP, at):
                break
            elif begins_with_record(data[at : at + _PROBE]):
                self._begin(data[at:])
                return True
            else:
                at += 1
                self._probes -= 1
        if ended and not passed:
            return False
        raise Damaged(
            f"no record can be found in the {passed} bytes after the damage" if ended else "too much is damaged"
        )


class Pieces:
    """Reads across the pieces of the part at hand. At its end there is less than was asked for, at last nothing.

    What stands before a damage is given like everything else; `Damaged` is raised when there is nothing left but it.
    """

    def __init__(self, members: Members) -> None:
        self._members = members
        self._buffer, self._at = b"", 0
        self._damage: Damaged | None = None

    def peek(self, count: int) -> bytes:
        self._fill(count)
        return self._buffer[self._at : self._at + count]

    def read(self, count: int) -> bytes:
        """At most `CHUNK` bytes at a time."""
        data = self.peek(min(count, CHUNK))
        self._at += len(data)
        return data

    def readline(self, limit: int) -> bytes:
        """Up to and with the next line feed, at most `limit` bytes."""
        if self._buffer.find(b"\n", self._at, self._at + limit) < 0:
            self._fill(limit)
        end = self._buffer.find(b"\n", self._at, self._at + limit) + 1
        line = self._buffer[self._at : end or self._at + limit]
        self._at += len(line)
        return line

    def unread(self, data: bytes) -> None:
        self._buffer, self._at = data + self._buffer[self._at :], 0

    def advance(self) -> bool:
        """To the next part; False at the end of the file."""
        self._forget()
        return self._members.advance()

    def resync(self) -> bool:
        """To the next part that holds a record, after a damage; False at the end. Raises `Damaged` where none can be found."""
        self._forget()
        return self._members.resync()

    def _forget(self) -> None:
        self._buffer, self._at, self._damage = b"", 0, None

    def _fill(self, count: int) -> None:
        try:
            while len(self._buffer) - self._at < count and self._damage is None and (piece := self._members.piece()):
                self._buffer, self._at = self._buffer[self._at :] + piece, 0
        except Damaged as error:
            self._damage = error
        if self._damage and self._at == len(self._buffer):
            raise self._damage


def open_pieces(stream: BinaryIO) -> Pieces:
    """Of a file in either form. Raises `Damaged` for one that is packed otherwise."""
    head = stream.read(CHUNK)
    if head.startswith(_ZSTD):
        raise Damaged("it is packed with zstd: give it as `zstd -dc FILE | newsloom ingest --format warc -`")
    if head.startswith(_GZIP) or (
        _GZIP in head and BEGINNING not in head
    ):  # The second: gzip, damaged where it begins.
        return Pieces(Gzip(stream, head))
    return Pieces(Plain(stream, head))


def begins_with_record(head: bytes) -> bool:
    """Whether a file, or a gzip member, that begins with these bytes begins with a WARC record."""
    if not head.startswith(_GZIP):
        return head.startswith(BEGINNING)
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, len(BEGINNING)) == BEGINNING
    except zlib.error:
        return False
