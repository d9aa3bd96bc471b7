#!/usr/bin/env python3
"""`stack.py start|stop|status|env`: Kafka, Elasticsearch, Prometheus and Alertmanager in the background, without Docker."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import unprivileged
from servers import Alertmanager, Elasticsearch, Kafka, MissingServer, Prometheus, Server, ServerFailed

PORTS = {"kafka": 19092, "elasticsearch": 19200, "prometheus": 19090, "alertmanager": 19093}
"""Not the servers' usual ones: a user may have those running."""

DEPLOY = Path(__file__).resolve().parent.parent
SERVICES = tuple(f"127.0.0.1:{port}" for port in range(9101, 9108))
"""Where the seven workers show their metrics."""

DONE, NO, UNAVAILABLE = 0, 1, 3


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        stack = _stack(options)
        if options.command == "start":
            unprivileged.own_folder(options.data_dir)
            return _start(stack)
        if options.command == "stop":
            return _stop(stack, wipe=options.wipe)
        if options.command == "status":
            return _status(stack)
        print(_exports(stack))
        return DONE
    except (MissingServer, ServerFailed) as problem:
        print(problem, file=sys.stderr)
        return UNAVAILABLE


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("command", choices=["start", "stop", "status", "env"])
    default = unprivileged.temporary() / f"newsloom-stack-{os.getuid()}"
    parser.add_argument("--data-dir", type=Path, default=default, help=f"data, logs and pids (default: {default})")
    parser.add_argument("--only", type=_names, default=tuple(PORTS), help="some of them: kafka,elasticsearch")
    parser.add_argument("--wipe", action="store_true", help="with stop: remove the data too")
    for name, port in PORTS.items():
        parser.add_argument(f"--{name}-port", type=int, help=f"default: {port}, or the one it had in this folder")
    return parser.parse_args(arguments)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = set(names) - set(PORTS)
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(PORTS)}")
    return names


def _stack(options: argparse.Namespace) -> list[Server]:
    folder = options.data_dir.absolute()

    def port(name: str) -> int:
        given: int | None = getattr(options, f"{name}_port")
        # 0 leaves it to the server's folder, which knows the port of the last start.
        return given or (0 if (folder / name / "ports.json").exists() else PORTS[name])

    alertmanager = Alertmanager(folder / "alertmanager", port("alertmanager"))
    alertmanager.config = _existing("alertmanager/alertmanager.local.yml")
    prometheus = Prometheus(
        folder / "prometheus",
        port("prometheus"),
        targets={"newsloom": SERVICES},
        rules=sorted((DEPLOY / "prometheus" / "rules").glob("*.rules.yml")),
        alertmanager=alertmanager.address,
        config=_existing("prometheus/prometheus.local.yml"),
    )
    usual = f"127.0.0.1:{PORTS['alertmanager']}"
    if alertmanager.address != usual:  # the file names the usual one, and its rules relative to itself
        prometheus.changed = {usual: alertmanager.address, "- rules/": f"- {DEPLOY}/prometheus/rules/"}
    found: list[Server] = [
        Kafka(folder / "kafka", port("kafka")),
        Elasticsearch(folder / "elasticsearch", port("elasticsearch")),
        prometheus,
        alertmanager,
    ]
    return [server for server in found if server.name in options.only]


def _existing(name: str) -> Path | None:
    path = DEPLOY / name
    return path if path.exists() else None


def _start(stack: list[Server]) -> int:
    """All at once; the ones that come up stay up, even when another does not."""

    def start(server: Server) -> tuple[str, bool]:
        before, ran = time.monotonic(), server.running
        try:
            server.start()
        except (MissingServer, ServerFailed) as problem:
            return f"{server.name}: {problem}", False
        how = "runs already" if ran else f"started in {time.monotonic() - before:.1f} s"
        return f"{server.name}: {how}, listens on {server.address}, log {server.log}", True

    with ThreadPoolExecutor(len(stack)) as threads:
        results = list(threads.map(start, stack))
    for line, good in results:
        print(line, file=sys.stdout if good else sys.stderr)
    if not all(good for _, good in results):
        return UNAVAILABLE
    print(_exports(stack))
    return DONE


def _stop(stack: list[Server], *, wipe: bool) -> int:
    with ThreadPoolExecutor(len(stack)) as threads:
        stopped = list(threads.map(lambda server: server.stop(), stack))
    for server, ran in zip(stack, stopped, strict=True):
        print(f"{server.name}: {'stopped' if ran else 'did not run'}")
        if wipe:
            server.wipe()
    return DONE


def _status(stack: list[Server]) -> int:
    good = True
    for server in stack:
        up = server.running and server.answers()
        good &= up
        state = f"up, pid {server.pid}" if up else "runs and does not answer" if server.running else "down"
        print(f"{server.name}: {state}, {server.address}, log {server.log}")
    return DONE if good else NO


def _exports(stack: list[Server]) -> str:
    """For `eval "$(stack.py env)"`."""
    lines = ["export NEWSLOOM_RUNTIME=kafka"]
    for server in stack:
        if isinstance(server, Kafka):
            lines.append(f"export NEWSLOOM_KAFKA_BOOTSTRAP={server.bootstrap}")
        if isinstance(server, Elasticsearch):
            lines.append(f"export NEWSLOOM_ELASTICSEARCH_URL={server.url}")
        if isinstance(server, Alertmanager):
            lines.append(f"export NEWSLOOM_ALERTMANAGER_URL={server.url}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
