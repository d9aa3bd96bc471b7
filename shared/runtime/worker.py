"""A worker's process: checks that all it needs is there, then runs the Faust app of one service."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys

from aiokafka.errors import KafkaError

from shared.adapters.kafka.alert_log import begin_channels, channel_group
from shared.adapters.kafka.connection import admin
from shared.adapters.kafka.failures import explain
from shared.adapters.kafka.groups import check_group_rights
from shared.adapters.kafka.rights import Right, check_topic_rights
from shared.adapters.kafka.topics import check_topics, group_name, wire_name
from shared.bootstrap import kafka_service
from shared.channel_builders import channels_of
from shared.errors import Misuse, NewsloomError, NotAvailable
from shared.garbage import collect_rarely
from shared.pipeline import ALERT, BY_STAGE, ENTRY, FEED, LEDGER, REMEMBERING, STAGES, dead_letter_topic, state_topic
from shared.runtime.instance import only_instance
from shared.runtime.ports import port_of
from shared.settings import Settings

QUIET = ("faust", "mode", "aiokafka", "asyncio", "elastic_transport", "elasticsearch")


def is_no_line_of_ours(record: logging.LogRecord) -> bool:
    """What ends the worker and can be mended is told in one line at the end, without the traceback that Faust logs."""
    error = record.exc_info[1] if record.exc_info else None
    return (
        not isinstance(error, (NewsloomError, KafkaError)) and "Reraising original exception" not in record.getMessage()
    )


def needs_of(stage: str) -> dict[str, tuple[Right, ...]]:
    """What the service does with which topics."""
    node = BY_STAGE.get(stage)
    # Of entries fetch asks only how many wait, besides writing them.
    needs = dict.fromkeys(node.reads if node else (FEED,), (Right.READ,))
    writes = (node.writes,) if node else (ENTRY,)
    needs |= {topic: (Right.WRITE,) for topic in (*writes, LEDGER, dead_letter_topic(stage)) if topic}
    return needs | ({state_topic(stage): (Right.READ, Right.WRITE)} if stage in REMEMBERING else {})


def check_servers(config: Settings, stage: str) -> None:
    """Raises `NotAvailable` with one line about what is missing, does not fit or is not allowed."""
    needs = needs_of(stage)
    channels = channels_of(config) if stage == "alert" else ()
    if channels:
        needs |= {ALERT: (Right.READ, Right.WRITE)}

    async def kafka() -> None:
        await check_topics(config, list(needs))
        async with admin(config) as client:
            await check_topic_rights(client, {wire_name(config, topic): rights for topic, rights in needs.items()})
            await check_group_rights(client, group_name(config, stage))
            for channel in channels:
                await check_group_rights(client, channel_group(config, channel.name))
        # Before the stage works: what it finds from now on is told.
        await begin_channels(config, [channel.name for channel in channels if channel.is_told])

    asyncio.run(kafka())
    if stage == "index":
        from shared.adapters.elasticsearch.client import sync_client
        from shared.adapters.elasticsearch.install import check_installed

        check_installed(sync_client(config), config)


def check_port(config: Settings, stage: str) -> None:
    """Raises `NotAvailable` where somebody else listens on it."""
    port = port_of(config, stage)
    try:
        with socket.create_server((config.worker_host, port), reuse_port=False):
            pass
    except OSError as error:
        raise NotAvailable(
            f"{config.worker_host}:{port} cannot be listened on ({os.strerror(error.errno or 0)}): set another "
            f"NEWSLOOM_WORKER_PORT, NEWSLOOM_WORKER_HOST or --port"
        ) from None


def run(stage: str, config: Settings) -> None:
    """Until it is told to end by SIGTERM or SIGINT. Raises whatever else ends it; a `NewsloomError` is for a person to mend."""
    import faust

    check_port(config, stage)
    check_servers(config, stage)
    # For Faust's spinner and cursor codes: a log is no terminal.
    with only_instance(config, stage), open(os.devnull, "w") as nowhere:
        app = kafka_service(stage, config)
        collect_rarely()
        least = max(logging.WARNING, getattr(logging, config.log_level.upper()))
        for name in QUIET:
            logging.getLogger(name).setLevel(least)
        for handler in logging.getLogger().handlers:
            handler.addFilter(is_no_line_of_ours)
        worker = faust.Worker(
            app,
            loglevel=least,
            quiet=True,
            stdout=nowhere,
            redirect_stdouts=False,
            override_logging=False,
            logfile=None,
        )
        try:
            worker.execute_from_commandline()
        except SystemExit:
            reason = worker.crash_reason
            if isinstance(reason, KafkaError):
                raise NotAvailable(explain(reason, config)) from reason
            if isinstance(reason, NewsloomError):
                raise reason from None
            raise


def main() -> int:
    """`python -m shared.runtime.worker STAGE`, as the supervisor starts it."""
    from shared.cli.options import load_settings
    from shared.logs import configure

    try:
        config = load_settings()
        configure(config.log_level, config.log_format)
        if sys.argv[1:2] == [] or sys.argv[1] not in STAGES:
            raise Misuse(f"give one of {', '.join(STAGES)}")
        run(sys.argv[1], config)
    except NewsloomError as error:
        print(f"newsloom: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
