"""Names of persons in Arabic, Persian, Hebrew and Hindi: a given name and what follows it, beside a title, a verb of saying or an age."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from services.enrich.affixes import arabic_head, hebrew_head
from services.enrich.uncased_words import uncased_words
from services.enrich.written_names import Written

_LETTERS = {
    "ar": "\u0621-\u064a\u066e-\u06d3\u06fa-\u06ff",
    "fa": "\u0621-\u064a\u066e-\u06d3\u06fa-\u06ff",
    "he": "\u05d0-\u05ea",
    "hi": "\u0900-\u0963\u0970-\u097f",
}
_PROCLITICS = {"ar": "ولبفك", "he": "ולבשמכ"}
_NISBA = re.compile("ال[^\\W\\d_]+ي[ةه]?")
_COMMAS = (", ", "، ")
_THAT = frozenset({"ان", "بان", "انه", "انها", "بانه", "بانها"})
_ENCLOSING = (",", "،")
_FRAMING = _THAT | {"ने"}
_MAX_WORDS = 5
_REACH = 5
"""Words of a post between a title and the name."""
_REACH_BEHIND = 3
_MIN_FAMILY = 3
_AGE_BEHIND = re.compile(
    r" ?\(\d{1,3}[),، ]|,? \d{1,3} (?:عاما|سنه|عام|ساله|سال|वर्ष|वर्षीय|साल)|[,،]? ?(?:البالغ|البالغه) |"
    r", ?\d{1,3},|[,،]? ?(?:בן|בת) (?:ה )?\d{1,3}"
)
_AGE_BEFORE = re.compile(r"\d{1,3} (?:वर्षीय|ساله|साल (?:के|की)) $")
_CLAUSE = re.compile(r"[.!?؟،,:;؛\n()«»\"“”।]")


class SpacedNames:
    """Finder of names in one of these languages."""

    def __init__(self, language: str) -> None:
        words = uncased_words(language)
        letters = _LETTERS[language]
        self._language = language
        # Hebrew abbreviations have quotation marks within, sounds that the script lacks an apostrophe.
        inner = "(?:[\"'](?=[א-ת])[א-ת]++|'(?![\"\\w]))*+" if language == "he" else ""
        self._token = re.compile(f"[{letters}]++{inner}")
        self._letter = re.compile(f"[{letters}]")
        # What is another word more often is no given name: آن, that.
        self._given = words["given"] - words["stops"]
        self._titles = words["titles"]
        self._begin = self._given | words["common"] | words["stops"]
        self._direct = words["direct"]
        self._saying = words["saying"]
        self._joins = words["joins"]
        self._stops = words["stops"] | words["titles"] | words["saying"]
        self._bodies = words["bodies"]
        self._clauses = words["clauses"] | words["saying"]
        self._common = words["common"]
        # Written like a preposition: a name only before another name.
        self._doubtful = words.get("doubtful", frozenset())
        self._verb_first = language in ("ar", "he")
        self._reach = 1 if language == "hi" else _REACH
        self._endings = words.get("endings", frozenset())

    def full_names(self, text: str, given_names: Collection[str]) -> Iterator[Written]:
        tokens = list(self._token.finditer(text))
        at = 0
        while at < len(tokens):
            written, at = self._name_at(text, tokens, at, given_names)
            if written is not None:
                yield written

    def mentions(self, text: str, start: int, end: int, *, family: bool, titled: bool) -> bool:
        if self._letter.match(text, end):
            return False
        head = start
        while head > 0 and start - head < 5 and self._letter.match(text, head - 1):
            head -= 1
        if head < start and not self._proclitics(text[head:start]):
            return False
        if not family:
            return True
        before = text[max(head - 24, 0) : head]
        word = before.rpartition(" ")[0].rpartition(" ")[2] if before.endswith(" ") else ""
        # Behind another given name it is somebody else's.
        if word in self._given and word not in self._titles:
            return False
        return not titled or word in self._titles or word in self._saying or self._says(text, end)

    def _says(self, text: str, end: int) -> bool:
        following = self._token.match(text, end + 1)
        return following is not None and following[0] in self._saying

    def _proclitics(self, head: str) -> bool:
        if self._language == "ar":
            return arabic_head(head, self._language, article=False)
        return self._language == "he" and hebrew_head(head) and head[-1] != "ה"

    def _name_at(
        self, text: str, tokens: Sequence[re.Match[str]], at: int, given_names: Collection[str]
    ) -> tuple[Written | None, int]:
        """The name that begins with a token, and the token to go on with."""
        word = tokens[at][0]
        if not (
            word in self._begin or word[1:] in self._given or word in given_names or self._may_frame(text, tokens, at)
        ):
            # Most words: nothing below can make a name of them.
            return None, at + 1
        behind_title = at > 0 and tokens[at - 1][0] in self._direct and self._adjacent(text, tokens, at)
        cut = self._proclitic(word)
        sure = word[cut:] in self._given and (word[cut:] not in self._common or self._given_next(text, tokens, at))
        if not sure and word in self._doubtful:
            return None, at + 1
        if not sure and _NISBA.fullmatch(word) and at + 1 < len(tokens) and tokens[at + 1][0] in self._given:
            # البرازيلي رافاييل: where somebody is from.
            return None, at + 1
        unsure = word in self._common or (len(word) > 2 and word in given_names and word not in self._joins)
        if word in self._stops - self._given:
            return None, at + 1
        framed = not (sure or unsure or behind_title) and self._framed(text, tokens, at)
        if not (sure or unsure or behind_title or framed):
            return None, at + 1
        last = self._last(text, tokens, at)
        if last == at:
            return None, at + 1
        if self._of_a_body(text, tokens, at):
            return None, last + 1
        if self._language == "hi" and last + 1 < len(tokens) and tokens[last + 1][0] in self._bodies:
            return None, last + 1
        if not (sure or unsure) and not self._unknown_name(text, tokens, at, last):
            return None, at + 1
        if not sure and not self._aged(text, tokens, at, last) and not self._clearly_a_name(text, tokens, at, last):
            return None, at + 1
        if not (behind_title or framed) and not self._evidence(text, tokens, at, last, sure=sure):
            return None, at + 1
        start, end = tokens[at].start() + cut, tokens[last].end()
        family = self._family(text, tokens, at, last)
        common = family in self._given or family in self._stops
        return Written(start, end, text[start:end], family, titled=common), last + 1

    def _may_frame(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """Whether what stands beside could make a name of any word: a title directly in front, commas, a particle."""
        if at and tokens[at - 1][0] in self._direct:
            return True
        if at + 2 >= len(tokens):
            return False
        behind = tokens[at + 1].end()
        return text.startswith((*_ENCLOSING, " (", " البالغ"), behind) or tokens[at + 2][0] in _FRAMING

    def _framed(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """Whether exactly two words stand where only a name can, though no list has the first: between commas behind a title, before a
        comma and a title at the start of a sentence, before the particle of a verb of saying whose subject began with a title."""
        if at + 2 >= len(tokens) or not self._adjacent(text, tokens, at + 1):
            return False
        before = text[tokens[at - 1].end() : tokens[at].start()] if at else "\n"
        behind = text[tokens[at + 1].end() : tokens[at + 2].start()]
        following = tokens[at + 2][0]
        if before == " " and _AGE_BEHIND.match(text, tokens[at + 1].end()):
            # المزارع كازيميج غروشتشاك (61 عاما)
            return tokens[at - 1][0] in self._titles or tokens[at - 1][0].startswith("ال")
        if behind in _COMMAS:
            opens = "\n" in before or before.rstrip().endswith((".", "۔", "।"))
            return (opens and following in self._titles) or (before in _COMMAS and self._title_near(text, tokens, at))
        if behind != " " or before != " ":
            return False
        if self._language == "hi":
            return following == "ने" and tokens[at - 1][0] in self._titles
        if self._language == "ar":
            definite = tokens[at - 1][0].startswith("ال") or tokens[at - 1][0] in self._titles
            return definite and following in _THAT and self._title_near(text, tokens, at)
        return False

    def _title_near(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        for distance in range(1, min(_REACH, at) + 1):
            before = tokens[at - distance]
            if _CLAUSE.search(text[before.end() : tokens[at].start()].rstrip(" ،,")) or before[0] in self._clauses:
                return False
            if before[0] in self._titles:
                return True
        return False

    def _of_a_body(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """Whether a body stands directly before the name, or before its title: مستشفى الأمير محمد."""
        if not at or not self._adjacent(text, tokens, at):
            return False
        before = tokens[at - 1][0]
        if before in self._titles and at > 1 and self._adjacent(text, tokens, at - 1):
            before = tokens[at - 2][0]
        return before in self._bodies

    def _proclitic(self, word: str) -> int:
        """Letters written onto a given name in front."""
        if word in self._given or len(word) < _MIN_FAMILY + 2 or word[1:] not in self._given:
            return 0
        return int(word[0] in _PROCLITICS.get(self._language, ""))

    def _given_next(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """Two names in a row are no common words."""
        if at + 1 == len(tokens) or not self._adjacent(text, tokens, at + 1):
            return False
        following = tokens[at + 1][0]
        return following in self._joins or (following in self._given and following not in self._common)

    def _family(self, text: str, tokens: Sequence[re.Match[str]], at: int, last: int) -> str:
        """With the particles in front of it; empty where it is too short to name anybody alone."""
        first = last
        while first > at + 1 and (tokens[first - 1][0] in self._joins or tokens[first][0] in self._endings):
            first -= 1
        family = text[tokens[first].start() : tokens[last].end()]
        return family if len(family) >= _MIN_FAMILY else ""

    def _last(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> int:
        """The last token of the name: further given names, particles with what they bind, one family name."""
        last = to = at
        pending = closed = False
        while to + 1 < len(tokens) and to + 1 - at < _MAX_WORDS and self._adjacent(text, tokens, to + 1):
            to += 1
            word = tokens[to][0]
            if word in self._joins and not pending and not (closed and self._language != "ar"):
                pending = True
                continue
            if self._ends(word) and not (last == at and self._judge(text, tokens, to)):
                break
            if word in self._given and (pending or not closed):
                closed = closed or pending
            elif not pending and last > at and not self._goes_on(text, tokens, to, closed=closed):
                break
            else:
                closed = True
            last, pending = to, False
            if to + 1 < len(tokens) and tokens[to + 1][0] in self._endings and self._adjacent(text, tokens, to + 1):
                return to + 1
        return last

    def _judge(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """سامر القاضي: Arabic family names can be titles; where the sentence goes on behind it, it is no title of the next person."""
        word = tokens[at][0]
        return (
            self._language == "ar"
            and word.startswith("ال")
            and word in self._titles
            and tokens[at - 1][0] in self._given
            and self._hard_edge(text, tokens, at)
        )

    def _ends(self, word: str) -> bool:
        """Whether a word is no part of a name, nor with what may be written onto it in front."""
        if word in self._given:
            return False
        if word in self._stops or word in self._bodies:
            return True
        if self._language == "ar":
            return word.startswith(("وال", "بال", "لل", "فال", "كال")) or (word[0] == "و" and word[1:] in self._given)
        if self._language == "he" and word[0] in _PROCLITICS["he"] + "ה":
            rest = word[1:]
            return rest in self._stops or rest in self._bodies or (word[0] in "ול" and rest in self._given)
        return False

    def _goes_on(self, text: str, tokens: Sequence[re.Match[str]], at: int, *, closed: bool) -> bool:
        """Whether a word behind two names is the family name and not the next word of the sentence; `closed` when the second can be the
        family name."""
        if self._language == "ar":
            return tokens[at][0].startswith("ال") or (not closed and self._hard_edge(text, tokens, at))
        if closed and self._language == "he":
            return False
        return self._hard_edge(text, tokens, at)

    def _hard_edge(self, text: str, tokens: Sequence[re.Match[str]], last: int) -> bool:
        if last + 1 == len(tokens) or not self._adjacent(text, tokens, last + 1):
            return True
        return tokens[last + 1][0] in self._stops

    def _unknown_name(self, text: str, tokens: Sequence[re.Match[str]], at: int, last: int) -> bool:
        """Whether two words behind a title are a name although the first is in no list: no article, no preposition, nothing short, and
        the sentence goes on with a word that ends names."""
        first = tokens[at][0]
        if self._language == "ar" and (first.startswith("ال") or first[0] in "بلو"):
            return False
        if self._language == "he" and first[0] in "הבלמשו":
            return False
        short = any(not 2 < len(token[0]) < 16 for token in tokens[at : last + 1])
        return last == at + 1 and not short and self._hard_edge(text, tokens, last)

    def _evidence(self, text: str, tokens: Sequence[re.Match[str]], at: int, last: int, *, sure: bool) -> bool:
        """An age or a title beside the name, or a verb of saying; before a sure given name the title may stand some words away."""
        start, end = tokens[at].start(), tokens[last].end()
        if at and text[tokens[at - 1].end() : start] in _COMMAS and text.startswith(_ENCLOSING, end):
            # Between commas behind a title is nothing but a name.
            sure = True
        if self._aged(text, tokens, at, last):
            return True
        for distance in range(1, min(self._reach if sure else 1, at) + 1):
            before = tokens[at - distance]
            # A comma may stand directly before the name, nothing else within the clause.
            if _CLAUSE.search(text[before.end() : start].rstrip(" ،,")):
                break
            word = before[0]
            if word in self._titles or (distance == 1 and self._verb_first and word in self._saying):
                return True
            if word in self._clauses:
                break
            if self._language == "ar" and word[0] in "ولب" and word[1:] in self._titles:
                return True
        return sure and self._behind(text, tokens, last)

    def _aged(self, text: str, tokens: Sequence[re.Match[str]], at: int, last: int) -> bool:
        start, end = tokens[at].start(), tokens[last].end()
        behind = _AGE_BEHIND.match(text, end) is not None
        return behind or _AGE_BEFORE.search(text, max(start - 16, 0), start) is not None

    def _clearly_a_name(self, text: str, tokens: Sequence[re.Match[str]], at: int, last: int) -> bool:
        """Of a given name that is a common word, beside a title: the next word must not make a phrase with it."""
        if self._language == "hi":
            return last + 1 < len(tokens) and tokens[last + 1][0] in ("ने", "को")
        if self._language == "he":
            return tokens[at + 1][0][0] not in "להש"
        return True

    def _behind(self, text: str, tokens: Sequence[re.Match[str]], last: int) -> bool:
        """The verb of saying behind the name, or a comma and what the person is."""
        end = tokens[last].end()
        following = tokens[last + 1 : last + 1 + _REACH_BEHIND]
        if not following or following[0].start() - end > 3:
            return False
        gap = text[end : following[0].start()]
        if gap == " ":
            return following[0][0] in self._saying or (self._language == "fa" and following[0][0] in self._titles)
        if gap.strip() not in (",", "،", "("):
            return False
        return any(token[0] in self._titles for token in following[:2])

    def _adjacent(self, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """Whether a token stands directly behind the one before it; an initial or a shortened title has a stop."""
        gap = text[tokens[at - 1].end() : tokens[at].start()]
        return gap == " " or (
            gap in (". ", ".") and len(tokens[at - 1][0]) <= 4 and tokens[at - 1][0] not in self._stops - self._titles
        )
