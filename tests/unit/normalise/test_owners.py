from collections import Counter

import pytest
import yaml

from services.normalise.owners import TABLE, owner_of, owners
from shared.urls.canonical_url import registrable_domain


@pytest.fixture(scope="module")
def entries() -> list[tuple[str, list[str]]]:
    """Owner and domains in the order of the file: the nodes, since a mapping would swallow an owner that is there twice."""
    root = yaml.compose(TABLE.read_text("utf-8"), Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    plain = "tag:yaml.org,2002:str"
    for owner, domains in root.value:
        # What YAML takes for a number, a date or a truth value has another tag, and needs quotes.
        assert owner.tag == plain, owner.value
        assert all(domain.tag == plain for domain in domains.value), owner.value
    return [(owner.value, [domain.value for domain in domains.value]) for owner, domains in root.value]


def test_no_domain_stands_twice(entries: list[tuple[str, list[str]]]) -> None:
    count = Counter(domain for _, domains in entries for domain in domains)
    assert [domain for domain, times in count.items() if times > 1] == []


def test_no_owner_stands_twice_nor_in_two_spellings(entries: list[tuple[str, list[str]]]) -> None:
    count = Counter(owner.casefold().replace("-", " ") for owner, _ in entries)
    assert [owner for owner, times in count.items() if times > 1] == []


def test_every_owner_has_a_name_and_a_domain(entries: list[tuple[str, list[str]]]) -> None:
    assert [owner for owner, domains in entries if not owner.strip() or not domains] == []


def test_every_domain_is_registrable() -> None:
    wrong = {domain: registrable_domain(f"https://www.{domain}/news") for domain in owners()}
    assert {domain: found for domain, found in wrong.items() if found != domain} == {}


def test_the_table_covers_the_world() -> None:
    assert len(owners()) >= 220
    assert len(set(owners().values())) >= 120


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
