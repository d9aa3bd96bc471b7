"""Quotations that go on behind the words that tell who spoke, inside one pair of marks, as Russian and Ukrainian papers print them:
`«Мы едем, — сказал Петров. — И точка»`."""

from __future__ import annotations

import re

from services.enrich.saying_verbs import SAYING

LANGUAGES = frozenset({"ru", "uk", "bg"})
_INSERTED = re.compile(r"(?<=[,.!?…])\s[—–-]\s(?P<told>[^«»—–\n]{3,140}?)[,.]?\s[—–-]\s(?=\S)")
_FIRST_WORDS = 40


def parts(body: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    """(start, end) of what was said, without the telling between; the quotation itself where nothing is inserted."""
    if language not in LANGUAGES:
        return [(start, end)]
    verbs = SAYING[language].compiled(SAYING[language].verbs) if language in SAYING else None
    found = []
    at = start
    for inserted in _INSERTED.finditer(body, start, end):
        told = inserted["told"]
        if told[0].islower() and verbs is not None and verbs.search(told[:_FIRST_WORDS]):
            found.append((at, inserted.start()))
            at = inserted.end()
    return [*found, (at, end)]
