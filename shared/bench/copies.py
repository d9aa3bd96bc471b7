"""Quality of near-copy detection, per kind of edit, on edited copies of the demo's articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.deduplicate.stage import Deduplicate
from services.deduplicate.verdict import CopyVerdict
from shared.bench.edited_copies import Article as Edited
from shared.bench.edited_copies import Case
from shared.bench.memory_log import MemoryLog
from shared.contracts import Article, Source, article_id, fingerprint


@dataclass(slots=True)
class Score:
    """`right` counts per kind the verdicts as expected, `total` all of them; the rest is over all kinds."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    true_copies: int = 0
    found_copies: int = 0
    copies: int = 0

    @property
    def precision(self) -> float:
        """Of what was called a copy, the share that is one."""
        return self.true_copies / self.found_copies if self.found_copies else 0.0

    @property
    def recall(self) -> float:
        """Of the copies, the share that was called one."""
        return self.true_copies / self.copies if self.copies else 0.0


def score(cases: Iterable[Case]) -> Score:
    """Every case goes through the real stage, the earlier article first."""
    result = Score()
    for case in cases:
        verdict = _verdict(case)
        result.total[case.kind] += 1
        result.right[case.kind] += verdict == case.expected
        result.copies += case.expected == "copy"
        result.found_copies += verdict == "copy"
        result.true_copies += verdict == case.expected == "copy"
    return result


def _verdict(case: Case) -> str:
    stage, log = Deduplicate(), MemoryLog[CopyVerdict]()
    view = stage.new_view(log)
    earlier = stage.decide(_article(case.earlier), view)
    log.append(earlier)
    view.fold(earlier)
    kind = stage.decide(_article(case.later), view).copy_kind
    return {None: "independent", "contains": "contains"}.get(kind, "copy")


def _article(edited: Edited) -> Article:
    published = edited.published if isinstance(edited.published, datetime) else datetime.fromisoformat(edited.published)
    return Article(
        id=article_id(edited.url),
        entry_id=article_id(edited.url),
        fingerprint=fingerprint(edited.title, edited.text),
        url=edited.url,
        canonical_url=edited.url,
        source=Source(name=edited.source, domain=edited.source, owner=edited.source),
        title=edited.title,
        text=edited.text,
        language=edited.language,
        language_confidence=1.0,
        published=published,
        first_seen=published,
    )
