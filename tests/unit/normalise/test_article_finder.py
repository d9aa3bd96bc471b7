from __future__ import annotations

import pytest

from services.normalise.article_finder import find_article
from services.normalise.boilerplate import around, ends_article
from services.normalise.page_blocks import read_blocks

ONE = "The minister said on Tuesday that the agreement would be signed before the end of the year, whatever happens."
TWO = (
    "The opposition called the plan a mistake, and asked for a debate in parliament before anything is decided at all."
)
THREE = "A vote is expected in the second half of the month; until then both sides have agreed to keep the talks quiet."
ODD = (
    "Cheap flights to the islands are back, and our readers can save up to forty per cent on a weekend for two people."
)
BODY = "\n".join((ONE, TWO, THREE, ONE, TWO))
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
KOREAN = "장관은 화요일 이 합의가 무슨 일이 있어도 연말 이전에 서명될 것이라고 말했다고 관계자가 전했다. " * 2


def found(body: str) -> tuple[str, bool]:
    result = find_article(read_blocks(f"<!doctype html><html><head><title>T</title></head><body>{body}</body></html>"))
    return result.text, result.sure


@pytest.mark.parametrize(
    "page",
    [
        f"<article>{PARAGRAPHS}</article>",
        f"<div class=x><div class=y>{PARAGRAPHS}</div></div>",
        f"<div itemprop='articleBody'>{PARAGRAPHS}</div><div><p>{ODD}</p></div>",
        f"<main>{PARAGRAPHS}</main>",
        f"<nav><p>{ODD}</p></nav><article>{PARAGRAPHS}</article><footer><p>{ODD}</p></footer>",
        f"<article><h1>Headline</h1><p class=byline>By Ann Other, who writes about ministers and what they say</p>{PARAGRAPHS}</article>",
        f"<article>{PARAGRAPHS}<div class='related-links'><p>{ODD}</p></div></article>",
        f"<article>{PARAGRAPHS}<section id=comments><p>{ODD}</p></section></article>",
        f"<article>{PARAGRAPHS}<div style='display: none'><p>{ODD}</p></div></article>",
        f"<article>{PARAGRAPHS}<article><p>{ODD}</p></article></article>",
        f"<article>{PARAGRAPHS}<p><a href=/>{ODD}</a></p></article>",
        f"<article>{PARAGRAPHS}<ul><li><a href=/>Another story of the day</a></li></ul></article>",
        f"<article>{PARAGRAPHS}<h3>Related stories</h3><p>{ODD}</p></article>",
        f"<article>{PARAGRAPHS}<h3>Читайте также:</h3><p>{ODD}</p></article>",
        f"<article>{PARAGRAPHS}<figure><figcaption>{ODD}</figcaption></figure></article>",
        f"<div class='page has-sidebar video'><div class='main-with-sidebar'>{PARAGRAPHS}</div></div>",
        "<article>" + "<br><br>".join(BODY.split("\n")) + "</article>",
    ],
)
def test_an_article_comes_out_alone_and_surely(page: str) -> None:
    assert found(page) == (BODY, True)


def test_short_lines_and_headings_stay_where_they_stand_in_the_text() -> None:
    page = f"<article><h2>Before</h2><p>{ONE}</p><h2>What now?</h2><p>He left.</p>{PARAGRAPHS}<h2>After</h2></article>"
    assert found(page) == (f"{ONE}\nWhat now?\nHe left.\n{BODY}", True)


def test_a_paragraph_with_links_is_one_and_stands_whole() -> None:
    linked = f"The <a href=/>minister</a> said, <b>as before</b>, what <a href=/>the party had written</a>. {TWO}"
    page = f"<article>{PARAGRAPHS}<p>{linked}</p></article>"
    assert found(page)[0].endswith(f"\nThe minister said, as before, what the party had written. {TWO}")


def test_scripts_that_need_fewer_characters_are_running_text_sooner() -> None:
    text, _ = found(f"<div>{''.join(f'<p>{KOREAN}</p>' for _ in range(6))}</div>")
    assert text.count("\n") == 5


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<div>Short notice.</div>",
        f"<p>{ONE}</p>",
        f"<article>{PARAGRAPHS}</article><div class=comments>{PARAGRAPHS * 3}</div>",
        "".join(
            f"<article><h2>{number}</h2><p>{line}</p></article>" for number, line in enumerate(BODY.split("\n") * 2)
        ),
    ],
    ids=["nothing", "a notice", "too short", "mostly comments", "a front page"],
)
def test_whatever_is_no_plain_case_is_left_to_the_reference(page: str) -> None:
    assert found(page)[1] is False


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"class": "story-body"}, ""),
        ({"class": "c-relatedLinks__list"}, "perhaps"),
        ({"id": "sidebar_right"}, "perhaps"),
        ({"class": "noticias-relacionadas"}, "perhaps"),
        ({"class": "leader madness shareholders"}, ""),
        ({"class": "CommentList"}, "never"),
        ({"id": "kommentare"}, "never"),
        ({"hidden": ""}, "never"),
        ({"style": "color:red; DISPLAY : none"}, "never"),
        ({}, ""),
    ],
)
def test_names_of_elements(attributes: dict[str, str], said: str) -> None:
    assert around(attributes) == said


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("Related articles", True),
        ("12 Comments", True),
        ("» Mehr zum Thema:", True),
        ("A lire aussi", False),
        ("À lire aussi", True),
        ("相关新闻", True),
        ("관련 기사", True),
        ("Related articles were banned by the court", False),
        ("He had no further comment.", False),
    ],
)
def test_lines_behind_which_there_is_no_article(line: str, ends: bool) -> None:
    assert ends_article(line) is ends
