"""News sitemaps (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap): a feed by another name.

Many papers keep one where they keep no feed, or a shorter one. A `<url>` has no text, but title, date and language.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree

from services.fetch.formats.clean_text import one_line
from services.fetch.formats.feed import FeedError, FeedItem, FeedLimits, ParsedFeed
from services.fetch.formats.item_fields import build_item
from services.fetch.formats.item_links import absolute
from services.fetch.formats.newest_items import newest
from services.fetch.formats.xml_fields import Fields, base_of, fields_of
from services.fetch.formats.xml_names import local_name, prefix_of

_CHILDREN_NAMED, _CHILDREN_LOOKED_AT = 3, 1_000
_LONGEST_URL = 150
"""Characters of the address of a sitemap, so that three fit into a message."""


class _Article(NamedTuple):
    page: Fields
    news: Fields


def is_sitemap(root: etree._Element) -> bool:
    """Whether the root element is one of a sitemap, with news or without, or of an index of sitemaps."""
    return local_name(root) in ("urlset", "sitemapindex")


def read_news_sitemap(root: etree._Element, url: str, limits: FeedLimits) -> ParsedFeed:
    """The articles of a news sitemap; pages among them that are no articles, sections mostly, are counted as a problem.

    Raises `FeedError` with `sitemap-index`, whose message names some of its sitemaps, and `not-a-feed` for a plain sitemap.
    """
    if local_name(root) == "sitemapindex":
        raise FeedError("sitemap-index", _children_of_index(root, url))
    pages = [fields_of(page, url) for page in root.iterchildren("{*}url")]
    articles = [_Article(page, news) for page in pages if (news := _news(page)) is not None]
    # Only the last two days belong into a news sitemap: a quiet paper's is empty.
    is_quiet = not pages and any(prefix_of(namespace) == "news:" for namespace in root.nsmap.values())
    if not articles and not is_quiet:
        raise FeedError("not-a-feed", f"a plain sitemap of {len(pages)} pages, none of them with tags for news")
    kept = newest(articles, _date, limits.items)
    cut, sections = len(articles) - len(kept), len(pages) - len(articles)
    problems = ((f"items-cut:{cut}",) if cut else ()) + ((f"items-without-news:{sections}",) if sections else ())
    return ParsedFeed(
        title=_common_name(kept, limits),
        items=tuple(_item(article, limits) for article in kept),
        items_cut=cut,
        problems=problems,
    )


def _item(article: _Article, limits: FeedLimits) -> FeedItem:
    page, news = article
    address = page.text("loc")
    return build_item(
        limits,
        guid=address,
        links=[(address, base_of(page.element, page.url))],
        # Text by the specification, but sites escape it twice, and hardly a headline means a tag.
        title=news.text("news:title"),
        published=news.text("news:publication_date"),
        updated=page.text("lastmod"),
        language=_publication(news, "news:language"),
        categories=(news.text("news:keywords") or "")[: limits.categories * limits.field].split(","),
    )


def _news(page: Fields) -> Fields | None:
    """The tags for news, also where they stand in the `<url>` itself."""
    wrapper = page.first("news:news")
    if wrapper is not None:
        return fields_of(wrapper, page.url)
    return page if page.first("news:title") is not None else None


def _date(article: _Article) -> str | None:
    return article.news.text("news:publication_date") or article.page.text("lastmod")


def _publication(news: Fields, name: str) -> str | None:
    publication = news.first("news:publication")
    return None if publication is None else fields_of(publication, news.url).text(name)


def _common_name(articles: Sequence[_Article], limits: FeedLimits) -> str | None:
    """The paper's name, unless the sitemap is of several papers."""
    names = {one_line(_publication(article.news, "news:name"), limits.title) for article in articles}
    return names.pop() if len(names) == 1 else None


def _children_of_index(root: etree._Element, url: str) -> str:
    """What an operator should add instead; those that have "news" in their address first."""
    sitemaps = islice(root.iterchildren("{*}sitemap"), _CHILDREN_LOOKED_AT)
    links = (absolute(fields_of(sitemap, url).text("loc"), url, _LONGEST_URL) for sitemap in sitemaps)
    named = sorted(filter(None, links), key=lambda link: "news" not in link.lower())[:_CHILDREN_NAMED]
    return (
        f"an index of sitemaps; add one of them: {', '.join(named)}" if named else "an index of sitemaps, without any"
    )
