"""Status codes, refusals, wrong labels."""

from __future__ import annotations

import gzip
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from farm.feed import Feed
from farm.model import Reply, Request
from farm.pages import HTML
from farm.registry import kind
from farm.wire import Connection

DENIED = (
    b"<!doctype html><html><head><title>Access denied</title></head><body><h1>Access denied</h1>"
    b"<p>Automated requests must say whom to contact.</p></body></html>"
)
CAPTCHA = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body><h1>Are you human?</h1>"
    b'<form><div class="captcha">Solve the captcha to continue.</div></form></body></html>'
)


def has_contact(request: Request) -> bool:
    """Does the User-Agent name a URL or a mail address?"""
    agent = request.get("user-agent")
    return "http://" in agent or "https://" in agent or "@" in agent


def status_kind(
    name: str, status: int, summary: str, report: tuple[str, ...], expect: str, *headers: tuple[str, str]
) -> None:
    """A kind that always answers with one status."""

    def handler(feed: Feed, request: Request, connection: Connection) -> Reply:
        body = b"" if status == 204 else b"<!doctype html><title>%d</title><h1>Error %d</h1>" % (status, status)
        return Reply(status, [*HTML, *headers], body)

    handler.__doc__ = summary
    kind(name, report=report, expect=expect)(handler)


BACK_OFF = "Refused for now: poll more rarely, keep the items, say it."
status_kind("always-403", 403, "403 whoever asks.", ("http-4xx", "access-denied"), BACK_OFF)
status_kind("not-found", 404, "404 always.", ("http-4xx", "not-found"), BACK_OFF)
status_kind("gone", 410, "410 always.", ("http-4xx", "gone"), "Gone for good: stop polling, tell the user.")
status_kind("server-error", 500, "500 always.", ("http-5xx",), BACK_OFF)
status_kind("no-content", 204, "204 always.", ("empty", "http-2xx", "not-modified", "ok"), "No document and no news.")
status_kind(
    "retry-after-negative",
    429,
    "429 with Retry-After: -5.",
    ("http-429",),
    "429; a negative wait must not mean a request at once or a crash.",
    ("Retry-After", "-5"),
)
status_kind(
    "retry-after-ten-years",
    429,
    "429 with Retry-After of ten years.",
    ("http-429",),
    "429; the wait is capped to something sane (days), the feed is not lost.",
    ("Retry-After", "315360000"),
)
status_kind(
    "retry-after-garbage",
    503,
    "503 with a Retry-After that is neither.",
    ("http-5xx",),
    "503; an unreadable Retry-After is as none.",
    ("Retry-After", "soon; maybe"),
)


@kind("ua-403", report=("http-4xx", "access-denied", "ok"), expect="With a contact in the User-Agent: ok; else 403.")
def ua_403(feed: Feed, request: Request, connection: Connection) -> Reply:
    """403 unless the User-Agent has a URL or mail address in it."""
    return feed.good() if has_contact(request) else Reply(403, HTML, DENIED)


@kind("ua-soft-403", report=("access-denied", "not-a-feed", "ok"), expect="With a contact: ok; else no feed.")
def ua_soft_403(feed: Feed, request: Request, connection: Connection) -> Reply:
    """200 with an "Access denied" page unless the User-Agent has a URL or mail address in it."""
    return feed.good() if has_contact(request) else Reply(200, HTML, DENIED)


@kind("captcha-200", report=("access-denied", "not-a-feed"), expect="A page instead of a feed: a soft 403, no items.")
def captcha_200(feed: Feed, request: Request, connection: Connection) -> Reply:
    """200 with a captcha page, always."""
    return Reply(200, HTML, CAPTCHA)


