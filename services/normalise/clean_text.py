"""Text fit to store, compare and quote: NFC, no invisible characters, single spaces, single line ends.

Spans are offsets into the cleaned text, so a text that is clean already comes back as the same string, and no-break spaces
(French punctuation, figures) stay where they stand alone.
"""

import re
import unicodedata
from dataclasses import dataclass

# A text is first cut to this many times its limit: markup debris can be mostly blank, but nobody pays for a gigabyte of it.
_RAW_FACTOR = 8
# UAX 15, Stream-Safe Text Format: no living orthography stacks more; longer runs make normalisation quadratic.
_MAX_COMBINING = 30
_MAX_CLUSTER_CHARS = 64
_MAX_JOINER_ROUNDS = 4

_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)"  # flags of Scotland, Texas, ... are kept
    "|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u200b\u2060-\u2064\ufeff\u180e"  # soft hyphen, zero-width spaces, byte order marks
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # direction marks and overrides (UAX 9; CVE-2021-42574)
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"  # annotation, non-characters, tags
)
# Scripts in which a joiner after a letter is spelling (Unicode Standard, chapters 9, 12, 13, 16): Arabic, Syriac, N'Ko, Mandaic,
# the Indic scripts up to Sinhala, Myanmar, Khmer, Mongolian, Balinese to Batak, and extensions.
_JOINING = (
    "\u0600-\u060b\u0610-\u061b\u061d-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1b00-\u1bff"
    "\ua840-\ua877\ua8e0-\ua8ff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U00011000-\U000114ff"
)
_PICTURE = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_STRAY_JOINER = re.compile(
    f"(?<![{_JOINING}])\u200c|(?<![{_JOINING}{_PICTURE}\ufe0f])\u200d|(?<=[{_PICTURE}\ufe0f])\u200d(?![{_PICTURE}])"
)
_JOINER = re.compile("[\u200c\u200d]")
_MAYBE_STACKED = re.compile(rf"[^\w\s]{{{_MAX_COMBINING + 1},}}")
_EXOTIC_SPACE = re.compile("[\t\u1680\u2000-\u200a\u205f\u3000]")
_SPACES = " \u00a0\u202f"
_SPACE_RUN = re.compile(f"[{_SPACES}]{{2,}}")
_CUT_TAIL = _SPACES + "\n\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``text`` of at most ``limit`` characters; ``flags``: ``truncated`` when there was more."""

    text: str
    flags: tuple[str, ...] = ()


def clean(text: str, *, limit: int) -> Cleaned:
    """``text`` cleaned and cut at ``limit`` code points (never inside a character and its marks).

    Line ends remain as single ``\\n`` (paragraphs), blank lines go. Cleaning a cleaned text changes nothing.
    """
    raw = text[: limit * _RAW_FACTOR]
    result = _fold_spaces(_visible(raw))
    truncated = len(raw) < len(text)
    if len(result) > limit:
        result = _cut(result, limit)
        truncated = True
    return Cleaned(text if result == text else result, ("truncated",) if truncated else ())


def _visible(text: str) -> str:
    if text.isascii():
        return _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text)) if not text.isprintable() else text
    if _SURROGATE.search(text):
        # Two escaped halves of one character are joined; a half alone becomes U+FFFD.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub(r"\1", text)
    text = _MAYBE_STACKED.sub(_unstack, text)
    # Without a joiner between them, marks move; where they move, another joiner may stand astray.
    for _ in range(_MAX_JOINER_ROUNDS):
        text = unicodedata.normalize("NFC", text)
        if "\u200c" not in text and "\u200d" not in text:
            return text
        joined = text
        text = _STRAY_JOINER.sub("", joined)
        if text == joined:
            return text
    return unicodedata.normalize("NFC", _JOINER.sub("", text))


def _unstack(match: re.Match[str]) -> str:
    kept: list[str] = []
    depth = 0
    for char in match[0]:
        depth = depth + 1 if unicodedata.combining(char) else 0
        if depth <= _MAX_COMBINING:
            kept.append(char)
    return "".join(kept)


def _fold_spaces(text: str) -> str:
    text = _EXOTIC_SPACE.sub(" ", text)
    lines = (_SPACE_RUN.sub(_one_space, line).strip(_SPACES) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _one_space(match: re.Match[str]) -> str:
    return " " if " " in match[0] else match[0][0]


def _cut(text: str, limit: int) -> str:
    end = limit
    while end > max(0, limit - _MAX_CLUSTER_CHARS) and (_extends(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    while end > 0 and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return text[:end].rstrip(_CUT_TAIL)


def _extends(char: str) -> bool:
    """True for what belongs to the character before it: marks, joiners, skin tones."""
    return unicodedata.category(char)[0] == "M" or char in "\u200c\u200d" or "\U0001f3fb" <= char <= "\U0001f3ff"
