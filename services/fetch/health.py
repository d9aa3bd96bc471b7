"""How a feed is doing, from all that is known of it, and what somebody can do about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.fetch.feed_state import FeedState
from services.fetch.poll_interval import LONGEST_S
from services.fetch.validators import LIES_FORGIVEN

Name = Literal["well", "silent", "frozen", "ill", "never", "retired"]
HEALTHS: tuple[Name, ...] = ("well", "silent", "frozen", "ill", "never", "retired")
SAME_BODIES = 3
"""So many whole bodies in a row that are the same: the server has a copy, and nobody renews it."""
NO_LONGER_POLLED = timedelta(seconds=2 * LONGEST_S)

_ADVICE = {
    "dns": "see whether the site still has this name; else take the feed out",
    "refused": "see whether the site is up, and on this port",
    "connection": "see whether a browser gets it; some sites close the door on programs",
    "tls": "tell the site that its certificate is wrong, or look for another address of the feed",
    "timeout": "see whether a browser gets it; NEWSLOOM_FETCH_DEADLINE_SECONDS gives it longer",
    "blocked-address": "allow the network with --allow-private, if it is yours",
    "bad-url": "mend the address in the list",
    "too-large": "ask the site for a shorter feed, or raise NEWSLOOM_FEED_LIMIT_BYTES",
    "too-many-redirects": "open it in a browser and give the address that it ends at",
    "http-4xx": "open it in a browser; set NEWSLOOM_CONTACT, or credentials by `newsloom feeds add --auth`",
    "soft-403": "the site shuts out programs: set NEWSLOOM_CONTACT, and ask it to let feed readers in",
    "http-5xx": "wait; if it lasts, tell the site",
    "html-instead-of-feed": "find the feed's address with `newsloom feeds discover`",
    "not-a-feed": "find the feed's address with `newsloom feeds discover`",
    "sitemap-index": "add one of the sitemaps that it names",
    "malformed": "tell the site: https://validator.w3.org/feed/ says what is wrong",
    "empty": "see whether a browser gets it; if it lasts, tell the site",
    "credentials": "mend the file that the feed's secret is read from",
    "suspicious-move": "if the new address is right, add it and take this one out",
    "internal": "report it; the log says more",
}


_PROBLEMS = {
    "body-cut": "its transfer ended too early: what was missing could not be read",
    "truncated": "its document ends too early",
    "malformed": "its XML is broken and was mended",
    "lenient": "its XML is broken beyond mending: what could be made out was read",
    "charset": "its character set is declared wrongly",
    "bad-bytes": "some of its bytes are no characters",
    "items-unreadable": "some of its items are none",
}


@dataclass(frozen=True, slots=True)
class Health:
    """`reason` says what is wrong in a sentence, `advice` what to do; both None for a feed that is well."""

    name: Name
    reason: str | None = None
    advice: str | None = None


def health_of(state: FeedState, now: datetime) -> Health:
    """The first that is true of retired, never (no poll went well yet), ill (the last poll failed), frozen, silent, well."""
    if state.retired:
        return Health("retired", "the server says that it is gone for good", "take it out of the list")
    if state.last_error_code or state.last_success is None:
        name: Name = "ill" if state.last_success else "never"
        return Health(name, state.last_error, _ADVICE.get(state.last_error_code or ""))
    missing = state.publishing.missing(now)
    if missing is not None:
        rate = state.publishing.usual_per_day()
        idle = _span(state.publishing.idle_s(now) or 0.0)
        reason = f"publishes {rate:.{0 if rate >= 10 else 1}f} a day, nothing for {idle}"
        if state.same_bodies >= SAME_BODIES:
            return Health("frozen", f"{reason}; the same body {state.same_bodies + 1} times", "tell the site")
        return Health("silent", reason, "see whether the site still publishes, and whether its feed has moved")
    return Health("well")


def remarks_on(state: FeedState) -> list[str]:
    """What is odd about a feed without making it ill."""
    totals = state.totals
    found = [_problem(problem) for problem in state.problems if not problem.startswith("items-cut")]
    if state.moved_to:
        found.append(f"moved to {state.moved_to}")
    elif state.moving:
        found.append(
            f"redirects for good to {state.moving.to}, which is watched since {state.moving.since:%Y-%m-%d %H:%M}"
        )
    if state.validators.lies:
        trust = ", asked in full now" if state.validators.lies >= LIES_FORGIVEN else ""
        found.append(f"its ETag lied {_times(state.validators.lies)}{trust}")
    if state.identity != "guid" and state.options.identity is None:
        what = "URLs" if state.identity == "url" else "texts"
        found.append(f"its items are told apart by their {what}, since nothing better holds")
    if totals.repeated:
        found.append(f"{totals.repeated} items repeated within one document")
    if totals.cut:
        found.append(f"{totals.cut} items over the limit were not read (NEWSLOOM_FEED_ITEMS_LIMIT)")
    return found


def is_no_longer_polled(state: FeedState, now: datetime) -> bool:
    """Overdue for so long that nobody polls it any more: it was taken out of the list."""
    return now - state.next_poll > NO_LONGER_POLLED


def _problem(problem: str) -> str:
    code, _, detail = problem.partition(":")
    where = f" (line {detail})" if detail.isdigit() and code != "items-unreadable" else f" ({detail})" if detail else ""
    return _PROBLEMS.get(code, code) + where


def _span(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
