"""The outbox on Kafka: tasks of the worker of `alert`, beside the stage. A standby is in the channels' groups, and tells nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import faust
import structlog

from services.alert.channels import Channel
from shared.adapters.kafka.alert_log import KafkaAlertLog, KafkaBoardSource
from shared.channel_builders import display_of, notifier_of
from shared.contracts import DeadLetter
from shared.pipeline import dead_letter_topic
from shared.policy import Send
from shared.ports import Clock
from shared.runtime.outbox import Telling
from shared.runtime.showing import Showing
from shared.runtime.stage_worker import Sender
from shared.settings import Settings
from shared.wire import dead_letter_headers

log = structlog.get_logger()

IDLE_S = 0.5
LOOK_EVERY_S = 0.5
END_S = 5.0
"""For requests under way when the worker is to end."""


def add_outbox(app: faust.App, config: Settings, channels: Sequence[Channel], sender: Sender, clock: Clock) -> None:
    """A channel that waits is no trouble of the stage's: the worker stays ready, and metrics tell of it."""

    async def bury(letter: DeadLetter) -> None:
        send = Send(dead_letter_topic(letter.stage), letter.key, dead_letter_headers(letter), letter.value)
        await (await sender.send(send))

    @app.task  # type: ignore[untyped-decorator]
    async def outbox() -> None:
        stop = asyncio.Event()
        loops = [_loop(channel, config, bury, clock, stop) for channel in channels]
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(each.run(IDLE_S)) for each in loops]
        try:
            while not app.should_stop:
                await asyncio.wait(tasks, timeout=LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
                for done in (task for task in tasks if task.done()):
                    done.result()
            stop.set()
            await asyncio.wait(tasks, timeout=END_S)
        except Exception as error:
            log.error("the outbox ends", reason=str(error))
            await app.crash(error)
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _loop(channel: Channel, config: Settings, bury: Any, clock: Clock, stop: asyncio.Event) -> Telling | Showing:
    if channel.is_told:
        return Telling(channel, KafkaAlertLog(config, channel.name, bury), notifier_of(channel, config), clock, stop)
    return Showing(channel, KafkaBoardSource(config, channel.name), display_of(channel, config), clock, stop)
