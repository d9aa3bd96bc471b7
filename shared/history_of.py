"""What happened to one thing, stage by stage: `newsloom why`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from services.alert.verdict import AlertVerdict
from services.deduplicate.verdict import CopyVerdict
from services.fetch.feed_state import FeedState
from services.fetch.health import health_of, remarks_on
from shared.contracts import Alert, ArticleDocument, DeadLetter, article_id, rfc3339
from shared.explanations import explain, explain_health
from shared.ports import Reading
from shared.urls.canonical_url import canonical_url
from shared.urls.userinfo import without_userinfo


@dataclass(frozen=True, slots=True)
class Step:
    """`what` is a sentence for people, `data` the same for programs."""

    stage: str
    what: str
    data: dict[str, Any] = field(default_factory=dict)


def history_of(reading: Reading, what: str) -> list[Step]:
    """The steps of an entry, article, feed, alert or dead letter, by its id or URL; empty where nothing is known of it.

    A URL as somebody copied it, with other letters in the host or a tracker's parameters, is looked for in its canonical form too.
    """
    steps = _known_as(reading, what)
    canonical = None if steps else canonical_url(what)
    return _known_as(reading, canonical) if canonical and canonical != what else steps


def _known_as(reading: Reading, what: str) -> list[Step]:
    steps: list[Step] = []
    document = reading.index.find(what)
    entries = reading.ledger.find(what)
    if document and not entries:
        entries = reading.ledger.find(document.id)
    for entry in entries:
        steps += _entry(entry)
    if document is None and entries and entries[0]["article_id"]:
        document = reading.index.get(entries[0]["article_id"])
    if document is not None:
        steps += _article(reading, document)
    steps += [step for alert in reading.index.alerts() if alert.id == what for step in _alert(alert)]
    for state in reading.feeds():
        if what in (state.feed_id, state.url, state.public_url):
            steps += _feed(state)
    entry_ids = {entry["entry_id"] for entry in entries}
    steps += [
        _dead_letter(letter)
        for letter in reading.letters.waiting()
        if what in (letter.id, letter.key) or (letter.entry_id in entry_ids and letter.entry_id)
    ]
    return steps


def _entry(row: dict[str, str | None]) -> list[Step]:
    steps = []
    if row["read_at"]:
        named = f": “{row['title']}”" if row["title"] else ""
        steps.append(Step("fetch", f"entry {row['entry_id']} read at {row['read_at']}{named}", dict(row)))
    stage, code = row["stage"] or "", row["code"]
    match row["ending"]:
        case "under-way":
            steps.append(Step(stage, "on its way"))
        case "indexed":
            steps.append(Step(stage, f"entry {row['entry_id']} ended as article {row['article_id']}"))
        case "revision":
            steps.append(Step(stage, f"entry {row['entry_id']} ended as a revision of article {row['article_id']}"))
        case ending:
            about = f" (article {row['article_id']})" if row["article_id"] else ""
            steps.append(Step(stage, f"entry {row['entry_id']}: {ending}: {explain(code, row['detail'])}{about}"))
    return steps


def _article(reading: Reading, document: ArticleDocument) -> list[Step]:
    flags = ", ".join(f"{flag} ({explain(flag)})" for flag in document.flags) or "nothing to remark"
    when = rfc3339(document.published) if document.published else "undated"
    steps = [
        Step(
            "normalise",
            f"“{document.title}”, {document.language} ({document.language_confidence:g}), {when}, {document.source.domain}",
        ),
        Step("normalise", f"canonical URL {document.canonical_url}"),
        Step("normalise", flags, {"flags": list(document.flags)}),
        *(Step("normalise", explain(right), {"rights": list(document.rights)}) for right in document.rights),
    ]
    # Verdicts are grouped by link, and several articles may share one.
    link = document.canonical_url.removesuffix(f"#{document.id}")
    for verdict in reading.verdicts("deduplicate", CopyVerdict).group(article_id(link)):
        if verdict.article_id != document.id:
            continue
        said = {
            "first": "first version",
            "revision": f"revision {verdict.revision}",
            "older": "an older version, read late",
            "same": "the same text as before, with another date",
            "contained": "a part of a version known before",
            "forgotten": "a version that was forgotten",
        }[verdict.version]
        copy = (
            f"; {verdict.copy_kind} copy of {verdict.copy_of} (containment {verdict.containment})"
            if verdict.copy_of
            else ""
        )
        if verdict.copy_kind == "contains":
            copy = f"; contains {verdict.copy_of} (containment {verdict.containment})"
        steps.append(Step("deduplicate", f"{said}{copy}", verdict.model_dump(mode="json", exclude={"hashes"})))
    for actor in document.actors:
        named = ", ".join(dict.fromkeys(mention.text for mention in actor.mentions))
        steps.append(
            Step("enrich", f"{actor.type} {actor.name} [{actor.id}], {actor.role}, {actor.confidence:g}: {named}")
        )
    for topic in document.topics:
        steps.append(Step("enrich", f"topic {topic.name} [{topic.id}], {topic.score:g}"))
    steps.append(Step("cluster", f"story {document.story_id}, event {document.event_id}"))
    steps.append(Step("index", f"article {document.id}, revision {document.revision}"))
    for judged in reading.verdicts("alert", AlertVerdict).group(document.id):
        together = f"{len(judged.pairs)} pairs counted, {judged.tested} tested"
        sent = "".join(f"; alert {alert.id} version {alert.version}" for alert in judged.alerts)
        steps.append(Step("alert", together + sent))
        for pair in judged.untold:
            why = explain(pair.gate, pair.detail)
            steps.append(Step("alert", f"no alert about {pair.first} + {pair.second}: {why}", pair.model_dump()))
    return steps


def _alert(alert: Alert) -> list[Step]:
    names = " + ".join(actor.name for actor in alert.actors)
    figures = f"score {alert.score:g}, {alert.stories} stories, {alert.expected:.3g} expected"
    head = f"{alert.alert_class} {names}: {alert.tier}, {figures}"
    return [
        Step("alert", head, alert.model_dump(mode="json")),
        *(
            Step("evidence", f"{each.source} ({each.owner}, {each.language}): {each.snippet}")
            for each in alert.evidence
        ),
    ]


def _feed(state: FeedState) -> list[Step]:
    health = health_of(state, state.last_polled or state.next_poll)
    reason = explain_health(state, health)
    errors = f", {state.consecutive_errors} times" if state.consecutive_errors else ""
    success = rfc3339(state.last_success) if state.last_success else "never"
    polls = f"last success {success}; next poll {rfc3339(state.next_poll)}"
    totals = state.totals
    items = (
        f"items: {totals.new} new, {totals.changed} changed, {totals.repeated} repeated, {totals.cut} over the limit"
    )
    told = f"{health.name}{reason and ': ' + reason}{errors}"
    steps = [Step("fetch", f"feed {state.feed_id} {state.public_url}: {told}; {polls}; {items}")]
    if health.advice:
        steps.append(Step("fetch", f"→ {health.advice}"))
    return steps + [Step("fetch", without_userinfo(remark)) for remark in remarks_on(state)]


def _dead_letter(letter: DeadLetter) -> Step:
    return Step(
        letter.stage,
        f"dead letter {letter.id} ({letter.key}): {explain(letter.code, letter.error)}",
        letter.model_dump(mode="json", exclude={"value"}),
    )
