"""Teaser feeds: the feed has one cut sentence, the text is on the item's page, and the page has a problem."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from html import escape

from farm import pages
from farm.feed import Feed
from farm.model import Handler, Reply, Request, View
from farm.pages import HTML, article_html, find_view
from farm.registry import kind
from farm.wire import Connection

TEASER = "Each item as an article with the feed's sentence; "
FORBIDDEN = TEASER + "the page is not asked for: /_farm/requests must say pages = 0."


def teaser(v: View) -> str:
    """The lead, cut between words below 130 characters, with an ellipsis."""
    return v.summary[:130].rsplit(" ", 1)[0].rstrip(",;. ") + " …" if v.summary else "…"


def teaser_feed(feed: Feed, full_text: bool) -> Reply:
    """The feed document. full_text: the ledger's probe is in the page's text; else it is in the teaser."""
    views = feed.views()
    short = [
        replace(v, html=escape(teaser(v), False), probe=v.probe if full_text else teaser(v)[:40].rsplit(" ", 1)[0])
        for v in views
    ]
    return feed.reply(feed.rss(short), short)


def page_kind(
    name: str,
    summary: str,
    expect: str,
    page: Handler | None,
    *,
    full_text: bool = False,
    robots: Handler | None = None,
    flavour: str = "",
    report: tuple[str, ...] = ("ok",),
) -> None:
    """A teaser feed whose item pages are answered by `page`."""

    def handler(feed: Feed, request: Request, connection: Connection) -> Reply:
        return teaser_feed(feed, full_text)

    handler.__doc__ = summary
    kind(name, report=report, expect=expect, page=page, robots=robots, flavour=flavour)(handler)


page_kind(
    "page-good",
    "The page has the full text.",
    "Each item with the page's text, without its navigation.",
    None,
    full_text=True,
)


def _status(status: int) -> Handler:
    """Pages that are refused."""

    def page(feed: Feed, request: Request, connection: Connection) -> Reply:
        return Reply(status, HTML, b"<!doctype html><title>Error</title><h1>Not for you</h1>")

    return page


page_kind("page-403", "The page answers 403.", TEASER + "pages are not tried again and again.", _status(403))
page_kind("page-404", "The page answers 404.", TEASER + "pages are not tried again and again.", _status(404))


def _paywalled(feed: Feed, request: Request, connection: Connection) -> Reply:
    v = find_view(feed, request)
    body = f'<p>{escape(teaser(v), False)}</p><div class="paywall"><p>Subscribe to continue reading.</p></div>'
    data: dict[str, object] = {
        "isAccessibleForFree": False,
        "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"},
    }
    return Reply(headers=HTML, body=article_html(feed, v, body=body, json_ld=data).encode())


page_kind(
    "page-paywalled",
    "The page shows the teaser; its JSON-LD says isAccessibleForFree false.",
    TEASER + "marked as paywalled; the subscription notice is no text.",
    _paywalled,
)


def _robots(feed: Feed, request: Request, connection: Connection) -> Reply:
    rules = f"User-agent: *\nDisallow: /{feed.id}/k\n"
    return Reply(headers=[("Content-Type", "text/plain")], body=rules.encode())


page_kind("page-robots", "robots.txt forbids the pages (not the feed).", FORBIDDEN, None, robots=_robots)


async def _stuck_robots(feed: Feed, request: Request, connection: Connection) -> None:
    await connection.hang()


page_kind(
    "page-robots-silent",
    "robots.txt never answers; the pages would be good.",
    TEASER + "pages wait or are left out, the feed's own poll does not suffer.",
    None,
    robots=_stuck_robots,
)


def _tdm(feed: Feed, request: Request, connection: Connection) -> Reply:
    reply = pages.article(feed, request, connection)
    reply.headers = [*HTML, ("tdm-reservation", "1"), ("tdm-policy", f"{feed.base}/policy.json")]
    return reply


page_kind(
    "page-tdm",
    "The page has the header tdm-reservation: 1.",
    TEASER + "the page's text is not used (or is marked as reserved).",
    _tdm,
)


async def _silent(feed: Feed, request: Request, connection: Connection) -> None:
    await connection.hang()


page_kind("page-silent", "The page never answers.", TEASER + "a time-out per page at most.", _silent)


def _windows_1251(feed: Feed, request: Request, connection: Connection) -> Reply:
    html = article_html(feed, find_view(feed, request), charset="windows-1251")
    return Reply(headers=[("Content-Type", "text/html")], body=html.encode("cp1251", "xmlcharrefreplace"))


page_kind(
    "page-windows-1251",
    "The page is in windows-1251, declared in a <meta> only; words in Cyrillic.",
    "Each item with the page's text, its Cyrillic words right.",
    _windows_1251,
    full_text=True,
    flavour="cyrillic",
)


async def _soup(feed: Feed, request: Request, connection: Connection) -> None:
    v = find_view(feed, request)
    block = '<div class="c"><div><span>' * 40 + "menu" + "</div>" * 60  # 40 levels; ends that do not match
    body = v.html.replace("</p>", "")
    html = article_html(feed, v, body=body).replace("</article>", block * (5_000_000 // len(block)), 1)
    await asyncio.sleep(0)
    await connection.send(Reply(headers=[*HTML, ("Connection", "close")], body=html.encode()).wire())


page_kind(
    "page-soup",
    "The page is 5 MB of unbalanced <div>s.",
    TEASER + "the page's text or not; quick either way.",
    _soup,
    report=("ok", "too-large"),
)


def _private(feed: Feed, request: Request, connection: Connection) -> Reply:
    return Reply(302, [("Location", "http://10.0.0.1/article"), *HTML])


page_kind(
    "page-private",
    "The page redirects to http://10.0.0.1/.",
    TEASER + "the private address is not contacted.",
    _private,
)


def _pdf(feed: Feed, request: Request, connection: Connection) -> Reply:
    return Reply(headers=[("Content-Type", "application/pdf")], body=b"%PDF-1.4\n" + bytes(range(256)) * 40)


page_kind("page-pdf", "The page is a PDF.", TEASER + "the binary is no text.", _pdf)


def _other_article(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A consent wall in place of the article."""
    return Reply(
        headers=HTML,
        body=b"<!doctype html><title>Before you go on</title><main><h1>Before you go on</h1>"
        + b"<p>We and our partners store and read information on a device. Choose what to accept.</p>" * 8
        + b"</main>",
    )


page_kind(
    "page-consent",
    "The page is a consent wall with status 200.",
    TEASER + "the wall's words are no text.",
    _other_article,
)
