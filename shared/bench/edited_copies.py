"""Pairs of news articles whose relation is known, because this module made the later one.

Which of two articles copies the other is expensive to label by hand and easy to make: take an article, do to it what
desks and sites do to wire copy, and the answer is known. Every edit suits the script it is done in: words where
words stand between spaces, characters in Chinese and Japanese. The module knows nothing of how duplicates are found,
so that a detector measured here meets no assumption of its own.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import combinations, count
from pathlib import Path
from random import Random
from typing import Literal
from urllib.parse import urlsplit

from shared.bench.house_styles import HOUSES, House

Verdict = Literal["copy", "contains", "independent"]

_SPACELESS = frozenset({"zh", "ja"})
_LATIN = frozenset({"de", "en", "es", "fr", "it", "pt"})
_NO_THREAD = "T00"


@dataclass(frozen=True)
class Article:
    """An article as a reader of feeds sees it, and the thread of events it belongs to, if any."""

    url: str
    title: str
    text: str
    language: str
    source: str
    published: str
    thread: str = ""


@dataclass(frozen=True)
class Case:
    """What was done (`kind`) to get from one article to the other, and what a detector should answer."""

    kind: str
    earlier: Article
    later: Article
    expected: Verdict


# A stop after one letter is an initial, and a small letter or a closing quote after a stop goes on with the sentence.
_SENTENCE_BREAK = re.compile(
    r"\n+"
    r"|(?:(?<=\w\w[.!?…؟])|(?<=\w\w[.!?…؟][»”\"’)])|(?<=%[.!?]))[ \u00a0]+(?![a-zà-ÿа-яёіїєґ»”)—–-])"
    r"|(?<=[。！？])(?![」』”’）])"
)
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652])+")
_CHARACTER = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_FIGURE = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d+")  # all but years
_NARROW_SPACE = re.compile(r"(?<=\d) (?=[^\W\d])|(?<=«) | (?=[»:;!?%–—])")
_STRAIGHT_QUOTED = re.compile(r'"([^"\n]*)"')
_STRAIGHTENED = str.maketrans(dict.fromkeys("«»„“”「」", '"'))
_SIGNS = str.maketrans("’'—–，：（）％", "'’–-,:()%")


class _Desk:
    """What an editor has at hand: chance, the other articles of the language, and sites to publish on."""

    def __init__(self, articles: Sequence[Article], seed: int) -> None:
        self.rng = Random(seed)
        self._serial = count(1)
        self._of_language: dict[str, list[Article]] = defaultdict(list)
        for article in articles:
            self._of_language[article.language].append(article)

    def others(self, article: Article) -> list[Article]:
        """All other articles of the language, in random order."""
        found = [other for other in self._of_language[article.language] if other.text != article.text]
        self.rng.shuffle(found)
        return found

    def sentence(self, article: Article) -> str | None:
        """A sentence that belongs to another story of the language."""
        for other in self.others(article)[:1]:
            return other.text[slice(*self.rng.choice(_sentences(other.text)))]
        return None

    def publish(self, article: Article, after: Article, outlet: Article | None = None) -> Article:
        """The article under a new address, at another outlet if none is named, minutes to most of a day later."""
        outlet = outlet or next((other for other in self.others(article) if other.source != after.source), after)
        time = datetime.fromisoformat(after.published) + timedelta(minutes=self.rng.randint(5, 1200))
        url = f"https://{urlsplit(outlet.url).netloc}/{time:%Y/%m/%d}/{next(self._serial)}.html"
        return replace(article, url=url, source=outlet.source, published=time.isoformat().replace("+00:00", "Z"))


# An edit answers None where it does not apply, as a change of figures to a text without any.
_Edit = Callable[[_Desk, Article], Article | None]
_Maker = Callable[[_Desk, Article], tuple[Article, Article] | None]


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence starts and ends; spans, so that an edit leaves all else as it stood."""
    edges = [0, *(edge for found in _SENTENCE_BREAK.finditer(text) for edge in found.span()), len(text)]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _house(article: Article) -> House:
    return HOUSES.get(article.language, HOUSES["en"])


def _gap(article: Article) -> str:
    return "" if article.language in _SPACELESS else " "


def _clip(text: str, length: int, article: Article) -> str:
    """The first `length` characters at most, whole words where the script shows them."""
    return text[:length] if article.language in _SPACELESS else text[: length + 1].rpartition(" ")[0] or text[:length]


def _head(desk: _Desk, article: Article, least: float, most: float) -> str:
    """A share of the text from its start: up to a sentence's end if one falls there, broken off with dots if not."""
    size = len(article.text)
    ends = [end for _, end in _sentences(article.text) if least * size <= end <= most * size]
    if ends:
        return article.text[: desk.rng.choice(ends)]
    return _clip(article.text, int(size * desk.rng.uniform((least + most) / 2, most)), article) + "…"


def _exact(_: _Desk, article: Article) -> Article:
    return article


def _headline(desk: _Desk, article: Article) -> Article:
    """Another headline, drawn from the body as desks do."""
    spans = _sentences(article.text)
    sentence = article.text[slice(*desk.rng.choice(spans[1:] or spans))]
    return replace(article, title=_clip(sentence, 20 if not _gap(article) else 70, article).rstrip("。.,،，、;:"))


