"""The golden case: every actor of the article that the project was conceived from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.enrich.actors import find_actors
from services.enrich.gazetteer import load_gazetteer
from services.enrich.provisional_ids import provisional_id
from services.enrich.sentences import split
from shared.contracts.enrichment import Actor, Enrichment

DATA = Path(__file__).parents[2] / "data"
ARTICLE = json.loads((DATA / "sample-article.jsonl").read_text("utf-8"))
EXPECTED: dict[str, Any] = json.loads((DATA / "sample-article.expected.json").read_text("utf-8"))
BODY = f"{ARTICLE['title']}\n{ARTICLE['text']}"
TYPES = {"persons": "person", "organisations": "organisation", "places": "place"}
NAMED = [(kind, name, wikidata) for kind in TYPES for name, wikidata in EXPECTED[kind].items()]


@pytest.fixture(scope="module")
def enrichment() -> Enrichment:
    sentences = split(BODY, "fr")
    return Enrichment(actors=find_actors(BODY, "fr", sentences, load_gazetteer(), 200).actors, sentences=sentences)


def bearer(enrichment: Enrichment, name: str) -> Actor:
    """The one actor that every mention written `name` belongs to."""
    found = [actor for actor in enrichment.actors if any(mention.text == name for mention in actor.mentions)]
    assert len(found) == 1, name
    return found[0]


@pytest.mark.parametrize(("kind", "name", "wikidata"), NAMED)
def test_every_expected_actor_is_found(enrichment: Enrichment, kind: str, name: str, wikidata: str | None) -> None:
    actor = bearer(enrichment, name)
    assert actor.type == TYPES[kind]
    if wikidata:
        assert actor.wikidata == wikidata


@pytest.mark.parametrize(("short", "full"), list(EXPECTED["resolves"].items()))
def test_a_short_form_is_its_full_name(enrichment: Enrichment, short: str, full: str) -> None:
    assert bearer(enrichment, short).id == bearer(enrichment, full).id


@pytest.mark.parametrize("pair", EXPECTED["pairs_in_one_sentence"])
def test_pairs_share_a_sentence(enrichment: Enrichment, pair: list[str]) -> None:
    ids = {bearer(enrichment, name).id for name in pair}
    (found,) = [each for each in enrichment.pairs() if {each.first, each.second} == ids]
    assert found.same_sentence


def test_every_bare_mention_is_resolved(enrichment: Enrichment) -> None:
    for name in ("Poutine", "Kim", "Bennett"):
        mentions = [mention for actor in enrichment.actors for mention in actor.mentions if name in mention.text]
        assert len(mentions) == BODY.count(name)


@pytest.mark.parametrize("agency", ["RIA", "KCNA", "Yonhap"])
def test_agencies_are_sources(enrichment: Enrichment, agency: str) -> None:
    assert bearer(enrichment, agency).role == "source"


def test_nobody_else_is_named(enrichment: Enrichment) -> None:
    persons = {actor.id for actor in enrichment.actors if actor.type == "person"}
    assert len(persons) == len(EXPECTED["persons"])
    assert [id_ for id_ in persons if id_.startswith("?")] == [provisional_id("Bruce Bennett", "fr")]
