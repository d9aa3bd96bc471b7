"""How well translated copies become one story, and reports of one happening one event: on corpora in which a person wrote which is which.

`translated/dev.jsonl` and `translated/frozen.jsonl` are 40 made-up happenings, each with an original report and its translations (cut, with
another headline, with sentences added), independent reports, a follow-up, and near misses: same-day rate decisions, two matches of one
club. They were written by somebody who had not seen the code; the weights were found on `dev`. All quotations in them are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import orjson

from services.cluster.stage import Cluster
from services.cluster.verdict import ClusterVerdict
from services.enrich.stage import Enrich
from shared.bench import golden_corpus
from shared.bench.memory_log import MemoryLog
from shared.bench.unread import unique_article
from shared.contracts import EnrichedArticle, UniqueArticle, article_id
from shared.judge import Stateful

FOLDER = Path(__file__).with_name("translated")
HALVES = ("dev", "frozen")
_GOLDEN_START = datetime(2026, 1, 1, tzinfo=UTC)
_BETWEEN_STORIES = timedelta(hours=2)


class Written(NamedTuple):
    """An article of a corpus; articles of one `report` are one story, those of one `event` tell of one happening. None: nobody says."""

    article: UniqueArticle
    report: str
    event: str | None


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Pairs of articles that belong together: found, found wrongly, missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)


@dataclass(frozen=True, slots=True)
class StoryScore:
    articles: int
    stories: Pairwise
    events: Pairwise


def corpora() -> Iterator[tuple[str, list[Written]]]:
    """(name, articles) of each."""
    for half in HALVES:
        yield f"translated, {half}", translated(half)
    for half in golden_corpus.HALVES:
        yield f"golden, {half}", golden(half)


def translated(half: str) -> list[Written]:
    rows = [orjson.loads(line) for line in (FOLDER / f"{half}.jsonl").read_bytes().splitlines()]
    return [
        Written(
            _article(row["url"], row["title"], row["text"], row["language"], datetime.fromisoformat(row["published"])),
            row["_report"],
            # A follow-up, days later, is the same matter to one reader and another to the next.
            None if "-C" in row["_report"] else f"{row['_event']}{row['_report'] if '-N' in row['_report'] else ''}",
        )
        for row in rows
    ]


def golden(half: str) -> list[Written]:
    """The corpus of actors: each story in ten languages, all printed at once."""
    folder = golden_corpus.FOLDER
    corpus = golden_corpus.read_corpus(folder / f"{half}.jsonl", folder / f"{half}.cast.jsonl")
    order = sorted({article.story for article in corpus.articles})
    return [
        Written(
            _article(
                f"https://{article.language}.example/{article.id}",
                article.title,
                article.text,
                article.language,
                _GOLDEN_START + _BETWEEN_STORIES * order.index(article.story),
            ),
            article.story,
            article.story,
        )
        for article in corpus.articles
    ]


def _article(url: str, title: str, text: str, language: str, at: datetime) -> UniqueArticle:
    unique = unique_article(title, text, language)
    own = {"id": article_id(url), "url": url, "canonical_url": url, "published": at, "first_seen": at}
    return unique.model_copy(update={"article": unique.article.model_copy(update=own)})


def score(written: Sequence[Written], enrich: Enrich | None = None) -> StoryScore:
    """Of articles in the order of their publication, through `enrich` and `cluster` as they are."""
    enrich = enrich or Enrich()
    log = MemoryLog[ClusterVerdict]()
    judge = Stateful(Cluster(), log)
    ordered = sorted(written, key=lambda each: (each.article.article.event_time, each.article.article.id))
    found: list[tuple[Written, ClusterVerdict]] = []
    for each in ordered:
        article = each.article.article
        judge(EnrichedArticle(article=article, copy_=each.article.copy_, enrichment=enrich.enrich(article)))
        found.append((each, log.newest()))
    in_events = [(each, verdict) for each, verdict in found if each.event is not None]
    return StoryScore(
        len(found),
        _pairwise(found, lambda each: each.report, lambda verdict: verdict.story),
        _pairwise(in_events, lambda each: each.event or "", lambda verdict: verdict.event),
    )


def _pairwise(
    found: Iterable[tuple[Written, ClusterVerdict]],
    truth: Callable[[Written], str],
    verdict: Callable[[ClusterVerdict], str],
) -> Pairwise:
    right = wrong = missed = 0
    for (one, first), (other, second) in combinations(list(found), 2):
        is_same, is_found = truth(one) == truth(other), verdict(first) == verdict(second)
        right += is_same and is_found
        wrong += is_found and not is_same
        missed += is_same and not is_found
    return Pairwise(right, wrong, missed)
