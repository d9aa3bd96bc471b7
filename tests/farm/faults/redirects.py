"""Redirects, to good and bad places."""

from __future__ import annotations

from dataclasses import replace

from farm.feed import Feed
from farm.model import Reply, Request, View
from farm.pages import HTML, NOT_FOUND
from farm.registry import kind
from farm.wire import Connection

UNSAFE = "Refuses the target without contacting it; no items, no crash."
OTHER_ITEMS = 1 << 17  # item numbers of a hijacker: no number of the real feed


def to(status: int, location: str) -> Reply:
    """A redirect."""
    return Reply(status, [("Location", location), *HTML], b'<a href="/">Moved</a>')


def tail(request: Request) -> str:
    """The last path segment."""
    return request.path.rsplit("/", 1)[-1]


def _moved(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A good feed at .../moved, on either address."""
    return feed.good() if tail(request) == "moved" else NOT_FOUND


@kind("redirect-301", other=_moved, report=("ok", "moved"), expect="Follows; the new URL is stored; all items once.")
def redirect_301(feed: Feed, request: Request, connection: Connection) -> Reply:
    """301 to a good feed on the same host."""
    return to(301, f"{feed.base}/moved")


@kind("redirect-302", other=_moved, report="ok", expect="Follows, and keeps the old URL for the next poll.")
def redirect_302(feed: Feed, request: Request, connection: Connection) -> Reply:
    """302 to a good feed on the same host."""
    return to(302, f"{feed.base}/moved")


@kind("redirect-relative", other=_moved, report="ok", expect="Resolves the relative Location and follows.")
def redirect_relative(feed: Feed, request: Request, connection: Connection) -> Reply:
    """307 with a relative Location."""
    return to(307, "moved?from=feed")


@kind("redirect-308-host", other=_moved, companion=True, report=("ok", "moved"), expect="Follows; all items once.")
def redirect_308_host(feed: Feed, request: Request, connection: Connection) -> Reply:
    """308 to a good feed on another host."""
    return to(308, f"{feed.companion_base}/moved")


def _loop(feed: Feed, request: Request, connection: Connection) -> Reply:
    return to(302, f"{feed.base}/{'loop-b' if tail(request) == 'loop-a' else 'loop-a'}")


@kind("redirect-loop", other=_loop, report=("redirect-loop", "too-many-redirects"), expect="Sees the loop and stops.")
def redirect_loop(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Two URLs that redirect to each other."""
    return to(302, f"{feed.base}/loop-a")


def _hop(feed: Feed, request: Request, connection: Connection) -> Reply:
    hop = tail(request).removeprefix("hop-")
    if hop not in list("12345678"):
        return NOT_FOUND
    return feed.good() if hop == "8" else to(302, f"{feed.base}/hop-{int(hop) + 1}")


@kind("redirect-chain", other=_hop, report=("ok", "too-many-redirects"), expect="Follows all 8, or stops at its limit.")
def redirect_chain(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A chain of 8 redirects to a good feed."""
    return to(302, f"{feed.base}/hop-1")


def unsafe_kind(name: str, location: str) -> None:
    """A redirect that must not be followed; {port} is the farm's port."""

    def handler(feed: Feed, request: Request, connection: Connection) -> Reply:
        return to(302, location.format(port=feed.port))

    handler.__doc__ = f"302 to {location.format(port='PORT')}."
    kind(name, report=("blocked-redirect", "blocked-address", "protocol-error"), expect=UNSAFE)(handler)


unsafe_kind("redirect-file", "file:///etc/passwd")
unsafe_kind("redirect-metadata", "http://169.254.169.254/latest/meta-data/")
unsafe_kind("redirect-ipv6-loopback", "http://[::1]:{port}/feed")
unsafe_kind("redirect-private", "http://10.0.0.1/feed")
unsafe_kind("redirect-mapped", "http://[::ffff:10.0.0.1]/feed")


@kind(
    "redirect-no-location", report=("protocol-error", "blocked-redirect", "http-3xx"), expect="A redirect to nowhere."
)
def redirect_no_location(feed: Feed, request: Request, connection: Connection) -> Reply:
    """301 without a Location."""
    return Reply(301, HTML, b"Moved")


def _login(feed: Feed, request: Request, connection: Connection) -> Reply:
    return Reply(
        200,
        HTML,
        b"<!doctype html><title>Log in</title><form method=post>User <input name=user>"
        b"Password <input type=password name=password><button>Log in</button></form>",
    )


@kind("redirect-login", other=_login, report=("not-a-feed", "access-denied"), expect="A login page is no feed.")
def redirect_login(feed: Feed, request: Request, connection: Connection) -> Reply:
    """302 to a login page."""
    return to(302, f"{feed.base}/login")


def _parked(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Five items that have nothing to do with the feed, at the hijacker's address."""
    if tail(request) != "feed":
        return NOT_FOUND

    def other(number: int) -> View:
        v = feed.view(OTHER_ITEMS + number)
        return replace(v, link=f"{feed.companion_base}/{v.token}", guid=f"parked:{v.token}", date=feed.date(number))

    views = [other(n) for n in range(5)]
    return feed.reply(feed.rss(views), views, must=False, key=("parked",))


@kind(
    "redirect-hijacked",
    other=_parked,
    companion=True,
    report=("ok", "suspicious", "moved", "blocked-redirect"),
    expect="From round 2 on another host with other items: flag it or do not store the new URL at once.",
)
def redirect_hijacked(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A good feed in round 1; then 301 to a parked domain's feed with entirely other items."""
    return feed.good() if feed.round == 1 else to(301, f"{feed.companion_base}/feed")
