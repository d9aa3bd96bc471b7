"""Items whose guid, link, title or date cannot be trusted: each must still become exactly one article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from farm.feed import Feed
from farm.model import Reply, Request, View
from farm.registry import kind
from farm.wire import Connection

ONCE = "Every item exactly once, however often it is polled; no false revisions."


def changed(feed: Feed, change: Callable[[View], View]) -> Reply:
    """A plain RSS of the views after a change to each; the ledger keeps the standard titles and links."""
    views = feed.views()
    return feed.reply(feed.rss([change(v) for v in views]), views)


@kind("guid-same", report="ok", expect=ONCE + " The guid is not to be trusted.")
def guid_same(feed: Feed, request: Request, connection: Connection) -> Reply:
    """All items share one guid; links differ."""
    return changed(feed, lambda v: replace(v, guid="news-item"))


@kind("guid-changes", report="ok", expect=ONCE)
def guid_changes(feed: Feed, request: Request, connection: Connection) -> Reply:
    """New guids on every request; links are stable."""
    return changed(feed, lambda v: replace(v, guid=feed.nonce("guid", v.number, feed.polls)))


@kind("guid-missing", report="ok", expect=ONCE)
def guid_missing(feed: Feed, request: Request, connection: Connection) -> Reply:
    """No guids."""
    return changed(feed, lambda v: replace(v, guid=None))


@kind("guid-empty", report="ok", expect=ONCE)
def guid_empty(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Empty guid elements."""
    return changed(feed, lambda v: replace(v, guid=""))


@kind("date-same", report="ok", expect=ONCE)
def date_same(feed: Feed, request: Request, connection: Connection) -> Reply:
    """All items share one pubDate, that of the newest."""
    newest = feed.view(feed.numbers()[0]).date
    return changed(feed, lambda v: replace(v, date=newest))


@kind("date-none", report="ok", expect=ONCE + " Dated by when they were seen.")
def date_none(feed: Feed, request: Request, connection: Connection) -> Reply:
    """No dates."""
    return changed(feed, lambda v: replace(v, date=None))


@kind("date-odd", report="ok", expect=ONCE + " No item stays for ever on top because of its date.")
def date_odd(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Dates in the years 0001 and 2099, and one that is no date."""
    odd = ("Mon, 01 Jan 0001 00:00:00 +0000", "Thu, 31 Dec 2099 23:59:59 +0000", "the day before yesterday")
    return changed(feed, lambda v: replace(v, date=odd[v.number % 3]))


@kind("date-bumps", report="ok", expect=ONCE)
def date_bumps(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Every request moves all dates by a minute; the texts stay."""
    return changed(feed, lambda v: replace(v, date=feed.date(v.number) + timedelta(minutes=min(feed.polls, 60))))


@kind("link-none", report="ok", expect=ONCE)
def link_none(feed: Feed, request: Request, connection: Connection) -> Reply:
    """No links; guids are stable and no URLs."""
    views = feed.views(link=None)
    return feed.reply(feed.rss(views), views)


@kind("link-same", report="ok", expect=ONCE + " The link is not to be trusted.")
def link_same(feed: Feed, request: Request, connection: Connection) -> Reply:
    """All items link to the front page; guids are stable."""
    views = feed.views(link=f"{feed.base}/")
    return feed.reply(feed.rss(views), views)


@kind("title-none", report="ok", expect=ONCE + " The ledger's title is empty: look for the token in the text or link.")
def title_none(feed: Feed, request: Request, connection: Connection) -> Reply:
    """No titles; the text begins with headline and token."""
    views = [replace(v, title=None, html=f"<p>{v.title}. {v.html[3:]}") for v in feed.views()]
    return feed.reply(feed.rss(views), views)


@kind("reordered", report="ok", expect=ONCE)
def reordered(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The items in another order on each request."""
    views = feed.views()
    Random(feed.nonce("order", feed.polls)).shuffle(views)
    return feed.reply(feed.rss(views), views)


@kind("link-session", report="ok", expect=ONCE)
def link_session(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Links with a new session id on each request; guids are stable. The ledger has the link without it."""
    return changed(feed, lambda v: replace(v, link=f"{v.link}?sid={feed.nonce('sid', feed.polls)}"))


@kind("guid-and-link-change", report="ok", expect=ONCE + " Only the content can tell.")
def guid_and_link_change(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Guid and link (its path) are new on each request; title, text and date are stable."""

    def change(v: View) -> View:
        nonce = feed.nonce("both", v.number, feed.polls)
        return replace(v, guid=nonce, link=f"{v.link}-{nonce}")

    return changed(feed, change)


@kind("item-twice", report="ok", expect=ONCE)
def item_twice(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Each item stands twice in the document."""
    views = feed.views()
    return feed.reply(feed.rss(views + views), views)


@kind("volatile-pixel", report="ok", expect=ONCE + " A tracking pixel's address is no news.")
def volatile_pixel(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Each text ends with a tracking image whose address is new on each request."""
    return changed(
        feed,
        lambda v: replace(
            v,
            html=f'{v.html}<img width="1" height="1" src="{feed.base}/pixel?r='
            f'{feed.nonce("px", v.number, feed.polls)}">',
        ),
    )


@kind("edited", report="ok", expect="In round 2 the first round's newest item has new text: one article, a revision.")
def edited(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The newest item of round 1 has another text from round 2 on; guid, link, title and date stay."""
    target = feed.first - 1
    views = [feed.view(n, version=int(feed.round > 1 and n == target)) for n in feed.numbers()]
    return feed.reply(feed.rss(views), views)


@kind("edited-headline", report="ok", expect="One article, a revision; its title is the new one (with the same token).")
def edited_headline(feed: Feed, request: Request, connection: Connection) -> Reply:
    """From round 2 on the first round's newest item has a new headline and new text; guid and link stay."""
    views = feed.views()
    for i, v in enumerate(views):
        if feed.round > 1 and v.number == feed.first - 1:
            views[i] = replace(feed.view(v.number, version=1), title=f"Correction: {v.title}")
    return feed.reply(feed.rss(views), views)
