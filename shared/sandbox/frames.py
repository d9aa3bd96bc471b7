"""Jobs and answers between processes: frames of a length and bytes, mostly JSON. Never pickle: a worker reads hostile input."""

from __future__ import annotations

import struct
from typing import BinaryIO

LENGTH = struct.Struct(">I")
"""Before each frame: its bytes."""
LONGEST_FRAME = 256 * 1024 * 1024


def frame(payload: bytes) -> bytes:
    """The payload with its length in front."""
    return LENGTH.pack(len(payload)) + payload


def read_frame(stream: BinaryIO, longest: int = LONGEST_FRAME) -> bytes | None:
    """The payload; None where the stream ends before it is whole. Raises `ValueError` for one that is longer than allowed."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > longest:
        raise ValueError(f"a frame of {length} bytes, the limit is {longest}")
    payload = stream.read(length)
    return payload if len(payload) == length else None
