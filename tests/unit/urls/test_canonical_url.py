import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.urls.canonical_url import MAX_URL_CHARS, canonical_url, registrable_domain

TRACKERS = [
    "utm_source=rss",
    "UTM_Campaign=a%20b",
    "fbclid=IwAR0x",
    "gclid=1",
    "yclid=2",
    "mc_cid=3",
    "xtor=RSS-3208",
    "at_medium=RSS",
    "at_campaign=rss",
    "ocid=socialflow_twitter",
    "cmpid=x",
    "smid=tw-nytimes",
    "igshid=abc",
    "_ga=2.1.1.1",
    "ref=rss",
    "source=twitter",
    "ns_mchannel=social",
]
segments = st.text(st.sampled_from("abcdefgh0123456789-_é日"), min_size=1, max_size=8)
parameters = st.tuples(st.sampled_from(["id", "p", "story", "article", "eid", "cid", "ref"]), st.integers(2, 10**9))


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://WWW.Example.COM:80/a/../b/?b=2&id=3#part", "https://www.example.com/b?b=2&id=3"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com./a", "https://example.com/a"),
        ("http://example.com/a?x=1", "https://example.com/a?x=1"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://127.0.0.1:8080/x/?p=5", "http://127.0.0.1:8080/x?p=5"),
        ("https://[::1]:443/a", "https://[::1]/a"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://straße.example/ä?q=ä b", "https://xn--strae-oqa.example/%C3%A4?q=%C3%A4+b"),
        ("https://новости.рф/мир", "https://xn--b1amnebsh.xn--p1ai/%D0%BC%D0%B8%D1%80"),
        ("https://example.com/%7euser/%c3%a9", "https://example.com/~user/%C3%A9"),
        ("https://example.com/#!/story/7", "https://example.com/#!/story/7"),
        ("https://example.com/#/article/1", "https://example.com/#/article/1"),
        ("https://example.com/a#:~:text=some%20words", "https://example.com/a"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("//example.com/a", "https://example.com/a"),
        ("https://m.example.com/a", "https://m.example.com/a"),
        ("https://example.com/a;jsessionid=AB12?id=1", "https://example.com/a?id=1"),
        ("https://example.com/world/a-long-story/amp/", "https://example.com/world/a-long-story"),
        ("https://example.com/story.amp.html", "https://example.com/story.html"),
        ("https://example.com/story?amp=1&id=4", "https://example.com/story?id=4"),
        ("https://example.com/story?outputType=amp", "https://example.com/story"),
        ("https://www.google.com/amp/s/www.example.com/a-1?utm_a=1&id=2", "https://www.example.com/a-1?id=2"),
        ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/b.html", "https://www.example.com/a/b.html"),
    ],
)
def test_one_address_per_article(given_url: str, expected: str) -> None:
    assert canonical_url(given_url) == expected


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_tracking_parameter_changes_nothing(tracker: str) -> None:
    assert canonical_url(f"https://paper.example/a?id=7&{tracker}") == "https://paper.example/a?id=7"
    assert canonical_url(f"https://paper.example/a?{tracker}") == "https://paper.example/a"


@pytest.mark.parametrize(
    "query",
    [
        "id=123",
        "p=5",
        "story=x",
        "ref=99",
        "source=4711",
        "cid=5",
        "eid=6",
        "page=2",
        "lang=fr",
        "v=x_y",
        "src=1",
        "from=1",
    ],
)
def test_what_may_be_an_id_stays(query: str) -> None:
    assert canonical_url(f"https://paper.example/a?{query}") == f"https://paper.example/a?{query}"


@pytest.mark.parametrize("path", ["/music/amp", "/amp", "/amplifier", "/amp/news"])
def test_a_page_about_amps_is_not_an_amp_page(path: str) -> None:
    assert canonical_url(f"https://paper.example{path}") == f"https://paper.example{path}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "about:blank",
        "mailto:a@b.example",
        "javascript:alert(1)",
        "ftp://example.com/a",
        "/only/a/path",
        "https://",
        "https://[::1",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * MAX_URL_CHARS,
    ],
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


def test_relative_links_are_resolved_against_the_base() -> None:
    assert canonical_url("../b?id=1", base="https://paper.example/x/y/") == "https://paper.example/x/b?id=1"
    assert canonical_url("b", base="https://[") is None


@settings(deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            "https://paper.example/",
            "http://x.example:81/a?",
            "//",
            "https://",
            "https://a.example/#/",
            "//a.example#!",
        ]
    ),
)
def test_canonicalising_twice_changes_nothing_and_never_raises(text: str, prefix: str) -> None:
    once = canonical_url(prefix + text)
    assert once is None or canonical_url(once) == once
    registrable_domain(prefix + text)


@settings(deadline=None)
@given(st.lists(segments, min_size=1, max_size=4), st.lists(parameters, max_size=3), st.sampled_from(TRACKERS))
def test_trackers_in_any_place_give_the_same_address(
    path: list[str], query: list[tuple[str, int]], tracker: str
) -> None:
    base = "https://paper.example/" + "/".join(path)
    pairs = [f"{name}={value}" for name, value in query]
    plain = canonical_url(f"{base}?{'&'.join(pairs)}")
    assert canonical_url(f"{base}?{'&'.join([tracker, *pairs])}#x") == plain
    assert canonical_url(f"{base}?{'&'.join([*pairs, tracker])}") == plain


@settings(deadline=None)
@given(
    st.tuples(st.lists(segments, min_size=1, max_size=3), parameters),
    st.tuples(st.lists(segments, min_size=1, max_size=3), parameters),
)
def test_different_paths_or_ids_never_merge(
    one: tuple[list[str], tuple[str, int]], other: tuple[list[str], tuple[str, int]]
) -> None:
    urls = [f"https://paper.example/{'/'.join(path)}?{name}={value}" for path, (name, value) in (one, other)]
    assert (canonical_url(urls[0]) == canonical_url(urls[1])) == (one == other)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://www.paper.example/x", "paper.example"),
        ("https://a.b.blogspot.com/", "b.blogspot.com"),
        ("http://127.0.0.1:8080/x", "127.0.0.1"),
        ("http://[::1]:80/", "::1"),
        ("http://localhost:3000/", "localhost"),
        ("https://co.uk/", "co.uk"),
        ("https://новости.рф/", "xn--b1amnebsh.xn--p1ai"),
        ("https://WWW.Spiegel.DE./", "spiegel.de"),
        ("no url", ""),
        ("https://[", ""),
    ],
)
def test_registrable_domain(url: str, domain: str) -> None:
    assert registrable_domain(url) == domain
