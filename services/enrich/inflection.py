"""The forms in which a name stands in running text, made from the nominative that the gazetteer gives.

What is written onto a name (particles, proclitics, possessives) is no form of it: `affixes` knows those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product

from services.enrich import polish_cases, russian_cases, ukrainian_cases
from services.enrich.folding import fold_name
from shared.contracts.enrichment import ActorType

Cases = tuple[tuple[str, ...], ...]
MAX_WORDS = 5
"""Longer names are titles of bodies, which are not declined word by word."""
MAX_FORMS = 60
_MAX_PER_CASE = 12
_NUMERAL = re.compile("[ivx]{1,5}")


def surface_forms(name: str, language: str, actor_type: ActorType) -> tuple[str, ...]:
    """Folded, lower-cased forms of `name`, itself first; at most `MAX_FORMS`."""
    own = fold_name(name)
    decline = _declension(language, person=actor_type == "person")
    if decline is None or _acronym(name):
        return (own, *_with_article(own)) if language == "ar" else (own,)
    words = own.split(" ")
    if not all(words) or len(words) > MAX_WORDS:
        return (own,)
    forms = dict.fromkeys((own,))
    for form in _declined(words, [() if _NUMERAL.fullmatch(word) else decline(word) for word in words], actor_type):
        forms[form] = None
        if len(forms) == MAX_FORMS:
            break
    return tuple(forms)


def _declension(language: str, *, person: bool) -> Callable[[str], Cases] | None:
    if language == "ru":
        return lambda word: russian_cases.decline(word, person=person)
    if language == "uk":
        return lambda word: ukrainian_cases.decline(word, person=person)
    if language == "pl":
        return lambda word: polish_cases.decline(word, person=person)
    return None


def _acronym(name: str) -> bool:
    """Capitals throughout have no endings: НАТО, МИД."""
    return name.isupper()


def _with_article(own: str) -> tuple[str, ...]:
    """Arabic l- before the article loses the alef: الناتو, للناتو."""
    return ("لل" + own[2:],) if own.startswith("ال") and len(own) > 4 else ()


def _declined(words: list[str], cases: list[Cases], actor_type: ActorType) -> Iterator[str]:
    """Every word in one case; then the patterns in which some words keep the nominative.

    Persons: given names of the Far East and the first parts of double names stay (Ким Чен Ына, Жан-Клода Юнкера), surnames of
    women that end in a consonant too (Камалы Харрис). Bodies and places: what follows the head is a genitive already
    (Министерства обороны).
    """
    count = len(words)
    patterns = {tuple(range(count))}
    if count > 1:
        if actor_type == "person":
            if count > 2 or not cases[0]:
                patterns.add((count - 1,))
            named = tuple(at for at, word in enumerate(words) if not _NUMERAL.fullmatch(word))
            if len(named) < count:
                patterns.add(named)
            if words[0][-1] in "аяa":
                patterns.add((0,))
        else:
            patterns.update(tuple(range(head)) for head in range(1, min(count, 4)))
            patterns.add((count - 1,))
    for pattern in sorted(patterns, key=lambda each: (-len(each), each)):
        for case in range(5):
            choices = [
                (cases[at][case] or (word,)) if at in pattern and case < len(cases[at]) else (word,)
                for at, word in enumerate(words)
            ]
            for taken, chosen in enumerate(product(*choices)):
                if taken == _MAX_PER_CASE:
                    break
                yield " ".join(chosen)
