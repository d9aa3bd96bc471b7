"""What tells a feed's items apart when the feed itself can't be trusted to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.fetch.decide import Decision, Fetched, decide
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.seen_items import SeenItem, rekeyed
from shared.contracts import NO_OPTIONS, FeedOptions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Feed:
    """A feed that is polled again and again."""

    def __init__(self, options: FeedOptions = NO_OPTIONS) -> None:
        self.state: FeedState = new_feed("https://paper.example/rss", NOW, options=options)
        self.polls = 0

    def poll(self, *items: FeedItem, cut: int = 0) -> list[str]:
        """The titles of what was sent on."""
        self.polls += 1
        at = NOW + timedelta(hours=self.polls)
        decision: Decision = decide(self.state, Fetched(ParsedFeed(items=items, items_cut=cut), f"{self.polls}"), at)
        self.state = decision.state
        return [new.item.title for new in decision.new_items]


def item(guid: str | None, url: str | None, title: str, text: str = "") -> FeedItem:
    return FeedItem(guid=guid, url=url, title=title, html_or_text=text)


def numbered() -> Iterator[str]:
    return (str(number) for number in range(10**6))


def test_guids_made_anew_at_every_request_yield_to_urls() -> None:
    feed, fresh = Feed(), numbered()

    def body(*titles: str) -> list[FeedItem]:
        return [item(f"guid-{next(fresh)}", f"https://paper.example/{title}", title) for title in titles]

    assert feed.poll(*body("a", "b", "c")) == ["a", "b", "c"]
    assert feed.poll(*body("a", "b", "c")) == []
    assert feed.state.identity == "url"
    assert feed.poll(*body("d", "a", "b")) == ["d"]
    # An edit is still one of the article that it edits.
    edited = [item("x", "https://paper.example/a", "a", "more"), *body("b")]
    assert feed.poll(*edited) == ["a"]
    assert feed.state.totals.changed == 1


def test_session_ids_in_urls_yield_to_the_text() -> None:
    feed, fresh = Feed(), numbered()

    def body(*titles: str) -> list[FeedItem]:
        return [
            item(None, f"https://paper.example/{title}?session={next(fresh)}", title, f"text of {title}")
            for title in titles
        ]

    assert feed.poll(*body("a", "b", "c")) == ["a", "b", "c"]
    assert feed.poll(*body("a", "b", "c")) == []
    assert feed.state.identity == "content"
    assert feed.poll(*body("d", "a", "b")) == ["d"]


def test_guids_and_urls_that_both_change_yield_to_the_text() -> None:
    feed, fresh = Feed(), numbered()

    def body(*titles: str) -> list[FeedItem]:
        return [item(f"guid-{(n := next(fresh))}", f"https://paper.example/{n}", title, "text") for title in titles]

    feed.poll(*body("a", "b", "c", "d"))
    assert feed.poll(*body("e", "a", "b", "c")) == ["e"]
    assert feed.state.identity == "content"


def test_urls_that_change_under_stable_guids_are_no_change() -> None:
    feed = Feed()
    feed.poll(item("1", "https://paper.example/1?s=1", "a"), item("2", "https://paper.example/2?s=1", "b"))
    assert feed.poll(item("1", "https://paper.example/1?s=2", "a"), item("2", "https://paper.example/2?s=2", "b")) == []
    assert feed.state.identity == "guid"


def test_trackers_make_no_other_item_of_one() -> None:
    feed = Feed()
    feed.poll(item(None, "https://paper.example/1?utm_source=rss", "a"))
    assert feed.poll(item(None, "https://paper.example/1?utm_source=atom", "a")) == []


def test_two_columns_with_one_teaser_are_two_items() -> None:
    feed = Feed()
    feed.poll(item("1", "https://paper.example/week-1", "The week"))
    assert feed.poll(item("2", "https://paper.example/week-2", "The week")) == ["The week"]


def test_a_live_page_that_all_items_link_to_is_no_reason_to_distrust_guids() -> None:
    feed = Feed()
    feed.poll(*(item(f"{number}", "https://paper.example/live", f"at {number}") for number in range(5)))
    assert feed.poll(*(item(f"{number}", "https://paper.example/live", f"at {number}") for number in range(1, 6))) == [
        "at 5"
    ]


def test_an_operator_has_the_last_word() -> None:
    feed = Feed(FeedOptions(identity="guid"))
    feed.poll(item("1", "https://paper.example/a", "a"))
    assert feed.poll(item("2", "https://paper.example/a", "a")) == ["a"]
    assert Feed(FeedOptions(identity="content")).poll(item("1", "u", "a"), item("2", "v", "a")) == ["a"]


def test_the_order_of_the_items_and_the_loss_of_some_make_nothing_new() -> None:
    feed = Feed()
    items = [item(f"{number}", f"https://paper.example/{number}", f"{number}") for number in range(20)]
    feed.poll(*items)
    assert feed.poll(*items[::-1]) == []
    assert feed.poll(*items[5:8]) == []
    assert feed.poll(*items) == []


def test_items_over_the_limit_are_counted() -> None:
    feed = Feed()
    feed.poll(item("1", None, "a"), cut=95_000)
    assert feed.state.totals.cut == 95_000


def test_a_text_that_comes_back_every_day_is_no_reason_to_trust_texts() -> None:
    feed = Feed()

    def hours(first: int, last: int) -> list[FeedItem]:
        return [
            item(f"{hour}", f"https://radio.example/{hour}", f"News at {hour % 24}:00") for hour in range(first, last)
        ]

    for hour in range(24, 72):
        feed.poll(*hours(hour - 24, hour))
    assert len(feed.poll(*hours(61, 85))) == 14
    assert feed.state.identity == "guid"
    assert len(feed.poll(*hours(62, 86))) == 1


SEEN = st.dictionaries(
    st.sampled_from(["g:1", "g:2", "u:3"]),
    st.builds(SeenItem, st.sampled_from(["f1" * 16, "f2" * 16]), st.integers(0, 9), st.sampled_from(["", "a", "b"])),
)


@given(SEEN)
def test_to_trust_less_forgets_no_text(seen: dict[str, SeenItem]) -> None:
    by_content = rekeyed(seen, "content")
    assert {was.fingerprint for was in by_content.values()} == {was.fingerprint for was in seen.values()}
    assert rekeyed(by_content, "content") == by_content
