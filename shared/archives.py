"""Articles of archives in the order of their event times: what `newsloom articles --jsonl` printed, or what a folder holds.

A million rows do not fit in memory: where each stands in its file does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from pydantic import ValidationError

from services.enrich.sentences import split
from shared.contracts import ArticleDocument, ClusteredArticle
from shared.errors import Misuse
from shared.reprocessing import rebuilt


def is_read_already(path: Path) -> bool:
    """Whether it is a file of articles with their actors and stories; raw documents have none."""
    with path.open("rb") as file:
        first = file.readline()
    try:
        row = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(row, dict) and "actors" in row and "story" in row


def in_order(paths: Iterable[Path], told: Callable[[int], None] = lambda _: None) -> Iterator[ClusteredArticle]:
    """The articles of all files. `told` hears how many were handed over. Raises `Misuse` for a line that is no such article."""
    files = [path.open("rb") for path in paths]
    try:
        places = sorted(_places(files), key=itemgetter(0, 1, 2))
        for count, (_, number, offset) in enumerate(places, 1):
            files[number].seek(offset)
            yield clustered(orjson.loads(files[number].readline()), files[number].name)
            told(count)
    finally:
        for file in files:
            file.close()


def _places(files: Sequence[BinaryIO]) -> Iterator[tuple[str, int, int]]:
    """(event time, file, offset) of each line. Times in UTC as they are printed are in the order of their text, to the second."""
    for number, file in enumerate(files):
        offset = 0
        for line_number, line in enumerate(file, 1):
            if line.strip():
                try:
                    row = orjson.loads(line)
                    at = row.get("published") or row["first_seen"]
                except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
                    raise Misuse(
                        f"{file.name}, line {line_number}: no article as `newsloom articles --jsonl` prints"
                    ) from error
                yield str(at), number, offset
            offset += len(line)


def clustered(row: dict[str, Any], where: str) -> ClusteredArticle:
    """The message that the row was printed of. Raises `Misuse`."""
    try:
        document = ArticleDocument.model_validate(
            {
                "entry_id": row["id"],
                "author": None,
                "updated": None,
                **row,
                "story_id": row["story"]["id"],
                "event_id": row["event"]["id"],
                "reported_by": row["story"].get("reported_by"),
                "actors": _with_sentences(row),
            }
        )
    except (ValidationError, KeyError, TypeError) as error:
        raise Misuse(f"{where}: article {row.get('id')}: {error}") from error
    return as_message(document)


def as_message(document: ArticleDocument) -> ClusteredArticle:
    """What the index was given it as; not as history, so that it can raise alerts."""
    message = rebuilt(document, "index")
    assert isinstance(message, ClusteredArticle)
    article = message.article.model_copy(update={"history": False, "reprocessed": False})
    return message.model_copy(update={"article": article})


def _with_sentences(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Mentions are printed without the sentence that they stand in."""
    starts = [start for start, _ in split(f"{row['title']}\n{row['text']}", row["language"])]
    return [
        {
            **actor,
            "mentions": [
                {**mention, "sentence": max(bisect_right(starts, mention["start"]) - 1, 0)}
                for mention in actor["mentions"]
            ],
        }
        for actor in row["actors"]
    ]
