"""The article in a page, or the words in a piece of markup.

Pages go through trafilatura without its metadata reader (which halves its speed) and without its slower second opinions, which
bring nothing (46 pages of scrapinghub's benchmark: F1 .954 either way). Whatever it can't read is read tag by tag.
"""

import html as entities
import logging
import re
from dataclasses import dataclass
from typing import Literal

from services.normalise.plain_text import lines_of

MAX_HTML_CHARS = 5_000_000
# trafilatura builds a tree and walks it; pages beyond this are archives, dumps or attacks.
_MAX_ARTICLE_HTML_CHARS = 2_000_000
# Fifty microseconds each; the richest of the benchmark's pages has a fifth of this.
_MAX_ARTICLE_TAGS = 20_000
_MIN_ARTICLE_CHARS = 200
_PARAGRAPH_CHARS = 60
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_TITLE_WITHIN = 100_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extracted:
    """``text``: paragraphs divided by ``\\n``; ``title``: what the page's title element says; ``how`` it was read."""

    text: str
    title: str | None
    how: Literal["article", "plain", "fragment"]


def html_to_text(html: str, *, url: str | None, fragment: bool) -> Extracted:
    """The text of a whole page, or of a ``fragment`` (a feed's description). Never raises; reads MAX_HTML_CHARS at most.

    ``url`` is the page's address, a hint for the extractor. The text is not cleaned yet: see ``clean_text``.
    """
    html = html[:MAX_HTML_CHARS]
    if fragment:
        return Extracted("\n".join(lines_of(html)), None, "fragment")
    title = _title(html)
    walkable = len(html) <= _MAX_ARTICLE_HTML_CHARS and html.count("<") <= 2 * _MAX_ARTICLE_TAGS
    article = _article(html, url) if walkable else ""
    if len(article) >= _MIN_ARTICLE_CHARS:
        return Extracted(article, title, "article")
    lines = lines_of(html)
    paragraphs = [line for line in lines if len(line) >= _PARAGRAPH_CHARS]
    # A short article may be short; it is too short when the page has several times as much running text.
    if article and sum(map(len, paragraphs)) <= 4 * len(article):
        return Extracted(article, title, "article")
    return Extracted("\n".join(paragraphs or lines), title, "plain")


def _article(html: str, url: str | None) -> str:
    # Half a second and 60 MB of modules, not needed where feeds carry their texts.
    import trafilatura

    try:
        found = trafilatura.extract(
            html, url=url, fast=True, include_comments=False, include_tables=False, with_metadata=False
        )
    except (
        Exception
    ) as error:  # a third party's walk over a stranger's tree: whatever it trips over, the page has a text
        _log.debug("extractor failed: %r", error)
        return ""
    return found or ""


def _title(html: str) -> str | None:
    match = _TITLE.search(html, 0, _TITLE_WITHIN)
    return (" ".join(entities.unescape(match[1]).split()) or None) if match else None
