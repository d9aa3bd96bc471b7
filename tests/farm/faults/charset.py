"""Bytes that are not what the labels say."""

from __future__ import annotations

from farm.feed import Feed
from farm.model import Reply, Request
from farm.registry import kind
from farm.wire import Connection

XML = "application/rss+xml"  # without a charset
GUESS = "All items; the words in the other script may be guessed wrong, the ASCII around them may not."
RIGHT = "All items, with the accents and letters of the ledger's titles."


@kind("undeclared-1251", flavour="cyrillic", report="ok", expect=GUESS)
def undeclared_1251(feed: Feed, request: Request, connection: Connection) -> Reply:
    """windows-1251 that is declared nowhere."""
    views = feed.views()
    return feed.reply(feed.rss(views, encoding="").encode("cp1251"), views, content_type=XML)


@kind("koi8-as-latin-1", flavour="cyrillic", report="ok", expect=GUESS)
def koi8_as_latin_1(feed: Feed, request: Request, connection: Connection) -> Reply:
    """koi8-r declared as iso-8859-1."""
    views = feed.views()
    return feed.reply(feed.rss(views, encoding="iso-8859-1").encode("koi8-r"), views, content_type=XML)


@kind("invalid-utf-8", flavour="accented", report="ok", expect=GUESS)
def invalid_utf_8(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Declared UTF-8; every second item is in latin-1 bytes (what latin-1 lacks is an invalid byte too)."""
    views = feed.views()
    parts = feed.rss(views).split("<item>")
    data = b"<item>".join(
        p.encode("utf-8") if i % 2 == 0 else p.encode("latin-1", "backslashreplace") + b"\n"
        for i, p in enumerate(parts)
    )
    return feed.reply(data.replace(b"</title><link>", b" \xff\xfe</title><link>", 1), views)


@kind("header-against-xml", flavour="accented", report="ok", expect=GUESS)
def header_against_xml(feed: Feed, request: Request, connection: Connection) -> Reply:
    """UTF-8, so declared in the XML, and the Content-Type says iso-8859-1."""
    return feed.good(content_type="text/xml; charset=iso-8859-1")


@kind("unknown-charset", flavour="accented", report="ok", expect=RIGHT)
def unknown_charset(feed: Feed, request: Request, connection: Connection) -> Reply:
    """UTF-8, declared as the charset "utf-ate" in both places."""
    views = feed.views()
    return feed.reply(feed.rss(views, encoding="utf-ate"), views, content_type=f"{XML}; charset=utf-ate")


@kind("smart-quotes", report="ok", expect=GUESS)
def smart_quotes(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Declared iso-8859-1, with the windows-1252 bytes for quotes and dashes."""
    views = feed.views()
    text = feed.rss(views, encoding="iso-8859-1").replace('"We ', "\u201cWe ").replace(". ", " \u2013 and so on. ", 3)
    return feed.reply(text.encode("cp1252"), views, content_type=XML, probe="")


@kind("lone-surrogates", report="ok", expect="All items; the surrogates vanish or become U+FFFD.")
def lone_surrogates(feed: Feed, request: Request, connection: Connection) -> Reply:
    """&#xD800; in every title and text."""
    views = feed.views()
    text = feed.rss(views).replace(" in ", " in &#xD800;")
    return feed.reply(text, views, probe="")


@kind("nul-bytes", report="ok", expect="All items, without the NULs.")
def nul_bytes(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A NUL byte in every title and text."""
    views = feed.views()
    return feed.reply(feed.rss(views).replace(" in ", " in \0"), views, probe="")


@kind("control-characters", report="ok", expect="All items, without the control characters.")
def control_characters(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Vertical tabs and escapes in titles, and &#8; as a reference."""
    views = feed.views()
    return feed.reply(feed.rss(views).replace(" in ", " in \x0b\x1b&#8;"), views, probe="")


@kind("utf-16-without-bom", flavour="cyrillic", report="ok", expect=RIGHT)
def utf_16_without_bom(feed: Feed, request: Request, connection: Connection) -> Reply:
    """UTF-16 (little end first) without a byte order mark, declared as utf-16."""
    views = feed.views()
    return feed.reply(feed.rss(views, encoding="utf-16").encode("utf-16-le"), views, content_type=XML)


@kind("utf-8-declared-16", report="ok", expect="All items: the bytes are plainly no UTF-16.")
def utf_8_declared_16(feed: Feed, request: Request, connection: Connection) -> Reply:
    """UTF-8 whose declaration says utf-16."""
    views = feed.views()
    return feed.reply(feed.rss(views, encoding="utf-16"), views, content_type=XML)
