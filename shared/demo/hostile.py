"""Sites that behave badly, as some always do: broken feeds, bombs, traps, and items with everything wrong about them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.demo.corpus import FOLDER


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hostile site sends."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/rss+xml"})


_ITEMS = (FOLDER / "hostile-items.xml").read_text("utf-8")
_SURROGATE = "\ud800"
"""No file can hold it; a feed's bytes can."""


def _feed(items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Pitfall Gazette</title>'
        f"<link>https://www.pitfall.example/</link>{items}</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def _odd_items() -> Answer:
    return Answer(
        body=_feed(_ITEMS.replace("{long}", "Very long indeed, " * 60_000).replace("{surrogate}", _SURROGATE))
    )


def _cut_off() -> Answer:
    whole = _feed(
        "<item><title>Mill pond drained for a day</title><link>https://www.cutoff.example/pond</link><description>The "
        "sluice was stuck since the winter. By the evening the water was back, and so were the ducks.</description></item>"
        "<item><title>Half a story</title><link>https://www.cutoff.example/half</link><description>The bus had just"
    )
    return Answer(body=whole[: whole.rindex(b"</channel>")])


def _bomb() -> Answer:
    packed = gzip.compress(b" " * (200 * 2**20), compresslevel=9)
    return Answer(body=packed, headers={"Content-Type": "application/rss+xml", "Content-Encoding": "gzip"})


SITES: dict[str, Callable[[], Answer]] = {
    "odd-items": _odd_items,
    "cut-off": _cut_off,
    "empty": Answer,
    "a-web-page": lambda: Answer(
        body=b"<!doctype html><html><body><h1>Welcome</h1></body></html>", headers={"Content-Type": "text/html"}
    ),
    "no-xml": lambda: Answer(body=b"\x00\x01\x02 this was never a feed \xff\xfe"),
    "bomb": _bomb,
    "gone-wrong": lambda: Answer(status=503, headers={"Retry-After": "3600"}),
    "forbidden": lambda: Answer(status=403),
    "inward": lambda: Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
    "circle": lambda: Answer(status=301, headers={"Location": "/circle/feed"}),
}
"""Name of the site → its answer to every request."""
