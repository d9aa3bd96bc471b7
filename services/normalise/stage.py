"""normalise: from what was read to an article. What is missing is flagged; only what has neither title nor text is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.normalise.clean_text import clean
from services.normalise.content import Content, ContentLimits, content_of
from services.normalise.dates import parse_date
from services.normalise.debris import find_debris
from services.normalise.language import identify
from services.normalise.owners import Owners, load_owners
from services.normalise.page import ReadPage, read_page
from services.normalise.page_metadata import PageMetadata
from shared.contracts import Article, Entry, Source, Span, article_id, fingerprint
from shared.stage import Closing, Drop, Emit, Outcome, Reject
from shared.urls.canonical_url import canonical_url, registrable_domain


@dataclass(frozen=True, slots=True)
class NormaliseRules:
    """Limits in characters; `html` is what is read of a page before anything is extracted."""

    title: int = 1_000
    text: int = 200_000
    html: int = 5_000_000
    history_after: timedelta = timedelta(0)
    """Items of a feed's first poll are history, but for those with a date that are younger than this."""


class Normalise:
    name = "normalise"

    def __init__(
        self, rules: NormaliseRules | None = None, read_page: ReadPage = read_page, owners: Owners | None = None
    ) -> None:
        """`read_page` reads in this process unless it is told otherwise; `owners` are the built-in ones."""
        self._rules = rules or NormaliseRules()
        self._limits = ContentLimits(self._rules.title, self._rules.text, self._rules.html)
        self._read_page = read_page
        # Loaded now: a table that is missing must stop the process at its start, not turn every entry into a dead letter.
        self._owners = owners or load_owners()
        identify("This sentence has the model loaded.", None)

    def decide(self, message: Entry) -> Sequence[Outcome]:
        """Raises `Unavailable` where pages cannot be read now."""
        content = content_of(message, self._limits, self._read_page)
        if not content.title and not content.text:
            if content.unreadable is not None:
                return [Reject(content.unreadable.code, f"reading the page: {content.unreadable.message}")]
            return [Drop("empty", "neither a title nor a text could be read")]
        flags = [*message.problems, *content.flags]
        flags += ["no-title"] if not content.title else []
        flags += ["no-text"] if not content.text else []
        article = self._article(message, content, flags)
        return [Emit(article.id, article)]

    def close(self) -> None:
        """Ends the process that reads pages, where there is one."""
        if isinstance(self._read_page, Closing):
            self._read_page.close()

    def _article(self, entry: Entry, content: Content, flags: list[str]) -> Article:
        page, title, text = content.page, content.title, content.text
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
            source=_source(entry, page, canonical, self._owners),
            title=title,
            text=text,
            author=clean(entry.author or (page.author if page else None) or "", limit=200).text or None,
            language=language.code,
            language_confidence=round(language.confidence, 3),
            published=published.value,
            updated=updated.value,
            first_seen=first_seen,
            flags=tuple(dict.fromkeys(flags)),
            rights=_rights(entry, page),
            debris=tuple(Span(text=piece.text, start=piece.start, end=piece.end) for piece in debris),
            history=entry.first_poll and not self._is_fresh(published.value, entry.read_at),
            reprocessed=entry.reprocessed,
        )

    def _is_fresh(self, published: datetime | None, read_at: datetime) -> bool:
        after = self._rules.history_after
        return bool(after) and published is not None and read_at - published < after


def _rights(entry: Entry, page: PageMetadata | None) -> tuple[str, ...]:
    """Whoever reserves a right reserves it, in the page or in the headers that came with it."""
    said = {
        "not-free": page is not None and page.free is False,
        "tdm-reserved": "tdm-reserved" in entry.rights or (page is not None and page.tdm_reserved is True),
    }
    return tuple(right for right, holds in said.items() if holds)


def _source(entry: Entry, page: PageMetadata | None, canonical: str, owners: Owners) -> Source:
    domain = registrable_domain(canonical if canonical.startswith("http") else "") or "unknown"
    # A feed's items have one source, whether their pages were read or not.
    name = entry.source or (entry.feed.title if entry.feed else None) or (page.site_name if page else None) or domain
    shown = clean(name, limit=200).text or domain
    return Source(name=shown, domain=domain, owner=owners.owner_of(domain), country=owners.country_of(domain))
