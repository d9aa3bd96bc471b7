"""That no two workers of a stage share a NEWSLOOM_WORKER_INSTANCE: Kafka takes them for one, and each drives the other out."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from shared.errors import Locked, NotAvailable
from shared.settings import Settings

log = structlog.get_logger()

TIMES, WITHIN_S = 3, 60.0
"""A worker that was paused is driven out once; one with a double again and again."""
_COORDINATOR = "aiokafka.consumer.group_coordinator"


@contextmanager
def only_instance(config: Settings, stage: str) -> Iterator[None]:
    """Raises `NotAvailable` where another worker with that data folder has the name; one elsewhere is noticed later, and logged."""
    from shared.adapters.sqlite.store import take_lock

    if not config.worker_instance:
        yield
        return
    watch = _Watch(stage, config.worker_instance)
    name = f"{config.prefix}{stage}.{watch.file_name}.instance.lock"
    try:
        lock = take_lock(config.data_dir / "kafka", name)
    except Locked:
        raise NotAvailable(
            f"another {stage} runs with NEWSLOOM_WORKER_INSTANCE={config.worker_instance}: give each replica a name of its own"
        ) from None
    logger = logging.getLogger(_COORDINATOR)
    logger.addFilter(watch)
    try:
        yield
    finally:
        logger.removeFilter(watch)
        lock.close()


class _Watch(logging.Filter):
    """aiokafka says in its log only that it was driven out of the group."""

    def __init__(self, stage: str, instance: str) -> None:
        super().__init__()
        self._stage = stage
        self._instance = instance
        self._times: deque[float] = deque(maxlen=TIMES)

    @property
    def file_name(self) -> str:
        return "".join(char if char.isalnum() or char in "._-" else "_" for char in self._instance)

    def filter(self, record: logging.LogRecord) -> bool:
        if "member_id was not recognized" in record.getMessage():
            self._times.append(time.monotonic())
            if len(self._times) == TIMES and self._times[-1] - self._times[0] < WITHIN_S:
                self._times.clear()
                log.error(
                    "driven out of the group again and again: give each replica a NEWSLOOM_WORKER_INSTANCE of its own",
                    stage=self._stage,
                    instance=self._instance,
                )
        return True