def _lead(desk: _Desk, article: Article) -> Article | None:
    """Another first sentence; not where it is half of the story, for the rest would be no copy of it."""
    start, end = _sentences(article.text)[0]
    lead = desk.sentence(article)
    if lead is None or end - start > len(article.text) / 2:
        return None
    return replace(article, text=article.text[:start] + lead + article.text[end:])


def _cut(desk: _Desk, article: Article) -> Article:
    return replace(article, text=_head(desk, article, 0.4, 0.7))


def _added(desk: _Desk, article: Article) -> Article | None:
    sentence = desk.sentence(article)
    if sentence is None:
        return None
    _, end = desk.rng.choice(_sentences(article.text))
    return replace(article, text=article.text[:end] + _gap(article) + sentence + article.text[end:])


def _swapped(desk: _Desk, article: Article) -> Article | None:
    text, spans = article.text, _sentences(article.text)
    if len(spans) < 3:
        return None
    (a, b), (c, d) = sorted(desk.rng.sample(spans, 2))
    return replace(article, text=text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:])


def _reworded(share: float, desk: _Desk, article: Article) -> Article | None:
    """A share of the words, or characters, each gone for one that another story uses."""
    unit = _WORD if _gap(article) else _CHARACTER
    pool = [word for other in desk.others(article)[:20] for word in unit.findall(other.text)]
    found = list(unit.finditer(article.text))
    if not pool or not found:
        return None
    text = article.text
    chosen = desk.rng.sample(found, max(1, round(share * len(found))))
    for match in sorted(chosen, key=re.Match.start, reverse=True):
        word = next((word for word in desk.rng.choices(pool, k=9) if word.lower() != match[0].lower()), pool[0])
        word = word[0].upper() + word[1:] if match[0][0].isupper() else word.lower()
        text = text[: match.start()] + word + text[match.end() :]
    return replace(article, text=text)


def _figures(desk: _Desk, article: Article) -> Article | None:
    """Other figures of the same size, as when a toll or a count is brought up to date; years stay."""

    def changed(match: re.Match[str]) -> str:
        return "".join(chr(ord(digit) + step(int(digit))) for digit in match[0])

    def step(value: int) -> int:
        """How far off the new digit is, in whatever script's digits; a nought stays, so that no number starts with one."""
        return desk.rng.choice([step for step in range(1 - value, 10 - value) if step]) if value else 0

    text = _FIGURE.sub(changed, article.text)
    return None if text == article.text else replace(article, text=text)


def _typography(_: _Desk, article: Article) -> Article | None:
    """The same words as another site's software sets them: its quotes, dashes and spaces, the headline in capitals."""
    text = _NARROW_SPACE.sub("\u00a0", article.text)
    text = _STRAIGHT_QUOTED.sub(r"“\1”", text) if '"' in text else text.translate(_STRAIGHTENED)
    text = text.translate(_SIGNS)
    return None if text == article.text else replace(article, title=article.title.upper(), text=text)


def _plain(_: _Desk, article: Article) -> Article | None:
    """Without diacritics, as old wire systems send it."""
    if article.language not in _LATIN:
        return None
    title, text = (
        "".join(char for char in unicodedata.normalize("NFD", field) if not unicodedata.combining(char))
        for field in (article.title, article.text)
    )
    return None if text == article.text else replace(article, title=title, text=text)


def _credited(_: _Desk, article: Article) -> Article:
    house = _house(article)
    return replace(article, text=f"{house.dateline}{article.text}\n{house.credit}")


def _boilerplate(desk: _Desk, article: Article) -> Article:
    """The end of a web page: a link to another story and the outlet's notice."""
    more = "".join(f"\n{_house(article).more}{other.title}" for other in desk.others(article)[:1])
    return replace(article, text=f"{article.text}{more}\n© {article.published[:4]} {article.source}")


def _reordered(desk: _Desk, article: Article) -> Article | None:
    """The paragraphs in another order."""
    paragraphs = article.text.split("\n")
    shuffled = desk.rng.sample(paragraphs, len(paragraphs))
    if shuffled == paragraphs:
        shuffled = [*paragraphs[1:], paragraphs[0]]
    return None if shuffled == paragraphs else replace(article, text="\n".join(shuffled))


_WEARING: Mapping[str, _Edit] = {
    "lead rewritten": _lead,
    "end cut": _cut,
    "words 5%": partial(_reworded, 0.05),
    "words 10%": partial(_reworded, 0.10),
    "words 15%": partial(_reworded, 0.15),
}
_LIGHT: Mapping[str, _Edit] = {
    "new headline": _headline,
    "figures": _figures,
    "sentence added": _added,
    "sentences swapped": _swapped,
    "paragraphs reordered": _reordered,
    "diacritics dropped": _plain,
    "typography": _typography,
    "dateline and credit": _credited,
    "boilerplate": _boilerplate,
}


