"""Headers of a message: CloudEvents 1.0 in binary mode, and W3C trace context."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.contracts import Contract, DeadLetter, content_id, rfc3339


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


def dead_letter_headers(letter: DeadLetter) -> dict[str, str]:
    """The message's own headers and why it went no further; its bytes and key travel as they came."""
    return {
        **letter.headers,
        "dlq_id": letter.id,
        "dlq_stage": letter.stage,
        "dlq_code": letter.code,
        "dlq_error": letter.error,
        "dlq_attempts": str(letter.attempts),
        "dlq_topic": letter.topic,
        "dlq_partition": str(letter.partition),
        "dlq_offset": str(letter.offset),
        "dlq_entry_id": letter.entry_id or "",
        "dlq_at": rfc3339(letter.at),
    }


def dead_letter_of(key: str, headers: Mapping[str, str], value: bytes) -> DeadLetter:
    """The dead letter that a message of `news.dlq.<stage>` is. Raises `KeyError` or `ValueError` for one that is none."""
    return DeadLetter(
        id=headers["dlq_id"],
        stage=headers["dlq_stage"],
        code=headers["dlq_code"],
        error=headers["dlq_error"],
        attempts=int(headers["dlq_attempts"]),
        topic=headers["dlq_topic"],
        partition=int(headers["dlq_partition"]),
        offset=int(headers["dlq_offset"]),
        key=key,
        headers={name: value for name, value in headers.items() if not name.startswith("dlq_")},
        value=value,
        entry_id=headers["dlq_entry_id"] or None,
        at=datetime.fromisoformat(headers["dlq_at"]),
    )
