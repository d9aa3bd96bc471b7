"""A whole page read: from its bytes to the article's text and what the page says about itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.normalise.charset import decode
from services.normalise.html_text import How, html_to_text
from services.normalise.page_metadata import PageMetadata, read_metadata

MARKS = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]", re.IGNORECASE)
MARKS_WITHIN = 4_000


@dataclass(frozen=True, slots=True)
class PageJob:
    """`body` is as it was read, or UTF-8 where somebody has `decoded` it already; `limit` is in characters of its markup."""

    body: bytes
    content_type: str | None = None
    url: str | None = None
    decoded: bool = False
    extract: bool = True
    """Without it only the metadata are wanted."""
    known_as_page: bool = False
    """Whatever it looks like; else markup without any mark of a page is a fragment, and all of it is its text."""
    limit: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """`text` and `title` as `html_text.Extracted` has them; `how` is None where no text was wanted; `metadata` is None for a fragment."""

    text: str
    title: str | None
    how: How | None
    metadata: PageMetadata | None
    flags: tuple[str, ...] = ()


class PageUnreadable(Exception):
    """No page could be made of it. `code`: `timeout`, `out-of-memory`, `parser-crashed` or `malformed`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


ReadPage = Callable[[PageJob], Page]
"""Raises `PageUnreadable`; `Unavailable` where it cannot be read now."""


def looks_like_page(html: str) -> bool:
    return MARKS.search(html, 0, MARKS_WITHIN) is not None


def read_page(job: PageJob) -> Page:
    """In this process: nothing bounds it but its own limits. Takes any bytes."""
    flags: tuple[str, ...] = ()
    if job.decoded:
        html = job.body.decode("utf-8", "replace")
    else:
        decoded = decode(job.body, job.content_type, kind="html")
        html, flags = decoded.text, decoded.flags
    if len(html) > job.limit:
        html, flags = html[: job.limit], (*flags, "truncated")
    is_page = job.known_as_page or looks_like_page(html)
    metadata = read_metadata(html) if is_page else None
    if not job.extract:
        return Page("", None, None, metadata, flags)
    extracted = html_to_text(html, url=job.url, fragment=not is_page)
    return Page(extracted.text, extracted.title, extracted.how, metadata, flags)
