"""Feed, hub and poller together: what is pushed is read at once, and what is not pushed is read all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from websub_bench import Bench

from services.fetch.websub.subscription import ANEW_AFTER, ATTEMPTS
from shared.contracts import FeedOptions

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUARTER = timedelta(minutes=15)


async def test_a_feed_with_a_hub_is_subscribed_to_and_polled_rarely(bench: Bench) -> None:
    bench.start()
    await bench.reaches("active")
    (request,) = bench.hub.requests
    assert request["hub.mode"] == "subscribe"
    assert request["hub.topic"] == bench.site.url
    assert request["hub.callback"].startswith(f"{bench.address}/")
    assert len(request["hub.secret"]) == 64
    assert bench.hub.echoes == [(200, "echo+&?me")]
    assert bench.subscription.lease_until == bench.clock.now() + timedelta(days=10)
    assert bench.wait == HOUR
    assert bench.site.polls == 2, "what was published while the hub was asked is read when it has agreed"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_a_push_has_the_feed_read_at_once(bench: Bench, method: str, counted: Callable[..., float]) -> None:
    bench.hub.method = method
    bench.start()
    await bench.active()
    bench.site.items.append("News")
    assert await bench.hub.push(bench.site.feed(["News"])) == [202]
    await bench.until(lambda: "News" in bench.titles)
    assert bench.titles == ["The first report", "News"]
    assert bench.wait == HOUR
    assert bench.subscription.last_push == bench.clock.now()
    assert counted("newsloom_websub_pushes_total", result="accepted") == 1


async def test_a_push_is_a_call_and_its_content_is_not_believed(bench: Bench) -> None:
    bench.start()
    await bench.active()
    polls = bench.site.polls
    assert await bench.hub.push(b"\0garbage <rss><item><title>Forged</title></item>") == [202]
    await bench.until(lambda: bench.site.polls > polls)
    await bench.quiet()
    assert bench.titles == ["The first report"]
    assert bench.state.consecutive_errors == 0


@pytest.mark.parametrize(
    ("more", "result"),
    [({"signed": False}, "unsigned"), ({"secret": "not what was agreed"}, "wrong-signature")],
)
async def test_a_push_that_is_not_signed_as_agreed_is_acknowledged_and_ignored(
    bench: Bench, more: dict[str, Any], result: str, counted: Callable[..., float]
) -> None:
    bench.start()
    await bench.active()
    polls = bench.site.polls
    bench.site.items.append("News")
    assert await bench.hub.push(bench.site.feed(["News"]), **more) == [202]
    await bench.quiet()
    assert bench.site.polls == polls
    assert counted("newsloom_websub_pushes_total", result=result) == 1
    assert counted("newsloom_websub_pushes_total", result="accepted") == 0


async def test_a_flood_of_pushes_is_one_poll_a_minute(bench: Bench) -> None:
    bench.start()
    await bench.active()
    polls = bench.site.polls
    assert set(await bench.hub.push(b"x", 60)) <= {202, 503}
    await bench.until(lambda: bench.site.polls > polls)
    await bench.hub.push(b"x", 60)
    await bench.quiet()
    assert bench.site.polls == polls + 1
    await bench.poll(MINUTE)
    await bench.quiet()
    assert bench.site.polls == polls + 2, "the second flood was not lost, but one poll"


async def test_a_site_that_lags_behind_its_hub_gets_another_look(bench: Bench) -> None:
    bench.start()
    await bench.active()
    bench.site.items.append("News")
    bench.site.stale = 3
    polls = len(bench.reports)
    await bench.hub.push(b"x")
    await bench.until(lambda: len(bench.reports) > polls)
    for minutes in (2, 2, 4):
        assert bench.wait == minutes * MINUTE
        await bench.poll(minutes * MINUTE)
    assert bench.titles[-1] == "News"
    assert (bench.wait, bench.subscription.unpushed_since) == (HOUR, None)


async def test_a_hub_that_never_pushes_is_found_dead_and_nothing_is_lost(
    bench: Bench, counted: Callable[..., float]
) -> None:
    bench.start()
    await bench.active()
    for number in range(4):
        bench.site.items.append(f"Unpushed {number}")
        await bench.poll(bench.wait)
        assert bench.titles[-1] == f"Unpushed {number}"
        assert bench.wait == QUARTER, "no trust while something is unexplained"
        assert counted("newsloom_websub_missed_total") == number
    assert bench.subscription.state == "dead"
    assert counted("newsloom_websub_subscriptions", state="dead") == 1
    asked = len(bench.hub.requests)
    for _ in range(20):
        await bench.poll(bench.wait)
    assert len(bench.hub.requests) == asked
    await bench.passes(ANEW_AFTER)
    await bench.until(lambda: len(bench.hub.requests) == asked + 1)
    await bench.reaches("active")
    assert bench.subscription.missed == 0


async def test_a_push_in_time_explains_what_a_poll_found_before_it(bench: Bench, counted: Callable[..., float]) -> None:
    bench.start()
    await bench.active()
    bench.site.items.append("News")
    await bench.poll(bench.wait)
    assert bench.subscription.unpushed_since == bench.clock.now()
    await bench.passes(5 * MINUTE)
    polls = len(bench.reports)
    await bench.hub.push(b"x")
    await bench.until(lambda: len(bench.reports) > polls)
    for _ in range(5):
        await bench.poll(bench.wait)
    assert (bench.subscription.missed, bench.wait) == (0, HOUR)
    assert counted("newsloom_websub_missed_total") == 0


async def test_a_hub_that_never_verifies_is_given_up_for_a_week(bench: Bench) -> None:
    bench.hub.verifies = False
    bench.start()
    for _ in range(30):
        await bench.poll(bench.wait if bench.reports else timedelta(0))
        assert bench.wait == QUARTER
    for _ in range(6):
        await bench.poll(HOUR)
    assert len(bench.hub.requests) == ATTEMPTS
    assert (bench.subscription.state, bench.subscription.reason) == ("refused", "the hub never verified the request")
    bench.hub.verifies = True
    await bench.passes(ANEW_AFTER)
    await bench.reaches("active")


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_a_hub_that_says_no_is_not_asked_again(bench: Bench, status: int) -> None:
    bench.hub.refuses = status
    bench.start()
    await bench.until(lambda: bool(bench.hub.requests))
    for _ in range(5):
        await bench.poll(QUARTER)
    assert len(bench.hub.requests) == 1
    assert bench.subscription.state == "refused"
    assert f"answered {status}" in str(bench.subscription.reason)


@pytest.mark.parametrize("status", [429, 500, 503, 301])
async def test_a_hub_in_trouble_is_asked_again_later(bench: Bench, status: int) -> None:
    bench.hub.refuses = status
    bench.start()
    await bench.until(lambda: bool(bench.hub.requests))
    await bench.poll(QUARTER)
    assert (bench.subscription.state, bench.subscription.attempts) == ("none", 1)
    bench.hub.refuses = None
    await bench.passes(HOUR)
    await bench.reaches("active")
    assert bench.subscription.attempts == 0


async def test_a_hub_that_asks_for_a_pause_gets_it(bench: Bench) -> None:
    bench.hub.refuses, bench.hub.retry_after = 429, "7200"
    bench.start()
    await bench.until(lambda: bool(bench.hub.requests))
    asked = bench.clock.now()
    await bench.poll(QUARTER)
    assert bench.subscription.ask_at == asked + 2 * HOUR
    assert bench.gate.wait_s(bench.hub.url.split("/")[2]) == 7_200 - 900


async def test_a_hub_that_verifies_and_then_fails_has_verified(bench: Bench) -> None:
    bench.hub.hasty, bench.hub.refuses = True, 500
    bench.start()
    await bench.active()
    await bench.poll(bench.wait)
    assert (bench.subscription.state, bench.subscription.attempts) == ("active", 0)


async def test_a_hub_may_deny_what_it_has_granted(bench: Bench) -> None:
    bench.start()
    await bench.active()
    assert await bench.hub.verify(bench.hub.requests[0], "denied", **{"hub.reason": "no more"}) == 200
    await bench.reaches("refused")
    assert (bench.subscription.reason, bench.wait) == ("denied: no more", QUARTER)


async def test_a_lease_is_renewed_in_time_and_goes_on(bench: Bench) -> None:
    bench.hub.lease = 4 * 3600
    bench.start()
    await bench.active()
    began, since = bench.clock.now(), bench.subscription.active_since
    while len(bench.hub.requests) < 2:
        await bench.poll(bench.wait)
        await bench.quiet()
    assert bench.clock.now() - began < 0.8 * 4 * HOUR
    until = bench.clock.now() + 4 * HOUR
    await bench.until(lambda: bench.subscription.lease_until == until)
    assert bench.subscription.active_since == since
    assert bench.hub.requests[0] == bench.hub.requests[1], (
        "callback and secret are the feed's for as long as the hub is"
    )


async def test_a_lease_that_cannot_be_renewed_ends_and_polls_go_on(bench: Bench) -> None:
    bench.hub.lease = 4 * 3600
    bench.start()
    await bench.active()
    bench.hub.refuses = 503
    end = bench.clock.now() + 4 * HOUR
    while bench.clock.now() < end:
        await bench.poll(bench.wait)
        await bench.quiet()
    await bench.poll(bench.wait)
    assert bench.subscription.state in ("none", "pending", "refused")
    assert bench.wait == QUARTER


async def test_a_subscription_outlives_the_process(bench: Bench) -> None:
    bench.start()
    await bench.active()
    await bench.stop()
    before, callback = bench.subscription, next(iter(bench.hub.subscribed))
    bench.subscriber.subscriptions.begin({}, [])
    bench.start()
    bench.site.items.append("News")
    await bench.quiet()
    assert await bench.hub.push(b"x") == [202]
    await bench.until(lambda: "News" in bench.titles)
    assert next(iter(bench.hub.subscribed)) == callback
    assert len(bench.hub.requests) == 1
    assert replace(bench.subscription, last_push=None) == before


async def test_a_push_whose_poll_was_broken_off_is_not_forgotten(bench: Bench) -> None:
    """As when the registry changes, and all feeds are begun anew."""
    bench.start()
    await bench.active()
    bench.site.items.append("News")
    bench.site.held, polls = asyncio.Event(), bench.site.polls
    await bench.hub.push(b"x")
    await bench.until(lambda: bench.site.polls > polls)
    await bench.stop()
    assert bench.subscription.last_push is None
    bench.site.held.set()
    bench.site.polls = polls
    bench.start()
    await bench.until(lambda: "News" in bench.titles)


async def test_another_address_of_ours_is_another_subscription(bench: Bench) -> None:
    """As when a feed's partition goes to another worker."""
    bench.start()
    await bench.active()
    await bench.stop()
    bench.subscriber._callback = bench.address.replace("/some/prefix", "/elsewhere")
    bench.start(next_poll=bench.clock.now())
    await bench.until(lambda: len(bench.hub.requests) == 2)
    await bench.reaches("active")
    await bench.until(lambda: "elsewhere" in repr(bench.subscription.offer))
    assert bench.titles == ["The first report"]


