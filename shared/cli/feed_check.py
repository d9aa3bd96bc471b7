"""newsloom feeds check: the health of every feed, and what to do about those that are not well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, Jsonl, print_rows, reading, registry_of
from shared.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from services.fetch.feed_state import FeedState
    from services.fetch.health import Health


def check(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Health of every feed that is polled, the ill ones first, and what to do. Exit code 1 where one is not well."""
    from services.fetch.health import HEALTHS, health_of, is_no_longer_polled
    from services.fetch.item_identity import feed_id
    from shared.clock import SystemClock

    listed = {feed_id(source.url) for source in registry_of(data_dir).listed()}
    states = reading(data_dir).feeds()
    # As of the last poll: what nobody polls is not silent.
    now = max((state.last_polled for state in states if state.last_polled), default=SystemClock().now())
    polled = [state for state in states if state.feed_id in listed or not is_no_longer_polled(state, now)]
    found = [(state, health_of(state, now)) for state in polled]
    found.sort(key=lambda pair: (-HEALTHS.index(pair[1].name), -pair[0].consecutive_errors, pair[0].url))
    if jsonl:
        print_rows(_row(state, health, now) for state, health in found)
    else:
        for state, health in found:
            _tell(state, health, now)
        counts = [(name, sum(health.name == name for _, health in found)) for name in HEALTHS]
        told = ", ".join(f"{count} {name}" for name, count in counts if count)
        print(f"{counted(len(found), 'feed')}: {told}" if found else "no feed was polled yet")
        if left := len(states) - len(polled):
            print(f"{counted(left, 'feed')} more, taken out of the list or not polled for days")
    if any(health.name != "well" for _, health in found):
        raise typer.Exit(1)


def _row(state: FeedState, health: Health, now: datetime) -> dict[str, Any]:
    from dataclasses import asdict

    from services.fetch.health import remarks_on
    from shared.contracts import rfc3339
    from shared.urls.userinfo import without_userinfo

    rate = state.publishing.per_day(now)
    idle = state.publishing.idle_s(now)
    return {
        "feed_id": state.feed_id,
        "url": state.public_url,
        "title": state.title,
        "tags": list(state.tags),
        "health": health.name,
        "reason": health.reason,
        "advice": health.advice,
        "remarks": remarks_on(state),
        "last_success": rfc3339(state.last_success) if state.last_success else None,
        "error": state.last_error_code,
        "message": without_userinfo(state.last_error) if state.last_error else None,
        "errors": state.consecutive_errors,
        "interval_seconds": state.interval_s,
        "next_poll": rfc3339(state.next_poll),
        "items_per_day": None if rate is None else round(rate, 2),
        "seconds_since_last_item": None if idle is None else round(idle),
        "items": asdict(state.totals),
        "identity": state.identity,
        "etag_lies": state.validators.lies,
        "moved_to": state.moved_to and without_userinfo(state.moved_to),
        "retired": state.retired,
    }


def _tell(state: FeedState, health: Health, now: datetime) -> None:
    """Lines and no table: an address that is cut is no address."""
    from services.fetch.health import remarks_on
    from shared.explanations import explain_health

    success = f"{state.last_success:%Y-%m-%d %H:%M}" if state.last_success else "never"
    errors = f"{counted(state.consecutive_errors, 'error')}, " if state.consecutive_errors else ""
    rate = state.publishing.per_day(now)
    pace = "" if rate is None else f", {rate:.1f} items a day"
    print(printable(f"{health.name:8} {state.public_url}  {errors}last success {success}{pace}"))
    for line in (explain_health(state, health), health.advice and f"→ {health.advice}", *remarks_on(state)):
        if line:
            print(printable(f"{'':8}   {line}"))
