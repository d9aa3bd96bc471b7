"""What of an entry is its title and its text: the feed's words, the row's, or those of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.normalise.clean_text import clean
from services.normalise.html_text import html_to_text
from services.normalise.page import Page, PageJob, PageUnreadable, ReadPage, looks_like_page
from services.normalise.page_metadata import PageMetadata
from shared.contracts import Entry

_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")

_BYTES_PER_CHARACTER = 4
"""At most, in any charset."""


@dataclass(frozen=True, slots=True)
class ContentLimits:
    """In characters; `html` is what is read of a page before anything is extracted."""

    title: int
    text: int
    html: int


@dataclass(frozen=True, slots=True)
class Content:
    """`title` and `text` are clean; `page` is what a page said of itself; `unreadable` is why there is none where there should be."""

    title: str
    text: str
    page: PageMetadata | None = None
    flags: tuple[str, ...] = ()
    unreadable: PageUnreadable | None = None


def content_of(entry: Entry, limits: ContentLimits, read_page: ReadPage) -> Content:
    """Raises `Unavailable` where pages cannot be read now."""
    reader = _Reader(limits, read_page)
    if entry.origin == "feed" and entry.page is not None:
        return reader.with_page(reader.own(entry.model_copy(update={"page": None})), entry)
    return reader.own(entry)


class _Reader:
    def __init__(self, limits: ContentLimits, read_page: ReadPage) -> None:
        self._limits = limits
        self._read_page = read_page

    def own(self, entry: Entry) -> Content:
        """Of one source; its own fields win over the page that it may be or have."""
        title, html = _plain(entry.title), entry.html
        if html is not None and looks_like_page(html):
            body = html[: self._limits.html].encode("utf-8", "replace")
            found = self._of_page(PageJob(body, decoded=True, extract=not entry.text, url=entry.url), title, entry.text)
            return found if len(html) <= self._limits.html else replace(found, flags=(*found.flags, "truncated"))
        if html is None and entry.page is not None:
            job = PageJob(entry.page, entry.content_type, entry.url, extract=not entry.text, limit=self._limits.html)
            return self._of_page(job, title, entry.text)
        if entry.text or html is None:
            return self._clean(title, entry.text or "")
        flags = ("truncated",) if len(html) > self._limits.html else ()
        return self._clean(title, html_to_text(html[: self._limits.html], url=None, fragment=True).text, flags=flags)

    def with_page(self, own: Content, entry: Entry) -> Content:
        """A feed's item with the page that it links to: the longer text wins, everything else is the feed's where it says it."""
        try:
            body = self._unpacked(entry)
            job = PageJob(body, entry.content_type, entry.url, known_as_page=True, limit=self._limits.html)
            page = self._read_page(job)
        except PageUnreadable as error:
            return replace(own, flags=(*own.flags, "page-unreadable"), unreadable=error)
        found = self._clean(own.title or _title(page), page.text, page.metadata, page.flags)
        # A page without an article has words all the same: of its menu, or of a wall of cookies.
        if page.how == "plain" or not found.text:
            return replace(own, title=found.title, page=page.metadata, flags=(*own.flags, "page-unreadable"))
        if len(found.text) <= len(own.text):
            return replace(own, title=found.title, page=page.metadata)
        behind_a_wall = page.metadata is not None and page.metadata.free is False
        return replace(found, flags=(*found.flags, "paywalled")) if behind_a_wall else found

    def _unpacked(self, entry: Entry) -> bytes:
        try:
            return entry.page_bytes(_BYTES_PER_CHARACTER * self._limits.html) or b""
        except ValueError as error:
            raise PageUnreadable("malformed", str(error)) from None

    def _of_page(self, job: PageJob, title: str, text: str | None) -> Content:
        try:
            page = self._read_page(job)
        except PageUnreadable as error:
            own = self._clean(title, text or "", flags=("page-unreadable",))
            return replace(own, unreadable=error)
        return self._clean(title or _title(page), text or page.text, page.metadata, page.flags)

    def _clean(self, title: str, text: str, page: PageMetadata | None = None, flags: tuple[str, ...] = ()) -> Content:
        cleaned = clean(title, limit=self._limits.title), clean(text, limit=self._limits.text)
        flags = (*flags, *cleaned[0].flags, *cleaned[1].flags)
        return Content(cleaned[0].text.replace("\n", " "), cleaned[1].text, page, flags)


def _title(page: Page) -> str:
    return (page.metadata.title if page.metadata else None) or page.title or ""


def _plain(title: str) -> str:
    """Feeds put markup and entities into titles, against every specification."""
    return html_to_text(title, url=None, fragment=True).text.replace("\n", " ") if _MARKUP.search(title) else title
