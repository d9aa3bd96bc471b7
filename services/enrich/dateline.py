"""Where a text says from where and by whom it was sent: `PARIS (AFP) —`, `КИЕВ, 5 мая — РИА Новости.`, `新华社北京5月3日电`.

A dateline is nothing that happened: its place and its agency are sources of the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MAX_CHARS = 90
_LETTERS = 9
"""Letters that may stand in a dateline beside its names: months, days, `Staff`."""
_ENDS = re.compile(r"\s[–—-]{1,2}\s|[)）】\]]\s*[.:]?\s*[–—-]{1,2}|日电|日電|\s?--\s|\.-\s|\. ?[–—-]\s")
_BRACKETED = re.compile(r"[(（【\[][^)）】\]\n]{2,60}[)）】\]]")
"""A dateline that is all in brackets: `(서울=연합뉴스)`."""


def dateline_end(joined: str, start: int, names: Sequence[tuple[int, int]]) -> int:
    """Offset behind the dateline that the text begins with at `start`, or `start` where there is none. `joined` is the folded text with
    its hyphens; `names` are spans of places and agencies, in order."""
    head = joined[start : start + _MAX_CHARS]
    line = head.partition("\n")[0]
    inside = [(begin - start, end - start) for begin, end in names if start <= begin < start + len(line)]
    if not inside or sum(map(str.isalpha, line[: inside[0][0]])) > 2:
        return start
    bracketed = _BRACKETED.match(line)
    for found in (bracketed,) if bracketed else _ENDS.finditer(line):
        if found.end() <= inside[0][1]:
            continue
        if sum(map(str.isalpha, _without(line[: found.start()], inside))) > _LETTERS:
            break
        return start + found.end()
    return start


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for begin, end in spans:
        pieces.append(text[at:begin])
        at = end
    return "".join([*pieces, text[at:]])
