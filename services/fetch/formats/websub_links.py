"""Where a feed can be subscribed to instead of polled (WebSub, https://www.w3.org/TR/websub/): its hub and its own address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from services.fetch.formats.item_links import Link, first_usable
from services.fetch.formats.xml_fields import Fields, base_of


class WebSub(NamedTuple):
    """Absolute URLs, or None where the feed names none that can be used."""

    hub: str | None = None
    self_url: str | None = None


def websub_of_head(head: Fields, limit: int) -> WebSub:
    """Of Atom, where they are links, and of RSS, where they are Atom's links by custom. `limit` is in characters of a URL."""
    links = [
        (relation, (link.get("href"), base_of(link, head.url)))
        for link in head.every("atom:link", "link")
        for relation in (link.get("rel") or "").lower().split()
    ]
    return websub_of_links(links, limit)


def websub_of_json(document: dict[str, Any], url: str, limit: int) -> WebSub:
    """Of JSON Feed: `hubs` of the type WebSub, and `feed_url`."""
    hubs = document.get("hubs")
    links = [
        ("hub", (hub["url"], url))
        for hub in (hubs if isinstance(hubs, list) else [])
        if isinstance(hub, dict) and isinstance(hub.get("url"), str) and str(hub.get("type")).lower() == "websub"
    ]
    own = document.get("feed_url")
    return websub_of_links([*links, ("self", (own if isinstance(own, str) else None, url))], limit)


def websub_of_links(links: Iterable[tuple[str, Link]], limit: int) -> WebSub:
    """The first usable link of each relation."""
    links = list(links)
    hub, self_url = (
        first_usable((link for relation, link in links if relation == wanted), limit)[0] for wanted in ("hub", "self")
    )
    return WebSub(hub, self_url)
