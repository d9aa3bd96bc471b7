"""Scripts and alphabets: which languages can be written with these letters.

Alphabets are those of CLDR's main exemplar sets (https://cldr.unicode.org, ``exemplarCharacters``), as far as they tell
languages of one script apart.
"""

import re
from collections import Counter
from collections.abc import Mapping

# Ranges of letters per script; a script of one language answers by itself.
_RANGES: Mapping[str, str] = {
    "Latin": "A-Za-zªºÀ-ÖØ-öø-ʯḀ-ỿ",
    "Cyrillic": "Ѐ-ԯ\u1c80-\u1c8f",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9\ufb50-\ufdfb\ufe70-\ufefc",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af々〇",
    "Kana": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9d",
    "Hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "Hebrew": "\u05d0-\u05f2",
    "Greek": "\u0370-\u0373\u0376-\u03ff\u1f00-\u1fff",
    "Armenian": "\u0531-\u0587",
    "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Ethiopic": "\u1200-\u135a",
    "Devanagari": "\u0904-\u0939\u0958-\u0961",
    "Bengali": "\u0985-\u09b9\u09ce\u09dc-\u09e1\u09f0\u09f1",
    "Gurmukhi": "\u0a05-\u0a39\u0a59-\u0a5e\u0a72-\u0a74",
    "Gujarati": "\u0a85-\u0ab9\u0ae0\u0ae1",
    "Oriya": "\u0b05-\u0b39\u0b5c-\u0b61\u0b71",
    "Tamil": "\u0b83-\u0bb9",
    "Telugu": "\u0c05-\u0c39\u0c58-\u0c61",
    "Kannada": "\u0c85-\u0cb9\u0cde-\u0ce1",
    "Malayalam": "\u0d05-\u0d3a\u0d5f-\u0d61\u0d7a-\u0d7f",
    "Sinhala": "\u0d85-\u0dc6",
    "Thai": "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46",
    "Lao": "\u0e81-\u0eb0\u0eb2\u0eb3\u0ec0-\u0ec6",
    "Tibetan": "\u0f40-\u0f6c",
    "Myanmar": "\u1000-\u102a\u103f\u1050-\u1055",
    "Khmer": "\u1780-\u17b3",
    "Mongolian": "\u1820-\u1878",
}
_RUNS = re.compile("|".join(f"(?P<{script}>[{ranges}]+)" for script, ranges in _RANGES.items()))
# Names in Latin letters stand in texts of every script, and a sign for a syllable or a word says more than a letter.
_WEIGHT = {"Latin": 1, "Han": 4, "Kana": 3, "Hangul": 4}
_OTHER_WEIGHT = 2


def _codes(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "Latin": _codes(
        "af az bs ca cs cy da de en es et eu fi fr ga gl ha hr hu id is it ku lt lv ms mt nl no pl pt ro sk sl so sq sr sv "
        "sw tl tr uz vi yo zu"
    ),
    "Cyrillic": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"),
    "Arabic": ("ar", "fa", "ur", "ps", "ug", "sdh"),
    "Han": ("zh", "ja"),
    "Kana": ("ja",),
    "Hangul": ("ko",),
    "Hebrew": ("he",),
    "Greek": ("el",),
    "Armenian": ("hy",),
    "Georgian": ("ka",),
    "Ethiopic": ("am",),
    "Devanagari": ("hi", "mr", "ne"),
    "Bengali": ("bn", "as"),
    "Gurmukhi": ("pa",),
    "Gujarati": ("gu",),
    "Oriya": ("or",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Kannada": ("kn",),
    "Malayalam": ("ml",),
    "Sinhala": ("si",),
    "Thai": ("th",),
    "Lao": ("lo",),
    "Tibetan": ("bo",),
    "Myanmar": ("my",),
    "Khmer": ("km",),
    "Mongolian": ("mn",),
}

# What most news is written in.
WIDELY_USED = frozenset(_codes("ar bg bn cs da de el en es fa fi fr hi hu id it nl no pl pt ro ru sr sv tr uk ur vi"))

_EAST_SLAVIC = "абвгдежзийклмнопрстуфхцчшщьюя"
_PERSIAN = "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنوهپچژکگی"
_ALPHABETS: Mapping[str, frozenset[str]] = {
    language: frozenset(letters)
    for language, letters in {
        "ru": _EAST_SLAVIC + "ёъыэ",
        "uk": _EAST_SLAVIC + "єіїґ",
        "be": _EAST_SLAVIC.replace("и", "").replace("щ", "") + "ёіўыэ",
        "bg": _EAST_SLAVIC + "ъѝ",
        "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
        "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ",
        "kk": _EAST_SLAVIC + "ёъыэәғқңөұүһі",
        "ky": _EAST_SLAVIC + "ёъыэңөү",
        "mn": _EAST_SLAVIC + "ёъыэөү",
        "tg": _EAST_SLAVIC + "ёъэғӣқӯҳҷ",
        "tt": _EAST_SLAVIC + "ёъыэәөүҗңһ",
        "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي",
        "fa": _PERSIAN,
        "ur": _PERSIAN + "ٹڈڑںھہۂۃےۓ",
        "ps": _PERSIAN + "ټځڅډړږښګڼۍېي",
        "ug": "ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيە",
        "sdh": "ئابپتجچحخدرزژسشعغفڤقکگلڵمنوۆھهەیێڕ",
    }.items()
}


def main_script(text: str) -> tuple[str, str] | None:
    """The script that carries ``text``, by weighted count of letters, and its letters in order; None without letters.

    Japanese is recognised by its kana: Han with a fair share of them counts as Kana.
    """
    found: dict[str, list[str]] = {}
    for run in _RUNS.finditer(text):
        found.setdefault(run.lastgroup or "", []).append(run[0])
    if not found:
        return None
    letters = {script: "".join(runs) for script, runs in found.items()}
    weights = {script: len(own) * _WEIGHT.get(script, _OTHER_WEIGHT) for script, own in letters.items()}
    if "Kana" in weights and len(letters["Kana"]) * 12 >= len(letters.get("Han", "")):
        weights["Kana"] += weights.pop("Han", 0)
    best = max(weights, key=lambda script: weights[script])
    return best, letters[best]


def possible_languages(letters: str, script: str) -> tuple[str, ...]:
    """The languages of ``script`` whose alphabets explain the most of ``letters``; all of them where letters say nothing."""
    languages = LANGUAGES[script]
    if script not in ("Cyrillic", "Arabic"):
        return languages
    counts = Counter(letters.lower()).items()
    foreign = {
        language: sum(count for char, count in counts if char not in _ALPHABETS[language]) for language in languages
    }
    # One stray letter in a hundred (a name, a typing error) decides nothing.
    allowed = min(foreign.values()) + len(letters) // 100
    return tuple(language for language in languages if foreign[language] <= allowed)
