"""Which item of a feed is which, from one poll to the next, and whether it has changed. Pure functions of content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit, urlunsplit

from services.fetch.formats.feed import FeedItem
from shared.contracts import Identity
from shared.urls.canonical_url import canonical_url

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SEPARATOR = "\x1f"


def _digest(*parts: str, length: int) -> str:
    joined = _SEPARATOR.join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:length]


def normalised_url(url: str) -> str:
    """Scheme and host in lower case, no default port, credentials or fragment, `/` for an empty path; the rest as it is."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    return urlunsplit((scheme, host, parts.path or "/", parts.query, ""))


def feed_id(url: str) -> str:
    """16 hex digits (64 bits) of SHA-256 over the normalised URL."""
    return _digest(normalised_url(url), length=16)


def fingerprint(title: str, text: str) -> str:
    """32 hex digits (128 bits) over title and text; white space does not count, since many servers reflow it at random."""
    return _digest(" ".join(title.split()), " ".join(text.split()), length=32)


def item_fingerprint(item: FeedItem) -> str:
    """The fingerprint of what a reader of this item would see."""
    return fingerprint(item.title, item.html_or_text)


def url_digest(item: FeedItem) -> str:
    """16 hex digits (64 bits) of the item's canonical URL, so that no tracker makes another item of it; empty without one."""
    return _digest(canonical_url(item.url) or item.url, length=16) if item.url else ""


def guids_are_useless(items: Sequence[FeedItem]) -> bool:
    """True where all items, two or more and not copies of each other, carry one and the same guid."""
    guids = {item.guid for item in items}
    return len(guids) == 1 and None not in guids and len({(item.url, item_fingerprint(item)) for item in items}) > 1


def identify(items: Sequence[FeedItem], policy: Identity) -> list[tuple[str, str]]:
    """Key and fingerprint of each item.

    The key is what `policy` trusts most: the guid, else the URL, else the content: the first that no *different* item of the
    poll shares, so that none is lost behind another. Copies of one item in one document share their key. It has 18 characters,
    `g`, `u` or `c`, a colon and 64 bits of hash: a guid of a megabyte costs what others cost.
    """
    prints = [item_fingerprint(item) for item in items]

    def by_guid(i: int) -> str | None:
        return f"g:{_digest(guid, length=16)}" if (guid := items[i].guid) else None

    def by_url(i: int) -> str | None:
        return url_key(digest) if (digest := url_digest(items[i])) else None

    def by_content(i: int) -> str | None:
        return content_key(prints[i])

    trusted: dict[Identity, list[Callable[[int], str | None]]] = {
        "guid": [by_guid, by_url, by_content],
        "url": [by_url, by_content],
        "content": [by_content],
    }
    keys = [""] * len(items)
    unnamed = list(range(len(items)))
    for candidate in trusted[policy]:
        proposed = {i: key for i in unnamed if (key := candidate(i)) is not None}
        # By content, items of one text are one item wherever they link to: their links are what is not trusted.
        links = policy != "content"
        different = Counter(
            key for key, *_ in {(key, links and items[i].url, prints[i]) for i, key in proposed.items()}
        )
        for i, key in proposed.items():
            if different[key] == 1:
                keys[i] = key
        unnamed = [i for i in unnamed if not keys[i]]
    for i in unnamed:
        # Items of one text under several URLs, each shared with other items: only all of it together tells them apart.
        keys[i] = f"c:{_digest(items[i].url or '', prints[i], length=16)}"
    return list(zip(keys, prints, strict=True))


def url_key(digest: str) -> str:
    """The key of an item by its URL's digest."""
    return f"u:{digest}"


def content_key(content: str) -> str:
    """The key of an item by its fingerprint."""
    return f"c:{content[:16]}"
