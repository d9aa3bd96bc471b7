"""deduplicate: exact, revision, near copy, with a recorded verdict per version of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.deduplicate.copies import copy_kind
from services.deduplicate.neighbours import Neighbours
from services.deduplicate.shingles import Sketch, overlap, sketch
from services.deduplicate.verdict import CopyVerdict, Version
from shared.columns import Column, Columns
from shared.contracts import Article, Copy, UniqueArticle, content_id, rfc3339
from shared.contracts.endings import FORGOTTEN
from shared.stage import Drop, Emit, Outcome, StateLog
from shared.view_key import view_key

EXACT_AT_LEAST = 5
"""Shingles of a text from which on equality is no chance: two sources may both print "Weather" above nothing."""
NEARLY_ALL = 0.95
TEASER = 0.7
"""A part of a text that is shorter than this share of it is a teaser."""
SAME_REPORT = 0.2
"""Containment from which on two texts under one link are versions of one article."""
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

    def __init__(self, log: StateLog[CopyVerdict], neighbours: Neighbours) -> None:
        self._log = log
        self.neighbours = neighbours

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
        # Of an undated one that is the entry's own, not the time of reading, which is another when the entry is sent once more.
        dated = message.updated or message.published
        return f"{message.id}:{message.fingerprint}:{rfc3339(dated) if dated else message.entry_id}"

    def new_view(self, log: StateLog[CopyVerdict]) -> DeduplicateView:
        return DeduplicateView(log, Neighbours(self._rules.capacity))

    def view_key(self) -> str:
        return view_key(__file__, self._rules.capacity)

    def columns(self, view: DeduplicateView) -> dict[str, Column]:
        return view.neighbours.columns()

    def view_of(self, columns: Columns, log: StateLog[CopyVerdict]) -> DeduplicateView:
        return DeduplicateView(log, Neighbours.of(columns, self._rules.capacity))

    def decide(self, message: Article, view: DeduplicateView) -> CopyVerdict:
        own = sketch(message.body)
        records = view.versions(message.id)
        versions = [each for each in records if each.version in COUNTED]
        known = _same_report(message, own, versions)
        if known is not None:
            return self._version(message, own, known)
        if not versions and any(each.version == FORGOTTEN for each in records):
            # Nothing lives under this link any more. Where something else does, only the versions that were forgotten are known.
            return self._verdict(message, own, "first", message.id, 1, Copy()).forgotten()
        # Sites link several reports to one page, their front page most of all: what shares neither headline nor text is not the
        # same article, whatever its link says.
        id_ = content_id("shared-link", message.id, message.fingerprint) if versions else message.id
        return self._verdict(message, own, "first", id_, 1, self._copy(message, own, view))

    def render(self, message: Article, record: CopyVerdict, view: DeduplicateView) -> list[Outcome]:
        if record.version == FORGOTTEN:
            return [Drop(FORGOTTEN)]
        if record.entry_id != message.entry_id or record.version == "same":
            detail = "the same article with the same text was read before"
            return [Drop("same-article", detail, record.article_id)]
        if record.version == "older":
            return [Drop("older-version", "a newer version of this article was read before", record.article_id)]
        if record.version == "contained":
            detail = "the text is a part of the version that was read before"
            return [Drop("contained-version", detail, record.article_id)]
        copy = Copy(
            revision=record.revision,
            copy_of=record.copy_of,
            copy_kind=record.copy_kind,
            containment=record.containment,
        )
        article = message
        if record.first_seen != message.first_seen:
            article = article.model_copy(update={"first_seen": record.first_seen})
        if record.article_id != message.id:
            link = f"{message.canonical_url}#{record.article_id}"
            flags = (*message.flags, "shared-link")
            article = article.model_copy(update={"id": record.article_id, "canonical_url": link, "flags": flags})
        return [Emit(article.id, UniqueArticle(article=article, copy_=copy))]

    def _version(self, message: Article, own: Sketch, newest: CopyVerdict) -> CopyVerdict:
        """The newest version wins. What an article is a copy of, and when it was seen first, was said of its first version and stays."""
        found = overlap(own, newest.sketch())
        modified = _modified(message)
        if newest.fingerprint == message.fingerprint:
            version: Version = "same"
        elif message.updated is None and found.of_second >= NEARLY_ALL and own.size > newest.size:
            version = "revision"  # the full text of what was a teaser, whose date may be any
        elif found.of_first >= NEARLY_ALL and own.size < TEASER * newest.size and not _says_newer(message, newest):
            version = "contained"
        elif modified and newest.modified and modified < newest.modified:
            version = "older"
        else:
            version = "revision"
        revision = newest.revision + (version == "revision")
        return self._verdict(message, own, version, newest.article_id, revision, newest)

    def _copy(self, message: Article, own: Sketch, view: DeduplicateView) -> Copy:
        rules = self._rules
        same = view.neighbours.same_text(message.fingerprint)
        if same and own.size >= EXACT_AT_LEAST and abs(same.event_time - message.event_time) <= rules.window:
            return Copy(copy_of=same.root, copy_kind="exact", containment=1.0)
        best = Copy()
        for other in view.neighbours.near(own, message.event_time, rules.window, rules.containment):
            found = overlap(own, other.sketch)
            kind = copy_kind(own, other.sketch, found, rules.containment)
            share = round(max(found.of_first, found.of_second), 3)
            # A copy beats a digest, then the larger share wins, then the earlier article.
            if kind and (kind == "near", share) > (best.copy_kind == "near", best.containment or 0.0):
                best = Copy(copy_of=other.root, copy_kind=kind, containment=share)
        return best

    def _verdict(
        self, message: Article, own: Sketch, version: Version, id_: str, revision: int, copy: Copy | CopyVerdict
    ) -> CopyVerdict:
        return CopyVerdict(
            id=self.input_id(message),
            group=message.id,
            event_time=message.event_time,
            entry_id=message.entry_id,
            article_id=id_,
            headline=_headline(message),
            fingerprint=message.fingerprint,
            version=version,
            revision=revision,
            modified=_modified(message),
            first_seen=copy.first_seen if isinstance(copy, CopyVerdict) else message.first_seen,
            copy_of=copy.copy_of,
            copy_kind=copy.copy_kind,
            containment=copy.containment,
            hashes=own.hashes.astype("<u8").tobytes(),
            halvings=own.halvings,
            size=own.size,
        )


def _same_report(message: Article, own: Sketch, versions: Sequence[CopyVerdict]) -> CopyVerdict | None:
    """The newest version of the article under this link that the message is a version of; the most alike where there are several."""
    newest = {each.article_id: each for each in sorted(versions, key=lambda each: each.revision)}
    best, most = None, SAME_REPORT
    for each in newest.values():
        found = overlap(own, each.sketch())
        alike = max(found.of_first, found.of_second)
        if each.headline and each.headline == _headline(message):
            alike = max(alike, SAME_REPORT) + 1
        if alike >= most and (best is None or alike > most):
            best, most = each, alike
    return best


def _headline(message: Article) -> str:
    """A title to compare by; empty where there is none."""
    return content_id("headline", message.title.casefold()) if message.title else ""


def _modified(message: Article) -> datetime | None:
    """As its publisher says; the time of reading says nothing about which of two versions is newer."""
    return message.updated or message.published


def _says_newer(message: Article, known: CopyVerdict) -> bool:
    """A correction may shorten; a teaser does not say that it was updated since."""
    return message.updated is not None and known.modified is not None and message.updated > known.modified
