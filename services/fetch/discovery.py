"""Where a site's feeds may be: what its page declares, what it links to, what robots.txt names, and where common systems put them.

Pure: text and address in, addresses out. Whether there is a feed at one of them shows when it is fetched. Tags are found by
expressions whose every repetition is bounded: a parser that builds a tree takes minutes for a page made to that end, and a page is
looked at here in the process of the command.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from urllib.parse import urljoin, urlsplit

from services.fetch.formats.clean_text import one_line
from services.fetch.formats.item_links import absolute
from services.fetch.item_identity import feed_id

How = Literal["itself", "declared", "linked", "robots.txt", "well-known"]

PAGE_CHARACTERS = 2_000_000
URL_CHARACTERS = 2_000
TAGS = 20_000
"""Links of a page that are looked at; a portal's front page has a tenth of it."""
DECLARED, LINKED, SITEMAPS = 20, 12, 5
"""Candidates of each kind at most, the likeliest first."""
ROBOTS_CHARACTERS = 500 * 1024
"""What a reader of robots.txt has to read (RFC 9309, section 2.5)."""

WELL_KNOWN = (
    "/feed",
    "/rss",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/rss.xml",
    "/feeds/posts/default",
    "/?feed=rss2",
)
"""WordPress, Medium, Jekyll and Hugo, Blogger, and what others took over from them."""
NEWS_SITEMAP = "/news-sitemap.xml"

_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/json application/xml "
    "application/x-rss+xml application/x-atom+xml text/xml text/rss text/rss+xml text/atom text/atom+xml".split()
)
_TAG = re.compile(
    r"<(base|link|a)(?=\s)((?:[^\"'<>]{1,2000}+|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'){0,60}+)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SCRIPT = re.compile(r"<(?:script|(style))\b", re.IGNORECASE)
_SCRIPT_END, _STYLE_END = re.compile(r"</script", re.IGNORECASE), re.compile(r"</style", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]{0,1000}>")
_ALTERNATIVE_TEXT = re.compile(r"(?:alt|title|aria-label)\s{0,9}=\s{0,9}[\"']([^\"']{0,100})", re.IGNORECASE)
_ANCHOR_CHARACTERS = 600
_LIKELY_PATH = re.compile(r"(?:^|[/_.-])(?:feeds?|rss2?|atom|rdf)(?:[/_.-]|$)|\.(?:rss|atom|rdf)$", re.IGNORECASE)
_MAYBE_PATH = re.compile(r"\.xml$", re.IGNORECASE)
_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss|atom|feed|xml|json)", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(?:rss|atom|feeds?|xml|rdf|flux|fil rss|canal rss|ленты?)\b|订阅|訂閱|フィード|피드", re.IGNORECASE
)
_OTHER_FILES = re.compile(r"\.(?:html?|php|aspx|jpe?g|png|gif|svg|webp|ico|css|js|pdf|zip|mp3|mp4)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's. `title` is what the page calls it."""

    url: str
    how: How
    title: str | None = None


def candidates_of_page(page: str, url: str) -> list[Candidate]:
    """What a page declares and links to, in this order; `url` is its final address. Each feed once, the numbers bounded."""
    declared: list[Candidate] = []
    linked: list[tuple[int, Candidate]] = []
    base = url
    text = _visible(page[:PAGE_CHARACTERS])
    for match in islice(_TAG.finditer(text), TAGS):
        attributes = _attributes(match[2])
        target = absolute(attributes.get("href"), base, URL_CHARACTERS)
        match match[1].lower():
            case "base" if target and base is url:
                base = target
            case "link" if target and _declares(attributes):
                declared.append(Candidate(target, "declared", one_line(attributes.get("title"), 200)))
            case "a" if target:
                words = _words_of(attributes, text, match.end())
                if likelihood := _likelihood(target, words):
                    linked.append((likelihood, Candidate(target, "linked", one_line(words, 200))))
    # The sort is stable: among equally likely ones the order of the page holds.
    linked.sort(key=lambda pair: -pair[0])
    found = each_once(declared)[:DECLARED]
    return each_once([*found, *each_once(candidate for _, candidate in linked)[:LINKED]])


def sitemaps_of_robots(robots: str, url: str) -> list[Candidate]:
    """The sitemaps that robots.txt names (`url` is its address), and where news sitemaps usually are. Those for news first."""
    named = []
    for line in robots[:ROBOTS_CHARACTERS].splitlines():
        field, _, value = line.partition("#")[0].partition(":")
        if field.strip().lower() == "sitemap" and (target := absolute(value, url, URL_CHARACTERS)):
            named.append(target)
    named.sort(key=lambda target: "news" not in target.lower())
    return each_once(Candidate(target, "robots.txt") for target in (*named[: SITEMAPS - 1], urljoin(url, NEWS_SITEMAP)))


def well_known(url: str) -> list[Candidate]:
    """Where common systems put the feed of a site, whatever its page says."""
    return each_once(Candidate(urljoin(url, path), "well-known") for path in WELL_KNOWN)


def each_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """In their order, without those whose address is another spelling of one before."""
    return list({feed_id(candidate.url): candidate for candidate in reversed(list(candidates))}.values())[::-1]


def _declares(attributes: dict[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    # `feed` was a relation of its own once. A style sheet may be an alternate, too, and so may a page in another language.
    return "stylesheet" not in relations and ("feed" in relations or ("alternate" in relations and kind in _TYPES))


def _likelihood(url: str, words: str) -> int:
    """0: no reason to try it. A page about feeds is none, whatever leads to it; it costs one request to see."""
    parts = urlsplit(url)
    if _OTHER_FILES.search(parts.path):
        return 0
    path = 4 * bool(_LIKELY_PATH.search(parts.path) or _QUERY.search(parts.query)) + 2 * bool(
        _MAYBE_PATH.search(parts.path)
    )
    host = 2 * (parts.hostname or "").startswith(("feeds.", "feed.", "rss."))
    return path + host + bool(_WORDS.search(words))


def _words_of(attributes: dict[str, str], text: str, start: int) -> str:
    """What an anchor is called: its text, or what stands for the picture in it."""
    inner = text[start : start + _ANCHOR_CHARACTERS]
    inner = inner[: end if (end := inner.lower().find("</a")) >= 0 else 0]
    pictures = " ".join(_ALTERNATIVE_TEXT.findall(inner))
    said = html.unescape(_ANY_TAG.sub(" ", inner))
    return " ".join(f"{said} {pictures or attributes.get('title') or attributes.get('aria-label', '')}".split())


def _attributes(tag: str) -> dict[str, str]:
    """The first of each name counts, as in browsers."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        found.setdefault(name.lower(), html.unescape(double or single or bare))
    return found


def _visible(page: str) -> str:
    """Without comments and scripts: what is in them is not on the page. In one pass, however many there are and however they end."""
    parts = page.split("<!--")
    text = parts[0] + "".join(part.partition("-->")[2] for part in parts[1:])
    return "".join(_outside_of_scripts(text))


def _outside_of_scripts(text: str) -> Iterator[str]:
    at = 0
    while (begin := _SCRIPT.search(text, at)) is not None:
        yield text[at : begin.start()]
        end = (_STYLE_END if begin[1] else _SCRIPT_END).search(text, begin.end())
        if end is None:
            return
        at = end.start()
    yield text[at:]
