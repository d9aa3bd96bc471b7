"""What is remembered of a feed's items, and what tells them apart when the feed itself can't be trusted to. Pure.

Guids are trusted first. A feed whose guids are made anew at every request, or one for all, is told apart by its URLs; one whose
URLs change as well (session ids), by its text. It degrades by itself, on evidence of half its items, and stays so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.fetch.formats.feed import FeedItem
from services.fetch.item_identity import content_key, guids_are_useless, url_digest, url_key
from shared.contracts import Identity

KEEP_POLLS = 50
"""For how many full polls an item that has left the feed is remembered: caches of one site serve older copies in turn."""
KEEP_ABSENT = 5_000
"""How many such items at most, the latest first. Those in the latest poll are always remembered (the parser bounds them)."""
_SAME_TEXTS = 3
"""One item that is back under another URL may be another item: a column's teaser is the same every week."""


@dataclass(frozen=True, slots=True)
class SeenItem:
    """A fingerprint of the item's content, the number of the full poll that had it last, and the digest of its URL."""

    fingerprint: str
    poll: int
    url: str = ""


def policy_for(
    items: Sequence[FeedItem], identified: Sequence[tuple[str, str]], seen: Mapping[str, SeenItem], policy: Identity
) -> Identity:
    """`policy`, or what it degrades to in view of a poll's items, which it gave the keys and fingerprints of `identified`."""
    unknown = [(item, key, content) for item, (key, content) in zip(items, identified, strict=True) if key not in seen]
    if policy == "guid" and guids_are_useless(items):
        policy = "url"
    if not items or 2 * len(unknown) < len(items):
        return policy
    present = {key for key, _ in identified}
    gone = {key: was for key, was in seen.items() if key not in present}
    if policy == "guid":
        # Half the items are known by URL, under guids that are not known.
        urls = {was.url for key, was in gone.items() if was.url and key.startswith("g:")}
        if 2 * len({url_digest(item) for item, key, _ in unknown if key.startswith("g:")} & urls) >= len(items):
            return "url"
    # Half the items, some at least, are known by their text, under guids and URLs that are not known. A text that stood under several
    # before is one that comes back (the weather at seven), and tells nothing apart.
    latest = max((was.poll for was in seen.values()), default=0)
    held = Counter(was.fingerprint for was in seen.values())
    just_gone = {was.fingerprint for was in gone.values() if was.poll == latest and held[was.fingerprint] == 1}
    texts = {content for item, _, content in unknown if item.url} & just_gone
    return "content" if len(texts) >= _SAME_TEXTS and 2 * len(texts) >= len(items) else policy


def rekeyed(seen: Mapping[str, SeenItem], policy: Identity) -> dict[str, SeenItem]:
    """The same items under the keys of a less trusting policy; of two that become one, the one seen last stays."""
    renamed: dict[str, SeenItem] = {}
    for key, item in sorted(seen.items(), key=lambda pair: pair[1].poll):
        if policy == "content":
            key = content_key(item.fingerprint)
        elif policy == "url" and item.url:
            key = url_key(item.url)
        renamed[key] = item
    return renamed


def remember(before: Mapping[str, SeenItem], current: dict[str, SeenItem], poll: int) -> dict[str, SeenItem]:
    """The current items and those that left the feed lately, both bounded."""
    absent = [(key, seen) for key, seen in before.items() if key not in current and poll - seen.poll <= KEEP_POLLS]
    absent.sort(key=lambda pair: pair[1].poll, reverse=True)
    return current | dict(absent[:KEEP_ABSENT])
