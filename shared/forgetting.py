"""What `newsloom forget` means by an article, and what becomes of everything that was recorded of it. Pure, but for reading."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from services.alert.forgetting import shows, without_evidence
from services.alert.verdict import AlertVerdict
from services.deduplicate.verdict import CopyVerdict
from shared.contracts import Alert, DeadLetter, LedgerEntry, article_id
from shared.contracts.endings import FORGOTTEN
from shared.pipeline import ALERT
from shared.ports import LedgerBook, Reading
from shared.urls.canonical_url import canonical_url

STAGE = "deduplicate"
"""Entries end where any further one of the article will end, in the same words."""


@dataclass(frozen=True, slots=True)
class Target:
    """`groups`: the links under which nothing is to live any more. `addresses`: everything that it was read under."""

    articles: frozenset[str]
    entries: frozenset[str]
    groups: frozenset[str]
    addresses: frozenset[str]
    records: tuple[CopyVerdict, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.articles or self.entries)

    def has_letter(self, letter: DeadLetter) -> bool:
        """Whether the dead letter is a message about it. One that cannot be read is, if it has the address."""
        if letter.key in self.entries or letter.key in self.articles or letter.entry_id in self.entries:
            return True
        if letter.topic == ALERT or not self.groups:
            return False
        try:
            said = orjson.loads(letter.value)
        except orjson.JSONDecodeError:
            return any(address.encode("utf-8", "surrogatepass") in letter.value for address in self.addresses)
        return bool(self.addresses.intersection(_addresses_in(said)))

    def becomes(self, record: CopyVerdict) -> CopyVerdict:
        """What `deduplicate`'s log keeps of it; itself where it is another's."""
        mine = record.group in self.groups or record.article_id in self.articles
        return record.forgotten() if mine and record.version != FORGOTTEN else record

    def placeholder(self, group: str, now: datetime) -> CopyVerdict:
        """For a link that has dead letters only: what comes under it later is forgotten too."""
        return CopyVerdict(
            id=f"{group}:{FORGOTTEN}",
            group=group,
            event_time=now,
            entry_id="",
            article_id=group,
            headline="",
            fingerprint="",
            version="forgotten",
            revision=1,
            modified=None,
            first_seen=now,
            hashes=b"",
            halvings=0,
            size=0,
        )


@dataclass(slots=True)
class Report:
    """What was found; `remains` says in a sentence each what is left and when it goes."""

    articles: int = 0
    entries: int = 0
    letters: int = 0
    alerts: int = 0
    remains: list[str] = field(default_factory=list)


def find_target(reading: Reading, what: str) -> Target:
    """Of what is recorded anywhere, so that what was half forgotten is found again. Nothing is known where `is_known` is false."""
    index, ledger = reading.index, reading.ledger
    verdicts = reading.verdicts("deduplicate", CopyVerdict)
    one = index.get(what.rpartition("#")[2])  # one of several under a shared link, by its own address
    if one is not None and one.canonical_url == what and f"#{one.id}" in what:
        what = one.id
    canonical = canonical_url(what)
    document = index.find(what) or (index.find(canonical) if canonical else None)
    link = document.canonical_url.removesuffix(f"#{document.id}") if document else None
    rows = ledger.find(what)
    if "://" in what:
        known_as = (link, document.url) if document else (canonical,)
        addresses = {what, *(each for each in known_as if each)}
        groups = {article_id(each) for each in addresses}
        records = [record for group in groups for record in verdicts.group(group)]
        articles = {record.article_id for record in records} | ({document.id} if document else set())
        rows += [row for address in addresses for row in ledger.find(address)]
    else:
        article = document.id if document else next((row["article_id"] for row in rows if row["article_id"]), what)
        group = article_id(link) if link else article or what
        of_link = verdicts.group(group)
        records = [each for each in of_link if each.article_id == article]
        articles = {article} if article and (document or records or article != what or _has(rows, article)) else set()
        # With the last one that lives under a link all of the link is forgotten.
        groups = {group} if of_link and len(records) == len(of_link) else set()
        addresses = {document.url, document.canonical_url} if document else set()
    rows += [row for each in articles for row in ledger.find(each)]
    entries = {record.entry_id for record in records} | {row["entry_id"] or "" for row in rows}
    target = Target(
        frozenset(articles), frozenset(entries - {""}), frozenset(groups), frozenset(addresses), tuple(records)
    )
    more = {letter.entry_id for letter in reading.letters.kept() if letter.entry_id and target.has_letter(letter)}
    return replace(target, entries=target.entries | more)


def endings(ledger: LedgerBook, target: Target, now: datetime) -> list[tuple[LedgerEntry, datetime | None]]:
    """How its entries end, with when they were read; those that have ended so already are left out."""
    found = []
    for entry_id in sorted(target.entries):
        row = next((each for each in ledger.find(entry_id) if each["entry_id"] == entry_id), None) or {}
        if row.get("code") == FORGOTTEN and not row.get("url"):
            continue
        end = LedgerEntry(
            entry_id=entry_id,
            ending="dropped",
            stage=STAGE,
            code=FORGOTTEN,
            article_id=row.get("article_id"),
            at=now,
        )
        read_at = row.get("read_at")
        found.append((end, datetime.fromisoformat(read_at) if read_at else None))
    return found


def _has(rows: list[dict[str, str | None]], article: str) -> bool:
    return any(row["article_id"] == article for row in rows)


def newest_versions(records: Iterator[AlertVerdict]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for record in records:
        note_versions(newest, record)
    return newest


def note_versions(newest: dict[str, int], record: AlertVerdict) -> None:
    """Puts the versions of the record's alerts into `newest`, where they are newer."""
    for alert in record.alerts:
        newest[alert.id] = max(alert.version, newest.get(alert.id, 0))


def alerts_anew(alerts: Iterator[Alert], articles: Collection[str]) -> list[Alert]:
    """Those that show the articles, without them: the next version of each."""
    return [without_evidence(alert, articles, alert.version + 1) for alert in alerts if shows(alert, articles)]


def letter_without(letter: DeadLetter, articles: Collection[str]) -> DeadLetter | None:
    """A dead letter of an alert without the articles' evidence; None where it shows none of them."""
    if letter.topic != ALERT:
        return None
    try:
        alert = Alert.from_bytes(letter.value)
    except ValueError:
        return None
    return (
        letter.model_copy(update={"value": without_evidence(alert, articles).to_bytes()})
        if shows(alert, articles)
        else None
    )


def _addresses_in(said: Any) -> set[str]:
    """`url` and `canonical_url` of an entry, an article, or a message with an article in it; and what they are in canonical form."""
    found: set[str] = set()
    if isinstance(said, dict):
        for part in (said, said.get("article")):
            if isinstance(part, dict):
                found |= {part[name] for name in ("url", "canonical_url") if isinstance(part.get(name), str)}
    return found | {canonical for each in found if (canonical := canonical_url(each))}
