"""From an item of a feed to an entry of the pipeline."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.fetch.formats.feed import FeedItem
from services.fetch.item_identity import identify
from services.fetch.pages.page import Page
from services.fetch.safe_html import safe_html
from shared.contracts import Entry, FeedRef, entry_id


def entry_of_item(
    item: FeedItem,
    feed: FeedRef,
    read_at: datetime,
    *,
    where: str,
    origin: Literal["feed", "ingest"],
    key: str | None = None,
    content: str | None = None,
    first_poll: bool = False,
    page: Page | None = None,
) -> Entry:
    """`where` is the feed's id or `ingest`; `key` and `content` are what the decider identified the item and its version by."""
    if key is None or content is None:
        key, content = identify([item], "guid")[0]
    body, is_html = safe_html(item.html_or_text) if item.is_html else (item.html_or_text, False)
    problems = ["truncated" if problem.endswith("-cut") else problem for problem in item.problems]
    problems += [page.problem] if page and page.problem else []
    return Entry(
        id=entry_id(where, key, content),
        origin=origin,
        feed=feed,
        guid=item.guid,
        url=item.url,
        title=item.title,
        text=None if is_html else body or None,
        html=body if is_html else None,
        published=item.published,
        updated=item.updated,
        author=item.author,
        language=item.language,
        read_at=read_at,
        first_poll=first_poll,
        problems=tuple(problems),
        page=page and page.packed,
        page_packed=page is not None and page.packed is not None,
        content_type=page and page.content_type,
        rights=page.rights if page else (),
    )
