"""Consumer groups as the cluster has them."""

from __future__ import annotations

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
)
from aiokafka.protocol.group import HeartbeatRequest

PATIENCE_S = 15.0
PAUSE_S = 0.2


async def coordinator_of(client: AIOKafkaAdminClient, group: str) -> int:
    """The broker that knows the group. The first group of a new cluster waits until the cluster has made its own topic for them."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return int(await client.find_coordinator(group))
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            if time.monotonic() > until:
                raise
        await asyncio.sleep(PAUSE_S)


async def check_group_rights(client: AIOKafkaAdminClient, group: str) -> None:
    """Whether one may be a member. Raises `GroupAuthorizationFailedError`."""
    try:
        coordinator = await coordinator_of(client, group)
        # Of a member that is none: nothing comes of it but the answer whether one may.
        answer = await client._send_request(HeartbeatRequest(group, -1, "nobody"), coordinator)
    except GroupAuthorizationFailedError:
        raise GroupAuthorizationFailedError(f"to READ the group {group}") from None
    if answer.error_code == GroupAuthorizationFailedError.errno:
        raise GroupAuthorizationFailedError(f"to READ the group {group}")
