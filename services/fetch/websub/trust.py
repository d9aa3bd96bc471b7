"""Whether a hub can be relied on, judged by the backup polls, and how often these are needed. Pure.

Hubs that accept every request and then never push are common. What tells them apart is that a poll finds items that no push told of.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from services.fetch.websub.subscription import Subscription, dead, holds

GRACE = timedelta(minutes=10)
"""How long after an item can be read its push may take."""
DEAD_AFTER = 3
"""Findings of items that were never pushed."""
SHORTEST_BACKUP = timedelta(hours=1)
LONGEST_BACKUP = timedelta(hours=6)
"""However seldom the feed would be polled otherwise: a dead hub is to be noticed."""
SOONEST = timedelta(minutes=1)
SECOND_LOOK = timedelta(minutes=2)
"""After a push that the site has nothing to show for yet: caches lag behind hubs. Then after 4, 8 and 16 minutes."""
LOOK_AGAIN_FOR = timedelta(minutes=15)


def pushed(subscription: Subscription, now: datetime) -> Subscription:
    """A push that is ours came in."""
    return replace(subscription, last_push=now, unpushed_since=None)


def judged(
    subscription: Subscription, last_success: datetime | None, new_items: bool, now: datetime
) -> tuple[Subscription, bool]:
    """After a poll that went well, and whether it showed that a push was missed. `last_success` is the poll before it.

    Items that a poll finds are held against the hub only where it held the lease since before the previous poll: what was
    published earlier it had no reason to push. Nor does a push soon before that poll leave them unexplained.
    """
    if not holds(subscription, now):
        return subscription, False
    unpushed = subscription.unpushed_since
    missed = unpushed is not None and now - unpushed >= GRACE
    if missed:
        subscription = replace(subscription, missed=subscription.missed + 1, unpushed_since=None)
        if subscription.missed >= DEAD_AFTER:
            return dead(subscription, f"{subscription.missed} times items came that it had not pushed", now), True
    if not new_items or last_success is None:
        return subscription, missed
    push, active_since = subscription.last_push, subscription.active_since
    if push is not None and push > last_success:
        return replace(subscription, missed=max(0, subscription.missed - 1)), missed
    explained = push is not None and push >= last_success - GRACE
    if not explained and active_since is not None and active_since <= last_success:
        subscription = replace(subscription, unpushed_since=subscription.unpushed_since or now)
    return subscription, missed


def trusted(subscription: Subscription, now: datetime) -> bool:
    """Whether polls may be rare: the hub has promised to push, and nothing that it has not told of was found lately."""
    return holds(subscription, now) and subscription.missed == 0 and subscription.unpushed_since is None


def next_wait(subscription: Subscription, wait: timedelta, brought: bool, now: datetime) -> timedelta:
    """Time to the next poll after one that went well, in the place of `wait`; `brought` tells whether it brought items."""
    if trusted(subscription, now):
        wait = max(_backup_wait(subscription, wait, now), SOONEST)
    since_push = now - subscription.last_push if subscription.last_push is not None else LOOK_AGAIN_FOR
    if not brought and since_push < LOOK_AGAIN_FOR:
        wait = min(wait, max(SECOND_LOOK, since_push))
    return wait


def _backup_wait(subscription: Subscription, wait: timedelta, now: datetime) -> timedelta:
    """No later than the renewal, which is asked after a poll."""
    backup = min(max(wait, SHORTEST_BACKUP), LONGEST_BACKUP)
    return backup if subscription.asked_at is not None else min(backup, subscription.ask_at - now)
