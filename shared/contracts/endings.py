"""How an entry ended, and what is kept of a message that could not be worked on."""

from __future__ import annotations

from typing import Literal

from shared.contracts.base import Contract, Utc

Ending = Literal["under-way", "indexed", "revision", "same", "dropped", "dead-letter"]


class LedgerEntry(Contract):
    """`news.ledger.v1`, keyed by entry id: the one place where an entry's end is written."""

    entry_id: str
    ending: Ending
    stage: str
    code: str | None = None
    detail: str = ""
    article_id: str | None = None
    at: Utc


class DeadLetter(Contract):
    """`news.dlq.<stage>`: the message as it came (bytes, key, headers) and why it went no further."""

    id: str
    stage: str
    code: str
    error: str
    attempts: int
    topic: str
    partition: int
    offset: int
    key: str
    headers: dict[str, str]
    value: bytes
    entry_id: str | None
    at: Utc
