"""The parser and feedparser on the collection of odd feeds of the tests: how many titles, links, dates and ids each has right."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from services.fetch.formats.feed import FeedError, FeedItem
from services.fetch.formats.feed_parser import parse_feed
from services.normalise.dates import parse_date

COLLECTION = Path(__file__).parents[2] / "tests" / "data" / "odd_feeds"
"""Beside the code, so only where the project is checked out."""
_SCORER = COLLECTION / "compare_feedparser.py"
_READ_AT = datetime(2040, 1, 1, tzinfo=UTC)
"""After every date of the collection: those ahead of the reader's clock are clamped."""

Score = dict[str, tuple[int, int]]
"""Right and judged, by field."""


def collection_is_here() -> bool:
    """Whether there is anything to be measured."""
    return _SCORER.is_file()


def scorer() -> ModuleType:
    """The collection's own judge: `judge(read, folder)`, `score(read, folder)` and `read_feedparser`."""
    spec = spec_from_file_location("compare_feedparser", _SCORER)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(_SCORER)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare() -> tuple[Score, Score]:
    """Ours and feedparser's, all themes together. It takes some seconds, nearly all of them feedparser's."""
    judge = scorer()
    return _total(judge.score(read_items, COLLECTION)), _total(judge.score(judge.read_feedparser, COLLECTION))


def read_items(body: bytes, content_type: str | None, url: str) -> list[dict[str, str | None]]:
    """The items as the collection writes them down; a body that is no feed has none."""
    try:
        feed = parse_feed(body, content_type, url)
    except FeedError:
        return []
    return [{"title": item.title, "link": item.url, "date": _date(item), "id": item.guid} for item in feed.items]


def _date(item: FeedItem) -> str | None:
    """Of publication, else of the last change, read as the next stage does it."""
    dates = (parse_date(text, seen=_READ_AT).value for text in (item.published, item.updated))
    return next((date.isoformat() for date in dates if date is not None), None)


def _total(themes: dict[str, Score]) -> Score:
    total: Score = {}
    for theme in themes.values():
        for field, (right, judged) in theme.items():
            before = total.get(field, (0, 0))
            total[field] = (before[0] + right, before[1] + judged)
    return total
