"""Documents that a strict XML parser refuses and that readers of feeds read all the same."""

from __future__ import annotations

from farm.feed import Feed
from farm.formats import RSS_TAIL, rss_head, rss_item
from farm.model import Reply, Request
from farm.registry import kind
from farm.wire import Connection

REPAIRED = "All items, by a forgiving parser; the breakage may be mentioned."
SOME = "The complete items are kept; the broken one may be."
OK = ("ok", "repaired")


@kind("unclosed-tags", report=OK, expect=REPAIRED)
def unclosed_tags(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Unescaped HTML in descriptions, with <p>, <br> and <b> that are never closed."""
    views = feed.views()
    text = feed.rss(views).replace("&lt;p&gt;", "<p>").replace("&lt;/p&gt;", "<br><b>")
    return feed.reply(text, views, probe="")


@kind("bare-ampersands", report=OK, expect=REPAIRED)
def bare_ampersands(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Ampersands without an entity in links, titles and texts."""
    views = feed.views()
    text = feed.rss(views).replace("</link><guid", "?a=1&b=2</link><guid").replace(" in ", " & in ")
    return feed.reply(text, views, probe="")


@kind("html-entities", report=OK, expect=REPAIRED)
def html_entities(feed: Feed, request: Request, connection: Connection) -> Reply:
    """&nbsp;, &eacute; and &mdash; without a DTD."""
    views = feed.views()
    return feed.reply(feed.rss(views).replace(" in ", "&nbsp;&mdash; caf&eacute; in "), views, probe="")


@kind("whitespace-before", report=OK, expect=REPAIRED)
def whitespace_before(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Blank lines before the XML declaration."""
    views = feed.views()
    return feed.reply("\n\n   \t\n" + feed.rss(views), views)


@kind("junk-before", report=OK, expect=REPAIRED)
def junk_before(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A server script's warning, in HTML, before the XML declaration."""
    views = feed.views()
    return feed.reply(
        "<br />\n<b>Warning</b>: array_key_exists() in <b>feed.php</b> on line <b>12</b><br />\n" + feed.rss(views),
        views,
    )


@kind("junk-after", report=OK, expect=REPAIRED)
def junk_after(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A script tag and an HTML comment after the root element."""
    views = feed.views()
    return feed.reply(feed.rss(views) + "<script>track('feed')</script>\n<!-- served in 0.2 s -->", views)


def _cut(feed: Feed, text: str, at: int, name: str) -> Reply:
    """The text up to `at`: items that are complete before it are "must", the next one "may"."""
    views = feed.views()
    whole = text[:at].count("</item>")
    reply = feed.reply(text[:at], [], key=(name, feed.round))
    reply.entries = feed.entries(views[:whole]) + feed.entries(views[whole : whole + 1], must=False)
    return reply


@kind("truncated-item", report=(*OK, "truncated"), expect=SOME)
def truncated_item(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The document ends in the middle of the last item's text, with a Content-Length that agrees."""
    text = feed.rss(feed.views())
    return _cut(feed, text, text.rindex("</description>") - 100, "cut")


@kind("unclosed-cdata", report=(*OK, "truncated"), expect=SOME)
def unclosed_cdata(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The last item's CDATA never ends: the rest of the document is inside it."""
    views = feed.views()
    items = [rss_item(v, content_encoded=True) for v in views]
    items[-1] = items[-1].replace("]]>", "")
    reply = feed.reply(rss_head(feed.channel) + "".join(items) + RSS_TAIL, [], key=("cdata", feed.round))
    reply.entries = feed.entries(views[:-1]) + feed.entries(views[-1:], must=False)
    return reply


@kind("undeclared-prefix", report=OK, expect=REPAIRED)
def undeclared_prefix(feed: Feed, request: Request, connection: Connection) -> Reply:
    """content:, dc: and media: without xmlns declarations."""
    views = feed.views()
    items = [
        rss_item(v, content_encoded=True).replace(
            "</item>", f'<dc:subject>News</dc:subject><media:content url="{v.link}.jpg"/></item>'
        )
        for v in views
    ]
    return feed.reply(rss_head(feed.channel, ns="") + "".join(items) + RSS_TAIL, views)


@kind("two-roots", report=OK, expect="The items of the first document; those of the second may be found.")
def two_roots(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Two <rss> elements one after the other, each with half the items."""
    views = feed.views()
    half = (len(views) + 1) // 2
    text = feed.rss(views[:half]) + feed.rss(views[half:], encoding="")
    reply = feed.reply(text, [], key=("roots", feed.round))
    reply.entries = feed.entries(views[:half]) + feed.entries(views[half:], must=False)
    return reply


@kind("double-bom", report=OK, expect=REPAIRED)
def double_bom(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Two byte order marks before the declaration."""
    views = feed.views()
    return feed.reply("\ufeff\ufeff" + feed.rss(views), views)


@kind("swapped-end-tags", report=OK, expect="The items may be found; no crash.")
def swapped_end_tags(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Each item closes its link with </guid> and its guid with </link>: all are only a "may"."""
    views = feed.views()
    text = feed.rss(views).replace("</link>", "</swap>").replace("</guid>", "</link>").replace("</swap>", "</guid>")
    return feed.reply(text, views, must=False)


@kind("no-items", report=("ok", "empty"), expect="An empty channel is healthy: no items, and none deleted.")
def no_items(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A valid feed without any item."""
    return feed.reply(feed.rss([]), [])


@kind("vanishing-items", report=("ok", "empty"), expect="The items of round 1 stay although the feed shows none.")
def vanishing_items(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Good in round 1, a valid feed without items afterwards."""
    return feed.good() if feed.round == 1 else feed.reply(feed.rss([]), [])


@kind("html-instead", report=("not-a-feed", "parse-error"), expect="A web page, not a feed.")
def html_instead(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The site's front page, as HTML, at the feed's URL."""
    return Reply(
        200,
        [("Content-Type", "text/html; charset=utf-8")],
        f"<!doctype html><html><head><title>{feed.title}</title></head><body><h1>Welcome</h1>"
        f"<p>Our site has moved. <br>Read on &nbsp; here.</body></html>".encode(),
    )
