"""Headers of a message: CloudEvents 1.0 in binary mode, and W3C trace context."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.contracts import Contract, content_id, rfc3339


def trace_for(entry_id: str) -> str:
    """A `traceparent` for an entry: made from its id, so that a replay continues the same trace."""
    return f"00-{content_id('trace', entry_id):0<32}-{content_id('span', entry_id)[:16]}-01"


def headers_for(
    topic: str, key: str, message: Contract, stage: str, incoming: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """`ce_id` is the entry's id wherever the message is about one: it leads the ledger to the entry even if the message is
    unreadable. An alert is about many entries and has its own id."""
    ident = getattr(message, "entry_id", None) or key
    return {
        "ce_specversion": "1.0",
        "ce_id": str(ident),
        "ce_type": topic,
        "ce_source": f"/newsloom/{stage}",
        "ce_time": rfc3339(now),
        "content-type": "application/json",
        "traceparent": incoming.get("traceparent") or trace_for(str(ident)),
    }
