"""Grammatical, made-up English news prose, a pure function of a 64-bit seed."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import NamedTuple

from farm import words as w

# One-letter-ish slots keep the fixed text of a template short: fixed runs are what two items could share.
TEMPLATES = """The {adj} {inst} of {town} {verb} a {adj} {obj} {when}.
{person}, a {role} from {town}, {said} that the {obj} would {would} {num} {unit} {place}.
{Place}, the {inst} {verb} {num} {unit} {when}, and {person} {verb} the {adj} {obj}.
Nobody in {town} had {verb} such a {adj} {obj} {when}.
Critics led by {person} {said} {when} that {num} {unit} were missing from the {obj}.
{num} {unit} {place} belong to the {inst}, which {verb} its {adj} {obj} {when}.
Although the {inst} {verb} the {obj}, {person} of {town} still wants to {plan}.
Next comes a {adj} {obj} {place}, where officials intend to {plan} and to {plan}.
Both {town} and {town} {verb} their {obj} {when}, {said} {person}.
Its {adj} {obj}, built {place}, may {would} {num} {unit}, the {inst} {said}.
"We will {plan}," {said} {person}, whose {adj} {obj} {place} was {verb} {when}.
Residents {place} {verb} {num} {unit} {when}; the {role} {person} called it a {adj} {obj}.
A {role} and a {role} {verb} the {obj} {when}, leaving {town} with {num} {unit}.
{When}, {person} {verb} {num} {unit} that the {inst} had {verb} earlier.
Rather than {plan}, the {adj} {inst} chose to {plan} {when}.
Figures from {town} show {num} {unit} {place}, up from {num}, after a {obj} was {verb}.
Every {role} {place} {verb} the {obj}, {person} {said}, yet few could {plan}.
Once {town} had {verb} its {obj}, a {adj} {inst} could {plan} {place}.
Engineers {verb} {num} {unit}, then {verb} a {obj} {place} belonging to {person}.
Plans to {plan} {place}, {verb} by {town}, may also {would} {num} {unit}.
Without a {adj} {obj}, {person} {said}, {town} must {plan} or {plan}.
Only {num} {unit} reached {town} {when}, so its {inst} {verb} the {adj} {obj}.
Few expected {person} to {plan}; the {inst} {verb} a {obj} {when} instead.
Older readers may remember how {person} {verb} the {obj} {place} {when}.""".split("\n")

_SLOT = re.compile(r"\{(\w+)\}")
_COMPILED = [_SLOT.split(t) for t in TEMPLATES]  # literal, slot, literal, slot, ..., literal
_TABLE = {
    "adj": w.ADJ,
    "inst": w.INST,
    "role": w.ROLE,
    "verb": w.VERB,
    "obj": w.OBJ,
    "when": w.WHEN,
    "said": w.SAID,
    "would": w.WOULD,
    "unit": w.UNIT,
    "place": w.PLACE,
    "plan": w.PLAN,
}
TOWNS = [a + b for a in w.TOWN_A for b in w.TOWN_B]
_PERSONS = [f"{f} {a}{b}" for f in w.FIRST for a in w.LAST_A for b in w.LAST_B]
_TABLE.update(town=TOWNS, person=_PERSONS)
# Whole phrases from a short table would be the 3-word sequences that two items share, so most phrases are products.
_PLACES = w.PLACE + [f"{p} the {a} {s}" for p in w.PREP_PLACE for a in w.ADJ for s in w.SPOT]
_WHENS = w.WHEN + [f"{p} the {a} {e}" for p in w.PREP_TIME for a in w.ADJ for e in w.EVENT]
_PLANS = w.PLAN + [f"{v} the {a} {o}" for v in w.VERB_BASE for a in w.ADJ[::3] for o in w.OBJ[::2]]
_TABLE.update(place=_PLACES, when=_WHENS, plan=_PLANS)
_TABLE["When"] = [x[0].upper() + x[1:] for x in _WHENS]
_TABLE["Place"] = [x[0].upper() + x[1:] for x in _PLACES]
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeio]|u[nm]|ur)")  # "a orchard union" -> "an orchard union"
_AN_EXCEPT = re.compile(r"\b([Aa])n (?=union|unit|one)")


class Text(NamedTuple):
    """One item's words: title without the token; lead of < 150 characters; paragraphs of 600-900 characters in all."""

    headline: str
    author: str
    lead: str
    paragraphs: tuple[str, ...]


def key64(*parts: object) -> int:
    """A 64-bit number that depends on all parts and on nothing else (unlike hash(), which is salted per process)."""
    return int.from_bytes(blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def _sentence(rnd: Random, template: list[str]) -> str:
    """Fill one compiled template."""
    out = []
    for i, part in enumerate(template):
        if i % 2 == 0:
            out.append(part)
        elif part == "num":
            out.append(str(int(12 + rnd.random() ** 3 * 9000)))
        else:
            table = _TABLE[part]
            out.append(table[int(rnd.random() * len(table))])
    text = _ARTICLE.sub(r"\1n ", "".join(out))
    return _AN_EXCEPT.sub(r"\1 ", text)


def compose(seed: int, flavour: str = "") -> Text:
    """Write one item. flavour "cyrillic" or "accented": words of that script in the headline's town and the body."""
    rnd = Random(seed)

    def pick(table: list[str]) -> str:
        return table[int(rnd.random() * len(table))]  # a third of choice()'s time

    exotic = {"cyrillic": w.CYRILLIC, "accented": w.ACCENTED}.get(flavour)
    town = pick(exotic) if exotic else pick(TOWNS)
    headline = f"{pick(w.HEAD_A)} in {town} {pick(w.HEAD_B)}"
    author = pick(_PERSONS)
    order = rnd.sample(_COMPILED, 12)
    sentences = [_sentence(rnd, order[0])]
    if exotic:
        sentences.append(f"Road signs {pick(w.PLACE)} now read {pick(exotic)} and {pick(exotic)} {pick(exotic)}.")
    size = sum(map(len, sentences))
    for template in order[1:]:
        if size >= 640:
            break
        sentences.append(_sentence(rnd, template))
        size += len(sentences[-1]) + 1
    lead = sentences[0]
    third = max(2, len(sentences) // 3)
    paragraphs = tuple(" ".join(sentences[i : i + third]) for i in range(0, len(sentences), third))
    return Text(headline, author, lead, paragraphs)


@lru_cache(maxsize=4_000)
def compose_cached(seed: int, flavour: str = "") -> Text:
    """compose() with a memory of the last 4,000 items (about 8 MB): a feed and its pages share them."""
    return compose(seed, flavour)
