"""What a page says about itself: JSON-LD, OpenGraph and other meta tags, canonical link, time, language.

Read by events from the head only (JSON-LD and the first <time> may stand in the body), because the same from a tree or from
extraction libraries halves the speed of the whole service.
"""

import re
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from services.normalise.json_ld import LinkedArticle, linked_article, truth

MAX_PAGE_CHARS = 5_000_000
_MAX_HEAD_CHARS = 300_000
_MAX_VALUE_CHARS = 1000
_SCRIPT_OR_END = re.compile(r"<(?:script|style)\b[^<>]{0,2000}>|</head\s{0,20}>|<body[\s>]", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</(?:script|style)\b", re.IGNORECASE)
_TIME = re.compile(r"<time\b[^<>]{0,500}?\bdatetime\s{0,5}=\s{0,5}[\"']?([^\"'<>]{4,60})", re.IGNORECASE)
_FREE = re.compile(
    r"itemprop\s{0,5}=\s{0,5}[\"']?isAccessibleForFree\b[^<>]{0,100}?\bcontent\s{0,5}=\s{0,5}[\"']?([^\"'<>]{1,60})"
)
_SPACE = re.compile(r"\s+")
# "0001-01-01" is what a database without a date prints.
_NO_DATE = re.compile(r"\s*0{3}")
_BY = re.compile(r"by:?\s+", re.IGNORECASE)

_TITLE = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_time",
    "pubdate",
    "publication_date",
    "article.published",
    "date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "article.created",
    "date.created",
    "created",
    "citation_publication_date",
    "displaydate",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified")
_AUTHOR = ("author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator")
_SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """Values as the page writes them (dates and language tags unparsed, addresses maybe relative); None where it says nothing."""

    title: str | None = None
    canonical_url: str | None = None
    published: str | None = None
    modified: str | None = None
    author: str | None = None
    site_name: str | None = None
    language: str | None = None
    free: bool | None = None
    """Whether anybody may read it without paying."""
    tdm_reserved: bool | None = None
    """Whether the right to text and data mining is reserved (W3C TDM Reservation Protocol)."""


def read_metadata(html: str) -> PageMetadata:
    """The metadata of a whole page. Never raises; the first value of a kind counts, JSON-LD before meta tags."""
    html = html[:MAX_PAGE_CHARS]
    head = _read_head(html)
    linked = linked_article(html) or LinkedArticle()
    moment = _TIME.search(html)
    written = moment[1] if moment else None
    author = linked.author or next((name for name in head.all(*_AUTHOR) if "://" not in name), None)
    return PageMetadata(
        title=_short(linked.headline or head.first(*_TITLE) or "".join(head.title)),
        canonical_url=_short(head.canonical or head.first("og:url") or linked.url),
        published=_short(_first_date(linked.published, *head.all(*_PUBLISHED), written)),
        modified=_short(_first_date(linked.modified, *head.all(*_MODIFIED))),
        author=_short(_BY.sub("", author, count=1) if author and _BY.match(author) else author),
        site_name=_short(head.first(*_SITE) or linked.publisher),
        language=_short(head.language or head.first("og:locale", "content-language", "dc.language") or linked.language),
        free=linked.free if linked.free is not None else _free_by_microdata(html),
        tdm_reserved={"1": True, "0": False}.get(head.first("tdm-reservation") or ""),
    )


class _Head:
    """The target of the parser's events."""

    def __init__(self) -> None:
        self.meta: dict[str, str] = {}
        self.canonical: str | None = None
        self.language: str | None = None
        self.title: list[str] = []
        self._in_title = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = (attributes.get("content") or "").strip()
            name = name or attributes.get("http-equiv")
            if name and content:
                self.meta.setdefault(name.strip().lower(), content)
        elif tag == "link":
            if self.canonical is None and "canonical" in (attributes.get("rel") or "").lower().split():
                self.canonical = (attributes.get("href") or "").strip() or None
        elif tag == "html":
            self.language = self.language or attributes.get("lang") or attributes.get("xml:lang")
        elif tag == "title":
            self._in_title = not self.title

    def end(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)

    def comment(self, text: str) -> None:
        pass

    def pi(self, target: str, data: str | None = None) -> None:
        pass

    def close(self) -> "_Head":
        return self

    def first(self, *names: str) -> str | None:
        return next(iter(self.all(*names)), None)

    def all(self, *names: str) -> list[str]:
        return [self.meta[name] for name in names if name in self.meta]


def _read_head(html: str) -> _Head:
    head = _head_markup(html[:_MAX_HEAD_CHARS])
    target: Any = _Head()  # the stubs want every handler to take bytes too
    parser = etree.HTMLParser(target=target, encoding="utf-8")
    parser.feed(head.replace("\x00", "").encode("utf-8", "replace") or b" ")
    parser.close()
    return cast("_Head", target)


def _head_markup(html: str) -> str:
    """The head without scripts and styles: they are most of it, and an end tag in a script is no end of the head."""
    kept: list[str] = []
    position = 0
    while found := _SCRIPT_OR_END.search(html, position):
        kept.append(html[position : found.start()])
        closing = _SCRIPT_END.search(html, found.end()) if found[0][1] in "sS" else None
        if closing is None:
            return "".join(kept)
        position = closing.start()
    return "".join([*kept, html[position:]])


def _free_by_microdata(html: str) -> bool | None:
    """Such tags stand anywhere in the page."""
    found = _FREE.search(html) if "isAccessibleForFree" in html else None
    return truth(found[1]) if found else None


def _first_date(*values: str | None) -> str | None:
    return next((value for value in values if value and not _NO_DATE.match(value)), None)


def _short(value: str | None) -> str | None:
    return (_SPACE.sub(" ", value[:_MAX_VALUE_CHARS]).strip() or None) if value else None
