"""Archives of any size in which the stages with a memory have something to remember: copies, revisions, pairs."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import orjson

from shared.bench.archive import archive

REMEMBERED = 400
"""A copy or revision is of one of so many articles before it: messages of one batch, and of batches long ago."""


def write_archive(path: Path, count: int, seed: int = 1) -> list[bytes]:
    """`count` lines, also written to `path`: of ten articles seven are new, one is an exact copy on another site, one a copy with
    some words changed, one the same article with a changed text. Returns them, each with its line end."""
    chance = random.Random(seed)
    fresh = archive(count, seed)
    before: list[dict[str, Any]] = []
    lines = []
    for _ in range(count):
        row = orjson.loads(next(fresh))
        kind = chance.random()
        if before and kind < 0.3:
            earlier = chance.choice(before)
            row = {**row, "title": earlier["title"], "text": earlier["text"]}
            if kind < 0.2:
                row["text"] = _changed(earlier["text"], chance)
            if kind < 0.1:
                row["url"] = earlier["url"]
        before = [*before[-REMEMBERED:], row]
        lines.append(orjson.dumps(row) + b"\n")
    path.write_bytes(b"".join(lines))
    return lines


def _changed(text: str, chance: random.Random) -> str:
    """Two words change places, so that every revision is another one."""
    words = text.split(" ")
    if len(words) < 2:
        middle = chance.randrange(1, max(2, len(text)))
        return text[middle:] + text[:middle]
    one, other = chance.sample(range(len(words)), 2)
    words[one], words[other] = words[other], words[one]
    return " ".join(words)
