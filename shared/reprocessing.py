"""Articles once more through the stages, after a change of gazetteer or code: `newsloom reprocess`.

Offsets are not touched: what is worked on again is sent again, with a mark. Whatever it leads to replaces an equal revision in the
index and never a newer one; verdicts on copies and alerts stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from services.enrich.sentences import split
from shared.contracts import (
    Article,
    ArticleDocument,
    ClusteredArticle,
    Contract,
    Copy,
    EnrichedArticle,
    Enrichment,
    Entry,
    Story,
    UniqueArticle,
    fingerprint,
)
from shared.errors import Misuse, NotAvailable
from shared.patience import Waiting, wait_while_it_moves
from shared.pipeline import BY_STAGE
from shared.policy import Delivery, Send
from shared.ports import Reading
from shared.runtime.feeding import Feeding
from shared.seen import Seen
from shared.wire import headers_for

FROM_INDEX = ("enrich", "cluster", "index")
"""Stages whose input is made again from the documents of the index: all of them."""
FROM_TOPIC = ("normalise", "deduplicate")
"""Stages whose input only the log has, as far back as it reaches."""
WHY_NOT = {
    "alert": "alerts are told once and verdicts are never taken anew; `--from enrich` finds the actors and pairs anew",
    "fetch": "what was fetched is not fetched again; `--from normalise` works on the entries that the log still has",
}
TOGETHER = 200
"""Messages that are sent together."""
GIVE_UP_S = 60.0


@dataclass(slots=True)
class Reprocessed:
    """`since` is when the oldest message was sent, where a topic was read; `skipped`: messages that were not sent again."""

    sent: int = 0
    since: str | None = None
    skipped: int = 0


def check_stage(stage: str) -> None:
    """Raises `Misuse` for a stage that nothing can be sent to again."""
    if stage in WHY_NOT:
        raise Misuse(f"--from {stage}: {WHY_NOT[stage]}")
    if stage not in (*FROM_TOPIC, *FROM_INDEX):
        raise Misuse(f"--from {stage}: give one of {', '.join((*FROM_TOPIC, *FROM_INDEX))}")


def reprocess(session: Feeding, stage: str, told: Callable[[int], None] = lambda _: None) -> Reprocessed:
    """Sends and, where the pipeline is in this process, works. `told` hears how many were sent. Raises `NotAvailable` where the workers
    do not get on: to run it again is no harm."""
    check_stage(stage)
    result = Reprocessed()
    sends = _from_index(session, stage) if stage in FROM_INDEX else _from_topic(session.reading, stage, result)
    batch: list[Send] = []
    for send in sends:
        batch.append(send)
        if len(batch) == TOGETHER:
            _hand_over(session, batch, result, told)
    _hand_over(session, batch, result, told)
    return result


def rebuilt(document: ArticleDocument, stage: str) -> Contract:
    """The message of the stage's topic that the document came from. It has the mark, and is history: it opens no alert."""
    article = Article(
        id=document.id,
        entry_id=document.entry_id,
        fingerprint=fingerprint(document.title, document.text),
        url=document.url,
        canonical_url=document.canonical_url,
        source=document.source,
        title=document.title,
        text=document.text,
        author=document.author,
        language=document.language,
        language_confidence=document.language_confidence,
        published=document.published,
        updated=document.updated,
        first_seen=document.first_seen,
        flags=document.flags,
        rights=document.rights,
        debris=document.debris,
        history=True,
        reprocessed=True,
    )
    copy = Copy(revision=document.revision, copy_of=document.copy_of, copy_kind=document.copy_kind)
    if stage == "enrich":
        return UniqueArticle(article=article, copy_=copy)
    found = Enrichment(
        actors=document.actors,
        topics=document.topics,
        quotes=document.quotes,
        sentences=split(article.body, article.language),
    )
    if stage == "cluster":
        return EnrichedArticle(article=article, copy_=copy, enrichment=found)
    story = Story(id=document.story_id, event_id=document.event_id, reported_by=document.reported_by)
    return ClusteredArticle(article=article, copy_=copy, enrichment=found, story=story)


def _from_index(session: Feeding, stage: str) -> Iterator[Send]:
    for document in session.reading.index.documents():
        yield _send(session, stage, document.id, rebuilt(document, stage))


def _send(session: Feeding, stage: str, key: str, message: Contract) -> Send:
    topic = BY_STAGE[stage].reads[0]
    headers = headers_for(topic, key, message, "reprocess", {}, session.clock.now())
    return Send(topic, key, headers, message.to_bytes())


def _from_topic(reading: Reading, stage: str, result: Reprocessed) -> Iterator[Send]:
    """Each message once, however often it was sent; not those whose entry has not ended as an article: dead letters are replayed by
    `newsloom dlq`, and what is under way is worked on anyway."""
    topic = BY_STAGE[stage].reads[0]
    contract: type[Entry] | type[Article] = Entry if stage == "normalise" else Article
    ledger = reading.ledger
    seen = Seen()
    for some in _pages(reading.retained(topic)):
        left_out = ledger.not_articles([each.headers.get("ce_id", each.key) for each in some])
        for delivery in some:
            entry_id = delivery.headers.get("ce_id", delivery.key)
            result.since = min(filter(None, (result.since, delivery.headers.get("ce_time"))), default=None)
            try:
                message = contract.from_bytes(delivery.value)
            except ValidationError:
                result.skipped += 1
                continue
            if seen.before(f"{entry_id}:{getattr(message, 'fingerprint', '')}"):
                continue
            if entry_id in left_out:
                result.skipped += 1
                continue
            marked = message.model_copy(update={"reprocessed": True})
            yield Send(topic, delivery.key, dict(delivery.headers), marked.to_bytes())


def _pages(deliveries: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    page: list[Delivery] = []
    for delivery in deliveries:
        page.append(delivery)
        if len(page) == TOGETHER:
            yield page
            page = []
    if page:
        yield page


def _hand_over(session: Feeding, batch: list[Send], result: Reprocessed, told: Callable[[int], None]) -> None:
    if not batch:
        return
    _room(session)
    session.send(batch)
    session.work()
    result.sent += len(batch)
    batch.clear()
    told(result.sent)


def _room(session: Feeding, give_up_s: float = GIVE_UP_S) -> None:
    """Back-pressure: waits while more than the limit waits for any stage."""

    def too_much() -> Waiting:
        waiting = session.unread()
        return waiting if max(waiting.values(), default=0) >= session.config.backlog_limit else {}

    if left := wait_while_it_moves(too_much, give_up_s):
        raise NotAvailable(
            f"no progress for {give_up_s:.0f} s, messages wait for {', '.join(left)}: start these workers and run the same "
            "command again"
        )
