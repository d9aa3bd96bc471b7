"""The newest alerts as an Atom feed (RFC 4287). An entry's id is the alert's for ever; what changes about it is its `updated`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from heapq import nlargest
from xml.etree import ElementTree as Tree

from services.alert.told.harmless import harmless
from services.alert.told.links import Links
from services.alert.told.stable_ids import stable_uuid
from services.alert.told.standing import updated
from services.alert.told.words import NAME_LIMIT, description, summary
from shared.contracts import Alert, rfc3339

ATOM = "http://www.w3.org/2005/Atom"
NEWEST = 100
"""Entries of a feed; readers ask again long before as many have come."""
TITLE = "Newsloom: who appears together for the first time"


def atom_feed(alerts: Iterable[Alert], links: Links, newest: int = NEWEST) -> bytes:
    """UTF-8 with an XML declaration, newest first. A function of the alerts alone: without news, the same bytes."""
    Tree.register_namespace("", ATOM)
    chosen = nlargest(newest, alerts, key=lambda alert: (updated(alert), alert.id))
    feed = Tree.Element(_atom("feed"))
    # Two pipelines of one organisation are two feeds.
    _text(feed, "id", f"urn:uuid:{stable_uuid('feed', links.prefix)}")
    _text(feed, "title", TITLE)
    _text(feed, "updated", rfc3339(max(map(updated, chosen), default=datetime(1970, 1, 1, tzinfo=UTC))))
    _text(Tree.SubElement(feed, _atom("author")), "name", "Newsloom")
    _text(feed, "generator", "Newsloom")
    for alert in chosen:
        feed.append(_entry(alert, links))
    Tree.indent(feed)
    body: bytes = Tree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _entry(alert: Alert, links: Links) -> Tree.Element:
    entry = Tree.Element(_atom("entry"))
    _text(entry, "id", f"urn:uuid:{stable_uuid('alert', alert.id)}")
    _text(entry, "title", summary(alert), type="text")
    _text(entry, "published", rfc3339(alert.window.start))
    _text(entry, "updated", rfc3339(updated(alert)))
    links_to = [("alternate", links.best(alert)), ("related", links.article(alert) if links.kibana_url else "")]
    for rel, url in links_to:
        if url:
            Tree.SubElement(entry, _atom("link"), rel=rel, type="text/html", href=url)
    for term in (alert.alert_class, alert.tier, alert.rule):
        if shown := harmless(term, NAME_LIMIT):
            Tree.SubElement(entry, _atom("category"), term=shown)
    # Plain text: no reader is asked to trust anybody's markup.
    _text(entry, "content", description(alert), type="text")
    return entry


def _text(parent: Tree.Element, name: str, text: str, **attributes: str) -> None:
    Tree.SubElement(parent, _atom(name), attributes).text = _xml_text(text)


def _xml_text(text: str) -> str:
    """Without the two characters that XML 1.0 has no way to write and that `printable` leaves: they are no letters of any script."""
    return text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"
