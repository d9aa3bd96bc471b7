"""Quotations and their speakers, one clause at a time; the golden article with the actors that the recogniser finds in it."""

from __future__ import annotations

import itertools
import json
import re
import time
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.actors import find_actors
from services.enrich.gazetteer import load_gazetteer
from services.enrich.quotation_marks import MAX_SPANS, spans
from services.enrich.quotes import find_quotes
from services.enrich.saying_verbs import SAYING
from services.enrich.sentences import split
from shared.contracts.enrichment import Actor, Mention, Quote, Role

DATA = Path(__file__).parents[2] / "data"
ARTICLE = json.loads((DATA / "sample-article.jsonl").read_text("utf-8"))
EXPECTED: dict[str, Any] = json.loads((DATA / "sample-article.expected.json").read_text("utf-8"))

Kind = Literal["person", "organisation", "place"]
NAMES: dict[str, tuple[Kind, Role, tuple[str, ...]]] = {
    "smith": ("person", "actor", ("John Smith", "Smith")),
    "doe": ("person", "actor", ("Jane Doe", "Doe")),
    "putin": (
        "person",
        "actor",
        ("Vladimir Putin", "Putin", "Путин", "普京", "プーチン", "푸틴"),
    ),
    "scholz": ("person", "actor", ("Olaf Scholz", "Scholz")),
    "sanchez": ("person", "actor", ("Pedro Sánchez", "Sánchez")),
    "lula": ("person", "actor", ("Lula da Silva",)),
    "meloni": ("person", "actor", ("Giorgia Meloni", "Meloni")),
    "zelensky": ("person", "actor", ("Володимир Зеленський", "Зеленський")),
    "biden": ("person", "actor", ("جو بايدن", "بايدن")),
    "wang": ("person", "actor", ("王毅",)),
    "kishida": ("person", "actor", ("岸田文雄", "岸田")),
    "yoon": ("person", "actor", ("윤석열",)),
    "erdogan": ("person", "actor", ("Erdoğan",)),
    "tusk": ("person", "actor", ("Tusk",)),
    "raisi": ("person", "actor", ("رئیسی",)),
    "nato": ("organisation", "actor", ("NATO",)),
    "reuters": ("organisation", "source", ("Reuters",)),
    "russia": ("place", "actor", ("Russia", "России")),
}


def actors_in(body: str) -> list[Actor]:
    """Every name of `NAMES`, longest first, wherever it stands."""
    sentences = split(body, "en")
    found: dict[str, list[Mention]] = {}
    by_length = sorted(
        ((name, actor) for actor, (*_, names) in NAMES.items() for name in names), key=lambda n: -len(n[0])
    )
    bearers = dict(by_length)
    for match in re.finditer("|".join(re.escape(name) for name in bearers), body):
        sentence = next((n for n, (start, end) in enumerate(sentences) if start <= match.start() < end), 0)
        mention = Mention(text=match[0], start=match.start(), end=match.end(), sentence=sentence)
        found.setdefault(bearers[match[0]], []).append(mention)
    return [
        Actor(
            id=actor, name=actor, type=NAMES[actor][0], role=NAMES[actor][1], confidence=1.0, mentions=tuple(mentions)
        )
        for actor, mentions in found.items()
    ]


def quotes(text: str, language: str = "en", title: str = "Title") -> tuple[Quote, ...]:
    body = f"{title}\n{text}"
    return find_quotes(body, language, split(body, language), actors_in(body))


def speakers(text: str, language: str = "en") -> list[str | None]:
    return [quote.speaker for quote in quotes(text, language)]


