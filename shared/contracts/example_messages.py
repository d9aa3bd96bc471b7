"""One message of every topic: the same made-up article on its way through the pipeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.contracts.alert import Alert, AlertActor, Basis, Evidence, Window
from shared.contracts.article import Article, Copy, Source, UniqueArticle
from shared.contracts.base import Contract
from shared.contracts.decision import Decision
from shared.contracts.endings import DeadLetter, LedgerEntry
from shared.contracts.enrichment import Actor, EnrichedArticle, Enrichment, Mention, Quote, Topic
from shared.contracts.entry import Entry, FeedRef, entry_id
from shared.contracts.feed import RegisteredFeed
from shared.contracts.ids import alert_id, article_id, content_id, fingerprint
from shared.contracts.story import ClusteredArticle, Story

URL = "https://www.norwickcourier.example/2024/06/19/bridge-talks/"
TITLE = "Bridge talks: Okafor meets Lindqvist"
TEXT = "Mayor Ada Okafor met Per Lindqvist on Wednesday. “We agree on the bridge”, said Okafor."
PUBLISHED = datetime(2024, 6, 19, 6, tzinfo=UTC)
READ = PUBLISHED + timedelta(minutes=4)

FEED = FeedRef(
    id=content_id("feed", "https://www.norwickcourier.example/feed"),
    url="https://www.norwickcourier.example/feed",
    title="Norwick Courier",
    language="en",
)


def examples() -> dict[str, Contract]:
    """By the topic's name."""
    entry = Entry(
        id=entry_id(FEED.id or "", "bridge-talks", fingerprint(TITLE, TEXT)),
        origin="feed",
        feed=FEED,
        guid="bridge-talks",
        url=f"{URL}?utm_source=feed",
        title=TITLE,
        html=f"<p>{TEXT}</p>",
        published="Wed, 19 Jun 2024 08:00:00 +0200",
        read_at=READ,
        rights=("tdm-reserved",),
    )
    article = Article(
        id=article_id(URL),
        entry_id=entry.id,
        fingerprint=fingerprint(TITLE, TEXT),
        url=entry.url or URL,
        canonical_url=URL,
        source=Source(name="Norwick Courier", domain="norwickcourier.example", owner="norwickcourier.example"),
        title=TITLE,
        text=TEXT,
        language="en",
        language_confidence=0.998,
        published=PUBLISHED,
        first_seen=READ,
        rights=("tdm-reserved",),
    )
    enrichment = _enrichment(article.body)
    story = Story(id=content_id("story", article.id), event_id=content_id("event", article.id))
    return {
        "news.feed.v1": RegisteredFeed(**FEED.model_dump()),
        "news.entry.v1": entry,
        "news.article.v1": article,
        "news.unique.v1": UniqueArticle(article=article, copy_=Copy()),
        "news.enriched.v1": EnrichedArticle(article=article, copy_=Copy(), enrichment=enrichment),
        "news.clustered.v1": ClusteredArticle(article=article, copy_=Copy(), enrichment=enrichment, story=story),
        "news.alert.v1": _alert(article, story, enrichment),
        "news.decision.v1": Decision(
            id=content_id("decision", "judgement", "x"),
            kind="judgement",
            at=READ + timedelta(hours=1),
            actors=("?ada-okafor", "?per-lindqvist"),
            alert_id=alert_id("?ada-okafor", "?per-lindqvist", story.id),
            judgement="useful",
            note="both papers were called",
        ),
        "news.ledger.v1": LedgerEntry(
            entry_id=entry.id, ending="indexed", stage="index", article_id=article.id, at=READ + timedelta(seconds=1)
        ),
        "news.dlq": _dead_letter(entry),
    }


def _enrichment(body: str) -> Enrichment:
    def span(text: str, after: int = 0) -> tuple[str, int, int]:
        start = body.index(text, after)
        return text, start, start + len(text)

    def mention(text: str, sentence: int) -> Mention:
        found, start, end = span(text, sentences[sentence][0])
        return Mention(text=found, start=start, end=end, sentence=sentence)

    second = body.index("“")
    sentences = ((0, len(TITLE)), (len(TITLE) + 1, second - 1), (second, len(body)))
    okafor = Actor(
        id="?ada-okafor",
        name="Ada Okafor",
        type="person",
        confidence=0.8,
        mentions=(mention("Okafor", 0), mention("Ada Okafor", 1), mention("Okafor", 2)),
    )
    lindqvist = Actor(
        id="?per-lindqvist",
        name="Per Lindqvist",
        type="person",
        confidence=0.8,
        mentions=(mention("Lindqvist", 0), mention("Per Lindqvist", 1)),
    )
    text, start, end = span("We agree on the bridge")
    return Enrichment(
        actors=(okafor, lindqvist),
        topics=(Topic(id="medtop:11000000", name="politics", score=0.71),),
        quotes=(Quote(text=text, start=start, end=end, speaker=okafor.id),),
        sentences=sentences,
    )


def _alert(article: Article, story: Story, enrichment: Enrichment) -> Alert:
    first, second = (AlertActor(id=actor.id, name=actor.name, type=actor.type) for actor in enrichment.actors)
    start, end = enrichment.sentences[1]
    evidence = Evidence(
        article_id=article.id,
        url=article.url,
        title=article.title,
        source=article.source.name,
        owner=article.source.owner,
        language=article.language,
        published=article.published,
        snippet=article.body[start:end],
        same_sentence=True,
        story=story.id,
        event=story.event_id,
    )
    return Alert(
        id=alert_id(first.id, second.id, story.id),
        rule="new-pair",
        alert_class="NEVER",
        tier="CONFIRMED",
        actors=(first, second),
        score=3.12,
        observed=2,
        expected=0.02,
        stories=2,
        owners=("norwickcourier.example", "lakeshoredispatch.example"),
        languages=("en",),
        window=Window(start=PUBLISHED, end=PUBLISHED + timedelta(hours=2)),
        horizon_days=61,
        evidence=(evidence,),
        basis=Basis(
            window_hours=24, first_stories=2, second_stories=2, all_stories=200, past=0, dispersion=4.0, tested=1
        ),
        changes=("opened",),
        events=(story.event_id,),
    )


def _dead_letter(entry: Entry) -> DeadLetter:
    return DeadLetter(
        id=content_id("dead-letter", "normalise", "news.entry.v1", "0", "41"),
        stage="normalise",
        code="undecodable",
        error="Invalid JSON",
        attempts=1,
        topic="news.entry.v1",
        partition=0,
        offset=41,
        key=entry.id,
        headers={"ce_id": entry.id, "ce_type": "news.entry.v1"},
        value=b'{"id": "\xff',
        entry_id=entry.id,
        at=READ + timedelta(seconds=1),
    )
