import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.page_metadata import PageMetadata, read_metadata

NEWS = {
    "@type": "NewsArticle",
    "headline": "A &amp; B sign",
    "url": "https://paper.example/a",
    "datePublished": "2024-06-19T10:00:00Z",
    "dateModified": "2024-06-19T11:00:00Z",
    "author": [{"@type": "Person", "name": "Ann Other"}, {"@type": "Person", "name": "Bo Some"}],
    "publisher": {"@type": "Organization", "name": "The Paper"},
    "inLanguage": "en-GB",
}
FULL = PageMetadata(
    title="A & B sign",
    canonical_url="https://paper.example/a",
    published="2024-06-19T10:00:00Z",
    modified="2024-06-19T11:00:00Z",
    author="Ann Other, Bo Some",
    site_name="The Paper",
    language="en-GB",
)


def linked(data: object) -> str:
    block = data if isinstance(data, str) else json.dumps(data)
    return f"<html><head></head><body><script type='application/ld+json'>{block}</script></body></html>"


@pytest.mark.parametrize(
    "data",
    [
        NEWS,
        [NEWS],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "x"}, NEWS]},
        {**NEWS, "@type": ["ReportageNewsArticle", "Article"]},
        {**NEWS, "@type": "http://schema.org/NewsArticle"},
        {**NEWS, "author": "Ann Other, Bo Some"},
        {"@type": "WebPage", "headline": "no", "mainEntity": NEWS},
        [{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "other"}]}, NEWS],
        "<!-- " + json.dumps(NEWS) + " -->",
        json.dumps(NEWS).replace("A &amp; B", "A\n&amp; B") + ";",
    ],
)
def test_json_ld_in_its_many_shapes(data: object) -> None:
    assert read_metadata(linked(data)) == FULL


def test_broken_json_still_gives_its_plain_fields() -> None:
    broken = json.dumps(NEWS).replace('"url"', ',,"url"').replace("A &amp; B", '\\u00c9t\\u00e9 \\"x\\"')
    found = read_metadata(linked(broken))
    assert (found.title, found.published, found.canonical_url) == ('Été "x" sign', FULL.published, FULL.canonical_url)


def test_meta_tags_links_and_language() -> None:
    found = read_metadata(
        """<!DOCTYPE html><HTML lang="fr-FR"><head><title>Titre - Le Journal</title><script>var a = "</head>";</script>
        <meta property="og:title" content="L&#8217;été &gt; l'hiver"><meta name=author content="By Anne Autre">
        <link rel="shortcut canonical" href="/a/b?x=1&amp;y=2"><meta property="article:published_time" content="2024-06-19">
        <meta property='og:updated_time' content='2024-06-20'><meta property="og:site_name" content="Le Journal"></head><body>x"""
    )
    assert found == PageMetadata(
        "L’été > l'hiver", "/a/b?x=1&y=2", "2024-06-19", "2024-06-20", "Anne Autre", "Le Journal", "fr-FR"
    )


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("<title>Only\n this</title>", "title", "Only this"),
        ("<title>One</title><svg><title>Two</title></svg>", "title", "One"),
        ('<body><time class="x" datetime="2024-06-19">yesterday</time>', "published", "2024-06-19"),
        ('<meta itemprop="datePublished" content="2024-06-19">', "published", "2024-06-19"),
        ('<meta name=date content="0001-01-01T00:00:00Z"><time datetime="2024-06-19">', "published", "2024-06-19"),
        (
            '<meta property="article:author" content="https://facebook.com/x"><meta name="byl" content="A">',
            "author",
            "A",
        ),
        ('<meta property="og:locale" content="pt_BR">', "language", "pt_BR"),
        ('<meta property="og:url" content="https://x.example/">', "canonical_url", "https://x.example/"),
        ("<SCRIPT>x</SCRIPT><title>After</title>", "title", "After"),
        ("", "title", None),
    ],
)
def test_one_field(page: str, field: str, value: str | None) -> None:
    assert getattr(read_metadata(page), field) == value


@pytest.mark.parametrize(
    ("data", "free"),
    [
        ({"isAccessibleForFree": True}, True),
        ({"isAccessibleForFree": False}, False),
        ({"isAccessibleForFree": "True"}, True),
        ({"isAccessibleForFree": " false"}, False),
        ({"isAccessibleForFree": "https://schema.org/False"}, False),
        ({"isAccessibleForFree": ["False"]}, False),
        ({"isAccessibleForFree": "perhaps"}, None),
        ({"isAccessibleForFree": 7}, None),
        ({"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".x"}}, False),
        ({"isAccessibleForFree": True, "hasPart": ["x", {"isAccessibleForFree": False}]}, False),
        ({"isAccessibleForFree": False, "hasPart": [{"isAccessibleForFree": True}]}, False),
        ({}, None),
    ],
)
def test_whether_readers_must_pay(data: dict[str, object], free: bool | None) -> None:
    assert read_metadata(linked({**NEWS, **data})).free is free


@pytest.mark.parametrize(
    ("page", "free"),
    [
        (linked([{"@type": "WebPage", "isAccessibleForFree": False}, NEWS]), False),
        (linked({"@type": "WebPage", "isAccessibleForFree": "False"}), False),
        (linked([{"@type": "VideoObject", "isAccessibleForFree": False}, NEWS]), None),
        (linked([{"@type": "ItemList", "itemListElement": [{**NEWS, "isAccessibleForFree": False}]}, NEWS]), None),
        (linked(json.dumps({**NEWS, "isAccessibleForFree": False}).replace('"url"', ',,"url"')), False),
        ('<html><body><meta itemprop="isAccessibleForFree" content="false">', False),
        ('<html><body><meta itemprop=isAccessibleForFree content="https://schema.org/True">', True),
        ("<html><body>isAccessibleForFree", None),
    ],
    ids=range(8),
)
def test_whether_readers_must_pay_wherever_it_is_said(page: str, free: bool | None) -> None:
    assert read_metadata(page).free is free


@pytest.mark.parametrize(("content", "reserved"), [("1", True), ("0", False), (" 1 ", True), ("yes", None), ("", None)])
def test_the_right_to_text_and_data_mining(content: str, reserved: bool | None) -> None:
    assert read_metadata(f'<html><head><meta name="TDM-Reservation" content="{content}">').tdm_reserved is reserved


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/metascriptld+json{}[]\":,@\\u= '\x00\ud800é"), max_size=80))
def test_any_page_is_survived(text: str) -> None:
    read_metadata(text)
    read_metadata(linked(text))


@pytest.mark.parametrize(
    "page",
    [
        "<meta " * 100_000,
        "<meta name=a content='" * 50_000,
        "<script type='application/ld+json'>" * 30_000,
        linked("[" * 400_000),
        linked('{"a":' * 50_000),
        linked('"headline" : "\\' * 30_000),
        "<time datetime='" * 60_000,
        "<script>" * 100_000,
        "<html lang=a><title>" * 50_000,
        linked(NEWS) * 2_000,
    ],
    ids=range(10),
)
def test_hostile_pages_take_linear_time(page: str) -> None:
    started = time.process_time()
    read_metadata(page)
    assert time.process_time() - started < 1
