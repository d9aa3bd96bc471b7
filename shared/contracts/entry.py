"""What was read, before anybody has judged it: one item of a feed, one line of a file, one page."""

from __future__ import annotations

import zlib
from typing import Literal

from shared.contracts.base import Contract, Utc
from shared.contracts.ids import content_id


class FeedRef(Contract):
    """The feed that an entry came from; `id` is None for documents from files."""

    id: str | None = None
    url: str
    title: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()


class Entry(Contract):
    """`news.entry.v1`. Strings are as read: nothing is cleaned, parsed or clamped yet."""

    id: str
    origin: Literal["feed", "ingest"]
    feed: FeedRef | None = None
    guid: str | None = None
    url: str | None = None
    title: str = ""
    text: str | None = None
    """Plain text; wins over `html`, and of a document from a file over `page`."""
    html: str | None = None
    """A fragment (from a feed) or a whole page (from a file), already decoded."""
    page: bytes | None = None
    """A whole page as bytes, where nobody has decoded it yet. Of a feed's item: the page that it links to, beside the feed's own text."""
    page_packed: bool = False
    """`page` is packed by zlib: a page of a feed's item waits in the log, and is five sixths markup."""
    content_type: str | None = None
    """Of `page`, as the server said it."""
    published: str | None = None
    updated: str | None = None
    author: str | None = None
    source: str | None = None
    language: str | None = None
    read_at: Utc
    first_poll: bool = False
    """Read when its feed was polled for the first time: what is old among it is history, not news."""
    problems: tuple[str, ...] = ()
    """What the reader had to cut or mend, e.g. `truncated`; becomes flags of the article."""
    rights: tuple[str, ...] = ()
    """What the server reserved in its headers: `tdm-reserved`."""
    reprocessed: bool = False
    """Sent once more by `newsloom reprocess`; becomes the article's mark."""

    def page_bytes(self, limit: int) -> bytes | None:
        """The page as the server sent it, at most `limit` bytes of it. `ValueError` for a page that cannot be unpacked."""
        if self.page is None or not self.page_packed:
            return self.page
        try:
            return zlib.decompressobj().decompress(self.page, limit)
        except zlib.error as error:
            raise ValueError(f"the page cannot be unpacked: {error}") from error


def entry_id(where: str, identity: str, content: str) -> str:
    """Id of one version of one entry: `where` is a feed's id or `ingest`, `identity` a guid or URL, `content` a fingerprint."""
    return content_id("entry", where, identity, content)
