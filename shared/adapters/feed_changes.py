"""What adding feeds does to a registry, the same for a folder's list and a cluster's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from services.fetch.feed_options import BadOption
from services.fetch.feed_source import FeedSource
from services.fetch.registration import register
from shared.errors import Misuse
from shared.ports import Registered


def changes_of(known: Mapping[str, FeedSource], given: Iterable[FeedSource]) -> dict[str, FeedSource]:
    """What is to be written, by feed id. Raises `Misuse` where a feed's options do not go together."""
    try:
        return register(known, given)
    except BadOption as error:
        raise Misuse(str(error)) from error


def counted(changes: Collection[str], known: Collection[str]) -> Registered:
    new = sum(id_ not in known for id_ in changes)
    return Registered(new, len(changes) - new)
