"""Which of the names around a verb of saying is its subject."""

from __future__ import annotations

import re

from services.enrich.named_in_text import Named, NamedInText
from services.enrich.saying_verbs import Order, Saying

_SPACES = " \t\u00a0\u202f\u3000"
_MAX_NAMES = 12
"""Names looked at on one side of a verb."""
_MAX_WORDS_BACK = 6
_LOOK_BACK = 60
_MAX_GAP_WORDS = 5
_MAX_GAP_UNSPACED = 60
_MAX_APPOSITION = 150
_MAX_ORGANISATION_GAP = 30
_SUBJECT_MARK_REACH = 30
_NEAR = 24
"""Characters around a verb in which a pronoun or a conjunction is looked for."""
_WORD = re.compile(r"[\w'’-]+")
_CLAUSE_END = re.compile(r"^\s*(?:[,.;:。、!?«“\"»”\n]|$)")


class Subjects:
    """Grammar at the names of one article. Speakers are persons first, then organisations, then sources where nobody else is."""

    def __init__(self, body: str, grammar: Saying, named: NamedInText) -> None:
        self._body = body
        self._grammar = grammar
        self._named = named

    def behind(self, start: int, end: int) -> str | None:
        """The subject of a verb that ends at `start`: the first person that depends on no other word, within the clause."""
        end = start + self._clause(self._body[start:end])
        names = self._free(start, end)
        for named in names:
            if named.kind == "person":
                return named.actor
        for named in names:
            gap = self._body[start : named.start]
            if len(gap) <= _MAX_ORGANISATION_GAP and "," not in gap and len(gap.split()) <= 2:
                return named.actor
        return None

    def before(self, start: int, end: int) -> str | None:
        """The subject of a verb that begins at `end`."""
        names = self._free(start, end)
        persons = [named for named in names if named.kind == "person"]
        for nearest in reversed(persons):
            earlier = [named for named in persons if named.start < nearest.start]
            if earlier and self._relative(earlier[-1].end, nearest.start):
                return earlier[-1].actor
            if self._reaches(nearest.end, end):
                return nearest.actor
            break
        for named in reversed(names):
            if named.kind != "person" and end - named.end <= _MAX_ORGANISATION_GAP and self._reaches(named.end, end):
                return named.actor
        return None

    def marked(self, start: int, end: int, *, nearest: bool = False) -> str | None:
        """The person whose name bears the mark of the subject (`は`, `는`): the last such where `nearest`, else the first."""
        found = None
        for named in self._named.between(start, end)[:_MAX_NAMES]:
            tail = self._body[named.end : min(named.end + _SUBJECT_MARK_REACH, end + 1)]
            if named.kind in ("person", "organisation") and re.match(self._grammar.subject_mark, tail):
                found = named.actor
                if not nearest:
                    break
        return found

    def first_person(self, start: int, end: int) -> str | None:
        """The first person of a sentence whose name depends on no other word."""
        return next((named.actor for named in self._free(start, end) if named.kind == "person"), None)

    def any_between(self, start: int, end: int) -> bool:
        return any(named.kind == "person" for named in self._named.between(start, end)[:_MAX_NAMES])

    def is_pronoun(self, verb: str, lead: str, rest: str) -> bool:
        """Whether `he` is the subject of `verb`: in it (a-t-il dit), at most a word before it, or right behind it."""
        pronouns = self._grammar.pronouns
        if "-" in verb and not pronouns.isdisjoint(re.split(r"[\s-]", verb.lower())):
            return True
        if _unspaced(lead) and lead.strip(_SPACES + "，,")[:1] in pronouns:
            return True
        return not pronouns.isdisjoint(_WORD.findall(lead[-_NEAR:].lower())[-2:]) or _first_word(rest) in pronouns

    def clause_ends(self, rest: str) -> bool:
        """Whether nothing follows a verb that could be its subject: a mark, the end, or a preposition."""
        return bool(_CLAUSE_END.match(rest)) or _first_word(rest) in self._grammar.prepositions | self._grammar.that

    def begins_that(self, rest: str) -> bool:
        return _first_word(rest) in self._grammar.that

    def begins_clause(self, lead: str) -> bool:
        """Whether `lead` opens a clause of its own: `, but Y`."""
        return _first_word(lead) in self._grammar.conjunctions

    def _clause(self, text: str) -> int:
        """Characters up to where a subordinate clause or the next sentence begins."""
        for found in _WORD.finditer(text):
            if found[0].lower() in self._grammar.that:
                return found.start()
        return len(text)

    def _free(self, start: int, end: int) -> list[Named]:
        """Persons and organisations that depend on no preposition or noun; sources only where there is nobody else."""
        names = [
            named
            for named in self._named.between(start, end)[:_MAX_NAMES]
            if named.kind != "place" and named.end <= end
        ]
        free = [named for named in names if not self._depends(named, start)]
        return [named for named in free if named.kind != "source"] or free

    def _depends(self, named: Named, floor: int) -> bool:
        """Whether a preposition or a possessive ending makes the name part of something else (`to X`, `the spokesman of X`, `X's`).

        Titles are passed over, and places that belong to them: in `the president of Russia Vladimir Putin` Putin is free. Nothing
        before `floor` counts.
        """
        if self._body.startswith(self._grammar.possessives or ("\0",), named.end):
            return True
        at = named.start
        behind_place = False
        for _ in range(_MAX_WORDS_BACK):
            looked_at = self._body[max(floor, at - _LOOK_BACK) : at]
            text = looked_at.rstrip(_SPACES)
            at -= len(looked_at) - len(text)
            place = self._named.ending_at(at)
            if place is not None:
                at, behind_place = place.start, True
                continue
            word = re.search(r"[\w'’.-]+$", text)
            if word is None:
                return False
            if _unspaced(word[0]):
                return word[0][-1] in self._grammar.prepositions
            lower = word[0].lower()
            if lower in self._grammar.prepositions:
                if not behind_place:
                    return True
                behind_place = False
            elif lower in self._grammar.articles and not behind_place:
                before = re.search(r"([\w'’.-]+)\s+$", text[: word.start()])
                return before is not None and before[1].lower() in self._grammar.prepositions
            at -= len(word[0])
        return False

    def _relative(self, start: int, end: int) -> bool:
        """Whether a name at `end` stands in a clause about the one at `start`, or, in Chinese, is an object in its clause."""
        between = self._body[start:end]
        if self._grammar.order is Order.SUBJECT_FIRST and _unspaced(between):
            return not any(mark in between for mark in "，,；。")
        return any(word in self._grammar.relatives for word in _WORD.findall(between.lower()))

    def _reaches(self, start: int, end: int) -> bool:
        """Whether the words between a name and a verb let the one be the other's subject: titles, adverbs, an apposition."""
        gap = self._body[start:end].strip(_SPACES)
        if not gap:
            return True
        if self._grammar.order is Order.SUBJECT_FIRST and not gap.isascii():
            return len(gap) <= _MAX_GAP_UNSPACED and not any(mark in gap for mark in "。；")
        if gap[0] in ",(":
            return gap[-1] in ",)" and len(gap) <= _MAX_APPOSITION and not self.begins_clause(gap)
        words = _WORD.findall(gap.lower())
        return (
            len(words) <= _MAX_GAP_WORDS
            and not any(word in self._grammar.conjunctions for word in words)
            and "," not in gap
        )


def _first_word(text: str) -> str:
    found = _WORD.search(text[:_NEAR])
    return found[0].lower() if found else ""


def _unspaced(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)
