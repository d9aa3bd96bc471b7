"""Article pages, robots.txt, a feed's front page."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from farm.feed import Feed, read_token
from farm.model import Reply, Request, View

if TYPE_CHECKING:
    from farm.wire import Connection

HTML = [("Content-Type", "text/html; charset=utf-8")]
ROBOTS = Reply(headers=[("Content-Type", "text/plain")], body=b"User-agent: *\nDisallow: /private/\n")
NOT_FOUND = Reply(404, HTML, b"<!doctype html><title>Not found</title><h1>Not found</h1>")
FIRST_REQUEST = Request("GET", "", "", "HTTP/1.1", {})  # an unconditional one, for building ahead

_MENU = "".join(
    f'<li><a href="/{x.lower()}">{x}</a></li>'
    for x in ("Home", "Politics", "Economy", "Culture", "Sport", "Weather", "Letters", "Archive", "Subscribe")
)
_ASIDE = "".join(f'<li><a href="/most-read/{i}">Most read number {i}</a></li>' for i in range(1, 9))


def find_view(feed: Feed, request: Request) -> View:
    """The item that a page path means: /f00012/k7f3a9q2x or with "-anything" after the token."""
    token = request.path.rsplit("/", 1)[1].partition("-")[0]
    found = read_token(feed.seed, token)
    assert found is not None  # the router has checked it
    return feed.view(found[1])


def article_html(
    feed: Feed, v: View, *, body: str | None = None, json_ld: dict[str, object] | None = None, charset: str = "utf-8"
) -> str:
    """A page with navigation around the article; body replaces the item's own paragraphs."""
    title = escape(v.title or "", False)
    date = v.date.isoformat() if v.date is not None and not isinstance(v.date, str) else ""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": v.title,
        "datePublished": date,
        "author": {"@type": "Person", "name": v.author},
        "mainEntityOfPage": v.link,
        **(json_ld or {}),
    }
    return (
        f'<!doctype html><html lang="en"><head><meta charset="{charset}"><title>{title} | {feed.title}'
        f'</title><link rel="canonical" href="{v.link}">'
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script></head><body>'
        f"<header><nav><ul>{_MENU}</ul></nav><p>Accept cookies to continue reading our site.</p></header>"
        f'<main><article><h1>{title}</h1><p class="byline">By {v.author}</p>{body or v.html}</article>'
        f"<aside><h2>Most read</h2><ul>{_ASIDE}</ul></aside></main>"
        f"<footer><p>All rights reserved. Terms of use. Privacy notice. Contact the newsroom.</p></footer>"
        f"</body></html>"
    )


def article(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The ordinary page of an item."""
    return Reply(headers=HTML, body=article_html(feed, find_view(feed, request)).encode())


def site(feed: Feed, request: Request) -> Reply:
    """The front page at /f00012/, with a <link> to the feed; anything else is not found."""
    if request.path != f"/{feed.id}/":
        return NOT_FOUND
    return Reply(
        headers=HTML,
        body=(
            f'<!doctype html><html><head><title>{feed.title}</title><link rel="alternate" '
            f'type="application/rss+xml" href="{feed.base}/feed"></head><body><ul>{_MENU}</ul></body></html>'
        ).encode(),
    )