async def test_a_feed_that_changes_its_hub_every_time_has_us_ask_once_an_hour_at_most(bench: Bench) -> None:
    bench.hub.verifies = False
    bench.start()
    await bench.until(lambda: len(bench.hub.requests) == 1)
    for number in range(12):
        bench.site.hub = f"{bench.hub.url}?{number}" if number % 3 else None
        bench.site.items.append(f"{number}")  # so that it is read anew
        await bench.poll(bench.wait)
    await bench.quiet()
    assert len(bench.hub.requests) == 1
    bench.site.hub = bench.hub.url
    for number in range(6):
        bench.site.items.append(f"more {number}")
        await bench.poll(bench.wait)
    await bench.until(lambda: len(bench.hub.requests) == 2)


async def test_a_feed_may_be_kept_from_hubs(bench: Bench) -> None:
    bench.start(options=FeedOptions(websub=False))
    await bench.until(lambda: len(bench.reports) == 1)
    await bench.poll(bench.wait)
    assert (bench.hub.requests, bench.state.websub, bench.wait) == ([], None, QUARTER)


async def test_a_feed_is_polled_no_more_often_than_its_operator_says(bench: Bench) -> None:
    bench.start(options=FeedOptions(min_interval_s=7_200))
    await bench.active()
    assert bench.wait == 2 * HOUR - 2 * MINUTE


async def test_a_feed_without_a_hub_is_polled_as_ever(bench: Bench) -> None:
    bench.site.hub = None
    bench.start()
    await bench.until(lambda: len(bench.reports) == 1)
    assert (bench.state.websub, bench.wait) == (None, QUARTER)


async def test_a_site_that_is_down_keeps_its_subscription(bench: Bench) -> None:
    bench.start()
    await bench.active()
    bench.site.down = True
    await bench.poll(bench.wait)
    assert (bench.subscription.state, bench.state.last_error_code) == ("active", "http-5xx")
    bench.site.down = False
    bench.site.items.append("News")
    await bench.passes(2 * MINUTE)
    await bench.hub.push(b"x")
    await bench.until(lambda: "News" in bench.titles)
