"""Which analysis each language would like best, with what must be installed for it.

Every part is asked for by itself, so a name that a cluster does not know costs nothing but a line in the list of what was left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Part = str | Mapping[str, Any]
"""A built-in tokenizer or filter by name, or the definition of one."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One way to analyse a language: a tokenizer and filters, or a built-in analyzer as a whole."""

    name: str
    tokenizer: str = "standard"
    filters: tuple[Part, ...] = ()
    analyzer: str | None = None
    needs: str = ""
    """The plugin or module that brings it, to name in the list of what was left out."""


_COMMON = "the module analysis-common"


def _stemmer(language: str) -> Part:
    return {"type": "stemmer", "language": language}


def _stem(language: str, *before: Part, stemmer: str | None = None, needs: str = _COMMON) -> Chain:
    end = (_stemmer(stemmer or language),)
    return Chain(f"{language} word forms", filters=("lowercase", *before, *end), needs=needs)


def _elided(articles: str) -> Part:
    return {"type": "elision", "articles": articles.split(), "articles_case": True}


def _lower(language: str) -> Part:
    return {"type": "lowercase", "language": language}


_FRENCH = _elided("l m t qu n s j d c jusqu quoiqu lorsqu puisqu")
_ITALIAN = _elided("c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d")
_CATALAN = _elided("d l m n s t")
_IRISH = _elided("d m b")
_BIGRAMS = Chain("pairs of characters", filters=("cjk_width", "lowercase", "cjk_bigram"), needs=_COMMON)
_ICU = Chain("words of a dictionary", tokenizer="icu_tokenizer", filters=("lowercase",), needs="analysis-icu")
_PERSIAN = Chain(
    "persian letters",
    filters=("lowercase", "decimal_digit", "arabic_normalization", "persian_normalization"),
    needs=_COMMON,
)
PLAIN = Chain("whole words", filters=("lowercase",))
"""What every cluster has."""

CHAINS: dict[str, tuple[Chain, ...]] = {
    "ar": (_stem("arabic", "decimal_digit", "arabic_normalization"),),
    "bg": (_stem("bulgarian"),),
    "bn": (_stem("bengali", "decimal_digit", "indic_normalization", "bengali_normalization"),),
    "ca": (_stem("catalan", _CATALAN),),
    "cs": (_stem("czech"),),
    "da": (_stem("danish"),),
    "de": (_stem("german", "german_normalization", stemmer="light_german"),),
    "el": (Chain("greek word forms", filters=(_lower("greek"), _stemmer("greek")), needs=_COMMON),),
    "en": (_stem("english", _stemmer("possessive_english")),),
    "es": (_stem("spanish", stemmer="light_spanish"),),
    "et": (_stem("estonian"),),
    "eu": (_stem("basque"),),
    "fa": (_PERSIAN,),
    "fi": (_stem("finnish", stemmer="light_finnish"),),
    "fr": (_stem("french", _FRENCH, stemmer="light_french"),),
    "ga": (Chain("irish word forms", filters=(_IRISH, _lower("irish"), _stemmer("irish")), needs=_COMMON),),
    "gl": (_stem("galician"),),
    "he": (_ICU,),
    "hi": (_stem("hindi", "decimal_digit", "indic_normalization", "hindi_normalization"),),
    "hu": (_stem("hungarian", stemmer="light_hungarian"),),
    "hy": (_stem("armenian"),),
    "id": (_stem("indonesian"),),
    "it": (_stem("italian", _ITALIAN, stemmer="light_italian"),),
    "ja": (
        Chain(
            "japanese words",
            tokenizer="kuromoji_tokenizer",
            filters=("kuromoji_baseform", "cjk_width", "ja_stop", "kuromoji_stemmer", "lowercase"),
            needs="analysis-kuromoji",
        ),
        _ICU,
        _BIGRAMS,
    ),
    "ko": (
        Chain(
            "korean words",
            tokenizer="nori_tokenizer",
            filters=("nori_part_of_speech", "nori_readingform", "lowercase"),
            needs="analysis-nori",
        ),
        _ICU,
        _BIGRAMS,
    ),
    "ku": (Chain("sorani word forms", filters=("sorani_normalization", "lowercase", "decimal_digit", _stemmer("sorani")), needs=_COMMON),),
    "lt": (_stem("lithuanian"),),
    "lv": (_stem("latvian"),),
    "nl": (_stem("dutch"),),
    "no": (_stem("norwegian", stemmer="light_norwegian"),),
    "pl": (Chain("polish word forms", filters=("lowercase", "polish_stem"), needs="analysis-stempel"),),
    "pt": (_stem("portuguese", stemmer="light_portuguese"),),
    "ro": (_stem("romanian"),),
    "ru": (_stem("russian", stemmer="light_russian"),),
    "sr": (_stem("serbian", "serbian_normalization"),),
    "sv": (_stem("swedish", stemmer="light_swedish"),),
    "th": (Chain("thai words", tokenizer="thai", filters=("lowercase", "decimal_digit"), needs=_COMMON), _ICU),
    "tr": (Chain("turkish word forms", filters=("apostrophe", _lower("turkish"), _stemmer("turkish")), needs=_COMMON),),
    "uk": (Chain("ukrainian word forms", analyzer="ukrainian", needs="analysis-ukrainian"),),
    "vi": (_ICU,),
    "zh": (
        Chain("chinese words", tokenizer="smartcn_tokenizer", filters=("lowercase",), needs="analysis-smartcn"),
        _ICU,
        _BIGRAMS,
    ),
}  # fmt: skip
"""Best first; `PLAIN` follows everywhere. Stop words stay in: names and headlines are made of them."""

OTHER = "other"
"""The field of languages that are not here."""
