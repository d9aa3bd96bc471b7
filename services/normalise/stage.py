"""normalise: from what was read to an article. What is missing is flagged; only what has neither title nor text is dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.normalise.charset import decode
from services.normalise.clean_text import clean
from services.normalise.dates import parse_date
from services.normalise.debris import find_debris
from services.normalise.html_text import html_to_text
from services.normalise.language import identify
from services.normalise.owners import owner_of, owners
from services.normalise.page_metadata import PageMetadata, read_metadata
from shared.contracts import Article, Entry, Source, Span, article_id, fingerprint
from shared.stage import Drop, Emit, Outcome
from shared.urls.canonical_url import canonical_url, registrable_domain

_PAGE = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]", re.IGNORECASE)
_PAGE_WITHIN = 4_000
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")


@dataclass(frozen=True, slots=True)
class NormaliseRules:
    """Limits in characters; `html` is what is read of a page before anything is extracted."""

    title: int = 1_000
    text: int = 200_000
    html: int = 5_000_000
    history_after: timedelta = timedelta(0)
    """Items of a feed's first poll are history, but for those with a date that are younger than this."""


@dataclass(frozen=True, slots=True)
class _Content:
    title: str
    text: str
    page: PageMetadata | None
    flags: tuple[str, ...]


class Normalise:
    name = "normalise"

    def __init__(self, rules: NormaliseRules | None = None) -> None:
        self._rules = rules or NormaliseRules()
        # Loaded now: a table that is missing must stop the process at its start, not turn every entry into a dead letter.
        owners()
        identify("This sentence has the model loaded.", None)

    def decide(self, message: Entry) -> Sequence[Outcome]:
        content = self._content(message)
        title = clean(content.title, limit=self._rules.title)
        text = clean(content.text, limit=self._rules.text)
        if not title.text and not text.text:
            return [Drop("empty", "neither a title nor a text could be read")]
        flags = [*message.problems, *content.flags, *title.flags, *text.flags]
        flags += ["no-title"] if not title.text else []
        flags += ["no-text"] if not text.text else []
        article = self._article(message, content.page, title.text.replace("\n", " "), text.text, flags)
        return [Emit(article.id, article)]

    def _content(self, entry: Entry) -> _Content:
        """Title, text and the page's own words about itself. The entry's own fields win over the page."""
        flags: tuple[str, ...] = ()
        html = entry.html
        if html is None and entry.page is not None:
            decoded = decode(entry.page, entry.content_type, kind="html")
            html, flags = decoded.text, decoded.flags
        if html is None:
            return _Content(_plain(entry.title), entry.text or "", None, flags)
        if len(html) > self._rules.html:
            html, flags = html[: self._rules.html], (*flags, "truncated")
        is_page = bool(_PAGE.search(html[:_PAGE_WITHIN]))
        page = read_metadata(html) if is_page else None
        title = _plain(entry.title) or (page.title if page else None)
        if entry.text:
            return _Content(title or "", entry.text, page, flags)
        extracted = html_to_text(html, url=entry.url, fragment=not is_page)
        return _Content(title or extracted.title or "", extracted.text, page, flags)

    def _article(self, entry: Entry, page: PageMetadata | None, title: str, text: str, flags: list[str]) -> Article:
        feed_url = entry.feed.url if entry.feed else "file:unknown"
        given = entry.url or (page.canonical_url if page else None)
        canonical = canonical_url(given, base=feed_url if feed_url.startswith("http") else None) if given else None
        if canonical is None:
            flags.append("no-link")
            canonical = f"{feed_url}#{entry.id}"
        # Atom requires only `updated`: what was last touched then was published no later.
        dated = entry.published or (page.published if page else None) or entry.updated
        published = parse_date(dated, seen=entry.read_at)
        updated = parse_date(entry.updated or (page.modified if page else None), seen=entry.read_at)
        flags += published.flags
        # Documents from files are often archives: what they were read at says nothing about when they appeared.
        first_seen = published.value if entry.origin == "ingest" and published.value else entry.read_at
        language = identify(
            f"{title}\n{text}",
            entry.language or (page.language if page else None) or (entry.feed.language if entry.feed else None),
        )
        debris = find_debris(title, text, language.code)
        flags += ["translation-debris"] if debris else []
        flags += ["language-unknown"] if language.code == "und" else []
        return Article(
            id=article_id(canonical),
            entry_id=entry.id,
            fingerprint=fingerprint(title, text),
            url=given or canonical,
            canonical_url=canonical,
            source=_source(entry, page, canonical),
            title=title,
            text=text,
            author=clean(entry.author or (page.author if page else None) or "", limit=200).text or None,
            language=language.code,
            language_confidence=round(language.confidence, 3),
            published=published.value,
            updated=updated.value,
            first_seen=first_seen,
            flags=tuple(dict.fromkeys(flags)),
            debris=tuple(Span(text=piece.text, start=piece.start, end=piece.end) for piece in debris),
            history=entry.first_poll and not self._is_fresh(published.value, entry.read_at),
            reprocessed=entry.reprocessed,
        )

    def _is_fresh(self, published: datetime | None, read_at: datetime) -> bool:
        after = self._rules.history_after
        return bool(after) and published is not None and read_at - published < after


def _plain(title: str) -> str:
    """Feeds put markup and entities into titles, against every specification."""
    return html_to_text(title, url=None, fragment=True).text.replace("\n", " ") if _MARKUP.search(title) else title


def _source(entry: Entry, page: PageMetadata | None, canonical: str) -> Source:
    domain = registrable_domain(canonical if canonical.startswith("http") else "") or "unknown"
    name = entry.source or (page.site_name if page else None) or (entry.feed.title if entry.feed else None) or domain
    return Source(name=clean(name, limit=200).text or domain, domain=domain, owner=owner_of(domain))
