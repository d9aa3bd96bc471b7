"""The command line."""

from __future__ import annotations

import argparse
import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path

from farm.listing import kinds_table
from farm.registry import load, resolve
from farm.server import Farm


def instant(text: str) -> datetime:
    """An ISO date (UTC unless it says otherwise), or seconds since 1970."""
    if text.replace(".", "").isdigit():
        return datetime.fromtimestamp(int(float(text)), UTC)
    date = datetime.fromisoformat(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def parser() -> argparse.ArgumentParser:
    """All options."""
    top = argparse.ArgumentParser(prog="farm", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("kinds", help="the table of kinds")
    serve = commands.add_parser("serve", help="serve feeds until SIGTERM, then write the ledger")
    serve.add_argument(
        "--feeds",
        type=int,
        default=None,
        help="how many, faulty ones included (default 100; with --kinds: only the feeds of those kinds)",
    )
    serve.add_argument("--faulty", type=float, default=0.05, help="share of faulty ones")
    serve.add_argument("--seed", type=int, default=1)
    serve.add_argument("--out", type=Path, required=True)
    serve.add_argument("--items", type=int, default=5, help="per feed in round 1")
    serve.add_argument("--hosts", type=int, default=1000, help="addresses over which healthy feeds are spread")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--kinds", default="", help='names, themes or "faults", with commas: only these kinds of faults')
    serve.add_argument("--per-kind", type=int, default=1)
    serve.add_argument(
        "--rounds", type=int, default=0, help="each feed moves on by itself after each full response, up to this round"
    )
    serve.add_argument("--epoch", type=instant, default=None, help="no sane date is later (default now)")
    return top


async def serve(args: argparse.Namespace) -> None:
    """Until SIGTERM or SIGINT."""
    kinds = tuple(filter(None, args.kinds.split(",")))
    feeds = args.feeds if args.feeds is not None else 0 if kinds else 100
    dated = {} if args.epoch is None else {"epoch": args.epoch}
    farm = Farm(
        args.out,
        feeds=feeds,
        faulty=args.faulty,
        seed=args.seed,
        items=args.items,
        hosts=args.hosts,
        port=args.port,
        kinds=kinds,
        per_kind=args.per_kind,
        rounds=args.rounds,
        **dated,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with farm:
        print(f"ready {farm.port}", flush=True)
        await stop.wait()
    farm.write_ledger()


def main(argv: list[str] | None = None) -> int:
    """Exit status 0; 2 for wrong arguments."""
    top = parser()
    args = top.parse_args(argv)
    if args.command == "kinds":
        print(kinds_table(list(load().values())), end="")
    else:
        try:
            resolve(filter(None, args.kinds.split(",")))
        except ValueError as error:
            top.error(str(error))
        asyncio.run(serve(args))
    return 0
