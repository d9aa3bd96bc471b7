"""Commands for a cluster: setup, worker."""

from __future__ import annotations

from typing import Annotated

import typer

from shared.cli.options import load_settings


def setup(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> None:
    """Topics, index templates and Kibana objects on a real cluster. Doing it again changes nothing."""
    from shared.set_up import set_up

    report = set_up(load_settings(), dry_run=dry_run)
    for line in report.done:
        print(f"{'would be' if dry_run else 'done'}: {line}")
    for line in report.left_out:
        print(f"left out: {line}")
    for line in report.warnings:
        print(f"warning: {line}")
    if not report.done:
        print("everything is as it should be")


def worker(
    stage: Annotated[str, typer.Argument(help="fetch, normalise, deduplicate, enrich, cluster, index or alert.")],
    supervise: Annotated[
        bool, typer.Option(help="Restart it when it ends or is stuck; in containers something else does that.")
    ] = True,
    port: Annotated[
        int | None, typer.Option(help="Of /livez, /readyz and /metrics; default: NEWSLOOM_WORKER_PORT.", max=65_535)
    ] = None,
) -> None:
    """One service on Kafka."""
    import os

    from shared.errors import Misuse
    from shared.logs import configure
    from shared.pipeline import STAGES

    if stage not in STAGES:
        raise Misuse(f"{stage}: give one of {', '.join(STAGES)}")
    config = load_settings()
    configure(config.log_level, config.log_format)
    if port is not None:
        os.environ["NEWSLOOM_WORKER_PORT"] = str(port)
        config = config.model_copy(update={"worker_port": port})
    if not supervise:
        from shared.runtime.worker import run

        run(stage, config)
        return
    from shared.runtime.supervisor import supervise as look_after
    from shared.runtime.worker import check_port, check_servers

    # What is missing at the start is said at once; what goes missing later is waited for.
    check_port(config, stage)
    check_servers(config, stage)
    from shared.runtime.ports import port_of

    raise typer.Exit(look_after(stage, config.worker_host, port_of(config, stage), config.stuck_seconds))
