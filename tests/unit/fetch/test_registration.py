from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.fetch.decide import Fetched, decide
from services.fetch.feed_options import BadOption
from services.fetch.feed_source import FeedSource
from services.fetch.feed_state import new_feed
from services.fetch.formats.feed import ParsedFeed
from services.fetch.item_identity import feed_id
from services.fetch.registration import register, state_of
from services.fetch.validators import Validators
from shared.contracts import NO_OPTIONS, FeedOptions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://paper.example/rss"
FRENCH = FeedOptions(language="fr")
TOKEN = FeedOptions(auth="bearer", secret_file=Path("/token"))


def test_a_known_feed_changes_by_what_is_given_and_by_nothing_else() -> None:
    known = {feed_id(URL): FeedSource(URL, "Paper", ("world",), FRENCH)}
    assert register(known, [FeedSource(URL), FeedSource("HTTPS://Paper.example:443/rss", "Paper")]) == {
        feed_id(URL): FeedSource("HTTPS://Paper.example:443/rss", "Paper", ("world",), FRENCH)
    }
    assert register(known, [FeedSource(URL)]) == {}
    changed = register(known, [FeedSource(URL, None, ("wire",), TOKEN), FeedSource(URL, "The Paper")])
    both = FRENCH.model_copy(update={"auth": "bearer", "secret_file": Path("/token")})
    assert list(changed.values()) == [FeedSource(URL, "The Paper", ("wire",), both)]


def test_options_that_only_together_make_no_sense_are_refused() -> None:
    known = {feed_id(URL): FeedSource(URL, options=TOKEN)}
    with pytest.raises(BadOption, match="auth-name"):
        register(known, [FeedSource(URL, options=FeedOptions(auth_name="reader"))])


def test_the_list_says_where_a_feed_is_and_how_it_is_read_and_the_feed_what_it_is_called() -> None:
    unread = replace(new_feed(URL, NOW, "as listed", ("a",)), next_poll=NOW + timedelta(hours=9))
    read = decide(unread, Fetched(ParsedFeed(title="Its own"), "hash", etag='"1"'), NOW).state
    assert state_of(FeedSource(URL, "listed anew", ("b",)), unread, NOW).title == "listed anew"
    same = state_of(FeedSource(URL, "listed anew", ("b",)), read, NOW)
    assert same == replace(read, tags=("b",))
    assert (same.title, same.validators.etag) == ("Its own", '"1"')


@pytest.mark.parametrize(
    "source", [FeedSource(URL, options=TOKEN), FeedSource("https://u:new@paper.example/rss", options=NO_OPTIONS)]
)
def test_a_feed_with_other_options_is_asked_at_once_and_in_full(source: FeedSource) -> None:
    later = NOW + timedelta(hours=9)
    known = replace(new_feed(URL, NOW, options=NO_OPTIONS), next_poll=later, polls=3, validators=Validators('"1"', "x"))
    state = state_of(source, known, NOW)
    assert (state.url, state.options, state.next_poll, state.polls) == (source.url, source.options, NOW, 3)
    assert state.validators == Validators()
    assert state_of(source, state, later) == state


def test_a_feed_never_polled_begins_with_what_the_list_says() -> None:
    assert state_of(FeedSource(URL, "Paper", ("a",), FRENCH), None, NOW) == new_feed(URL, NOW, "Paper", ("a",), FRENCH)
