"""The subscriptions of the feeds that this process polls: the latest of each, which is stored with its feed's next poll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.fetch.websub.keys import Keys
from services.fetch.websub.subscription import STATES, Offer, Subscription
from shared import metrics


class Subscriptions:
    """By feed, and by the secret path under which their hubs know them."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._by_feed: dict[str, Subscription] = {}
        self._feed_of: dict[str, str] = {}
        self.begun = False
        """Before, nobody can say whose a path is."""

    def begin(self, stored: Mapping[str, Subscription], feeds: Iterable[str]) -> list[str]:
        """From now on these `feeds`, with what was `stored` of them; what happened since is kept, and these feeds are returned."""
        latest, newer = dict(stored), []
        for feed_id in feeds:
            live, known = self._by_feed.get(feed_id), stored.get(feed_id)
            if live is not None and (known is None or known.offer == live.offer):
                latest[feed_id] = live
                newer += [feed_id] if live != known else []
        self._by_feed, self._feed_of, self.begun = {}, {}, True
        for state in STATES:
            metrics.WEBSUB_SUBSCRIPTIONS.labels(state).set(0)
        for feed_id, subscription in latest.items():
            self.put(feed_id, subscription)
        return newer

    def get(self, feed_id: str) -> Subscription | None:
        return self._by_feed.get(feed_id)

    def put(self, feed_id: str, subscription: Subscription | None) -> None:
        """None: the feed has none any more."""
        before = self._by_feed.pop(feed_id, None)
        if before is not None:
            metrics.WEBSUB_SUBSCRIPTIONS.labels(before.state).dec()
            if before.offer is not None:
                self._feed_of.pop(self.token(feed_id, before.offer), None)
        if subscription is not None:
            self._by_feed[feed_id] = subscription
            metrics.WEBSUB_SUBSCRIPTIONS.labels(subscription.state).inc()
            if subscription.offer is not None:
                self._feed_of[self.token(feed_id, subscription.offer)] = feed_id

    def at(self, token: str) -> tuple[str, Subscription] | None:
        """Whose path it is: the feed and its subscription; None for a path that is nobody's, or nobody's any more."""
        feed_id = self._feed_of.get(token)
        return None if feed_id is None else (feed_id, self._by_feed[feed_id])

    def token(self, feed_id: str, offer: Offer) -> str:
        return self._keys.token(feed_id, offer.hub, offer.topic)

    def secret(self, feed_id: str, offer: Offer) -> str | None:
        """What the hub was told to sign with; None where it was told none."""
        return None if offer.secret_id is None else self._keys.secret(feed_id, offer.hub, offer.topic)

    def offer(self, hub: str, topic: str, callback: str, *, secret: bool) -> Offer:
        return Offer(hub, topic, callback, self._keys.id if secret else None)
