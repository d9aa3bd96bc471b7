"""The ledger: which items really left the farm, in the order in which they did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from farm.feed import Feed

Line = dict[str, Any]


def lines_of(feed: Feed) -> Iterator[Line]:
    """One line per (item, version) that was delivered at least once.

    The first version of an item that a client got is its "article", whichever version that was; others that came
    later are "revision". If an item came both as "may" and as "must", it is a must.
    """
    seen: dict[tuple[str, int], Line] = {}
    first: dict[str, int] = {}
    for count, round_, entries in feed.log.deliveries.values():
        if count <= 0:
            continue
        for e in entries:
            place = (e.token, e.version)
            old = seen.get(place)
            if old is None:
                must = (
                    "may"
                    if not e.must
                    else "article"
                    if first.setdefault(e.token, e.version) == e.version
                    else "revision"
                )
                link = feed.link(e.token) if e.link is None else e.link
                seen[place] = {
                    "feed": feed.url,
                    "kind": feed.kind.name,
                    "token": e.token,
                    "title": e.title,
                    "link": link,
                    "round": round_,
                    "must": must,
                    "version": e.version,
                    "probe": e.probe,
                }
            elif old["must"] == "may" and e.must:
                same = first.setdefault(e.token, e.version) == e.version
                old["must"] = "article" if same else "revision"
    yield from seen.values()


def lines(feeds: list[Feed]) -> Iterator[Line]:
    """All lines, feed by feed."""
    for feed in feeds:
        if feed.log.deliveries:
            yield from lines_of(feed)


def jsonl(feeds: list[Feed]) -> bytes:
    """The ledger as JSON lines, UTF-8."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines(feeds)).encode()
