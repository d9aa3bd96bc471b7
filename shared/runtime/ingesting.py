"""Files through the pipeline: read a little, work a little, so memory stays bounded whatever the size of the archive."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.fetch.documents import Format, PassedOver, Unreadable, read_documents
from shared.contracts import DeadLetter, Entry, content_id
from shared.dead_letters import never_a_message
from shared.errors import Misuse, NotAvailable
from shared.runtime.feeding import Feeding
from shared.stage import Unavailable

TOGETHER = 500
"""Documents per transaction …"""
CHARACTERS_TOGETHER = 8_000_000
"""… or fewer, when they are long."""


@dataclass(slots=True)
class Ingested:
    read: int = 0
    new: int = 0
    known: int = 0
    unreadable: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    """Records of web archives that are no documents, by their kind in the singular."""


def ingest_files(session: Feeding, paths: Iterable[str], kind: Format) -> Ingested:
    """Reads the files in their order and works until everything has ended.

    Raises `NotAvailable` when the disk is full or somebody else keeps the file locked: nothing is lost, the same command goes
    on from there. `Misuse` for a file that cannot be read.
    """
    result = Ingested()
    try:
        _work(session, paths, kind, result)
    except Unavailable as error:
        raise NotAvailable(f"{error}; nothing is lost: mend it and give the same command again") from error
    return result


def _work(session: Feeding, paths: Iterable[str], kind: Format, result: Ingested) -> None:
    now = session.clock.now()
    for batch in _batches(_documents(paths, kind, now, result.passed_over)):
        entries = [document for document in batch if isinstance(document, Entry)]
        unreadable = [_dead_letter(document, now) for document in batch if isinstance(document, Unreadable)]
        new = session.intake.take(entries, now, unreadable=unreadable)
        result.read += len(batch)
        result.new += new
        result.known += len(entries) - new
        result.unreadable += len(unreadable)
        session.work()
    session.work()


def _batches(documents: Iterable[Entry | Unreadable]) -> Iterator[list[Entry | Unreadable]]:
    batch: list[Entry | Unreadable] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += _length(document)
        if len(batch) == TOGETHER or characters >= CHARACTERS_TOGETHER:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _length(document: Entry | Unreadable) -> int:
    if isinstance(document, Unreadable):
        return len(document.raw)
    return sum(len(part) for part in (document.title, document.text, document.html, document.page) if part)


def _documents(
    paths: Iterable[str], kind: Format, now: datetime, passed_over: Counter[str]
) -> Iterator[Entry | Unreadable]:
    for path in paths:
        for document in _of_file(path, kind, now):
            if isinstance(document, PassedOver):
                passed_over[document.kind] += 1
            else:
                yield document


def _of_file(path: str, kind: Format, now: datetime) -> Iterator[Entry | Unreadable | PassedOver]:
    if path == "-":
        yield from read_documents(sys.stdin.buffer, "standard input", kind, now)
        return
    try:
        with Path(path).open("rb") as stream:
            yield from read_documents(stream, path, kind, now)
    except OSError as error:
        raise Misuse(f"{path} cannot be read: {error.strerror}") from error


def _dead_letter(document: Unreadable, now: datetime) -> DeadLetter:
    """Kept under the id of its bytes, so that the same broken line read twice is one dead letter."""
    id_ = content_id("unreadable-document", document.entry_id)
    return never_a_message(id_, document.code, document.message, document.where, document.raw, now, document.entry_id)
