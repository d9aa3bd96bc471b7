"""What a body is, by its media type and, where that says little, by what it begins with."""

from __future__ import annotations

import re
from typing import Literal

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_UNSURE = frozenset({
    "", "application/json", "application/octet-stream", "application/xml", "text/plain", "text/xml", "unknown/unknown",
})  # fmt: skip
"""Types that say little: feeds are often sent as them, and pages sometimes."""
_KINDS = {
    "text/css": "style sheet",
    "text/javascript": "script",
    "application/javascript": "script",
    "application/x-javascript": "script",
    "application/ecmascript": "script",
    "application/pdf": "PDF",
    "application/json": "JSON document",
    "application/ld+json": "JSON document",
    "application/xml": "XML document",
    "text/xml": "XML document",
    "text/plain": "plain text",
    "application/font-woff": "font",
    "application/vnd.ms-fontobject": "font",
}
_FAMILIES = {"image": "image", "font": "font", "audio": "sound", "video": "video"}
_HEAD = 2_048
_FEED_ROOT = re.compile(rb"<(?:rss|rdf:rdf|(?:[a-z]{1,20}:)?feed)[\s>]")
_PAGE_ROOT = re.compile(rb"<!doctype\s+html|<html[\s>]")


def essence(content_type: str | None) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_document(content_type: str | None) -> bool:
    """Whether the type alone says so."""
    return essence(content_type) in _PAGES | _FEEDS


def may_be_document(content_type: str | None) -> bool:
    """Whether the body is worth a look."""
    return is_document(content_type) or essence(content_type) in _UNSURE


def sniff(content_type: str | None, body: bytes) -> Literal["page", "feed", "other"]:
    """A feed that is sent as a page is a feed; of a type that says little only what begins like one."""
    kind = essence(content_type)
    # Without the zeros of UTF-16, so that its letters are in a row.
    head = body[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    page, feed = _PAGE_ROOT.search(head), _FEED_ROOT.search(head)
    if kind in _FEEDS or (feed and not page) or (head.startswith(b"{") and b"jsonfeed.org/version" in head):
        return "feed"
    return "page" if kind in _PAGES or page else "other"


def kind_of_type(content_type: str | None) -> str:
    """A word for people, in the singular."""
    kind = essence(content_type)
    return _KINDS.get(kind) or _FAMILIES.get(kind.partition("/")[0], "other file")
