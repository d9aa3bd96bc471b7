"""A `Query` as Elasticsearch takes it, with the meaning that it has in SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.adapters.elasticsearch.documents import micros
from shared.adapters.search_words import occur, phrases
from shared.contracts import ArticleDocument
from shared.ports import Query

TOKENS_ASKED = 256
"""Words of a query that the cluster looks for. Of more than that it finds candidates, which are read through here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`body` for the cluster, and the phrases that it could not be asked for, if any."""

    body: dict[str, Any]
    unasked: tuple[tuple[str, ...], ...] = ()

    def meets(self, document: ArticleDocument) -> bool:
        return not self.unasked or occur(list(self.unasked), document.title, document.text)


def asked(query: Query) -> Asked | None:
    """None where nothing can match."""
    filters: list[dict[str, Any]] = []
    unasked: list[tuple[str, ...]] = []
    if query.words is not None and query.words.strip():
        wanted = phrases(query.words)
        if not wanted:
            return None
        left = TOKENS_ASKED
        for phrase in wanted:
            if len(phrase) > left:
                unasked.append(phrase)
            if left:
                filters.append(_phrase(phrase[:left]))
            left = max(0, left - len(phrase))
    if query.actor is not None:
        filters.append({"term": {"actor_ids": unicode(query.actor)}})
    if query.language is not None:
        filters.append({"term": {"language": unicode(query.language)}})
    if query.since is not None:
        filters.append({"range": {"happened_micros": {"gte": micros(query.since)}}})
    return Asked({"bool": {"filter": filters}}, tuple(unasked))


def _phrase(tokens: tuple[str, ...]) -> dict[str, Any]:
    """The tokens are final: they only want parting at the blanks."""
    return {"match_phrase": {"folded": {"query": " ".join(tokens), "analyzer": "whitespace"}}}


def unicode(text: str) -> str:
    """What a person typed may hold halves of characters, which JSON does not carry; it matches nothing then."""
    return text.encode("utf-8", "replace").decode()