@kind("captcha-later", report=("ok", "access-denied", "not-a-feed"), expect="From round 2 on a soft 403; items stay.")
def captcha_later(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A good feed in round 1, a captcha page with status 200 afterwards."""
    return feed.good() if feed.round == 1 else Reply(200, HTML, CAPTCHA)


@kind("gone-later", report=("ok", "gone", "http-4xx"), expect="From round 2 on gone; the items of round 1 stay.")
def gone_later(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A good feed in round 1, 410 afterwards."""
    return feed.good() if feed.round == 1 else Reply(410, HTML, b"<h1>Gone</h1>")


@kind("retry-after-seconds", report=("http-429", "ok"), expect="Waits 5 s or more after the 429, then ok.")
def retry_after_seconds(feed: Feed, request: Request, connection: Connection) -> Reply:
    """429 with Retry-After: 5 at first, and again to whoever comes back within 5 s; good afterwards."""
    now = time.monotonic()
    last = feed.state.get("refused")
    if last is None or (now - last < 5 and not feed.state.get("served")):
        feed.state["refused"] = now
        return Reply(429, [*HTML, ("Retry-After", "5")], b"<h1>Too many requests</h1>")
    feed.state["served"] = True
    return feed.good()


@kind("retry-after-date", report="http-429", expect="429; the next poll is an hour after the epoch or later.")
def retry_after_date(feed: Feed, request: Request, connection: Connection) -> Reply:
    """429 with Retry-After as an HTTP date, one hour after the farm's epoch."""
    date = format_datetime(feed.epoch + timedelta(hours=1), usegmt=True)
    return Reply(429, [*HTML, ("Retry-After", date)], b"<h1>Too many requests</h1>")


@kind("flapping-503", report=("http-5xx", "ok"), expect="A 503, then ok at the next poll or retry.")
def flapping_503(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Every odd request gets 503, every even one a good feed."""
    return Reply(503, HTML, b"<h1>Maintenance</h1>") if feed.polls % 2 else feed.good()


@kind("partial-206", report=("protocol-error", "truncated", "http-2xx", "ok"), expect="Nobody asked for a range.")
def partial_206(feed: Feed, request: Request, connection: Connection) -> Reply:
    """206 with the first half of the document to a request without Range."""
    reply = feed.good(must=False, key=("206", feed.round))
    whole, reply.status, reply.full = len(reply.body), 206, False
    reply.body = reply.body[: whole // 2]
    reply.entries = reply.entries[: reply.body.count(b"</item>")]
    reply.headers.append(("Content-Range", f"bytes 0-{whole // 2 - 1}/{whole}"))
    return reply


def type_kind(name: str, content_type: str) -> None:
    """A good feed with a wrong Content-Type ("" = none)."""

    def handler(feed: Feed, request: Request, connection: Connection) -> Reply:
        return feed.good(content_type=content_type)

    handler.__doc__ = f"A good feed as {content_type or 'no content type at all'}."
    kind(name, report="ok", expect="The content decides: all items.")(handler)


type_kind("type-html", "text/html; charset=utf-8")
type_kind("type-octet-stream", "application/octet-stream")
type_kind("type-plain", "text/plain")
type_kind("type-none", "")


def _coded(feed: Feed, body: bytes, must: bool) -> Reply:
    """The bytes, labelled gzip."""
    return feed.reply(body, feed.views(), must=must, headers=[("Content-Encoding", "gzip")])


def _plain(feed: Feed, **options: Any) -> bytes:
    return feed.rss(feed.views(), **options).encode()


@kind("gzip-unasked", report="ok", expect="Decodes it all the same: all items.")
def gzip_unasked(feed: Feed, request: Request, connection: Connection) -> Reply:
    """gzip, correctly labelled, even if the client does not accept it."""
    return _coded(feed, gzip.compress(_plain(feed), mtime=0), must=True)


@kind("gzip-label-plain", report=("decode-error", "ok"), expect="A false label: an error, or the plain items.")
def gzip_label_plain(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Labelled gzip, and is plain."""
    return _coded(feed, _plain(feed), must=False)


@kind("gzip-unlabelled", report=("ok", "parse-error", "not-a-feed"), expect="The gzip magic may be honoured.")
def gzip_unlabelled(feed: Feed, request: Request, connection: Connection) -> Reply:
    """gzip without a Content-Encoding."""
    return feed.reply(gzip.compress(_plain(feed), mtime=0), feed.views(), must=False)


@kind("gzip-double", report=("ok", "parse-error", "decode-error", "not-a-feed"), expect="May be unpacked twice.")
def gzip_double(feed: Feed, request: Request, connection: Connection) -> Reply:
    """gzip within gzip, labelled once."""
    return _coded(feed, gzip.compress(gzip.compress(_plain(feed), mtime=0), mtime=0), must=False)


@kind("gzip-truncated", report=("decode-error", "truncated", "ok"), expect="The stream ends early: an error.")
def gzip_truncated(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A gzip stream cut at 70 %, with the Content-Length of what is sent."""
    packed = gzip.compress(_plain(feed), mtime=0)
    return _coded(feed, packed[: len(packed) * 7 // 10], must=False)
