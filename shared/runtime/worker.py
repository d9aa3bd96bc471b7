"""A worker's process: checks that all it needs is there, then runs the Faust app of one service."""

from __future__ import annotations

import asyncio
import logging
import sys

from shared.adapters.kafka.connection import admin
from shared.adapters.kafka.topics import check_topics
from shared.errors import NewsloomError
from shared.pipeline import BY_STAGE, FEED, LEDGER, REMEMBERING, dead_letter_topic, state_topic
from shared.settings import Settings

QUIET = ("faust", "mode", "aiokafka", "asyncio", "elastic_transport", "elasticsearch")


def topics_of(stage: str) -> list[str]:
    """Everything that the service reads and writes."""
    node = BY_STAGE.get(stage)
    names = [*node.reads, *([node.writes] if node.writes else [])] if node else [FEED, "news.entry.v1"]
    names += [LEDGER, dead_letter_topic(stage)]
    return names + ([state_topic(stage)] if stage in REMEMBERING else [])


def check_servers(config: Settings, stage: str) -> None:
    """Raises `NotAvailable` with one line about what is missing or does not fit."""

    async def kafka() -> None:
        async with admin(config):
            pass
        await check_topics(config, topics_of(stage))

    asyncio.run(kafka())
    if stage == "index":
        from shared.adapters.elasticsearch.client import sync_client
        from shared.adapters.elasticsearch.install import check_installed

        check_installed(sync_client(config), config)


def run(stage: str, config: Settings) -> None:
    """Until it is told to end by SIGTERM or SIGINT. Raises whatever else ends it; a `NewsloomError` is for a person to mend."""
    import faust

    from shared.bootstrap import kafka_service

    check_servers(config, stage)
    app = kafka_service(stage, config)
    least = max(logging.WARNING, getattr(logging, config.log_level.upper()))
    for name in QUIET:
        logging.getLogger(name).setLevel(least)
    worker = faust.Worker(app, loglevel=least, quiet=True, redirect_stdouts=False, override_logging=False, logfile=None)
    worker.execute_from_commandline()


def main() -> int:
    """`python -m shared.runtime.worker STAGE`, as the supervisor starts it."""
    from shared.logs import configure
    from shared.settings import settings

    config = settings()
    configure(config.log_level, config.log_format)
    try:
        run(sys.argv[1], config)
    except NewsloomError as error:
        print(f"newsloom: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