ATTRIBUTED = [
    ("en", "“We will not give up this fight,” said John Smith, the mayor, after meeting Jane Doe.", ["smith"]),
    ("en", "“We will not give up,” Smith said. “We are here to stay.”", ["smith", "smith"]),
    ("en", "“We will not give up,” said Smith, “and we will win.”", ["smith", "smith"]),
    ("en", "Smith met Doe on Monday. “We will not give up,” he said.", ["smith"]),
    ("en", "Smith said: “We will not give up this.” Doe said: “I do not agree with it.”", ["smith", "doe"]),
    ("en", "Smith said the plan was “a threat to us all” but Doe called it “a very good idea”.", ["smith", "doe"]),
    ("en", 'Putin, who met Smith, said: "We will win this war."', ["putin"]),
    ("en", '"The alliance stands by its word," NATO said in a statement.', ["nato"]),
    ("en", "The president of Russia Vladimir Putin said “the plan is a disaster”.", ["putin"]),
    ("en", "According to Smith, “the plan is a disaster”.", ["smith"]),
    ("en", "“We will not give up this,” Smith told Reuters.", ["smith"]),
    ("en", "‘We don’t give up,’ said Doe.", ["doe"]),
    ("en", "'We will not give up,' said Doe.", ["doe"]),
    ("fr", "« Nous ne céderons pas », a déclaré à Putin le ministre Olaf Scholz.", ["scholz"]),
    ("fr", "« Nous ne céderons pas » et « nous irons plus loin », a déclaré Putin.", ["putin", "putin"]),
    ("fr", "Selon Putin, « rien ne sera plus comme avant ».", ["putin"]),
    ("fr", "Putin : « Nous ne céderons pas »", ["putin"]),
    ("fr", "Putin est arrivé. Il a ajouté : « Nous ne céderons pas. »", ["putin"]),
    ("de", "„Wir werden das nicht hinnehmen“, sagte Bundeskanzler Olaf Scholz am Montag in Berlin.", ["scholz"]),
    ("de", "»Das ist ein guter Tag«, so Scholz.", ["scholz"]),
    ("de", "Scholz betonte, das Land sei „auf einem guten Weg“.", ["scholz"]),
    ("de", "Scholz traf Putin. „Wir werden das nicht hinnehmen“, sagte er.", ["scholz"]),
    ("es", "«No vamos a ceder nunca», dijo el presidente del Gobierno, Pedro Sánchez.", ["sanchez"]),
    ("es", 'Sánchez compareció ayer. "No vamos a ceder nunca", añadió.', ["sanchez"]),
    ("pt", "“O Brasil voltou ao mundo”, afirmou o presidente Lula da Silva.", ["lula"]),
    ("it", "«Non faremo alcun passo indietro», ha detto la premier Giorgia Meloni.", ["meloni"]),
    ("it", "Meloni ha aggiunto: «Non faremo alcun passo indietro».", ["meloni"]),
    ("ru", "«Мы будем продолжать работу», — заявил президент России Путин журналистам.", ["putin"]),
    ("ru", "Путин заявил, что «мы будем продолжать работу».", ["putin"]),
    ("ru", "Путин прибыл в Минск. «Мы будем продолжать работу», — добавил он.", ["putin"]),
    ("uk", "«Ми переможемо цього року», – сказав президент Володимир Зеленський.", ["zelensky"]),
    ("uk", "Зеленський наголосив: «Ми переможемо цього року».", ["zelensky"]),
    ("pl", "„Nie ustąpimy w tej sprawie” – powiedział Tusk.", ["tusk"]),
    ("tr", 'Erdoğan, "Bu konuda kararlıyız" dedi.', ["erdogan"]),
    ("ar", 'قال الرئيس الأمريكي جو بايدن: "لن نتخلى عن أوكرانيا".', ["biden"]),
    ("ar", 'وقال بايدن إن الخطة "خطر كبير على الجميع". وأضاف: "لن نتخلى عن أوكرانيا".', ["biden", "biden"]),
    ("fa", "رئیسی گفت: «ما عقب نشینی نخواهیم کرد».", ["raisi"]),
    ("zh", "王毅表示：“中方愿同各方一道努力。”", ["wang"]),
    ("zh", "“中方愿同各方一道努力。”王毅说。", ["wang"]),
    ("zh", "王毅20日在北京会见普京时指出，“中方愿同各方一道努力”。他还说：“这是共同的责任。”", ["wang", "wang"]),
    ("ja", "岸田文雄首相は15日、「これは重大な問題である」と述べた。", ["kishida"]),
    ("ja", "プーチン氏は岸田氏に対し「これは重大な問題である」と語った。", ["putin"]),
    (
        "ko",
        '윤석열 대통령은 푸틴과 만나 "도발을 용납하지 않겠다"라고 밝혔다. 이어 "끝까지 지켜보겠다"고 덧붙였다.',
        ["yoon", "yoon"],
    ),
    ("ko", '"평화를 지키겠다는 약속"이라고 푸틴이 말했다.', ["putin"]),
]


@pytest.mark.parametrize(("language", "text", "expected"), ATTRIBUTED)
def test_a_verb_of_saying_binds_a_quotation_to_its_subject(language: str, text: str, expected: list[str]) -> None:
    assert speakers(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "“We will not give up,” the minister said after talks with Smith."),
        ("en", "“We will not give up this,” a spokesman told Reuters."),
        ("en", '"We will win this war," said a spokesman for Putin.'),
        ("en", "The book “War and Peace” was on Smith's table."),
        ("en", "“We will not give up. Ever.” Smith said nothing more about Doe."),
        ("fr", "« Nous ne céderons pas », a déclaré un proche de Putin."),
        ("es", '"No vamos a ceder nunca", dijo el ministro tras ver a Sánchez.'),
        ("xx", "“We will not give up,” said Smith."),
    ],
)
def test_nobody_speaks_where_the_subject_is_another_or_in_doubt(language: str, text: str) -> None:
    assert speakers(text, language) == [None]


def test_who_is_named_within_the_words_does_not_say_them() -> None:
    assert speakers("“I like Jane Doe very much,” he said.") == [None]


