"""deduplicate: exact, revision, near copy, with a recorded verdict per version of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.deduplicate.copies import copy_kind
from services.deduplicate.neighbours import Neighbours
from services.deduplicate.shingles import Sketch, overlap, sketch
from services.deduplicate.verdict import CopyVerdict, Version
from shared.contracts import Article, Copy, UniqueArticle, rfc3339
from shared.stage import Drop, Emit, Outcome, StateLog

EXACT_AT_LEAST = 5
"""Shingles of a text from which on equality is no chance: two sources may both print "Weather" above nothing."""
NEARLY_ALL = 0.95
COUNTED = frozenset({"first", "revision"})
"""Versions that are articles; the others are the same as one of these."""


@dataclass(frozen=True, slots=True)
class CopyRules:
    """`window`: how far apart in event time copies can be; `capacity`: articles that are compared with."""

    containment: float = 0.4
    window: timedelta = timedelta(days=30)
    capacity: int = 100_000


class DeduplicateView:
    """Earlier verdicts: by article from the log, by shingle from memory."""

    def __init__(self, log: StateLog[CopyVerdict], capacity: int) -> None:
        self._log = log
        self.neighbours = Neighbours(capacity)

    def fold(self, record: CopyVerdict) -> None:
        if record.version in COUNTED:
            self.neighbours.add(record)

    def versions(self, article_id: str) -> Sequence[CopyVerdict]:
        return self._log.group(article_id)


class Deduplicate:
    name = "deduplicate"
    record_type = CopyVerdict

    def __init__(self, rules: CopyRules | None = None) -> None:
        self._rules = rules or CopyRules()

    def input_id(self, message: Article) -> str:
        # The time belongs to it: a text that returns to an earlier wording is a new version, and the newest.
        return f"{message.id}:{message.fingerprint}:{rfc3339(_modified(message))}"

    def new_view(self, log: StateLog[CopyVerdict]) -> DeduplicateView:
        return DeduplicateView(log, self._rules.capacity)

    def decide(self, message: Article, view: DeduplicateView) -> CopyVerdict:
        own = sketch(message.body)
        versions = view.versions(message.id)
        if versions:
            return self._revision(message, own, versions)
        copy = self._copy(message, own, view)
        return self._verdict(message, own, "first", copy.revision, copy)

    def render(self, message: Article, record: CopyVerdict) -> list[Outcome]:
        if record.entry_id != message.entry_id or record.version == "same":
            return [Drop("same-article", "the same article with the same text was read before", message.id)]
        if record.version == "older":
            return [Drop("older-version", "a newer version of this article was read before", message.id)]
        if record.version == "contained":
            return [Drop("contained-version", "the text is a part of the version that was read before", message.id)]
        copy = Copy(
            revision=record.revision,
            copy_of=record.copy_of,
            copy_kind=record.copy_kind,
            containment=record.containment,
        )
        return [Emit(message.id, UniqueArticle(article=message, copy_=copy))]

    def _revision(self, message: Article, own: Sketch, versions: Sequence[CopyVerdict]) -> CopyVerdict:
        """The newest version wins. What an article is a copy of was said of its first version and stays."""
        newest = max((each for each in versions if each.version in COUNTED), key=lambda each: each.revision)
        copy = Copy(
            revision=newest.revision,
            copy_of=newest.copy_of,
            copy_kind=newest.copy_kind,
            containment=newest.containment,
        )
        if newest.fingerprint == message.fingerprint:
            return self._verdict(message, own, "same", newest.revision, copy)
        found = overlap(own, newest.sketch())
        if own.size < newest.size and found.of_first >= NEARLY_ALL and own.size < 0.7 * newest.size:
            return self._verdict(message, own, "contained", newest.revision, copy)
        if _modified(message) < newest.modified:
            return self._verdict(message, own, "older", newest.revision, copy)
        return self._verdict(message, own, "revision", newest.revision + 1, copy)

    def _copy(self, message: Article, own: Sketch, view: DeduplicateView) -> Copy:
        rules = self._rules
        same = view.neighbours.same_text(message.fingerprint)
        if same and own.size >= EXACT_AT_LEAST and abs(same.event_time - message.event_time) <= rules.window:
            return Copy(copy_of=_root(same), copy_kind="exact", containment=1.0)
        best = Copy()
        for record, other in view.neighbours.near(own, message.event_time, rules.window, rules.containment):
            found = overlap(own, other)
            kind = copy_kind(own, other, found, rules.containment)
            share = round(max(found.of_first, found.of_second), 3)
            # A copy beats a digest, then the larger share wins, then the earlier article.
            if kind and (kind == "near", share) > (best.copy_kind == "near", best.containment or 0.0):
                best = Copy(copy_of=_root(record), copy_kind=kind, containment=share)
        return best

    def _verdict(self, message: Article, own: Sketch, version: Version, revision: int, copy: Copy) -> CopyVerdict:
        return CopyVerdict(
            id=self.input_id(message),
            group=message.id,
            event_time=message.event_time,
            entry_id=message.entry_id,
            fingerprint=message.fingerprint,
            version=version,
            revision=revision,
            modified=_modified(message),
            copy_of=copy.copy_of,
            copy_kind=copy.copy_kind,
            containment=copy.containment,
            hashes=own.hashes.astype("<u8").tobytes(),
            halvings=own.halvings,
            size=own.size,
        )


def _modified(message: Article) -> datetime:
    return message.updated or message.event_time


def _root(record: CopyVerdict) -> str:
    """A copy of a copy is a copy of the first one. What merely contains something is its own first one."""
    return record.copy_of if record.copy_of and record.copy_kind != "contains" else record.group
