"""Alertmanager, which forgets what nobody renews: so that it shows how alerts stand, they are posted whole, again and again.

An alert that is over is posted as such for a while, and then no more. Should Alertmanager be down for all that time, or this process,
the alert ends there by itself: its `endsAt` was never far ahead.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.alert.channels import Channel
from services.alert.told.alertmanager_alerts import Shown, postable_alerts
from services.alert.told.links import Links
from services.alert.told.standing import is_muted, is_over
from shared.adapters.notify.posting import TOTAL_S, Posting
from shared.clock import SystemClock
from shared.contracts import Alert
from shared.errors import Misuse
from shared.ports import Clock, Declined, NotNow

PATH = "/api/v2/alerts"
HOLD_INTERVALS = 5
"""An alert lives on for so many intervals without being renewed: a restart of ours must not end and begin it."""
TOGETHER = 100
"""Alerts in one request."""


class Alertmanager:
    """Implements `Display`."""

    def __init__(
        self, channel: Channel, links: Links, interval_s: float, *, total_s: float = TOTAL_S, clock: Clock | None = None
    ) -> None:
        """`clock`: Alertmanager's time, which is the wall's whatever time an archive has."""
        self.renew_every_s: float | None = interval_s
        self._channel = channel
        self._url = channel.url.rstrip("/").removesuffix(PATH) + PATH
        self._links = links
        self._hold = timedelta(seconds=HOLD_INTERVALS * interval_s)
        self._clock = clock or SystemClock()
        self._posting = Posting(channel, total_s=total_s)
        self._firing: dict[str, Alert] = {}
        self._over: dict[str, tuple[Alert, datetime, float]] = {}
        """By id, the alert, when it ended here, and until when it is told, by the clock that never goes back."""

    async def show(self, alerts: Sequence[Alert], now: datetime) -> None:
        firing = {alert.id: alert for alert in alerts if not is_over(alert) and not is_muted(alert, now)}
        self._note_ends(firing, {alert.id: alert for alert in alerts})
        wall = self._clock.now()
        over = [(alert, ended) for alert, ended, _ in self._over.values()]
        posts = postable_alerts(Shown(tuple(firing.values()), ()), self._links, wall, self._hold)
        for alert, ended in over:
            # The same end every time: the moment when it ended, not when it was last told.
            posts += postable_alerts(Shown((), (alert,)), self._links, min(ended, wall), self._hold)
        headers = {"Content-Type": "application/json"} | self._authorization()
        declined: Declined | None = None
        for start in range(0, len(posts), TOGETHER):
            body = json.dumps(posts[start : start + TOGETHER], ensure_ascii=False).encode("utf-8", "replace")
            try:
                await self._posting.post(self._url, body, headers)
            except Declined as error:
                # It takes what is right of a message and refuses the rest; the other messages may be right.
                declined = error
        if declined is not None:
            raise declined

    async def close(self) -> None:
        await self._posting.close()

    def _authorization(self) -> dict[str, str]:
        """Read for each message: a secret may be replaced while we run."""
        try:
            token = self._channel.token()
        except Misuse as error:
            raise NotNow(str(error)) from error
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _note_ends(self, firing: dict[str, Alert], known: dict[str, Alert]) -> None:
        """What this process has shown and does not show any more. What an earlier one has shown ends by itself."""
        moment = self._clock.monotonic()
        for id_ in self._firing.keys() - firing.keys():
            until = moment + 2 * self._hold.total_seconds()
            self._over[id_] = (known.get(id_, self._firing[id_]), self._clock.now(), until)
        self._over = {id_: each for id_, each in self._over.items() if id_ not in firing and each[2] > moment}
        self._firing = firing
