import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.html_text import html_to_text

PARAGRAPH = (
    "The minister said on Tuesday that the agreement would be signed before the end of the year, whatever happens. "
)
PAGE = (
    "<!doctype html><html><head><title>A &amp; B</title><script>var x = '<p>no</p>'</script></head><body>"
    "<nav><ul><li><a href=/a>Home</a></li><li><a href=/b>World</a></li></ul></nav>"
    f"<article><h1>A and B sign</h1><p>{PARAGRAPH * 3}</p><p>{PARAGRAPH * 2}</p></article>"
    "<footer><p>Copyright</p></footer></body></html>"
)


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("<p>One <b>wo</b>rd &amp; &eacute;.</p><p>Two<br/>Three</p>", "One word & é.\nTwo\nThree"),
        ("plain text, 5 < 6 & AT&T", "plain text, 5 < 6 & AT&T"),
        ("a<script>alert('<p>x</p>')</script><style>p{}</style>b", "ab"),
        ("<p>a\n   b\tc</p>", "a b\tc"),
        ("<p>«&nbsp;Oui&#8239;!</p>", "«\u00a0Oui\u202f!"),
        ("<ul><li>1<li>2</ul>", "1\n2"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<?xml version='1.0' encoding='latin-1'?><meta charset=koi8-r><p>é日本", "é日本"),
        ("&lt;b&gt; stays", "<b> stays"),
        ("a\ud800\x00b", "a\ufffdb"),
        ("<!-- c --><p>x<!-- d -->y", "xy"),
        ("<b><p>broken</b> nesting</p></i>", "broken nesting"),
        ("", ""),
        ("  <br> ", ""),
    ],
)
def test_fragments_become_lines(fragment: str, expected: str) -> None:
    extracted = html_to_text(fragment, url=None, fragment=True)
    assert extracted.text == expected
    assert extracted.how == "fragment"


def test_a_page_gives_its_article_without_navigation() -> None:
    extracted = html_to_text(PAGE, url="https://paper.example/a", fragment=False)
    assert extracted.how == "article"
    assert extracted.title == "A & B"
    assert PARAGRAPH.strip() in extracted.text
    assert "Home" not in extracted.text
    assert "Copyright" not in extracted.text


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("A and B sign", "A and B sign"),
        ("A and B sign – The Paper", "A and B  sign"),
        ("The Paper", "A and B sign"),
        ("", "A and B sign"),
    ],
)
@pytest.mark.parametrize("tag", ["h1", "p"])
def test_the_headline_is_the_title_and_not_the_texts_beginning(title: str, headline: str, tag: str) -> None:
    body = f"<h1>{headline}</h1>" + (f"<p>{headline}</p>" if tag == "p" else "") + f"<p>{PARAGRAPH * 3}</p>" * 2
    for page in (f"<article>{body}</article>", f"<div>{body}</div><div>{f'<p>{PARAGRAPH * 3}</p>' * 3}</div>"):
        head = f"<head><title>{title}</title></head>" if title else ""
        extracted = html_to_text(f"<html>{head}<body>{page}</body></html>", url=None, fragment=False)
        assert extracted.title == (title or "A and B sign")
        assert extracted.text.startswith("The minister")


def test_a_text_that_only_begins_like_its_title_stands() -> None:
    body = "<p>Quake</p>" + f"<p>{PARAGRAPH * 3}</p>" * 2
    page = f"<html><head><title>Quake in the north</title></head><body><article>{body}</article>"
    assert (
        "Quake" not in html_to_text(page.replace("Quake</p>", "Quake in the north</p>"), url=None, fragment=False).text
    )
    only = "<html><head><title>The minister said so</title></head><body><p>The minister said so</p></body></html>"
    assert html_to_text(only, url=None, fragment=False).text == "The minister said so"


def test_whoever_is_not_sure_asks_the_reference() -> None:
    page = f"<html><body>{f'<article><h2>One</h2><p>{PARAGRAPH * 3}</p></article>' * 4}</body></html>"
    assert html_to_text(page, url=None, fragment=False).how == "reference"


def test_a_page_that_is_no_article_still_gives_its_words() -> None:
    extracted = html_to_text("<html><body><div>Short notice.</div></body></html>", url=None, fragment=False)
    assert extracted.text == "Short notice."
    assert html_to_text("<html>", url=None, fragment=False).text == ""


def test_a_page_too_large_to_walk_is_read_plainly() -> None:
    extracted = html_to_text(PAGE + "<!--" + "x" * 2_000_000 + "-->", url=None, fragment=False)
    assert extracted.how == "plain"
    assert PARAGRAPH.strip() in extracted.text


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>" + "<div>" * 20_000 + f"<p>{PARAGRAPH}</p>",
        "<html><body>" + "<div>a</div>" * 450_000,
        "<html><body>" + "<div>a</div>" * 18_000,
        "<html><body><p " + " ".join(f"a{number}=b" for number in range(100_000)) + f">{PARAGRAPH}</p>",
        "<html><body>" + "".join(f"<div class='related-{number}'>x</div>" for number in range(18_000)),
        "<html><body><div class='" + "a-" * 500_000 + f"'><p>{PARAGRAPH}</p>",
        "<html><body>" + "<article>" * 20_000 + f"<p>{PARAGRAPH}</p>",
        "<html><body>" + f"<p>{PARAGRAPH}</p>" * 15_000,
        "<html><body><p>" + "Related " * 200_000,
    ],
    ids="nested soup smaller-soup attributes names name articles paragraphs words".split(),
)
def test_hostile_pages_take_linear_time(page: str) -> None:
    started = time.process_time()
    html_to_text(page, url=None, fragment=False)
    assert time.process_time() - started < 5


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/pbscript &;#x='\"\n!-[a日\ud800\x00"), max_size=60), st.booleans())
def test_any_markup_is_survived(html: str, fragment: bool) -> None:
    html_to_text(html, url=None, fragment=fragment).text.encode("utf-8")


@pytest.mark.parametrize("fragment", [True, False])
@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b>",
        "<p>a",
        "<table><tr><td>",
        "<",
        "&",
        "&#9",
        "<!--",
        "<a b=c ",
        "<title>",
        "</p>",
        "<ul><li>x",
        "<script>",
    ],
)
def test_hostile_markup_takes_linear_time(unit: str, fragment: bool) -> None:
    started = time.process_time()
    html_to_text("<html><body>" + unit * (100_000 // len(unit)), url=None, fragment=fragment)
    assert time.process_time() - started < 5
