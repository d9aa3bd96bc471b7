"""The table of outlets, the user's own, and the rule for unknown domains."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from babel import Locale

from services.normalise.owners import load_owners, outlets
from shared.errors import Misuse
from shared.urls.canonical_url import registrable_domain

ROWS = list(outlets())
KINDS = {
    "newspaper", "broadcaster", "agency", "magazine", "online", "government", "press-release", "aggregator"
}  # fmt: skip


def owner_of(domain: str) -> str:
    return load_owners().owner_of(domain)


def test_no_domain_stands_twice() -> None:
    count = Counter(outlet.domain for outlet in ROWS)
    assert [domain for domain, times in count.items() if times > 1] == []


def test_no_owner_stands_in_two_spellings() -> None:
    count = Counter(owner.casefold().replace("-", " ") for owner in {outlet.owner for outlet in ROWS})
    assert [owner for owner, times in count.items() if times > 1] == []


def test_every_country_is_one() -> None:
    territories = Locale("en").territories
    assert {outlet.country for outlet in ROWS if outlet.country not in territories} == set()
    assert {outlet.kind for outlet in ROWS} <= KINDS


def test_every_domain_is_registrable() -> None:
    wrong = {outlet.domain: registrable_domain(f"https://www.{outlet.domain}/news") for outlet in ROWS}
    assert {domain: found for domain, found in wrong.items() if found != domain} == {}


def test_the_table_covers_the_world() -> None:
    assert len(ROWS) >= 5_000
    assert len({outlet.owner for outlet in ROWS}) >= 2_000
    assert len({outlet.country for outlet in ROWS}) >= 180


def test_the_users_rows_go_before_ours(tmp_path: Path) -> None:
    mine = tmp_path / "outlets.tsv"
    mine.write_text(
        "domain\towner\tcountry\n# ours\nbbc.com\tMe\tFR\nOne.example\tTwo Papers\ntwo.example\tTwo Papers\n"
    )
    owners = load_owners(mine)
    assert (owners.owner_of("bbc.com"), owners.country_of("bbc.com")) == ("Me", "FR")
    assert owners.owner_of("one.example") == owners.owner_of("two.example") == "Two Papers"
    assert owners.owner_of("bbc.co.uk") == "BBC"
    assert owners.country_of("one.example") is None


@pytest.mark.parametrize(
    "text", ["", "a\tb\n", "domain\towner\tcolour\n", "domain\towner\nbbc.com\n", "domain\towner\n\tMe\n"]
)
def test_what_is_no_table_is_refused_with_what_it_lacks(tmp_path: Path, text: str) -> None:
    mine = tmp_path / "outlets.tsv"
    mine.write_text(text)
    with pytest.raises(Misuse, match=str(mine)):
        load_owners(mine)
    with pytest.raises(Misuse, match="cannot be read"):
        load_owners(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bbc.co.uk", "bbc.com"),
        ("ft.com", "nikkei.com"),
        ("wsj.com", "theaustralian.com.au"),
        ("bild.de", "politico.eu"),
        ("lesechos.fr", "leparisien.fr"),
        ("usatoday.com", "heraldscotland.com"),
        ("corriere.it", "elmundo.es"),
        ("ria.ru", "sputniknews.com"),
        ("xinhuanet.com", "news.cn"),
        ("tass.ru", "tass.com"),
    ],
)
def test_papers_of_one_house_have_one_owner(one: str, other: str) -> None:
    assert owner_of(one) == owner_of(other) != one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("abc.es", "abc.net.au"),
        ("ria.ru", "tass.ru"),
        ("express.co.uk", "express.de"),
        ("lesoleil.com", "lesoir.be"),
        ("thestar.co.uk", "thestar.com"),
        ("elpais.com", "elpais.com.co"),
        ("latribune.fr", "latribune.ca"),
    ],
)
def test_namesakes_of_two_houses_have_two_owners(one: str, other: str) -> None:
    assert owner_of(one) != owner_of(other)


@pytest.mark.parametrize("domain", ["village-gazette.example", "", "co.uk", "www.bbc.co.uk"])
def test_an_unknown_domain_is_its_own_owner(domain: str) -> None:
    assert owner_of(domain) == domain
