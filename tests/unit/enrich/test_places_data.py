"""The gazetteer's places as data: ids, forms, scripts, and no name that two places share."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.enrich.place_names import territory_names

FOLDER = Path(__file__).parents[3] / "services" / "enrich" / "gazetteer"
PLACES: list[dict[str, Any]] = [
    # The base loader reads every scalar as a string: Norway's `NO` stays a country.
    place
    for file in [*sorted(FOLDER.glob("places-*.yaml")), FOLDER / "homonyms.yaml"]
    for place in yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)
    if place["id"] != "georgia-us-state"
]
BY_ID = {place["id"]: place for place in PLACES}
SCRIPTS = {
    **{key: {"CYRILLIC"} for key in ("ru", "uk")},
    **{key: {"ARABIC"} for key in ("ar", "fa")},
    "he": {"HEBREW"},
    "hi": {"DEVANAGARI"},
    "zh": {"CJK"},
    "ja": {"CJK", "KATAKANA", "HIRAGANA"},
    "ko": {"HANGUL"},
    **{key: {"LATIN"} for key in ("en", "fr", "de", "es", "pt", "it", "pl", "tr")},
}
LATIN_ACRONYMS = {"UAE"}


def names(place: dict[str, Any], key: str = "aliases") -> list[tuple[str, str]]:
    return [(language, name) for language, listed in place.get(key, {}).items() for name in listed]


@pytest.mark.parametrize(
    ("place", "wikidata"),
    [
        ("north-korea", "Q423"),
        ("pyongyang", "Q18808"),
        ("russia", "Q159"),
        ("ukraine", "Q212"),
        ("vladivostok", "Q959"),
        ("united-states", "Q30"),
        ("south-korea", "Q884"),
        ("iran", "Q794"),
        ("china", "Q148"),
        ("eurasia", "Q5401"),
    ],
)
def test_places_that_acceptance_names_have_their_wikidata_id(place: str, wikidata: str) -> None:
    assert BY_ID[place]["wikidata"] == wikidata


def test_ids_and_wikidata_ids_are_unique() -> None:
    assert len(BY_ID) == len(PLACES)
    ids = Counter(place["wikidata"] for place in PLACES if "wikidata" in place)
    assert [wikidata for wikidata, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["id"])
def test_an_entry_has_the_form_of_a_place(place: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", place["id"])
    assert place["type"] == "place"
    assert place["kind"] in {
        "country",
        "capital",
        "city",
        "region",
        "sea",
        "river",
        "lake",
        "mountain",
        "island",
        "strait",
    }
    assert re.fullmatch(r"Q\d+", place.get("wikidata", "Q1"))
    assert re.fullmatch(r"[A-Z]{2}", place.get("country", "XX"))
    assert "country" in place or place["kind"] not in {"country", "capital", "city"}
    assert names(place)
    for language, name in names(place) + names(place, "short"):
        assert isinstance(name, str)
        assert name == name.strip() == unicodedata.normalize("NFC", name)
        letter = next(char for char in name if char.isalpha())
        script = unicodedata.name(letter).split()[0].partition("-")[0]
        assert script in SCRIPTS[language] or name in LATIN_ACRONYMS, (language, name)
        assert len(name) >= 2


def test_each_country_stands_once() -> None:
    countries = [place["country"] for place in PLACES if place["kind"] == "country"]
    assert len(countries) == len(set(countries)) > 200


def test_no_alias_belongs_to_two_places() -> None:
    bearers: dict[str, set[str]] = {}
    for place in PLACES:
        for _, name in names(place):
            bearers.setdefault(name.casefold(), set()).add(place["id"])
    assert {name: ids for name, ids in bearers.items() if len(ids) > 1} == {}


def test_no_city_bears_the_name_of_a_country() -> None:
    territories: dict[str, set[str]] = {}
    for language in SCRIPTS:
        for code, written in territory_names(language).items():
            for name in written:
                territories.setdefault(name.casefold(), set()).add(code)
    clashes = {
        (place["id"], name, *sorted(territories[name.casefold()]))
        for place in PLACES
        for _, name in names(place)
        if territories.get(name.casefold(), set()) - ({place["country"]} if place["kind"] == "country" else set())
    }
    assert clashes == set()


@pytest.mark.parametrize("name", ["Washington", "Nice", "Victoria", "Santiago", "Tripoli", "Cork", "Male", "Seul"])
def test_names_that_mean_other_things_too_do_not_count_alone(name: str) -> None:
    assert [place["id"] for place in PLACES if name in [alias for _, alias in names(place)]] == []
    assert [place["id"] for place in PLACES if name in [alias for _, alias in names(place, "short")]]


@pytest.mark.parametrize("language", ["fr", "de", "es", "pt", "it", "pl", "ru", "uk", "ar", "zh", "ja", "ko", "fa"])
def test_great_capitals_are_known_in_every_language(language: str) -> None:
    for capital in ("moscow", "beijing", "cairo"):
        place = BY_ID[capital]
        known = {name for _, name in names(place)} if language in {"fr", "de", "es", "pt", "it", "pl"} else set()
        assert place["aliases"].get(language) or known, (capital, language)
