"""Score feed readers against the odd feed collection: judged fields (title, link, date, id) they get right, per theme.

A reader is any function read(body, content_type, url) that returns one dict per item, in document order, with the
keys title (plain text), link (absolute URL), date (RFC 3339) and id, each a string or None. feedparser is one of them.
Usage: python compare_feedparser.py [--misses] [folder]
"""

from __future__ import annotations

import calendar
import html
import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

Verdict = tuple[str, str, str, str | None, bool]  # theme/name[index], one of COLUMNS, wanted, found, right
Read = Callable[[bytes, str | None, str], list[dict[str, str | None]]]
FOLDER = Path(__file__).resolve().parent / "odd_feeds"
FIELDS = ("title", "link", "date", "id")
COLUMNS = (*FIELDS, "items")  # "items" is the number of items of a document
NO_TEXT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|</?[A-Za-z][^>]*>", re.DOTALL | re.IGNORECASE)


def instant(text: str) -> datetime:
    """The moment an RFC 3339 date names (UTC where it names no zone)."""
    moment = datetime.fromisoformat(text.strip().upper())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_uri(link: str) -> str:
    """The URI of an IRI (RFC 3987): host in IDNA, everything else beyond ASCII percent-encoded."""
    host = urlsplit(link.strip()).hostname or ""
    link = link.strip() if host.isascii() else link.strip().replace(host, host.encode("idna").decode("ascii"), 1)
    return quote(link, safe="".join(map(chr, range(33, 127))))


def same(field: str, want: str, got: str | None) -> bool:
    """Whether a reader's value is the expected one."""
    try:
        if got is None or field == "title":
            return got is not None and want.split() == got.split()
        if field == "date":  # readers may drop the fraction of a second
            return abs((instant(want) - instant(got)).total_seconds()) < 1
        return as_uri(want) == as_uri(got) if field == "link" else want.strip() == got.strip()
    except (ValueError, OverflowError):  # neither a date nor a URL
        return False


def judge(read: Read, folder: Path = FOLDER) -> Iterator[Verdict]:
    """Compare all that is judged; a reader that raises has no items; of long documents only both ends are compared."""
    for path in sorted(folder.glob("*/*.expected.json")):
        where = f"{path.parent.name}/{path.name.removesuffix('.expected.json')}"
        source = next(p for p in sorted(folder.glob(f"{where}.*")) if p != path)
        expected: dict[str, Any] = json.loads(path.read_text("utf-8"))
        try:
            items = read(source.read_bytes(), expected["content_type"], expected["url"])
        except Exception as error:
            print(f"{where}: {error!r}"[:200], file=sys.stderr)
            items = None
        got, want = len(items or []), len(expected["items"])
        if expected.get("count_judged", True):
            yield where, "items", str(want), str(got), items is not None and got == want
        for index in range(want) if want <= 60 else (*range(10), *range(want - 10, want)):
            for field in FIELDS:
                if (value := expected["items"][index][field]) is not None:  # null: not judged
                    found = items[index].get(field) if items and index < got else None
                    yield f"{where}[{index}]", field, value, found, same(field, value, found)


def score(read: Read, folder: Path = FOLDER) -> dict[str, dict[str, tuple[int, int]]]:
    """Per theme and column (the four fields, and the number of items) how many values are right and how many judged."""
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for where, column, _, _, right in judge(read, folder):
        row = counts.setdefault(where.split("/")[0], dict.fromkeys(COLUMNS, (0, 0)))
        row[column] = (row[column][0] + right, row[column][1] + 1)
    return counts


def read_feedparser(body: bytes, content_type: str | None, url: str) -> list[dict[str, str | None]]:
    """The items as feedparser 6 sees them; tags and entities come out of all titles but Atom's plain ones."""
    import feedparser

    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    feed, items = feedparser.parse(body, response_headers=headers), []
    for entry in feed.entries:
        title = entry.get("title")
        if title and not (feed.version.startswith("atom") and entry.title_detail.type == "text/plain"):
            title = html.unescape(NO_TEXT.sub("", title))
        when = entry.get("published_parsed") or entry.get("updated_parsed") or entry.get("created_parsed")
        date = datetime.fromtimestamp(calendar.timegm(when), UTC).isoformat() if when else None
        items.append({"title": title, "link": entry.get("link"), "date": date, "id": entry.get("id")})
    return items


def main(arguments: list[str]) -> None:
    """Print feedparser's table, or with --misses every judged value it gets wrong."""
    folder = Path(next((a for a in arguments if not a.startswith("-")), FOLDER))
    if "--misses" in arguments:
        for where, column, want, got, _ in (v for v in judge(read_feedparser, folder) if not v[-1]):
            print(f"{where} {column}: want {want[:100]!r} got {got and got[:100]!r}")
        return
    counts = score(read_feedparser, folder)
    counts["all"] = {c: (sum(r[c][0] for r in counts.values()), sum(r[c][1] for r in counts.values())) for c in COLUMNS}
    print(f"{'theme':<12}" + "".join(f"{column:>12}" for column in (*COLUMNS, "fields")))
    for theme, row in counts.items():
        cells = [*row.values(), (sum(row[f][0] for f in FIELDS), sum(row[f][1] for f in FIELDS))]
        print(f"{theme:<12}" + "".join(f"{f'{right}/{judged}':>12}" for right, judged in cells))


if __name__ == "__main__":
    main(sys.argv[1:])
