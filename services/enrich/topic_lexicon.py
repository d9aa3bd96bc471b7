"""The words that speak of a topic, by language: `topic_words/<language>.yaml`, compiled into one automaton each.

A file maps the short names of `TOPICS` to weights and those to entries, separated by blanks. An entry is the beginning of a word;
`war.` is the whole word only, `~wahl` counts inside of compounds too, `_` is a blank. Entries of languages written without blanks
count wherever they stand. `topic_words/second_level/<language>.yaml` maps the names of `SECOND_LEVEL` to entries that nearly always mean
that topic; they have no weights.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ahocorasick_rs import AhoCorasick

from services.enrich.word_lists import words

_FOLDER = Path(__file__).with_name("topic_words")

TOPICS: Mapping[str, tuple[str, str]] = {
    "arts": ("medtop:01000000", "arts, culture, entertainment and media"),
    "crime": ("medtop:02000000", "crime, law and justice"),
    "disaster": ("medtop:03000000", "disaster, accident and emergency incident"),
    "economy": ("medtop:04000000", "economy, business and finance"),
    "education": ("medtop:05000000", "education"),
    "environment": ("medtop:06000000", "environment"),
    "health": ("medtop:07000000", "health"),
    "human_interest": ("medtop:08000000", "human interest"),
    "labour": ("medtop:09000000", "labour"),
    "leisure": ("medtop:10000000", "lifestyle and leisure"),
    "politics": ("medtop:11000000", "politics and government"),
    "religion": ("medtop:12000000", "religion"),
    "science": ("medtop:13000000", "science and technology"),
    "society": ("medtop:14000000", "society"),
    "sport": ("medtop:15000000", "sport"),
    "conflict": ("medtop:16000000", "conflict, war and peace"),
    "weather": ("medtop:17000000", "weather"),
}
"""Short name in the lexica → id and English name of the 17 top-level IPTC Media Topics (NewsCodes, CC BY 4.0)."""


class SecondLevel(NamedTuple):
    """`top` is the short name of the topic above it."""

    id: str
    name: str
    top: str


def _second_level() -> Iterator[tuple[str, SecondLevel]]:
    with (_FOLDER / "second_level.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            yield (
                _NO_KEY.sub("", row["name"].lower()).replace(" ", "_"),
                SecondLevel(row["id"], row["name"], row["top"]),
            )


_NO_KEY = re.compile("[^a-z0-9 ]")
SECOND_LEVEL: Mapping[str, SecondLevel] = dict(_second_level())
"""Short name → second-level IPTC Media Topic (NewsCodes, CC BY 4.0)."""

_SEPARATORS = re.compile(r"[\W_]+")
# Devanagari writes its vowels as marks, which are no separators.
_SEPARATORS_OF_HINDI = re.compile("(?:[^\\w\u0900-\u0903\u093a-\u094d\u0951-\u0957\u0962\u0963]|_)+")
_PUNCTUATION = {code: " " for code in range(128) if not chr(code).isalnum()}
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200c\u200d\u0301]")
"""Arabic vowel signs and lengthening, joiners, and the stress that Russian dictionaries write."""
_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ё": "е"})
_UNSPACED = frozenset({"zh", "ja", "ko", "th"})
_NO_HEADS = ("",)
_HEADS: Mapping[str, tuple[str, ...]] = {
    "ar": ("", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "كال", "ولل", "وب", "ول", "وبال"),
    "he": ("", "ה", "ו", "וה", "ב", "ל", "מ", "מה", "ש", "שה", "כ", "וב", "ול", "ומ"),
}
"""What is written onto a noun: conjunction, preposition, article."""
_CASE_ENDINGS: Mapping[str, frozenset[str]] = {
    "ru": words(
        "а я о е ы и у ю ь ой ей ый ий ая яя ое ее ые ие ого его ому ему ую юю ым им ом ем ых их ыми ими ью ия ию ии ием ам ами ах ов"
    ),
    "uk": words(
        "а я о е у ю и і ї ь ий ій ої ього ого ому ою ую їх их им ими ія ію ії ією ям ями ом ем ам ами ах ів ня ню ні"
    ),
    "pl": words("a e i y u ą ę ie ia ii ej ego emu ym im ych ich ymi imi owi em iem ów om ami ach"),
}
"""What the first word of a phrase may end in."""
_RARE = re.compile("[\u0600-\u06ff\u200c\u200d\u0301ё]")
"""Where none of these stands, most texts, two passes are spared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`topic` is a short name of `TOPICS` or, where `weight` is 0, of `SECOND_LEVEL`."""

    word: str
    topic: str
    weight: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`entries[owners[n]]` are what pattern n of `automaton` stands for."""

    language: str
    entries: tuple[Entry, ...]
    automaton: AhoCorasick
    owners: tuple[tuple[int, ...], ...]

    def count(self, title: str, text: str, title_counts: int = 1) -> dict[int, int]:
        """Index of an entry → how often it stands there, in the title `title_counts` times. Linear in both."""
        counts: dict[int, int] = {}
        head = folded(title, self.language)
        title_ends = len(head)
        owners = self.owners
        both = head + folded(text, self.language)
        for pattern, start, _ in self.automaton.find_matches_as_indexes(both, overlapping=True):
            weight = title_counts if start < title_ends else 1
            for index in owners[pattern]:
                counts[index] = counts.get(index, 0) + weight
        return counts


