"""Turns lines into sentences of one language, with the names as that language writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from shared.bench.simulation.model import Actor, Line
from shared.bench.simulation.tables import Forms, declined, filler, patterns, places, quotes, roles, topics

DAYS: Mapping[str, str] = {
    "en": "on Monday,on Tuesday,on Wednesday,on Thursday,on Friday,on Saturday,on Sunday",
    "fr": "lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche",
    "de": "am Montag,am Dienstag,am Mittwoch,am Donnerstag,am Freitag,am Samstag,am Sonntag",
    "es": "el lunes,el martes,el miércoles,el jueves,el viernes,el sábado,el domingo",
    "ru": "в понедельник,во вторник,в среду,в четверг,в пятницу,в субботу,в воскресенье",
    "ar": "يوم الاثنين,يوم الثلاثاء,يوم الأربعاء,يوم الخميس,يوم الجمعة,يوم السبت,يوم الأحد",
    "it": "lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica",
    "pt": "na segunda-feira,na terça-feira,na quarta-feira,na quinta-feira,na sexta-feira,no sábado,no domingo",
    "zh": "周一,周二,周三,周四,周五,周六,周日",
}
AND: Mapping[str, str] = {
    "en": " and ",
    "fr": " et ",
    "de": " und ",
    "es": " y ",
    "ru": " и ",
    "ar": " و",
    "zh": "和",
    "it": " e ",
    "pt": " e ",
}
COMMA: Mapping[str, str] = {"ar": " و", "zh": "、"}
AGREEMENT = re.compile(r"<([AB]):([^>]+)>")
CHOICE = re.compile(r"\[([^\]]+)\]")
"""Wordings that mean the same."""
SLOT = re.compile(r"\{(\w)(?:\.(\w+))?\}")
FIXES: Mapping[str, list[tuple[str, str]]] = {
    "fr": [
        (r"\b([dD])e le(?= )", r"\1u"),
        (r"\b([dD])e les(?= )", r"\1es"),
        (r"\b([dD])e (?=[AEIOUÉÈÂÎÔaeiouéèâîô])", r"\1'"),
        (r"\b([Qq])ue (?=[AEIOUÉÈÂÎÔaeiouéèâîô])", r"\1u'"),
        (r" à le(?= )", " au"),
    ],
    "ru": [(r"\b([Сс]) (?=[СЗШЖ][бвгджзклмнпртфхцч])", r"\1о ")],
    "it": [
        (rf"\b({word}) {article}", joint + ending)
        for word, joint in (("di", "de"), ("su", "su"), ("da", "da"))
        for article, ending in (
            ("il ", "l "),
            ("lo ", "llo "),
            ("la ", "lla "),
            ("i ", "i "),
            ("gli ", "gli "),
            ("le ", "lle "),
            ("l'", "ll'"),
        )
    ],
    "pt": [(r"\b([dD])e ([oa]s? )(?!que)", r"\1\2"), (r"\ba o(s?) ", r"ao\1 "), (r"\b[pP]or ([oa]s? )", r"pel\1")],
    "es": [(r"\bde el(?= [^S])", "del"), (r"\ba el(?= [^S])", "al"), (r" y (?=[IÍi])", " e ")],
}


@dataclass(frozen=True)
class Sentence:
    """A finished sentence and the labels of those named in it."""

    text: str
    actors: tuple[str, ...]


class Writer:
    """Writes one article; knows who was introduced already and so may be named by surname.

    Of two in the cast with one surname neither is ever named by it: the text must say who is meant.
    """

    def __init__(self, language: str, rng: Random, cast: Sequence[Actor]) -> None:
        self._language, self._rng = language, rng
        self._introduced: set[str] = set()
        shorts = [actor.names[language][1] for actor in {actor.label: actor for actor in cast}.values()]
        self._shared = {short for short in shorts if shorts.count(short) > 1}

    def sentence(self, line: Line, title: bool = False) -> Sentence:
        """The sentence in this language. Agreement is resolved first, then slots in reading order."""
        if line.group == "filler":
            return Sentence(self._filler(line), ())
        pattern = self._pattern(line)
        pattern = AGREEMENT.sub(lambda match: self._agree(line.named[match[1]], match[2].split("/")), pattern)
        pattern = CHOICE.sub(lambda match: self._rng.choice(match[1].split("|")), pattern)
        text = SLOT.sub(lambda match: self._fill(match[1], match[2], line, title), pattern)
        named = [line.named[slot] for slot, _ in SLOT.findall(pattern) if slot in "AB"]
        if "{L}" in pattern:
            named += line.listed
        return Sentence(self._polish(text), tuple(actor.label for actor in named))

    def _pattern(self, line: Line) -> str:
        """The wording; in Russian mostly the one with declined names, where we know how to decline them."""
        wordings = patterns()[line.group][line.index]
        other = wordings.get(self._language + "+")
        if (
            other
            and self._rng.random() < 0.7
            and all(line.named[slot].label in declined() for slot, case in SLOT.findall(other) if case)
        ):
            return other
        return wordings[self._language]

    def _agree(self, actor: Actor, forms: list[str]) -> str:
        position = {"m": 0, "f": 1, "n": 2}[actor.genders[self._language]]
        return forms[position] if position < len(forms) else forms[0]

    def _fill(self, slot: str, case: str | None, line: Line, title: bool) -> str:
        if slot in line.named:
            return self._name(line.named[slot], title, case)
        if slot == "L":
            return self._many(line.listed)
        fact = line.facts[slot]
        match slot:
            case "T" | "U":
                return topics()[fact][1][self._language]
            case "P":
                return places()[fact][self._language]
            case "Q":
                return quotes()[fact][self._language]
            case "D":
                return DAYS[self._language].split(",")[fact]
            case _:
                return str(fact)

    def _many(self, items: Sequence[Actor]) -> str:
        names = [self._name(actor, title=False) for actor in items]
        return COMMA.get(self._language, ", ").join(names[:-1]) + AND[self._language] + names[-1]

    def _name(self, actor: Actor, title: bool, case: str | None = None) -> str:
        """Full name (often with function) first, then mostly the short form."""
        full, short = declined()[actor.label][case] if case else Forms(*actor.names[self._language])
        draw = self._rng.random()
        if actor.names[self._language][1] in self._shared:
            short = full
        if title:
            brief = draw < (0.6 if actor.popularity >= 8 else 0.25) or (actor.namesake and draw < 0.5)
            return short if brief else full
        if actor.label in self._introduced:
            return short if draw < 0.8 else full
        self._introduced.add(actor.label)
        if actor.popularity >= 25 and draw < 0.15:
            return short
        if case or actor.role == "-" or (not actor.invented and draw > 0.45):
            return full
        role = roles()[actor.role][self._language][actor.sex == "f"]
        return f"{role}{'' if self._language == 'zh' else ' '}{full}"

    def _filler(self, line: Line) -> str:
        parts = filler()
        opener, subject, predicate, tail = (
            parts[group][line.facts[group]][self._language] if group in line.facts else ""
            for group in ("opener", "subject", "predicate", "tail")
        )
        if self._language == "zh":
            return f"{opener}{subject}{predicate}，{tail}。"
        comma = "،" if self._language == "ar" else ","
        return self._polish(f"{opener} {subject} {predicate}{comma} {tail}.".strip())

    def _polish(self, text: str) -> str:
        """Contractions (de le: du), and a capital letter at the start."""
        for wrong, right in FIXES.get(self._language, ()):
            text = re.sub(wrong, right, text)
        text = text.replace("..", ".")
        start = next((place for place, letter in enumerate(text) if letter.isalnum()), 0)
        return text[:start] + text[start].upper() + text[start + 1 :]


def join(sentences: Sequence[Sentence], language: str) -> str:
    """The text of an article in paragraphs of up to three sentences."""
    gap = "" if language == "zh" else " "
    groups = [sentences[place : place + 3] for place in range(0, len(sentences), 3)]
    return "\n\n".join(gap.join(sentence.text for sentence in group) for group in groups)
