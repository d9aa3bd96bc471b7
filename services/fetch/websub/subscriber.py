"""The subscriber: after every poll it says what becomes of the feed's subscription, and asks hubs meanwhile.

Whatever happens between two polls (a verification, a refusal, a push) pokes the feed: the poll that follows fills the gap up to that
moment, and stores the subscription with the state of its feed. So there is one writer of feeds' states, the poller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from services.fetch.decide import Decision, Failed, Fetched, PollResult
from services.fetch.feed_state import FeedState
from services.fetch.http.client import Response
from services.fetch.http.limits import FetchError
from services.fetch.http.politeness import HostGate, Paused, host_of
from services.fetch.websub import subscription as changes
from services.fetch.websub import trust
from services.fetch.websub.keys import may_be_told_secrets
from services.fetch.websub.pokes import Pokes
from services.fetch.websub.subscription import Offer, Subscription
from services.fetch.websub.subscriptions import Subscriptions
from shared import metrics
from shared.ports import Clock

log = structlog.get_logger()

HUBS_AT_ONCE = 8
"""Requests to hubs that are under way together: hubs that hang must not take the connections that polls need."""
PATIENCE_S = 60.0
PASSING = frozenset({408, 425, 429})
"""Answers of the 4xx that do not mean no."""
NEVER = frozenset({"bad-url", "blocked-address"})


class Form(Protocol):
    async def post_form(self, url: str, fields: Mapping[str, str]) -> Response:
        """Raises `FetchError`."""
        ...


class Subscriber:
    """For one event loop. `callback` is the public address that hubs are told, without a slash at its end."""

    def __init__(
        self, http: Form, gate: HostGate, clock: Clock, subscriptions: Subscriptions, callback: str, pokes: Pokes
    ) -> None:
        self._http = http
        self._gate = gate
        self._clock = clock
        self.subscriptions = subscriptions
        self._callback = callback
        self.pokes = pokes
        self._slots = asyncio.Semaphore(HUBS_AT_ONCE)
        self._asking: dict[str, asyncio.Task[None]] = {}

    def begin(self, feeds: Iterable[FeedState]) -> None:
        """From now on these feeds are polled by this process, and no others."""
        feeds = list(feeds)
        stored = {feed.feed_id: feed.websub for feed in feeds if feed.websub is not None}
        for feed_id in self.subscriptions.begin(stored, [feed.feed_id for feed in feeds]):
            # The poll that was to follow ended half done, with the polling of whatever feeds there were before.
            self.pokes.poke(feed_id, again=True)

    async def close(self) -> None:
        """Requests that are under way are given up; they count as not verified."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def after_poll(self, before: FeedState, decision: Decision, result: PollResult, now: datetime) -> Decision:
        """The decision with the subscription as it is after this poll, and the next poll put off where a hub is trusted."""
        state, id_ = decision.state, before.feed_id
        known = self.subscriptions.get(id_) or before.websub
        if state.retired or not state.options.websub:
            self.subscriptions.put(id_, None)
            return replace(decision, state=replace(state, websub=None))
        subscription = changes.offered(known, self._offer(known, result), now)
        if subscription is None:
            return decision
        well, new = not isinstance(result, Failed), any(item.change == "new" for item in decision.new_items)
        if well:
            subscription, missed = trust.judged(subscription, before.last_success, new, now)
            if missed:
                metrics.WEBSUB_MISSED.inc()
                log.info("push-missed", feed=before.public_url, missed=subscription.missed, state=subscription.state)
        subscription, ask = changes.on_time(subscription, now, well=well)
        self.subscriptions.put(id_, subscription)
        if ask:
            self._ask_beside(id_)
        if well:
            wait = trust.next_wait(subscription, state.next_poll - now, bool(decision.new_items), now)
            least = timedelta(seconds=state.options.min_interval_s or 0)
            state = replace(state, next_poll=now + max(wait, least))
        return replace(decision, state=replace(state, websub=subscription))

    def verified(self, feed_id: str, lease_s: int | None) -> bool:
        """Whether the feed wants the subscription that its hub asks about."""
        known = self.subscriptions.get(feed_id)
        subscription = known and changes.verified(known, lease_s, self._clock.now())
        if subscription is None:
            return False
        self._changed(feed_id, subscription)
        return True

    def denied(self, feed_id: str, reason: str) -> None:
        """The hub will not push, or no more."""
        if (known := self.subscriptions.get(feed_id)) is not None:
            after = changes.refused(known, f"denied: {reason}", self._clock.now())
            log.info("hub-denies", feed=feed_id, reason=after.reason)
            self._changed(feed_id, after)

    def pushed(self, feed_id: str) -> None:
        """The hub says that there is something new. What that is the site is asked itself: one way in for all items."""
        if (known := self.subscriptions.get(feed_id)) is not None:
            self._changed(feed_id, trust.pushed(known, self._clock.now()))

    def _changed(self, feed_id: str, subscription: Subscription) -> None:
        self.subscriptions.put(feed_id, subscription)
        self.pokes.poke(feed_id)

    def _offer(self, known: Subscription | None, result: PollResult) -> Offer | None:
        """What the feed offers now; where this poll did not tell, what it offered last."""
        if isinstance(result, Fetched):
            hub, topic = result.feed.hub, result.feed.self_url
        elif known is not None and known.offer is not None:
            hub, topic = known.offer.hub, known.offer.topic
        else:
            hub = topic = None
        if not hub or not topic:
            return None
        return self.subscriptions.offer(hub, topic, self._callback, secret=may_be_told_secrets(hub))

    def _ask_beside(self, feed_id: str) -> None:
        """Not within the poll: a hub may take its time. One request per feed is under way at most."""
        if feed_id not in self._asking:
            task = self._asking[feed_id] = asyncio.create_task(self._ask(feed_id))
            task.add_done_callback(lambda _: self._asking.pop(feed_id, None))

    async def _ask(self, feed_id: str) -> None:
        known = self.subscriptions.get(feed_id)
        if known is None or known.offer is None:
            return
        offer, now = known.offer, self._clock.now
        try:
            await self._request(feed_id, offer)
            return
        except Paused as paused:
            error, pause, no = f"the hub is {paused}", paused.seconds, False
        except FetchError as failed:
            error, pause = str(failed), failed.retry_after or 0.0
            status = failed.status or 0
            no = failed.code in NEVER or (400 <= status < 500 and status not in PASSING)
            if failed.retry_after is not None:
                self._gate.retry_after(failed.host or host_of(offer.hub), failed.retry_after)
        except Exception as bug:
            log.exception("hub-not-asked", feed=feed_id, hub=offer.hub)
            error, pause, no = f"{type(bug).__name__}: {bug}", 0.0, False
        log.info("hub-fails", feed=feed_id, hub=offer.hub, reason=error)
        latest = self.subscriptions.get(feed_id)
        if latest is not None and latest.offer == offer and latest.asked_at is not None:
            after = changes.refused(latest, error, now()) if no else changes.failed(latest, error, now(), pause)
            self.subscriptions.put(feed_id, after)

    async def _request(self, feed_id: str, offer: Offer) -> None:
        # The turn first: whoever waits for a hub must not hold a slot that another hub could use.
        async with self._gate.turn(host_of(offer.hub), PATIENCE_S), self._slots:
            latest = self.subscriptions.get(feed_id)
            if latest is None or latest.offer != offer:
                return
            # Many feeds name one hub, and its turn may have been long in coming: it has its time from now on.
            self.subscriptions.put(feed_id, changes.asked(latest, self._clock.now()))
            fields = {
                "hub.mode": "subscribe",
                "hub.topic": offer.topic,
                "hub.callback": f"{offer.callback}/{self.subscriptions.token(feed_id, offer)}",
                "hub.lease_seconds": str(changes.LEASE_ASKED_S),
            }
            if (secret := self.subscriptions.secret(feed_id, offer)) is not None:
                fields["hub.secret"] = secret
            await self._http.post_form(offer.hub, fields)
