"""The article in a page, or the words in a piece of markup.

Pages are read in tiers. The first is our own and fast (``article_finder``); it knows when it is not sure. Then trafilatura is asked, the
reference, without its metadata reader (which halves its speed) and its slower second opinions, which bring nothing. What neither can
read is read tag by tag.
"""

import html as entities
import logging
import re
from dataclasses import dataclass
from typing import Literal

from services.normalise.article_finder import find_article
from services.normalise.page_blocks import PageBlocks, read_blocks
from services.normalise.plain_text import lines_of

MAX_HTML_CHARS = 5_000_000
# Pages beyond this are archives, dumps or attacks: their words are enough.
_MAX_ARTICLE_HTML_CHARS = 2_000_000
# trafilatura builds a tree and walks it. Fifty microseconds for each tag; the richest of the benchmark's pages has a fifth of this.
_MAX_TREE_TAGS = 20_000
# A tree takes quadratic time for the attributes of one tag.
_MAX_TREE_ATTRIBUTES = 1_000
_MIN_ARTICLE_CHARS = 200
_PARAGRAPH_CHARS = 60
_MIN_HEADLINE_CHARS = 8
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_TITLE_WITHIN = 100_000
_NO_LETTERS = re.compile(r"[\W_]+")

How = Literal["article", "reference", "plain", "fragment"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extracted:
    """``text``: paragraphs divided by ``\\n``, without the headline; ``title``: what the page's title element says, else its first
    headline; ``how`` it was read: as a sure ``article``, by the ``reference``, or tag by tag (``plain``, ``fragment``)."""

    text: str
    title: str | None
    how: How


def html_to_text(html: str, *, url: str | None, fragment: bool) -> Extracted:
    """The text of a whole page, or of a ``fragment`` (a feed's description). Never raises; reads MAX_HTML_CHARS at most.

    ``url`` is the page's address, a hint for the reference. The text is not cleaned yet: see ``clean_text``.
    """
    html = html[:MAX_HTML_CHARS]
    if fragment:
        return Extracted("\n".join(lines_of(html)), None, "fragment")
    page = read_blocks(html) if len(html) <= _MAX_ARTICLE_HTML_CHARS else PageBlocks()
    headline = page.headline
    title = _title(html) or headline
    text, how = _text(html, page, url)
    return Extracted(_without_headline(text, title, headline), title, how)


def reference_text(html: str, url: str | None) -> str:
    """What trafilatura finds; empty where it finds or understands nothing."""
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


def _text(html: str, page: PageBlocks, url: str | None) -> tuple[str, Literal["article", "reference", "plain"]]:
    found = find_article(page)
    if found.sure:
        return found.text, "article"
    fits_a_tree = 0 < page.tags <= _MAX_TREE_TAGS and page.most_attributes <= _MAX_TREE_ATTRIBUTES
    article = (reference_text(html, url) if fits_a_tree else "") or found.text
    if len(article) >= _MIN_ARTICLE_CHARS:
        # Many short lines are a menu; the reference takes them if there is nothing else.
        return article, "reference" if found.running else "plain"
    lines = lines_of(html)
    paragraphs = [line for line in lines if len(line) >= _PARAGRAPH_CHARS]
    # A short article may be short; it is too short when the page has several times as much running text.
    if article and sum(map(len, paragraphs)) <= 4 * len(article):
        return article, "reference"
    return "\n".join(paragraphs or lines), "plain"


def _title(html: str) -> str | None:
    match = _TITLE.search(html, 0, _TITLE_WITHIN)
    return (" ".join(entities.unescape(match[1]).split()) or None) if match else None


def _without_headline(text: str, title: str | None, headline: str | None) -> str:
    """The title is told beside the text: at its beginning it would stand twice. Titles often have the site's name behind them."""
    first, _, rest = text.partition("\n")
    letters = _letters(first[:1_000])
    if not rest or len(letters) < _MIN_HEADLINE_CHARS:
        return text
    repeated = letters == _letters(headline or "") or _letters(title or "").startswith(letters)
    return rest if repeated else text


def _letters(line: str) -> str:
    return _NO_LETTERS.sub("", line).casefold()
