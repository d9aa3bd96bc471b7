"""Feeds in the formats that the world publishes them in, from RSS 0.91 to JSON Feed, in the outlet's own encoding."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

import orjson

from shared.contracts import rfc3339
from shared.demo.corpus import DemoArticle, Outlet

CONTENT_TYPES = {
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "jsonfeed": "application/feed+json",
}


def write_feed(outlet: Outlet, items: Sequence[DemoArticle]) -> tuple[bytes, str]:
    """(body, content type). Characters that the encoding lacks become character references, as real generators do it."""
    if outlet.format == "jsonfeed":
        return _json_feed(outlet, items), f"{CONTENT_TYPES['jsonfeed']}; charset=utf-8"
    write = {"atom": _atom, "rdf": _rdf}.get(outlet.format, _rss)
    xml = f'<?xml version="1.0" encoding="{outlet.charset}"?>\n{write(outlet, items)}\n'
    return xml.encode(outlet.charset, "xmlcharrefreplace"), CONTENT_TYPES.get(outlet.format, "application/rss+xml")


def _html(article: DemoArticle) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in article.text.split("\n"))


def _rss(outlet: Outlet, items: Sequence[DemoArticle]) -> str:
    version = {"rss091": "0.91", "rss092": "0.92"}.get(outlet.format, "2.0")
    return (
        f'<rss version="{version}" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{escape(outlet.name)}</title><link>https://{outlet.domain}/</link>"
        f"<description>{escape(outlet.name)}</description><language>{outlet.language}</language>"
        + "".join(_rss_item(outlet, item) for item in items)
        + "</channel></rss>"
    )


def _rss_item(outlet: Outlet, item: DemoArticle) -> str:
    head = f"<item><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
    if outlet.format == "rss091":  # that version knows no dates and no guids
        return f"{head}<description>{escape(_html(item))}</description></item>"
    date = f"<pubDate>{format_datetime(item.published)}</pubDate>"
    if outlet.format == "rss092":
        return f"{head}<description>{escape(_html(item))}</description>{date}</item>"
    guid = f'<guid isPermaLink="true">{escape(item.url)}</guid>'
    if outlet.format == "rss2":
        return f"{head}{guid}{date}<description>{escape(_html(item))}</description></item>"
    teaser = f"<description>{escape(item.text.split(chr(10))[0])}</description>"
    return f"{head}{guid}{date}{teaser}<content:encoded><![CDATA[{_html(item)}]]></content:encoded></item>"


def _rdf(outlet: Outlet, items: Sequence[DemoArticle]) -> str:
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(item.url)}/>" for item in items)
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="https://{outlet.domain}/"><title>{escape(outlet.name)}</title>'
        f"<link>https://{outlet.domain}/</link><description/><items><rdf:Seq>{listed}</rdf:Seq></items></channel>"
        + "".join(
            f"<item rdf:about={quoteattr(item.url)}><title>{escape(item.title)}</title><link>{escape(item.url)}</link>"
            f"<description>{escape(_html(item))}</description><dc:date>{rfc3339(item.published)}</dc:date></item>"
            for item in items
        )
        + "</rdf:RDF>"
    )


def _atom(outlet: Outlet, items: Sequence[DemoArticle]) -> str:
    newest = max((item.published for item in items), default=None)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}"><title>{escape(outlet.name)}</title>'
        f"<id>https://{outlet.domain}/</id>"
        + (f"<updated>{rfc3339(newest)}</updated>" if newest else "")
        + "".join(
            f"<entry><title>{escape(item.title)}</title><id>{escape(item.url)}</id><link href={quoteattr(item.url)}/>"
            f"<published>{rfc3339(item.published)}</published><updated>{rfc3339(item.published)}</updated>"
            f'<content type="html">{escape(_html(item))}</content></entry>'
            for item in items
        )
        + "</feed>"
    )


def _json_feed(outlet: Outlet, items: Sequence[DemoArticle]) -> bytes:
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "home_page_url": f"https://{outlet.domain}/",
            "language": outlet.language,
            "items": [
                {
                    "id": item.url,
                    "url": item.url,
                    "title": item.title,
                    "content_html": _html(item),
                    "date_published": rfc3339(item.published),
                }
                for item in items
            ],
        }
    )
