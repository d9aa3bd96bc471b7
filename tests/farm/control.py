"""The control paths under /_farm/ on 127.0.0.1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from farm import ledger, listing
from farm.model import Reply, Request

if TYPE_CHECKING:
    from farm.server import Farm

JSON = [("Content-Type", "application/json")]


def control(farm: Farm, request: Request) -> Reply:
    """Answer a control request (advance is the server's own); 404 lists the paths."""
    name = request.path.removeprefix("/_farm/")
    if name == "ledger":
        return Reply(headers=[("Content-Type", "application/x-ndjson")], body=ledger.jsonl(farm.feeds))
    if name == "requests":
        return Reply(headers=JSON, body=json.dumps(requests(farm)).encode())
    if name == "hosts":
        table = {h.address: {"open": h.open, "peak": h.peak, "total": h.total} for h in farm.hosts.values()}
        return Reply(headers=JSON, body=json.dumps(table).encode())
    if name == "manifest":
        return Reply(headers=JSON, body=json.dumps(listing.manifest(farm.feeds)).encode())
    if name == "opml":
        return Reply(headers=[("Content-Type", "text/x-opml")], body=listing.opml(farm.feeds).encode())
    if name == "errors":
        return Reply(headers=JSON, body=json.dumps(farm.errors).encode())
    return Reply(404, body=b"GET ledger requests hosts manifest opml errors, POST advance\n")


def requests(farm: Farm) -> dict[str, object]:
    """Per feed URL: counts and monotonic times (seconds) of requests and of full responses; pages, robots, other."""
    return {
        f.url: {
            "kind": f.kind.name,
            "round": f.round,
            "requests": len(f.log.times),
            "full": len(f.log.full_times),
            "times": f.log.times,
            "full_times": f.log.full_times,
            "statuses": f.log.statuses,
            "pages": f.log.pages,
            "robots": f.log.robots,
            "other": f.log.other,
        }
        for f in farm.feeds
    }
