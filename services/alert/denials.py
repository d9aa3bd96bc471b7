"""Whether a sentence says that somebody denies what is told. A denial is news about an alert, not a reason against it."""

from __future__ import annotations

import re

_WORDS = {
    "en": r"den(?:y|ies|ied|ying|ial)|refut\w+|no such meeting|never met|did not meet|rejects? (?:the )?(?:claim|report)s?",
    "fr": r"d[ée]ment\w*|ni(?:e|ent|é|ait) (?:avoir|que|toute?)|n[’']a jamais rencontr\w+",
    "de": r"dementier\w+|bestreite\w*|bestritt\w*|weis\w+ (?:\w+ ){0,4}zurück|wies\w* (?:\w+ ){0,6}zurück",
    "es": r"desm(?:iente|intió|entido|entir)\w*|nieg\w+|neg(?:ó|aron|ado|ativa)\w*",
    "it": r"smenti\w+|neg(?:a|ato|ano|ò)\b",
    "pt": r"desment\w+|neg(?:a|ou|am|aram)\b",
    "nl": r"ontken\w+|tegengesproken|spreekt tegen",
    "pl": r"zaprzecz\w+|dementuj\w+|zdementow\w+",
    "ru": r"опроверг\w*|опроверж\w*|отриц\w+|не встречал\w*",
    "uk": r"спростов\w+|спростув\w+|заперечу\w+|заперечи\w+",
    "tr": r"yalanla\w+|reddet\w+|inkâr\w*|inkar\w*",
    "ar": r"\w*نفى\b|\w*نفت\b|\w*ينفي\b|\w*تنفي\b|\w*نفي\b|\w*كذّ?ب\w*",
    "fa": r"تکذیب\w*|رد کرد\w*",
    "he": r"הכחיש\w*|מכחיש\w*",
    "zh": r"否认|否認|辟谣|闢謠|驳斥|駁斥",
    "ja": r"否定|事実無根",
    "ko": r"부인|사실무근|반박",
    "hi": r"खंडन|इनकार",
}
_WITHOUT_SPACES = frozenset({"zh", "ja", "ko", "hi"})
_PATTERNS = {
    language: re.compile(words if language in _WITHOUT_SPACES else rf"\b(?:{words})", re.IGNORECASE)
    for language, words in _WORDS.items()
}


def denies(text: str, language: str) -> bool:
    """In languages that are not listed, nobody is found to deny."""
    pattern = _PATTERNS.get(language)
    return pattern is not None and pattern.search(text) is not None
