"""A sentence for every code that a person can meet: flags of articles, drops, dead letters, errors of feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.urls.userinfo import without_userinfo

if TYPE_CHECKING:
    from services.fetch.feed_state import FeedState
    from services.fetch.health import Health

EXPLANATIONS = {
    # flags
    "translation-debris": "fragments that a machine translation displaced; the text is kept as it is",
    "date-clamped": "its date cannot be true; the time of reading stands for it",
    "date-zone-assumed": "its date has no time zone; UTC is assumed",
    "date-unreadable": "its date could not be read",
    "no-date": "it has no date",
    "truncated": "it was longer than the limit and was cut",
    "no-link": "it has no usable link; its URL is its feed's, with the entry's id",
    "shared-link": "other articles have the same link; it was told apart from them",
    "bad-link": "its link is no address of a web page",
    "no-title": "it has no title",
    "no-text": "it has a title and no text",
    "language-unknown": "its language could not be told",
    "charset-guessed": "its character set was guessed from the bytes",
    "charset-replaced": "some bytes were no characters and were replaced",
    "page-blocked": "its page is not for us; the feed's text stands",
    "page-missing": "its page is not there; the feed's text stands",
    "page-unreachable": "its page could not be had; the feed's text stands",
    "page-robots": "its page is not for robots; the feed's text stands",
    "page-skipped": "its page was not asked for, there were too many at once; the feed's text stands",
    "paywalled": "its page says that it is not free to read; the text is what the page shows to everybody",
    "page-unreadable": "nothing could be read on its page; the text is the feed's own, if any",
    # rights
    "not-free": "its publisher says that it is not free to read",
    "tdm-reserved": "its publisher reserves the right to text and data mining",
    # drops
    "empty": "there is nothing in it",
    "same-article": "the same article with the same text was read before",
    "older-version": "a newer version of the article was read before",
    "contained-version": "it is a part of a version that was read before",
    "forgotten": "it was taken out by `newsloom forget`, and stays out",
    # pairs that are no alert
    "rule": "no rule is about this pair",
    "young-actor": "somebody of it is not known for long enough",
    "day-budget": "the day has as many new alerts as it may have",
    "young-owners": "too few of those who tell it have been read for long enough",
    "habit": "they were together before, and too few stories are new",
    "rest": "an alert about them ended not long ago",
    "short-history": "too little history is held to say so",
    "expected": "it is not surprising enough",
    "discoveries": "so many pairs were looked at on that day that chance makes some like it",
    "rule-budget": "the rule has given as many alerts on that day as it may",
    "told-by-persons": "an alert about the persons tells the same stories",
    # dead letters of documents and feeds
    "undecodable": "the message is not what its topic promises",
    "not-json": "the line is not JSON",
    "not-an-object": "the line is JSON, but not an object",
    "wrong-type": "a field has the wrong type",
    "too-large": "it is larger than the limit",
    "warc-record": "the record of the web archive is broken",
    "index-refused": "the index does not take it",
    "not-a-feed": "it is neither RSS, Atom, RDF, JSON Feed nor a news sitemap",
    "html-instead-of-feed": "the server sent a web page instead of a feed",
    "soft-403": "the server turned its reader away with a page that asks or refuses, though with status 200",
    "sitemap-index": "it is an index of sitemaps; one of the sitemaps may be of news",
    "malformed": "it is broken beyond reading",
    "timeout": "it took too long",
    "out-of-memory": "reading it took too much memory",
    "parser-crashed": "reading it crashed the parser",
    # errors of requests
    "dns": "the host has no address",
    "refused": "the host refuses connections",
    "connection": "the connection broke",
    "tls": "the certificate is not valid",
    "blocked-address": "the address is private or reserved; --allow-private, or NEWSLOOM_ALLOW_PRIVATE for a worker, allows it",
    "proxy": "the proxy of NEWSLOOM_PROXY cannot be reached, or refuses",
    "bad-url": "the address is not one of http or https",
    "encoding": "the response is packed in a way that cannot be unpacked",
    "too-many-redirects": "it redirects too often, or in a circle",
    "http-3xx": "it redirects to nowhere",
    "http-4xx": "the server refuses the request",
    "credentials": "the secret that the feed is asked with cannot be had",
    "http-5xx": "the server is in trouble",
    "internal": "an error of the program itself; the log says where",
    "suspicious-move": "it moved for good to another site, which has nothing of what is known of it",
    "unexpected-304": "the server says nothing changed to somebody who has nothing",
}


def explain(code: str | None, detail: str | None = None) -> str:
    """The sentence of a code, with the detail where it says more."""
    if code is None:
        return detail or ""
    sentence = EXPLANATIONS.get(code, code)
    return f"{sentence} ({detail})" if detail and detail != sentence else sentence


def explain_health(state: FeedState, health: Health) -> str:
    """What is wrong with a feed, and nothing for one that is well. Shows no password that an address may have."""
    return without_userinfo(explain(state.last_error_code, state.last_error or health.reason))
