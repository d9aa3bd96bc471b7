"""What it means that somebody lists a feed: for the list that is kept, and for what is known of the feed from its polls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.fetch.feed_options import check, override
from services.fetch.feed_source import FeedSource
from services.fetch.feed_state import FeedState, new_feed
from services.fetch.item_identity import feed_id
from services.fetch.validators import Validators


def register(known: Mapping[str, FeedSource], given: Iterable[FeedSource]) -> dict[str, FeedSource]:
    """The feeds of a list that are new or other than before, by feed id; `known` are those of the list so far, by id.

    What is given of a feed replaces what is known of it: title, tags, each option; what is not given stays. Raises `BadOption`
    where the options then do not go together.
    """
    changed: dict[str, FeedSource] = {}
    for source in given:
        id_ = feed_id(source.url)
        before = changed.get(id_) or known.get(id_)
        after = source if before is None else _over(before, source)
        check(after.options)
        if after != before:
            changed[id_] = after
    return {id_: source for id_, source in changed.items() if source != known.get(id_)}


def state_of(source: FeedSource, known: FeedState | None, now: datetime) -> FeedState:
    """What is known of a listed feed: the list says where it is, its tags and options, whatever was stored with an earlier poll.

    Its title is the one that it gives itself, once it was read. With other options (a secret, say) it is due at once, and asked in
    full: an answer that depends on who asks may keep its ETag.
    """
    if known is None:
        return new_feed(source.url, now, source.title, source.tags, source.options)
    title = known.title if known.first_polled and known.title else source.title or known.title
    state = replace(known, url=source.url, title=title, tags=source.tags, options=source.options)
    if source.options == known.options and source.url == known.url:
        return state
    return replace(state, next_poll=min(known.next_poll, now), validators=Validators(lies=known.validators.lies))


def _over(known: FeedSource, given: FeedSource) -> FeedSource:
    return FeedSource(
        given.url, given.title or known.title, given.tags or known.tags, override(known.options, given.options)
    )
