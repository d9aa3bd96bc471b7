"""What papers call a body of a state once its country is clear: `the central bank`. By kind of entry and language; oblique forms only
where `inflection` does not make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.enrich.entry import Entry

_CENTRAL_BANK: Mapping[str, tuple[str, ...]] = {
    "en": ("central bank",),
    "fr": ("banque centrale",),
    "de": ("Zentralbank", "Notenbank"),
    "es": ("banco central",),
    "pt": ("banco central",),
    "it": ("banca centrale",),
    "pl": ("bank centralny", "banku centralnego", "bankowi centralnemu", "bankiem centralnym", "banku centralnym"),
    "ru": ("центральный банк", "центробанк", "ЦБ"),
    "uk": ("центральний банк", "центробанк", "ЦБ"),
    "ar": ("البنك المركزي", "المصرف المركزي"),
    "fa": ("بانک مرکزی",),
    "he": ("הבנק המרכזי",),
    "tr": ("Merkez Bankası", "Merkez Bankasının", "Merkez Bankasına", "Merkez Bankasından", "Merkez Bankasını"),
    "zh": ("央行", "中央银行", "中央銀行"),
    "ja": ("中央銀行", "中銀"),
    "ko": ("중앙은행",),
    "hi": ("केंद्रीय बैंक", "केन्द्रीय बैंक"),
}
_SPACE_AGENCY: Mapping[str, tuple[str, ...]] = {
    "en": ("space agency",),
    "fr": ("agence spatiale",),
    "de": ("Raumfahrtbehörde", "Weltraumbehörde", "Raumfahrtagentur", "Weltraumagentur"),
    "es": ("agencia espacial",),
    "pt": ("agência espacial",),
    "it": ("agenzia spaziale",),
    "pl": ("agencja kosmiczna", "agencji kosmicznej", "agencję kosmiczną", "agencją kosmiczną"),
    "ru": ("космическое агентство", "космическое управление"),
    "uk": ("космічне агентство", "космічне управління"),
    "ar": ("وكالة الفضاء",),
    "fa": ("آژانس فضایی",),
    "he": ("סוכנות החלל",),
    "tr": ("uzay ajansı", "uzay ajansının", "uzay ajansına", "uzay ajansından"),
    "zh": ("航天局", "国家航天局", "國家航天局", "太空总署", "太空總署"),
    "ja": ("宇宙機関", "宇宙局"),
    "ko": ("우주국", "우주청", "국가항천국"),
    "hi": ("अंतरिक्ष एजेंसी",),
}
_BY_KIND: Mapping[str, Mapping[str, tuple[str, ...]]] = {"central-bank": _CENTRAL_BANK, "space-agency": _SPACE_AGENCY}


def described(entry: Entry) -> bool:
    """Whether papers name this body by what it is."""
    return entry.type == "organisation" and entry.kind in _BY_KIND


def descriptions_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """(language, description)."""
    if described(entry):
        for language, texts in _BY_KIND[entry.kind or ""].items():
            for text in texts:
                yield language, text
