"""What intake, workers and `forget` write, as messages: entries, endings and dead letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.contracts import DeadLetter, Entry, LedgerEntry
from shared.contracts.endings import FORGOTTEN, OPENING
from shared.pipeline import BY_STAGE, ENTRY, LEDGER, dead_letter_topic
from shared.policy import Result, Send
from shared.wire import dead_letter_headers, headers_for


def entry_message(entry: Entry, now: datetime) -> Send:
    return Send(ENTRY, entry.id, headers_for(ENTRY, entry.id, entry, "fetch", {}, now), entry.to_bytes())


def ledger_message(ending: LedgerEntry, at: datetime | None = None) -> Send:
    """Under its entry's id: the newest is how the entry stands."""
    headers = headers_for(LEDGER, ending.entry_id, ending, ending.stage, {}, at or ending.at)
    return Send(LEDGER, ending.entry_id, headers, ending.to_bytes())


def opening_message(opening: LedgerEntry) -> Send:
    """That an entry was read: a record of its own, which no ending takes the place of."""
    headers = headers_for(LEDGER, opening.entry_id, opening, opening.stage, {}, opening.at)
    return Send(LEDGER, opening.entry_id + OPENING, headers, opening.to_bytes())


def opening_of(entry: Entry, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        entry_id=entry.id,
        ending="under-way",
        stage="fetch",
        at=now,
        url=entry.url,
        title=entry.title[:200],
        read_at=entry.read_at,
    )


def anonymous_opening(ending: LedgerEntry, read_at: datetime) -> LedgerEntry:
    """That an entry was read, without its URL and title: in the place of what says both."""
    return LedgerEntry(entry_id=ending.entry_id, ending="under-way", stage="fetch", at=ending.at, read_at=read_at)


def messages_of(result: Result) -> list[Send]:
    """The dead letter and the ledger's entries; the dead letter first, the ledger must not promise what is not kept."""
    sends = []
    if (letter := result.dead_letter) is not None:
        headers = dead_letter_headers(letter)
        sends.append(Send(dead_letter_topic(letter.stage), letter.key, headers, letter.value))
    for ending in result.endings:
        sends.append(ledger_message(ending))
        if ending.code == FORGOTTEN:
            sends.append(opening_message(anonymous_opening(ending, ending.at)))
    return sends


def ended_unreadable(letter: DeadLetter) -> LedgerEntry:
    """How the entry of something ends that could not be read."""
    return LedgerEntry(
        entry_id=letter.entry_id or letter.id,
        ending="dead-letter",
        stage=letter.stage,
        code=letter.code,
        detail=letter.error[:300],
        at=letter.at,
    )


def replayable(letters: Sequence[DeadLetter]) -> list[DeadLetter]:
    """Those that were messages: what `fetch` could not read has no topic to go back to."""
    return [letter for letter in letters if letter.topic]


def message_again(letter: DeadLetter) -> Send:
    """As it was."""
    return Send(letter.topic, letter.key, letter.headers, letter.value)


def under_way_again(letters: Sequence[DeadLetter]) -> Iterator[LedgerEntry]:
    """Of the replayed ones' entries; `alert` ends none, so theirs have ended elsewhere and stay so."""
    for letter in letters:
        if letter.entry_id and BY_STAGE[letter.stage].ends_entries:
            yield LedgerEntry(entry_id=letter.entry_id, ending="under-way", stage=letter.stage, at=letter.at)
