"""Header fields as WARC records and HTTP messages have them: lines of `name: value` up to an empty one, all bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

LINE = 16 * 1024
"""Bytes of a line at most."""
LINES = 200


class BadHeader(ValueError):
    """Lines that are no header, or too many or too long; the message is for a person."""


def read_fields(readline: Callable[[int], bytes]) -> Mapping[str, str]:
    """Names in lower case; where a field stands twice, the first counts. `readline` takes the most bytes to give.

    A line that begins with a blank goes on with the field before it; lines without a colon are passed over, as browsers do.
    Raises `BadHeader`.
    """
    fields: dict[str, str] = {}
    last = ""
    for _ in range(LINES):
        line = readline(LINE)
        if len(line) == LINE and not line.endswith(b"\n"):
            raise BadHeader(f"a line of its header is over {LINE} bytes")
        if not line.endswith(b"\n"):
            raise BadHeader("it ends within its header")
        text = as_text(line)
        if not text.strip():
            return fields
        if text[0] in " \t":
            fields.update({last: f"{fields[last]} {text.strip()}"} if last in fields else {})
            continue
        name, colon, value = text.partition(":")
        last = name.strip().lower() if colon else ""
        if last:
            fields.setdefault(last, value.strip())
    raise BadHeader(f"its header has over {LINES} lines")


def as_text(line: bytes) -> str:
    """UTF-8 as the standard has it, else one character for each byte."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
