"""Feed documents from views: RSS 2.0, RDF/RSS 1.0, Atom 1.0, JSON Feed 1.1, as str; encoding is the caller's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from farm.model import View

NS_CONTENT = ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
NS_DC = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass(slots=True)
class Channel:
    """The feed's own data: title, absolute link of its site, absolute URL of the feed, when it last changed (ISO)."""

    title: str
    link: str
    url: str
    updated: str


def rfc822(date: datetime | str) -> str:
    """An RSS date."""
    return date if isinstance(date, str) else format_datetime(date)


def iso(date: datetime | str) -> str:
    """An Atom date."""
    return date if isinstance(date, str) else date.isoformat().replace("+00:00", "Z")


def tag(name: str, text: str | None) -> str:
    """<name>escaped text</name>, or nothing for None."""
    return "" if text is None else f"<{name}>{escape(text, False)}</{name}>"


def rss_item(v: View, content_encoded: bool = False) -> str:
    """One <item>; content_encoded: the full text is in content:encoded (CDATA), the description is the summary."""
    out = ["<item>", tag("title", v.title), tag("link", v.link)]
    if v.guid is not None:
        out.append(f'<guid isPermaLink="false">{escape(v.guid, False)}</guid>')
    if v.date is not None:
        out.append(tag("pubDate", rfc822(v.date)))
    if v.author is not None:
        out.append(tag("author", v.author))
    if content_encoded:
        out.append(tag("description", v.summary))
        out.append(f"<content:encoded><![CDATA[{v.html}]]></content:encoded>")
    else:
        out.append(tag("description", v.html))
    out.append("</item>\n")
    return "".join(out)


def rss_head(ch: Channel, encoding: str = "utf-8", extra: str = "", ns: str = NS_CONTENT + NS_DC) -> str:
    """Everything before the first item, with the XML declaration (encoding "" = no declaration at all)."""
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n' if encoding else ""
    return (
        f'{declaration}<rss version="2.0"{ns}><channel>{tag("title", ch.title)}{tag("link", ch.link)}'
        f"<description>Made-up local news</description><language>en</language>{extra}\n"
    )


RSS_TAIL = "</channel></rss>\n"


def rss(ch: Channel, items: list[str], encoding: str = "utf-8", extra: str = "", ns: str = NS_CONTENT + NS_DC) -> str:
    """A whole RSS 2.0 document from rendered items."""
    return rss_head(ch, encoding, extra, ns) + "".join(items) + RSS_TAIL


def rss_content_item(v: View) -> str:
    """rss_item with content:encoded."""
    return rss_item(v, content_encoded=True)


def atom_item(v: View) -> str:
    """One Atom <entry>."""
    link = f'<link rel="alternate" href="{escape(v.link)}"/>' if v.link is not None else ""
    author = f"<author>{tag('name', v.author)}</author>" if v.author is not None else ""
    date = tag("published", iso(v.date)) + tag("updated", iso(v.date)) if v.date is not None else ""
    return (
        f"<entry>{tag('title', v.title)}{link}{tag('id', v.guid)}{date}{author}"
        f'<content type="html">{escape(v.html, False)}</content></entry>\n'
    )


def atom(ch: Channel, items: list[str], encoding: str = "utf-8", attributes: str = "") -> str:
    """A whole Atom document; attributes go into <feed>, e.g. ' xml:base="..."'."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<feed xmlns="http://www.w3.org/2005/Atom"{attributes}>'
        f'{tag("title", ch.title)}<link href="{escape(ch.link)}"/><link rel="self" href="{escape(ch.url)}"/>'
        f"{tag('id', ch.url)}{tag('updated', ch.updated)}\n{''.join(items)}</feed>\n"
    )


def rdf_item(v: View) -> str:
    """One RSS 1.0 <item>; its identity is rdf:about, so a view's guid is not used."""
    return (
        f'<item rdf:about="{escape(v.link or "")}">{tag("title", v.title)}{tag("link", v.link)}'
        f"{tag('description', v.html)}{tag('dc:date', iso(v.date)) if v.date is not None else ''}"
        f"{tag('dc:creator', v.author)}</item>\n"
    )


def rdf(ch: Channel, items: list[str], encoding: str = "utf-8") -> str:
    """A whole RSS 1.0 document (without the optional-in-practice rdf:Seq)."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/"{NS_DC}'
        f' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel rdf:about="{escape(ch.url)}">'
        f"{tag('title', ch.title)}{tag('link', ch.link)}<description>Made-up local news</description></channel>\n"
        f"{''.join(items)}</rdf:RDF>\n"
    )


def json_item(v: View) -> str:
    """One JSON Feed item."""
    item = {
        "id": v.guid,
        "url": v.link,
        "title": v.title,
        "content_html": v.html,
        "date_published": iso(v.date) if v.date is not None else None,
        "authors": [{"name": v.author}] if v.author is not None else None,
    }
    return json.dumps({k: x for k, x in item.items() if x is not None}, ensure_ascii=False)


def jsonfeed(ch: Channel, items: list[str], encoding: str = "utf-8") -> str:
    """A whole JSON Feed 1.1 document."""
    top = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": ch.title,
            "home_page_url": ch.link,
            "feed_url": ch.url,
        },
        ensure_ascii=False,
    )
    return top[:-1] + ', "items": [\n' + ",\n".join(items) + "]}"


ItemRenderer = Callable[[View], str]
