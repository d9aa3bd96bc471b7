"""How an entry ended, and what is kept of a message that could not be worked on."""

from __future__ import annotations

from typing import Literal

from shared.contracts.base import Contract, Utc

Ending = Literal["under-way", "indexed", "revision", "same", "dropped", "dead-letter"]

FORGOTTEN = "forgotten"
"""The code of entries that were taken out by `newsloom forget`, and of those that would bring the same article back."""

OPENING = "/read"
"""After an entry's id: the key under which the ledger has that it was read."""


class LedgerEntry(Contract):
    """`news.ledger.v1`: the one place where an entry's end is written, under the entry's id.

    What was read is noted there, too, under `<entry id>/read`: with a URL, a title and a time of reading, and no ending yet.
    """

    entry_id: str
    ending: Ending
    stage: str
    code: str | None = None
    detail: str = ""
    article_id: str | None = None
    at: Utc
    url: str | None = None
    title: str = ""
    read_at: Utc | None = None

    @property
    def is_opening(self) -> bool:
        """Says that the entry was read, and nothing of how it ended."""
        return self.read_at is not None


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
