"""The words that an article puts between quotation marks, and who said them."""

from __future__ import annotations

from collections.abc import Sequence

from services.enrich.broken_quotes import parts
from services.enrich.named_in_text import NamedInText
from services.enrich.quotation_marks import spans
from services.enrich.quoted_speakers import QuotedSpeakers
from shared.contracts.enrichment import Actor, Quote

_MIN_WORDS = 3
_MIN_UNSPACED = 6
_BLANKS = " \t\u00a0\u202f\u2009\u200b\u3000"


def find_quotes(
    body: str, language: str, sentences: Sequence[tuple[int, int]], actors: Sequence[Actor]
) -> tuple[Quote, ...]:
    """The quotations of `body` in order, without their marks and the blanks inside of them.

    `sentences` are (start, end) in `body`. One of fewer than three words (six characters of Han or kana) counts only where a verb
    of saying governs it: else it is a title or an ironical word. `speaker` is None where in doubt.
    """
    whole = [(start, end) for start, end in spans(body) if body[start:end].strip(_BLANKS)]
    if not whole:
        return ()
    broken = [parts(body, start, end, language) for start, end in whole]
    quoted = [part for each in broken for part in each]
    # Parts of one quotation have one speaker.
    later = frozenset(part for each in broken for part in each[1:])
    speakers = QuotedSpeakers(body, language, sentences, quoted, NamedInText(actors, quoted), later)
    quotes = []
    for (start, end), binding in zip(quoted, speakers.all(), strict=True):
        text = body[start:end].strip(_BLANKS)
        if binding.governed or _is_long(text):
            start += len(body[start:end]) - len(body[start:end].lstrip(_BLANKS))
            quotes.append(Quote(text=text, start=start, end=start + len(text), speaker=binding.speaker))
    return tuple(quotes)


def _is_long(text: str) -> bool:
    if len(text.split(maxsplit=_MIN_WORDS)) >= _MIN_WORDS:
        return True
    return (
        sum(1 for char in text[:200] if "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff") >= _MIN_UNSPACED
    )
