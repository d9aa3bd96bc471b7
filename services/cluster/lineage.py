"""Whose report an article is, when it is an agency's: by the sign in the dateline, at the end, or beside the author's name.

Two papers that print one agency's reports are one witness. A paper that thanks an agency for material counts as that agency, too: what
it adds of its own cannot be told from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.contracts import Article

FOLDER = Path(__file__).parent
HEAD = 120
"""Characters in which a dateline ends."""
TAIL = 160
"""A last line that is longer is a sentence of the report."""
_LINES = 5

_BRACKETS = re.compile(r"[(（\[［【]([^()（）\[\]［］【】\n]{2,60})[)）\]］】]")
_DASHED_HEAD = re.compile(r"^\W{0,3}([^\n.:–—-]{2,40}?)\s*(?:[–—]|\s-|-\s)(?![^\n.]{0,60}(?:[–—]|\s-\s))")
"""Not `Reuters – the news agency – …`."""
_BEHIND_DASH = re.compile(r"^[^\n–—]{2,60}?\s*(?:[–—]|\s-)\s*([^\n.:–—-]{2,40}?)\s*(?:[.:–—]|\s-)")
_SLASHED = re.compile(r"^[^\n]{0,60}?/\s*([^/\n]{2,30}?)\s*/")
_BEHIND_BRACKET = re.compile(r"\s*(?:[.。]?\s*[-–—―:]|$)")
"""What makes a bracket that does not begin the text the end of a dateline."""
_PICTURE = re.compile(
    r"\b(?:photos?|picture|image|getty|foto\w*|bild\w*|photograph\w*|crédit\w*|imagen|immagine|фото|зображення|zdjęcie)\b|照片|写真|사진|صورة",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"^(?:by|par|von|por|di)\s+|\s+(?:staff|writers?|correspondents?)$", re.IGNORECASE)
_YEAR = re.compile(r"(?<=©)\s*(?:19|20)\d\d\b")
_CHINESE_WIRE = re.compile(r"^\W{0,3}([^\s，。,、（）]{3,30}?)[电電]")
_LONGEST_CHINESE = 10
_DASHED_TAIL = re.compile(r"(?:^|[.!?…。”\"»'’)]\s*)[–—-]\s*([^\n]{2,40}?)\W*$")
_BETWEEN = re.compile(
    r"\s*(?:[,;/=＝、|·]|\s[-–—]\s|\band\b|\bet\b|\bund\b|\by\b|\be\b|\bи\b|\bта\b|\bo\b|\bi\b|\bve\b|و|和|與)\s*"
)


@dataclass(frozen=True, slots=True)
class _Sign:
    """`bare`: it needs no brackets. `languages`: those in which it is this agency's; none: all."""

    owner: str
    bare: bool
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The agencies by their signs, and per language how papers credit them."""

    signs: Mapping[str, tuple[_Sign, ...]]
    credits: Mapping[str, re.Pattern[str]]

    def reported_by(self, article: Article) -> str | None:
        """The owner of the agency that signed it, None where nobody else did or the paper is that agency's own."""
        found = next(self._signed(article), None)
        return None if found == article.source.owner else found

    def _signed(self, article: Article) -> Iterator[str]:
        language = article.language
        lines = [line.strip() for line in article.text.strip().splitlines() if line.strip()]
        if not lines:
            return
        head = lines[0][:HEAD]
        for match in _BRACKETS.finditer(head):
            if match.start() < 3 or _BEHIND_BRACKET.match(head, match.end()):
                yield from self._owners(match[1], language, bracketed=True)
        if (slashed := _SLASHED.match(head)) is not None:
            yield from self._owners(slashed[1], language, bracketed=True)
        for pattern in (_DASHED_HEAD, _BEHIND_DASH):
            if (found := pattern.match(head)) is not None:
                yield from self._owners(found[1], language, bracketed=False)
        if language == "zh" and (wired := _CHINESE_WIRE.match(head)) is not None:
            # `新华社北京3月3日电`: no space parts the sign from the place and the day.
            for end in range(_LONGEST_CHINESE, 1, -1):
                yield from self._owners(wired[1][:end], language, bracketed=False)
        for line in reversed(lines[-_LINES:]):
            yield from self._in_tail(line[-TAIL:], language, whole=len(line) <= TAIL)
        if article.author:
            yield from self._owners(article.author, language, bracketed=False)
            yield from self._owners(_BYLINE.sub("", article.author), language, bracketed=False)

    def _in_tail(self, line: str, language: str, *, whole: bool) -> Iterator[str]:
        """A sign in brackets or behind a dash at the end of the line; a credit is a line of its own, or in brackets."""
        if whole and _PICTURE.search(line):
            return  # whose picture it is
        brackets = list(_BRACKETS.finditer(line))
        if brackets and not line[brackets[-1].end() :].strip(" ."):
            yield from self._owners(brackets[-1][1], language, bracketed=True)
            yield from self._credited(brackets[-1][1], language)
        if (dashed := _DASHED_TAIL.search(line)) is not None:
            yield from self._owners(dashed[1], language, bracketed=False)
        if whole:
            yield from self._credited(_YEAR.sub("", line), language)

    def _credited(self, text: str, language: str) -> Iterator[str]:
        pattern = self.credits.get(language)
        if pattern is not None and (credit := pattern.fullmatch(text.strip(" .()（）"))) is not None:
            yield from self._owners(next(filter(None, credit.groups())), language, bracketed=True)

    def _owners(self, text: str, language: str, *, bracketed: bool) -> Iterator[str]:
        """Of the signs that the text is made of, in order."""
        parts = [text, *_BETWEEN.split(text)]
        if language == "ja":
            # `[ロンドン 3日 ロイター]`, `【ロンドン共同】`: the sign ends the place and the day, with a space or without.
            parts += [*text.split(), *(text[-length:] for length in range(_LONGEST_CHINESE, 1, -1))]
        for part in parts:
            for sign in self.signs.get(part.strip(" .,"), ()):
                if (sign.bare or bracketed) and (not sign.languages or language in sign.languages):
                    yield sign.owner


@cache
def load_lineage() -> Lineage:
    signs: dict[str, list[_Sign]] = {}
    for agency in _read("agencies.yaml"):
        for row in agency["signs"]:
            sign = _Sign(agency["owner"], row["bare"], frozenset(row.get("languages", ())))
            signs.setdefault(row["sign"], []).append(sign)
    credits = {
        language: _credits([*said["credit"], *said["uses"]]) for language, said in _read("credit_phrases.yaml").items()
    }
    return Lineage({sign: tuple(of) for sign, of in signs.items()}, credits)


def _credits(phrases: list[str]) -> re.Pattern[str]:
    """One expression for all phrases of a language, with a group for each."""
    inner = [phrase.strip(" .()（）") for phrase in phrases]
    # A sign that stands alone on its line is found otherwise.
    written = [re.escape(phrase).replace(r"\{agency\}", "(.{2,60}?)") for phrase in inner if phrase != "{agency}"]
    return re.compile("|".join(written))


def _read(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