def languages() -> frozenset[str]:
    """Languages that have a lexicon."""
    return frozenset(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of an ISO 639-1 language, read once; None where there is none."""
    if language not in languages():
        return None
    raw = _read(_FOLDER / f"{language}.yaml")
    second = _FOLDER / "second_level" / f"{language}.yaml"
    entries = (*_entries(raw), *(_second_level_entries(_read(second)) if second.exists() else ()))
    patterns: dict[str, list[int]] = {}
    for index, entry in enumerate(entries):
        for pattern in _patterns(entry.word, language):
            patterns.setdefault(pattern, []).append(index)
    return Lexicon(language, entries, AhoCorasick(list(patterns)), tuple(tuple(owners) for owners in patterns.values()))


def folded(text: str, language: str) -> str:
    """Small letters, single blanks for all that is no letter or digit and at either end, Arabic letters without variants."""
    if language == "tr":
        text = text.replace("İ", "i").replace("I", "ı")
    text = text.lower()
    if _RARE.search(text):
        text = _MARKS.sub("", text.translate(_LETTERS))
    if text.isascii():
        return f" {' '.join(text.translate(_PUNCTUATION).split())} "
    separators = _SEPARATORS_OF_HINDI if language == "hi" else _SEPARATORS
    return f" {separators.sub(' ', text)} "


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def _second_level_entries(raw: Mapping[str, str]) -> Iterator[Entry]:
    for topic, entries in raw.items():
        for word in dict.fromkeys(entries.split()):
            yield Entry(word, topic, 0)


def _entries(raw: Mapping[str, Mapping[int, str]]) -> Iterator[Entry]:
    for topic, weights in raw.items():
        for weight, entries in weights.items():
            for word in entries.split():
                yield Entry(word, topic, weight)


def _patterns(word: str, language: str) -> Iterator[str]:
    core = word.strip("~.")
    text = folded(unicodedata.normalize("NFC", core), language).strip()
    if language in _UNSPACED:
        yield text
        return
    tail = " " if word.endswith(".") else ""
    if word.startswith("~"):
        yield text + tail
        return
    for head in _HEADS.get(language, _NO_HEADS):
        for phrase in _inflected(text, language):
            yield f" {head}{phrase}{tail}"


def _inflected(text: str, language: str) -> Iterator[str]:
    """A phrase with its first word in all its cases; the last is a stem anyway."""
    yield text
    first, blank, rest = text.partition(" ")
    for ending in sorted(_CASE_ENDINGS.get(language, ())) if blank else ():
        yield f"{first}{ending} {rest}"
