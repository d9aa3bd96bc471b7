"""Documents as JSON objects, with the fields of DESIGN section 5: what `--jsonl` prints, and archives are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.contracts import rfc3339

if TYPE_CHECKING:
    from shared.contracts import Alert
    from shared.ports import ActorCount, PairCount, ReadArticle

_NOT_SHOWN = {"entry_id", "story_id", "event_id", "pairs", "author", "updated", "reported_by"}


def article_row(read: ReadArticle) -> dict[str, Any]:
    """One article, with the fields of DESIGN section 5."""
    document = read.document
    row = document.model_dump(mode="json", exclude=_NOT_SHOWN)
    for actor in row["actors"]:
        actor["mentions"] = [{key: mention[key] for key in ("text", "start", "end")} for mention in actor["mentions"]]
    row["first_publisher"] = read.first_publisher
    row["copies"] = read.copies
    row["story"] = {"id": document.story_id, "size": read.story_size, "reported_by": document.reported_by}
    row["event"] = {"id": document.event_id, "size": read.event_size}
    return row


def pair_row(pair: PairCount) -> dict[str, Any]:
    return {
        "actors": [{"id": id_, "name": name} for id_, name in zip(pair.actors, pair.names, strict=True)],
        "stories": pair.stories,
        "same_sentence": pair.same_sentence,
        "first": rfc3339(pair.first),
        "last": rfc3339(pair.last),
    }


def actor_row(count: ActorCount) -> dict[str, Any]:
    row = count.actor.model_dump(mode="json", include={"id", "name", "type", "role", "wikidata"})
    return {**row, "stories": count.stories, "articles": count.articles, "languages": list(count.languages)}


def alert_row(alert: Alert) -> dict[str, Any]:
    row = alert.model_dump(mode="json", exclude={"alert_class", "version"})
    return {"id": row.pop("id"), "rule": row.pop("rule"), "class": alert.alert_class, **row}
