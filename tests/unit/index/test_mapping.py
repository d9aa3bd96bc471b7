"""The mapping holds all that the contracts say, and what is written is what is mapped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from shared.adapters.elasticsearch.analysis import choose, everything
from shared.adapters.elasticsearch.documents import from_micros, micros, source_of
from shared.adapters.elasticsearch.indexes import Names
from shared.adapters.elasticsearch.languages import CHAINS
from shared.adapters.elasticsearch.mapping import NOT_INDEXED, alert_mapping, article_mapping
from shared.adapters.elasticsearch.templates import lifecycle_policy, templates
from shared.contracts import Alert, ArticleDocument
from shared.contracts.example_messages import examples

Build = Callable[..., Any]

FULL = choose(everything())
BARE = choose(frozenset())
ROOT = Path(__file__).parents[3]


def fields(contract: type[BaseModel], path: str = "") -> Iterator[str]:
    """Paths of all leaves of a contract."""
    for name, field in contract.model_fields.items():
        inner = [each for each in leaves(field.annotation) if isinstance(each, type) and issubclass(each, BaseModel)]
        if inner and f"{path}{name}" not in NOT_INDEXED:
            yield from fields(inner[0], f"{path}{name}.")
        else:
            yield f"{path}{name}"


def leaves(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Union, UnionType, tuple):
        for each in get_args(annotation):
            yield from leaves(each)
    elif get_args(annotation):
        yield from leaves(get_args(annotation)[0])
    else:
        yield annotation


def mapped(properties: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in properties.items():
        if "properties" in field:
            yield from mapped(field["properties"], f"{path}{name}.")
        else:
            yield f"{path}{name}", field


@pytest.mark.parametrize(
    ("contract", "mapping"), [(ArticleDocument, article_mapping(FULL)), (Alert, alert_mapping(FULL))]
)
def test_every_field_of_a_contract_is_mapped_or_left_out_for_a_reason(
    contract: type[BaseModel], mapping: dict[str, Any]
) -> None:
    known = dict(mapped(mapping))
    expected = set(fields(contract))
    assert len(expected) > 20
    assert expected <= known.keys()
    for name in expected:
        is_searched = known[name].get("enabled", True) and known[name].get("index", True)
        assert is_searched != (name in NOT_INDEXED), name


def test_nothing_is_left_out_that_no_contract_has() -> None:
    assert NOT_INDEXED.keys() <= {*fields(ArticleDocument), *fields(Alert)}


def paths(value: Any, known: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Of all leaves of a document, but of what is kept whole."""
    if path and known.get(path, {}).get("enabled") is False:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            yield from paths(each, known, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for each in value:
            yield from paths(each, known, path)
    else:
        yield path


def test_all_that_is_written_is_mapped(make_document: Build, make_alert: Build) -> None:
    article = make_document(actors=("ann", "bob"))
    for document, mapping in ((article, article_mapping(BARE)), (make_alert(), alert_mapping(BARE))):
        known = dict(mapped(mapping))
        written = json.loads(source_of(document))
        assert set(paths(written, known)) <= known.keys()
        assert type(document).model_validate(written) == document


def test_analysts_find_names_and_pairs_in_plain_fields(make_document: Build, make_actor: Build) -> None:
    kim, putin = make_actor("n1", name="Kim Jong Un"), make_actor("a9", name="Vladimir Putin")
    oslo = make_actor("n3", name="Oslo", type="place")
    written = json.loads(source_of(make_document(actors=(kim, putin, oslo))))
    assert (written["persons"], written["places"]) == (["Kim Jong Un", "Vladimir Putin"], ["Oslo"])
    assert written["pair_names"] == ["Kim Jong Un + Vladimir Putin"]
    assert written["pair_keys"] == written["pair_keys_one_sentence"] == ["a9\x1fn1"]


def test_words_are_analysed_in_the_language_of_the_article_only(make_document: Build) -> None:
    assert list(json.loads(source_of(make_document(language="fr")))["analysed"]) == ["fr"]
    assert list(json.loads(source_of(make_document(language="tlh")))["analysed"]) == ["other"]


@pytest.mark.parametrize("year", [1900, 1969, 1970, 2026, 2200])
def test_times_keep_their_microseconds_even_as_doubles(year: int) -> None:
    time = datetime(year, 3, 1, 12, 30, 1, 999_999, tzinfo=UTC)
    assert from_micros(float(micros(time))) == time
    assert micros(time + timedelta(microseconds=1)) == micros(time) + 1


def test_an_article_lives_in_the_month_of_its_first_reading(make_document: Build, make_alert: Build) -> None:
    names = Names("eu-")
    early = datetime.fromisoformat("2024-07-01T01:00:00+02:00")
    assert names.index_of(make_document(first_seen=early)) == "eu-news-articles-2024.06"
    assert names.index_of(make_document(first_seen=early, revision=7, at=early + timedelta(days=99))) == (
        "eu-news-articles-2024.06"
    )
    assert names.index_of(make_document(first_seen=datetime(1900, 1, 1, tzinfo=UTC))) == "eu-news-articles-1900.01"
    assert names.index_of(make_alert()) == "eu-news-alerts"
    assert names.articles == "eu-news-articles"


def test_a_full_cluster_gives_each_language_its_own_analyzer() -> None:
    assert not FULL.left_out
    assert set(FULL.analyzers) == {*CHAINS, "other"}
    assert FULL.analyzers["uk"] == "ukrainian"
    assert FULL.settings["analyzer"]["newsloom_ja"]["tokenizer"] == "kuromoji_tokenizer"
    assert FULL.settings["analyzer"]["newsloom_fr"]["filter"][-1] == "icu_folding"
    defined = {"lowercase", *FULL.settings["filter"]}
    for analyzer in FULL.settings["analyzer"].values():
        assert all(name in defined or not name.startswith("newsloom_") for name in analyzer["filter"])


def test_without_plugins_a_cluster_does_what_its_own_module_can() -> None:
    plugins = ("icu_", "kuromoji", "nori", "smartcn", "polish", "ukrainian", "ja_stop")
    parts = {name for name in everything() if not name.partition(":")[2].startswith(plugins)}
    chosen = choose(frozenset(parts))
    assert chosen.settings["analyzer"]["newsloom_zh"]["filter"] == [
        "cjk_width",
        "lowercase",
        "cjk_bigram",
        "asciifolding",
    ]
    assert chosen.analyzers["uk"] == chosen.analyzers["pl"] == "newsloom_plain"
    assert "newsloom_stemmer_light_russian" in chosen.settings["analyzer"]["newsloom_ru"]["filter"]
    missed = " ".join(chosen.left_out)
    for plugin in ("analysis-kuromoji", "analysis-nori", "analysis-smartcn", "analysis-ukrainian", "analysis-stempel"):
        assert plugin in missed


def test_a_cluster_without_anything_searches_whole_words_and_says_so() -> None:
    assert set(BARE.analyzers.values()) == {"newsloom_plain"}
    assert BARE.settings["analyzer"]["newsloom_plain"]["filter"] == ["lowercase"]
    assert any("analysis-common" in line for line in BARE.left_out)


def test_the_templates_in_the_repository_are_what_is_installed_on_a_full_cluster() -> None:
    """`python -m shared.adapters.elasticsearch.templates deploy/elasticsearch` writes them anew."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "deploy/elasticsearch").glob("*.json")}
    made = templates(Names(), FULL, lifecycle=True)
    assert found == {
        "news-articles.template": made["news-articles"],
        "news-alerts.template": made["news-alerts"],
        "news-articles.lifecycle": {"policy": lifecycle_policy()},
    }


def test_a_template_says_whose_it_is_and_changes_its_mark_with_its_content() -> None:
    full, bare = (templates(Names(), each, lifecycle=False)["news-articles"]["_meta"] for each in (FULL, BARE))
    assert full["managed_by"] == bare["managed_by"] == "newsloom"
    assert full["digest"] != bare["digest"]


def test_the_examples_of_alerts_are_written(make_alert: Build) -> None:
    alerts = [message for message in examples().values() if isinstance(message, Alert)]
    assert alerts
    for alert in alerts:
        assert json.loads(source_of(alert))["pair_name"].count(" + ") == 1
