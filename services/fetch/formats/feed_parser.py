"""From the body of a response to a feed, whatever its format, charset and health.

It must run where it can be killed (`parser_pool`): no limit on lengths protects from a parser that is quadratic in some corner.
"""

from __future__ import annotations

import re
from dataclasses import replace

from services.fetch.formats.feed import FeedError, FeedLimits, ParsedFeed
from services.fetch.formats.feed_charset import decode, is_called_utf8
from services.fetch.formats.json_feed import looks_like_json, read_json_feed
from services.fetch.formats.news_sitemap import is_sitemap, read_news_sitemap
from services.fetch.formats.web_page import error_of_web_page
from services.fetch.formats.xml_feed import feed_within, is_feed, read_xml_feed
from services.fetch.formats.xml_tree import read_tree, read_well_formed

_LIMITS = FeedLimits()
_HEAD = 2_000
_BLANK = re.compile("[\0 \t\r\n]*")
_LENIENT_CHARACTERS = 1_000_000
"""Beyond it feedparser would take longer than the worker has, and what lxml could read would be lost with the worker."""
_ROW_TAGS = ("<item>", "<item ", "<item\n", "<entry>", "<entry ", "<entry\n")


def parse_feed(body: bytes, content_type: str | None, url: str, limits: FeedLimits = _LIMITS) -> ParsedFeed:
    """RSS, Atom, JSON Feed or a news sitemap; of a broken one what can be read, with a problem.

    `url` is the final address of the body, `content_type` the header as received. Raises `FeedError` with the codes `empty`,
    `too-large`, `not-a-feed`, `html-instead-of-feed`, `soft-403`, `sitemap-index` and `malformed`.
    """
    if len(body) > limits.body_bytes:
        raise FeedError("too-large", f"{len(body)} bytes, the limit is {limits.body_bytes}")
    if is_called_utf8(body, content_type):
        # Nearly all feeds end here; for the others, it costs what the parser reads until the first error.
        root = read_well_formed(body, url)
        if root is not None and is_feed(root):
            return read_xml_feed(root, url, limits)
    text, charset_problem = decode(body, content_type)
    if _BLANK.fullmatch(text):
        raise FeedError("empty", "the body is empty")
    feed = read_json_feed(text, url, limits) if looks_like_json(text) else _read_xml(text, url, limits)
    return _with_problem(feed, charset_problem)


def _read_xml(text: str, url: str, limits: FeedLimits) -> ParsedFeed:
    head = text[:_HEAD].lstrip().lower()
    is_page = head.startswith(("<!doctype html", "<html"))
    if is_page and not any(tag in text for tag in _ROW_TAGS):
        raise error_of_web_page(text, url)
    tree = read_tree(text, url)
    if tree is not None and is_sitemap(tree.root):
        return _with_problem(read_news_sitemap(tree.root, url, limits), tree.problem)
    root = None if tree is None else feed_within(tree.root)
    if tree is None or root is None:
        feed = None if is_page else _read_leniently(text, url, limits)
        if feed is not None:
            return feed
        tag = None if tree is None else str(tree.root.tag)
        raise error_of_web_page(text, url) if _is_web_page(head, tag) else _not_a_feed(head, tag)
    feed = read_xml_feed(root, url, limits)
    if tree.problem is None:
        return feed
    written = sum(text.count(tag) for tag in _ROW_TAGS)
    if len(feed.items) < min(written, limits.items):
        lenient = _read_leniently(text, url, limits)
        if lenient is not None and len(lenient.items) > len(feed.items):
            return lenient
    return _with_problem(feed, tree.problem)


def _with_problem(feed: ParsedFeed, problem: str | None) -> ParsedFeed:
    return replace(feed, problems=(problem, *feed.problems)) if problem else feed


def _read_leniently(text: str, url: str, limits: FeedLimits) -> ParsedFeed | None:
    """feedparser's regular expressions find items that no XML parser does; it is slow and imported only when needed."""
    if len(text) > _LENIENT_CHARACTERS or not any(tag in text for tag in _ROW_TAGS):
        return None
    from services.fetch.formats.lenient_feed import read_lenient_feed

    feed = read_lenient_feed(text, url, limits)
    return feed if feed.items else None


def _is_web_page(head: str, root: str | None) -> bool:
    return "<html" in head or "<body" in head or root in ("html", "body", "div", "{http://www.w3.org/1999/xhtml}html")


def _not_a_feed(head: str, root: str | None) -> FeedError:
    if root is None:
        return FeedError(
            "malformed" if "<rss" in head or "<feed" in head or "<?xml" in head else "not-a-feed",
            "no XML that can be read",
        )
    return FeedError("not-a-feed", f"XML whose root element is <{root.rpartition('}')[2][:50]}>")
