"""Debris of machine translation: what a tool inserted in brackets, and pieces of a sentence that ended up behind its full stop.

Translators work on runs of text between markup; a link in the middle of a sentence can throw the words after it behind the
end: "… contre l’Occident. tente de les isoler par des sanctions." Nothing is removed: spans are reported, the text stands.
A false alarm marks a sound article as broken, so every rule here gives way in doubt: after an ellipsis or a closing quotation
mark a lower-case letter is the rule and not debris.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.normalise.abbreviations import is_abbreviation
from services.normalise.function_words import is_foreign_function_words
from services.normalise.speech_verbs import introduces_speaker

MAX_FINDINGS = 50
_MAX_WORDS = 12
_MAX_CHARS = 120
_MAX_WORD_CHARS = 40

# Attached to a word it is spelling: "Spieler[in]", "[a]ccording".
_BRACKETED = re.compile(r"(?<!\w)\[([^\[\]\n]{1,24})\](?!\w)")
_SENTENCE_BREAK = re.compile(r"(?<=[\w)\u0300-\u036f][.!?])[ \u00a0\u202f]{1,3}(?=[^\W\d_])")
_CLAUSE_END = re.compile(r"[.!?…](?=\s|$)")
_LAST_WORD = re.compile(r"[^\s(\[«“\"„]+\Z")
_PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "ben", "abu", "van", "von", "der", "den", "de", "da", "di", "del", "della", "dos"}
)
_NAMES_IN_LOWER_CASE = frozenset({"adidas", "thyssenkrupp", "taz", "dpa", "afp", "bell", "bpost"})
# Quotations, links, list marks, abbreviations inside: not what a displaced piece of a sentence looks like.
_ODD = re.compile(r"[\[\]()«»“”„\"@/:;=_<>*#…!?]|\w\.\w")


@dataclass(frozen=True, slots=True)
class Debris:
    """``text`` is ``(title + "\\n" + body)[start:end]``, in code points."""

    text: str
    start: int
    end: int


def find_debris(title: str, text: str, language: str) -> list[Debris]:
    """Insertions and displaced fragments by place, at most MAX_FINDINGS; ``language``: ISO 639-1 code of the text, or ``und``."""
    whole = f"{title}\n{text}"
    spans = [*_insertions(whole, language), *_displaced(whole, len(title) + 1)]
    return [Debris(whole[start:end], start, end) for start, end in sorted(spans)[:MAX_FINDINGS]]


def _insertions(whole: str, language: str) -> Iterator[tuple[int, int]]:
    if language == "und":
        return
    for match in _BRACKETED.finditer(whole):
        if is_foreign_function_words(match[1].split(), language):
            yield match.span()


def _displaced(whole: str, body: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    sentences = resumed = 0
    start = body
    for line in whole[body:].split("\n"):
        first = next((char for char in line[:_MAX_CHARS] if char.isalpha()), "")
        sentences += bool(line)
        for match in _SENTENCE_BREAK.finditer(line):
            if not _is_lower(line[match.end()]):
                sentences += 1
                continue
            resumed += 1
            if not _is_lower(first) and (end := _fragment_end(line, match.start(), match.end())):
                found.append((start + match.end(), start + end))
        start += len(line) + 1
    # Somebody who begins every other sentence in lower case writes like that.
    return found if resumed <= 2 or 2 * resumed < sentences else []


def _fragment_end(line: str, stop: int, begin: int) -> int | None:
    """Where the fragment that begins at ``begin``, behind the sentence ending at ``stop``, ends; None when it is none."""
    before = line[max(0, stop - 1 - _MAX_WORD_CHARS) : stop - 1]
    close = _CLAUSE_END.search(line, begin, begin + _MAX_CHARS)
    if close is None or line[close.start()] != "." or _is_lower(line[close.end() : close.end() + 2].strip()[:1]):
        return None
    clause = line[begin : close.start()]
    words = clause.split()
    if len(words) > _MAX_WORDS or _ODD.search(clause) or _begins_with_name(words) or _ends_in_abbreviation(clause):
        return None
    if line[stop - 1] == ".":
        return None if _ends_in_abbreviation(before) else close.end()
    # "Yahoo! shares fell.", "Why? he asked."
    last = _LAST_WORD.search(before)
    is_name = last is not None and not _is_lower(last[0][0])
    return None if is_name or introduces_speaker(clause) else close.end()


def _begins_with_name(words: list[str]) -> bool:
    """``iPhone``, ``d’Artagnan``, ``de Gaulle``, ``adidas``."""
    first = words[0]
    if not first.islower() or first in _NAMES_IN_LOWER_CASE:
        return True
    return first.strip("-") in _PARTICLES and len(words) > 1 and words[1][0].isupper()


def _ends_in_abbreviation(clause: str) -> bool:
    last = _LAST_WORD.search(clause.rstrip(")"))
    return last is None or is_abbreviation(last[0])


def _is_lower(char: str) -> bool:
    """Lower case in a script that has cases: Georgian letters say they are lower and begin sentences."""
    return char.islower() and char.title() != char
