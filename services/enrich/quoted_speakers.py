"""Who said the words between two quotation marks: the clause before or behind them, and its verb of saying.

Abstains in doubt. All work on one quotation is bounded by `_WINDOW` characters around it and `_SENTENCES_BACK`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from services.enrich.named_in_text import Named, NamedInText
from services.enrich.saying_verbs import SAYING, Order, Saying
from services.enrich.subjects import Subjects

_WINDOW = 260
_SENTENCES_BACK = 3
_MAX_LEAD = 70
"""Characters between a quotation and the verb behind it."""
_MAX_AROUND = 60
_MAX_APPOSITION = 200
_MAX_TITLES = 60
_SPACES = " \t\u00a0\u202f\u3000"
_JOINTS = _SPACES + ",，、—–-.。!?！？…؛،"
_MARKS = "«»‹›“”„‟\"＂「」『』‘’‚'"
_COLON = re.compile(r"[:：]\s*$")
_TIGHT_END = re.compile(r"[:：,，、]\s*$")
_STOP = re.compile(r"[;；:：\n]")
_JOINT_BEHIND = re.compile(r"[»”“\"'’]?\s*[,،]\s*(?:[—–-]\s*)?|[»”“\"]?\s*[—–]\s*")
_MAX_INVERTED = 5
"""Words from the verb to the name: `bromeó el primer ministro Tusk`."""
_NO_GRAMMAR = Saying(verbs="(?!)")


@dataclass(frozen=True, slots=True)
class Binding:
    """`governed`: whether a verb of saying or a colon leads straight to the quotation, whoever its subject is."""

    speaker: str | None = None
    governed: bool = False


_UNBOUND = Binding()


class QuotedSpeakers:
    """Binds the quotations of one article, in their order.

    `quoted`: (start, end) without the marks; `later` are those of them that go on with the one before. `sentences`: (start, end) in
    `body`.
    """

    def __init__(
        self,
        body: str,
        language: str,
        sentences: Sequence[tuple[int, int]],
        quoted: Sequence[tuple[int, int]],
        named: NamedInText,
        later: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        self._body = body
        self._grammar = SAYING.get(language, _NO_GRAMMAR)
        self._sentences = sentences
        self._starts = [start for start, _ in sentences]
        self._quoted = quoted
        self._later = later
        self._named = named
        self._subjects = Subjects(body, self._grammar, named)
        self._said: dict[int, str] = {}

    def all(self) -> list[Binding]:
        bound: list[Binding] = []
        for index in range(len(self._quoted)):
            binding = bound[-1] if index and self._quoted[index] in self._later else self._bind(index)
            if binding == _UNBOUND and index and self._goes_on(index):
                binding = Binding(bound[-1].speaker)
            if binding.speaker:
                self._said[self._sentence_at(self._quoted[index][1])] = binding.speaker
            bound.append(binding)
        # « A » et « B », a déclaré X: what the verb says of the last it says of all in the sentence.
        for index in range(len(bound) - 2, -1, -1):
            if bound[index] == _UNBOUND and bound[index + 1].speaker and self._goes_on(index + 1, same_sentence=True):
                bound[index] = Binding(bound[index + 1].speaker)
        return bound

    def _bind(self, index: int) -> Binding:
        start, end = self._quoted[index]
        before = self._before(index, start)
        after = self._after(index, end)
        if self._grammar.order is Order.AROUND:
            return self._around(before, after) or self._headline(before) or self._according(before, after) or _UNBOUND
        return (
            self._announced(before)
            or self._followed(after, end)
            or self._reported(before)
            or self._according(before, after)
            or self._inverted(after)
            or self._led_to(before)
            or _UNBOUND
        )

    # The windows.

    def _before(self, index: int, start: int) -> tuple[int, int]:
        """What stands before the opening mark in the same sentence, behind the last quotation."""
        mark = start - 1
        first = max(self._sentences[self._sentence_at(mark)][0], mark - _WINDOW)
        if index:
            first = max(first, self._quoted[index - 1][1] + 1)
        return min(first, mark), mark

    def _after(self, index: int, end: int) -> tuple[int, int]:
        """What stands behind the closing mark up to the end of the sentence that it leads into, or to the next quotation."""
        first = min(end + 1, len(self._body))
        last = min(first + _WINDOW, len(self._body))
        letter = first
        while letter < last and not self._body[letter].isalnum() and self._body[letter] != "\n":
            letter += 1
        if letter >= last or self._body[letter] == "\n":
            return first, first
        last = min(last, max(self._sentences[self._sentence_at(letter)][1], first))
        if index + 1 < len(self._quoted):
            last = min(last, self._quoted[index + 1][0] - 1)
        # A full stop within the marks ends the sentence where a capital follows; a comma would go on.
        if (
            self._body[max(0, end - 8) : end].rstrip(_SPACES)[-1:] == "."
            and self._body[letter].isupper()
            and not self._body[first:letter].strip(_SPACES)
        ):
            return first, first
        return first, max(first, last)

    def _sentence_at(self, at: int) -> int:
        return max(bisect_right(self._starts, at) - 1, 0)

    # The patterns, the surest first.

    def _announced(self, window: tuple[int, int]) -> Binding | None:
        """`X said: «`, `X: «`, and `said X, «` between two quotations."""
        first, last = window
        text = self._body[first:last]
        if not _TIGHT_END.search(text):
            return None
        verb = self._last_verb(text)
        if verb is not None and self._grammar.order is Order.VERB_FIRST:
            # قال جاسي إلى جانب لولا: the subject follows the verb, whoever is named last.
            subject = self._subject(first, verb, last)
            if subject:
                return Binding(subject, governed=True)
        if _COLON.search(text):
            labelled = self._named.ending_at(first + len(text.rstrip(_SPACES + ":：")))
            if labelled and labelled.kind in ("person", "organisation"):
                return Binding(labelled.actor, governed=True)
        if verb is None or len(text) - verb.end() > _WINDOW // 2:
            return None
        return Binding(self._subject(first, verb, last), governed=True)

    def _reported(self, window: tuple[int, int]) -> Binding | None:
        """`X said that … «`: a part of what is reported stands between marks."""
        first, last = window
        verb = self._last_verb(self._body[first:last])
        if verb is None:
            return None
        speaker = self._subject(first, verb, last)
        return Binding(speaker, governed=last - first - verb.end() <= 2) if speaker else None

    def _last_verb(self, text: str) -> re.Match[str] | None:
        verbs = self._grammar.compiled(self._grammar.verbs)
        return max(verbs.finditer(text), key=lambda found: found.start(), default=None) if verbs else None

    def _subject(self, first: int, verb: re.Match[str], last: int) -> str | None:
        grammar, subjects = self._grammar, self._subjects
        verb_start, verb_end = first + verb.start(), first + verb.end()
        lead = self._body[first:verb_start]
        if subjects.is_pronoun(verb[0], lead, self._body[verb_end:last]):
            return self._last_subject(verb_start)
        inverted = grammar.order is Order.VERB_FIRST or (
            grammar.order is Order.EITHER
            and verb[0].lower() not in grammar.object_verbs
            and (not lead.strip(_JOINTS) or lead.rstrip(_SPACES)[-1:] in ",—–")
        )
        if inverted:
            reach = verb_end + (_MAX_APPOSITION if not lead.strip(_JOINTS) else _MAX_TITLES)
            behind = subjects.behind(verb_end, min(last, reach))
            if behind:
                return behind
        before = subjects.before(first, verb_start)
        if before:
            return before
        if grammar.pro_drop and not lead.strip(_JOINTS) and subjects.clause_ends(self._body[verb_end:last]):
            return self._last_subject(verb_start)
        return None

    def _followed(self, window: tuple[int, int], quote_end: int) -> Binding | None:
        """`», said X`, `» X said`, `», he said`."""
        grammar, subjects = self._grammar, self._subjects
        first, last = window
        text = self._body[first:last]
        pattern = grammar.verbs + (f"|{grammar.after_only}" if grammar.after_only else "")
        verbs = grammar.compiled(pattern)
        verb = verbs.search(text) if verbs and text else None
        if verb is None or verb.start() > _MAX_LEAD:
            return None
        lead = text[: verb.start()]
        rest = text[verb.end() :]
        # The verb governs what follows it, not what stands before.
        if _STOP.search(lead) or _COLON.search(text) or subjects.begins_that(rest):
            return None
        if grammar.after_only and verb[0].lower() == grammar.after_only and lead.strip(_JOINTS):
            return None
        if subjects.begins_clause(lead):
            return None
        verb_end = first + verb.end()
        if subjects.is_pronoun(verb[0], lead, rest):
            return Binding(self._last_subject(quote_end), governed=True)
        tight = not lead.strip(_JOINTS)
        if tight or lead.rstrip(_SPACES)[-1:] in ",—–":
            speaker = None
            if grammar.order is not Order.SUBJECT_FIRST and verb[0].lower() not in grammar.object_verbs:
                speaker = subjects.behind(verb_end, min(last, verb_end + _MAX_APPOSITION))
            if speaker is None and not tight:
                speaker = subjects.before(first, first + verb.start())
            if speaker is None and grammar.pro_drop and subjects.clause_ends(rest):
                speaker = self._last_subject(quote_end)
            if speaker is None:
                return self._inverted(window) or (Binding(governed=True) if tight else None)
            return Binding(speaker, governed=tight)
        speaker = subjects.before(first, first + verb.start())
        return Binding(speaker, governed=True) if speaker else None

    def _inverted(self, window: tuple[int, int]) -> Binding | None:
        """`», joked X`: a verb that no list has, by its place between the quotation and a person."""
        first, last = window
        if self._grammar.order is not Order.EITHER:
            return None
        joint = _JOINT_BEHIND.match(self._body, first, last)
        if joint is None:
            return None
        named = next((one for one in self._named.between(joint.end(), min(joint.end() + _MAX_TITLES, last))), None)
        if named is None or named.kind != "person":
            return None
        words = self._body[joint.end() : named.start].split()
        if (
            not 1 <= len(words) <= _MAX_INVERTED
            or not words[0][0].islower()
            or words[-1].lower() in self._grammar.prepositions
        ):
            return None
        return Binding(named.actor, governed=True)

    def _led_to(self, window: tuple[int, int]) -> Binding | None:
        """`X was blunt: «`: a colon, and one person alone in the sentence."""
        first, last = window
        if not _COLON.search(self._body[first:last]):
            return None
        persons = {one.actor for one in self._named.between(first, last) if one.kind == "person"}
        return Binding(persons.pop(), governed=True) if len(persons) == 1 else None

    def _around(self, before: tuple[int, int], after: tuple[int, int]) -> Binding | None:
        """`Xは「…」と述べた`, `X는 "…"라고 말했다`, `X, "…" dedi`."""
        first, last = after
        text = self._body[first:last]
        quotative = re.match(self._grammar.quotative, text.lstrip(_SPACES + ",、"))
        verbs = self._grammar.compiled(self._grammar.verbs)
        verb = verbs.search(text) if verbs and quotative else None
        if verb is None or verb.start() > _MAX_AROUND:
            return None
        speaker = self._subjects.marked(first, first + verb.start()) or self._subjects.marked(*before, nearest=True)
        if speaker is None and not self._subjects.any_between(*before):
            speaker = self._last_subject(before[0])
        return Binding(speaker, governed=True)

    def _headline(self, window: tuple[int, int]) -> Binding | None:
        """`X "…"` and `X: "…"` in a title."""
        first, last = window
        text = self._body[first:last]
        in_title = last <= self._sentences[0][1] if self._sentences else False
        if not in_title and not _COLON.search(text):
            return None
        labelled = self._named.ending_at(first + len(text.rstrip(_SPACES + ":：,，")))
        return (
            Binding(labelled.actor, governed=True) if labelled and labelled.kind in ("person", "organisation") else None
        )

    def _according(self, before: tuple[int, int], after: tuple[int, int]) -> Binding | None:
        """`According to X, «` and `», according to X`."""
        grammar = self._grammar
        for (first, last), reach in ((before, _WINDOW), (after, 6)):
            text = self._body[first:last]
            opened = grammar.compiled(grammar.according_to)
            found = opened.search(text) if opened else None
            if found and found.start() <= reach:
                speaker = self._subjects.behind(first + found.end(), min(last, first + found.end() + _MAX_TITLES))
                if speaker:
                    return Binding(speaker)
        closed = grammar.compiled(grammar.according_after)
        for first, last in (before, after):
            found = closed.search(self._body[first:last]) if closed else None
            if found:
                near = [one for one in self._named.between(first, first + found.start()) if one.kind == "person"]
                if near:
                    return Binding(near[-1].actor)
        return None

    # What was said before.

    def _last_subject(self, before: int) -> str | None:
        """Who spoke or was the first person named in the nearest sentence up to `before`, the sentence with it included."""
        current = self._sentence_at(max(before - 1, 0))
        for index in range(current, max(current - _SENTENCES_BACK, 0) - 1, -1):
            if index in self._said:
                return self._said[index]
            start, end = self._sentences[index]
            person = self._subjects.first_person(start, min(end, before))
            if person:
                return person
        return None

    def _goes_on(self, index: int, *, same_sentence: bool = False) -> bool:
        """Whether a quotation goes on with the one before it: nobody else is named between them within two sentences."""
        end, start = self._quoted[index - 1][1], self._quoted[index][0]
        if start - end > _WINDOW or "\n" in self._body[end:start]:
            return False
        between: list[Named] = self._named.between(end, start)
        if self._sentence_at(end) == self._sentence_at(start):
            return not any(one.kind == "person" for one in between)
        begins_sentence = not self._body[self._sentences[self._sentence_at(start)][0] : start].strip(_SPACES + _MARKS)
        return begins_sentence and not same_sentence
