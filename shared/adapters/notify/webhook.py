"""A webhook, signed by the Standard Webhooks specification where the channel has a secret."""

from __future__ import annotations

import time
from collections.abc import Callable

from services.alert.channels import Channel
from services.alert.told.links import Links
from services.alert.told.standard_webhooks import signed_headers
from services.alert.told.webhook_body import message_id, webhook_body
from shared.adapters.notify.posting import TOTAL_S, Posting
from shared.contracts import Alert
from shared.errors import Misuse
from shared.ports import NotNow


class Webhook:
    """Implements `Notifier`."""

    def __init__(
        self, channel: Channel, links: Links, *, total_s: float = TOTAL_S, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` gives the receiver's time, seconds since 1970: that of an archive would make every message look old."""
        self._channel = channel
        self._links = links
        self._posting = Posting(channel, total_s=total_s)
        self._clock = clock

    async def tell(self, alert: Alert) -> None:
        body = webhook_body(alert, self._links, self._channel.name)
        try:
            # Read for each message: a secret may be replaced while we run.
            keys = self._channel.keys()
        except Misuse as error:
            raise NotNow(str(error)) from error
        headers = signed_headers(keys, message_id(alert), int(self._clock()), body)
        await self._posting.post(self._channel.url, body, {"Content-Type": "application/json", **headers})

    async def close(self) -> None:
        await self._posting.close()