def test_a_source_speaks_only_where_nobody_else_does() -> None:
    assert speakers("Reuters said: “The story is correct.”") == ["reuters"]
    assert speakers("“The story is correct,” Smith told Reuters on Monday.") == ["smith"]


def test_few_words_are_a_quotation_only_under_a_verb_of_saying() -> None:
    assert quotes("The so-called “expert” spoke to Smith.") == ()
    assert [quote.text for quote in quotes("“Never,” said Smith.")] == ["Never,"]
    assert quotes("他读了《三国演义》，是一本“好书”。", "zh") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('« a b » „c d“ »e f« “g h” "i j" „k l” ”m n” ‹o p›', ["a b", "c d", "e f", "g h", "i j", "k l", "m n", "o p"]),
        ("他说“甲乙”，「丙『丁』」。", ["甲乙", "丙『丁』"]),
        ('" spaced straight marks " follow', ["spaced straight marks"]),
        ("“outer ‘inner’ words” and «a «b» c»", ["outer ‘inner’ words", "a «b» c"]),
        ("« never closed\n“the next paragraph” is whole", ["the next paragraph"]),
        ("« stray before “a real one”", ["a real one"]),
        ("“first paragraph\n“second paragraph”", ["first paragraph", "second paragraph"]),
        ('הוא אמר ארה"ב וגם "שלום לכולם"', ["שלום לכולם"]),
        ("the workers’ choice isn’t ours, rock 'n' roll", []),
    ],
)
def test_marks_of_all_conventions_pair_within_a_paragraph(text: str, expected: list[str]) -> None:
    assert [text[start:end].strip() for start, end in spans(text)] == expected


def test_inner_blanks_are_not_part_of_the_words() -> None:
    (quote,) = quotes("Smith said: «\u00a0We will not give up.\u202f»")
    assert quote.text == "We will not give up."


@given(st.text(alphabet="ab «»“”„\"「」‘’'.\n,", max_size=80))
def test_offsets_point_at_the_words_in_order_and_never_overlap(text: str) -> None:
    body = f"title\n{text}"
    found = find_quotes(body, "en", split(body, "en"), [])
    assert all(quote.text == body[quote.start : quote.end] == quote.text.strip() for quote in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@pytest.mark.parametrize(
    "hostile",
    [
        '"' * 100_000,
        "«" * 100_000,
        "“" * 50_000 + "”" * 50_000,
        "“a b c” " * 12_500,
        "“a b c”, said Smith " * 5_000,
        "“a b c” " + "said " * 20_000,
        "“a b c” " + "x" * 100_000 + " “a b c”" + "-" * 50_000,
        "Smith " * 10_000 + "“a b c” said",
    ],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    body = f"title\n{hostile}"
    sentences, actors = split(body, "en"), actors_in(body)
    started = time.process_time()
    found = find_quotes(body, "en", sentences, actors)
    assert time.process_time() - started < 2
    assert len(found) <= MAX_SPANS


@pytest.mark.parametrize("language", sorted(SAYING))
def test_patterns_take_linear_time(language: str) -> None:
    grammar = SAYING[language]
    for pattern in (grammar.verbs, grammar.according_to, grammar.according_after):
        compiled = grammar.compiled(pattern)
        if compiled is not None:
            started = time.process_time()
            for hostile in ("a " * 100_000, "a" * 200_000, "a également " * 10_000, "을" * 100_000):
                compiled.search(hostile)
            assert time.process_time() - started < 2


@pytest.fixture(scope="module")
def golden() -> tuple[str, tuple[Actor, ...], tuple[Quote, ...]]:
    body = f"{ARTICLE['title']}\n{ARTICLE['text']}"
    sentences = split(body, "fr")
    actors = find_actors(body, "fr", sentences, load_gazetteer(), 200).actors
    return body, actors, find_quotes(body, "fr", sentences, actors)


@pytest.mark.parametrize("expected", EXPECTED["quotes"], ids=lambda expected: expected["speaker"])
def test_the_sample_article_quotes_whom_it_should(
    golden: tuple[str, tuple[Actor, ...], tuple[Quote, ...]], expected: dict[str, str]
) -> None:
    body, actors, found = golden
    (quote,) = [each for each in found if each.text.startswith(expected["begins"])]
    (speaker,) = [actor for actor in actors if actor.id == quote.speaker]
    assert expected["speaker"] in {mention.text for mention in speaker.mentions}
    assert body[quote.start : quote.end] == quote.text


def test_a_pronoun_in_the_sample_article_is_who_spoke_last(
    golden: tuple[str, tuple[Actor, ...], tuple[Quote, ...]],
) -> None:
    _, _, found = golden
    (quote,) = [each for each in found if each.text.startswith("Nous développerons")]
    assert quote.speaker == "vladimir-putin"
