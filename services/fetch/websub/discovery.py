"""Which hub and topic a feed names. The header `Link` (RFC 8288) comes before what the feed itself says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from services.fetch.formats.feed import ParsedFeed
from services.fetch.formats.item_links import absolute

_HEADER = 16_384
_URL = 4_096
"""Longest header and address that are read, in characters."""
_LINK = re.compile(r'<([^<>]*)>((?:[^,"]|"[^"]*")*)')
_PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))', re.ASCII)


def with_links(feed: ParsedFeed, link: str | None, url: str) -> ParsedFeed:
    """The feed with the hub and topic of the header, where that names a hub; a topic that nobody names is the address of the response.

    Addresses are absolute, http(s) and without credentials, or None.
    """
    hubs: list[str] = []
    topics: list[str] = []
    for relation, target in _links(link or ""):
        found = _usable(target, url)
        if found is not None:
            (hubs if relation == "hub" else topics).append(found)
    # Of several hubs one that can be told a secret.
    hub = min(hubs, key=lambda one: not one.startswith("https:"), default=None) or _usable(feed.hub, url)
    topic = topics[0] if topics else _usable(feed.self_url, url)
    return replace(feed, hub=hub, self_url=topic or (url if hub else None))


def _links(header: str) -> Iterator[tuple[str, str]]:
    """`hub` or `self`, and where to, of the links that are about the response itself."""
    for target, parameters in _LINK.findall(header[:_HEADER]):
        relations, elsewhere = None, False
        for name, quoted, bare in _PARAMETER.findall(parameters):
            if name.lower() == "rel" and relations is None:
                relations = (quoted or bare).lower().split()
            elsewhere |= name.lower() == "anchor"
        if not elsewhere:
            yield from ((relation, target) for relation in ("hub", "self") if relation in (relations or ()))


def _usable(target: str | None, base: str) -> str | None:
    found = absolute(target, base, _URL)
    return found if found is not None and len(found) <= _URL and "@" not in urlsplit(found).netloc else None
