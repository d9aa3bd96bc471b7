"""Which language a text is in: script, then alphabet, then py3langid among what remains, then the feed's word.

The model's product of a vector with a table goes through BLAS, which is faster on one thread for such sizes: the process that
runs this should have ``OPENBLAS_NUM_THREADS=1`` (or its BLAS's own name for it) in its environment.
"""

from dataclasses import dataclass
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.normalise.scripts import LANGUAGES, WIDELY_USED, main_script, possible_languages

UNDETERMINED = "und"
# Title and lead: longer samples cost in proportion and bring in quotes, names and boilerplate.
_SAMPLE_CHARS = 160
# Below this the model is guessing (measured on headlines): a feed or page that says its language knows better.
_TRUSTED = 0.5
_GUESS = 0.1
_HINTED = 0.6
_SCRIPT_ALONE = 0.99
_HINT_WEIGHT = 10
# Three words of Portuguese are Galician too: what little news is written in gets less of the benefit of the doubt.
_NARROW_PRIOR = 0.4
# Codes that feeds and the model use for a language listed under another one.
_ALIASES = {
    "iw": "he",
    "in": "id",
    "fil": "tl",
    "nb": "no",
    "nn": "no",
    "sdh": "ku",
    "ckb": "ku",
    "kmr": "ku",
    "prs": "fa",
    "cmn": "zh",
    "yue": "zh",
    "wuu": "zh",
}
_KNOWN = frozenset(_ALIASES.get(code, code) for codes in LANGUAGES.values() for code in codes)


@dataclass(frozen=True, slots=True)
class Language:
    """``code``: ISO 639-1, or ``und``; ``confidence`` in 0..1, 0 for a text without letters."""

    code: str
    confidence: float


def identify(text: str, hint: str | None) -> Language:
    """The language of ``text`` (title first, then lead); ``hint`` is the tag that feed or page carries (``pt-BR``, ``zh_TW``).

    A hint counts only where the text leaves room for it: it must be written in the text's script.
    """
    sample = text[:_SAMPLE_CHARS]
    carrier = main_script(sample)
    if carrier is None:
        return Language(UNDETERMINED, 0.0)
    script, letters = carrier
    hinted = language_of_tag(hint)
    if script == "Han":
        # Without kana it is Chinese, except the odd headline of a Japanese feed.
        return Language("ja", _HINTED) if hinted == "ja" and len(sample) < 60 else Language("zh", _SCRIPT_ALONE)
    candidates = possible_languages(letters, script)
    if len(candidates) == 1:
        return Language(_code(candidates[0]), _SCRIPT_ALONE)
    scores = _by_model(sample, candidates)
    best = max(scores, key=lambda code: scores[code])
    if scores[best] >= _TRUSTED:
        return Language(best, scores[best])
    # Templates often claim English over another language's text: what the model all but excludes is not taken on a tag's word.
    if hinted and scores.get(hinted, 0.0) * _HINT_WEIGHT >= scores[best]:
        return Language(hinted, max(_HINTED, scores[hinted]))
    return Language(best if scores[best] >= _GUESS else UNDETERMINED, scores[best])


def language_of_tag(tag: str | None) -> str:
    """The ISO 639-1 code in a BCP 47 tag as found in the wild; ``""`` when it is none that we tell apart."""
    primary = (tag or "")[:32].strip().lower().replace("_", "-").partition("-")[0]
    code = _code(primary)
    return code if code in _KNOWN else ""


def _by_model(sample: str, candidates: tuple[str, ...]) -> dict[str, float]:
    """Probabilities of ``candidates``, summing to 1."""
    allowed = frozenset(candidates)
    scores = {
        _code(code): float(score) * (1.0 if code in WIDELY_USED else _NARROW_PRIOR)
        for code, score in _model().rank(sample)
        if code in allowed
    }
    total = sum(scores.values())
    return {code: score / total for code, score in scores.items()}


def _code(code: str) -> str:
    return _ALIASES.get(code, code)


@lru_cache(maxsize=1)
def _model() -> LanguageIdentifier:
    # One second and 20 MB: paid by the first text. The object is only read afterwards, so threads may share it.
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