def _mixture(desk: _Desk, article: Article) -> Article | None:
    """Three edits, of which one takes text away: two such could leave too little to be called a copy."""
    worn = desk.rng.choice([*_WEARING.values()])(desk, article)
    pairs = [*combinations(_LIGHT.values(), 2)]
    for first, second in desk.rng.sample(pairs, len(pairs)):
        if worn and (once := first(desk, worn)) and (twice := second(desk, once)):
            return twice
    return None


def _copy(edit: _Edit, desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    edited = edit(desk, article)
    return (article, desk.publish(edited, after=article)) if edited else None


def _digest(whole: bool, desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    """A column of four to six items, the article one of them, each item whole or its first half."""
    others = desk.others(article)[: desk.rng.randint(3, 5)]
    if len(others) < 3:
        return None
    items = desk.rng.sample([article, *others], len(others) + 1)
    text = "\n".join(f"{item.title}\n{item.text if whole else _head(desk, item, 0.4, 0.6)}" for item in items)
    return article, desk.publish(replace(article, title=_house(article).digest, text=text, thread=""), after=article)


def _by_time(a: Article, b: Article) -> tuple[Article, Article]:
    return (a, b) if a.published <= b.published else (b, a)


def _akin(a: Article, b: Article) -> bool:
    return bool(a.thread) and a.thread == b.thread


def _same_thread(desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    """Two outlets' own stories on one subject, the hardest pair to leave apart."""
    return next((_by_time(article, other) for other in desk.others(article) if _akin(article, other)), None)


def _quoting(desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    """A story of its own, on the same subject if there is one, with a sentence of the article for 15 to 20 % of it.

    The sentence is no more than a third of the article: beyond, the story might as well be said to contain it.
    """
    sentences = (article.text[slice(*span)] for span in _sentences(article.text))
    quotes = [f"“{sentence}”" for sentence in sentences if len(sentence) <= len(article.text) / 3]
    for other in sorted(desk.others(article), key=partial(_akin, article), reverse=True):
        for quote in desk.rng.sample(quotes, len(quotes)):
            end = desk.rng.choice(_sentences(other.text))[1]
            text = other.text[:end] + _gap(other) + quote + other.text[end:]
            if 0.15 <= len(quote) / len(text) <= 0.20:
                return article, desk.publish(replace(other, text=text), after=article)
    return None


def _same_ending(desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    """Two stories of one outlet, whose software puts the same notice under both."""
    for other in desk.others(article)[:1]:
        first, second = (replace(story, text=f"{story.text}\n{_house(story).notice}") for story in (article, other))
        earlier = desk.publish(first, after=article, outlet=article)
        return earlier, desk.publish(second, after=earlier, outlet=article)
    return None


def _same_headline(desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    for other in desk.others(article)[:1]:
        return article, desk.publish(replace(other, title=article.title), after=article)
    return None


def _unrelated(desk: _Desk, article: Article) -> tuple[Article, Article] | None:
    return next((_by_time(article, other) for other in desk.others(article)), None)


_COPIES: Mapping[str, _Edit] = {"exact": _exact, **_WEARING, **_LIGHT, "mixture": _mixture}
# Cases per article, by what is expected of them: enough copies to tell their kinds apart, and above a third independent.
_PLAN: Sequence[tuple[Verdict, float, Mapping[str, _Maker]]] = (
    ("copy", 3.2, {kind: partial(_copy, edit) for kind, edit in _COPIES.items()}),
    ("contains", 0.7, {"digest, whole": partial(_digest, True), "digest, half": partial(_digest, False)}),
    (
        "independent",
        2.5,
        {
            "same thread": _same_thread,
            "one sentence quoted": _quoting,
            "same ending": _same_ending,
            "same headline": _same_headline,
            "unrelated": _unrelated,
        },
    ),
)


def edited_copies(articles: Sequence[Article], seed: int = 7) -> Iterator[Case]:
    """Six or so cases for every article, every kind in turn; the same ones for the same articles and seed.

    A kind that does not apply, or gives a pair that was given before, makes way for another.
    """
    desk = _Desk(articles, seed)
    order = desk.rng.sample(articles, len(articles))
    seen: set[tuple[str, str, str, str]] = set()
    for expected, per_article, makers in _PLAN:
        kinds = [*makers]
        for number in range(round(per_article * len(order))):
            turn, place = divmod(number, len(order))
            for kind in (kinds[(place + turn) % len(kinds)], *desk.rng.sample(kinds, len(kinds))):
                if (pair := makers[kind](desk, order[place])) is None:
                    continue
                earlier, later = pair
                if (key := (earlier.title, earlier.text, later.title, later.text)) not in seen:
                    seen.add(key)
                    yield Case(kind, earlier, later, expected)
                    break


def iter_base(paths: Iterable[Path]) -> list[Article]:
    """The original articles of the demo's JSON Lines files: revisions, translations and the like are edited already."""
    records = (json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line.strip())
    fields = ("url", "title", "text", "source", "published")
    return [
        Article(
            **{field: record[field] for field in fields},
            language=record["_language"],
            thread=record["_thread"].replace(_NO_THREAD, ""),
        )
        for record in records
        if record["_kind"] == "original"
    ]
