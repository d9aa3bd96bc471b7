"""A source of actors, read as a stream into lines of entries, and taken up again where it was broken off.

Beside the lines lies a checkpoint: how much of the source is in them. Compressed sources are unpacked again up to there, which is much
faster than reading their entities.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, cast, get_args

import ijson
import orjson

from services.enrich.entry import Entry
from services.enrich.entry_rows import entry_of, row_of
from services.enrich.imports import follow_the_money, table, wikidata
from shared.errors import Misuse

Format = Literal["wikidata", "sparql", "ftm", "csv"]
FORMATS = get_args(Format)
_EVERY = 10_000
"""Records between two checkpoints."""
_PEEKED = 4_096
_MAX_LINE = 64 * 2**20

Progress = Callable[[int, int], None]
"""Told the bytes of the source that were read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a source: its records, those that are actors, those that could not be read."""

    records: int
    entries: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    source: str
    size: int
    modified: int
    format: Format
    min_weight: int
    records: int
    entries: int
    unreadable: int
    written: int
    done: bool


def import_source(
    source: Path, folder: Path, format_: str | None = None, *, min_weight: int = 0, progress: Progress | None = None
) -> Import:
    """Reads `source` into `folder`, or the rest of it. Raises `Misuse` for a file that is none of the formats."""
    try:
        found = source.stat()
    except OSError as error:
        raise Misuse(f"{source}: not readable: {error.strerror}") from None
    if format_ is not None and format_ not in FORMATS:
        raise Misuse(f"{format_} is no format: give {', '.join(FORMATS)}")
    as_what = cast(Format, format_) if format_ else guess(source)
    folder.mkdir(parents=True, exist_ok=True)
    lines, checkpoint = folder / f"{source.name}.jsonl", folder / f"{source.name}.checkpoint"
    fresh = _Checkpoint(
        source.name, found.st_size, found.st_mtime_ns, as_what, min_weight, 0, 0, 0, written=0, done=False
    )
    last = _resumed(checkpoint, fresh, lines)
    if not last.done:
        last = _read(source, lines, checkpoint, last, progress)
    return Import(last.records, last.entries, last.unreadable)


def imported_entries(folder: Path) -> Iterator[Entry]:
    """All that was imported; of an id that two sources have, the first. Sources in the order of their names."""
    seen: set[str] = set()
    for lines in sorted(folder.glob("*.jsonl")):
        with lines.open("rb") as file:
            for line in file:
                entry = entry_of(orjson.loads(line))
                if entry.id not in seen:
                    seen.add(entry.id)
                    yield entry


def guess(source: Path) -> Format:
    """By its name and how it begins. Raises `Misuse`."""
    name = source.name.lower().removesuffix(".gz").removesuffix(".bz2")
    with _opened(source) as file:
        beginning = file.read(_PEEKED).lstrip()
    if name.endswith((".csv", ".tsv")):
        return "csv"
    if b'"schema"' in beginning and b'"properties"' in beginning:
        return "ftm"
    if b'"bindings"' in beginning or b'"head"' in beginning:
        return "sparql"
    if beginning.startswith((b"[", b"{")) and (b'"labels"' in beginning or b'"type":"item"' in beginning):
        return "wikidata"
    raise Misuse(f"{source}: say what it is: --format {', '.join(get_args(Format))}")


def _read(source: Path, lines: Path, checkpoint: Path, last: _Checkpoint, progress: Progress | None) -> _Checkpoint:
    with lines.open("r+b" if lines.exists() else "wb") as out:
        out.seek(last.written)
        out.truncate()
        for group in _groups(source, last):
            unreadable = sum(isinstance(each, str) for each, _ in group)
            entries = [each for each, _ in group if isinstance(each, Entry)]
            for entry in entries:
                out.write(orjson.dumps(row_of(entry)) + b"\n")
            out.flush()
            last = replace(
                last,
                records=last.records + len(group),
                entries=last.entries + len(entries),
                unreadable=last.unreadable + unreadable,
                written=out.tell(),
            )
            checkpoint.write_text(json.dumps(asdict(last)), "utf-8")
            if progress is not None and group:
                progress(group[-1][1], last.size)
    last = replace(last, done=True)
    if last.records and last.unreadable == last.records:
        checkpoint.unlink(missing_ok=True)
        lines.unlink(missing_ok=True)
        raise Misuse(f"{source}: no line of it is {last.format}: say what it is with --format")
    checkpoint.write_text(json.dumps(asdict(last)), "utf-8")
    return last


def _resumed(checkpoint: Path, fresh: _Checkpoint, lines: Path) -> _Checkpoint:
    """Where the last reading of the same source, read the same way, came to."""
    try:
        last = _Checkpoint(**json.loads(checkpoint.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return fresh
    same = (last.source, last.size, last.modified, last.format, last.min_weight) == (
        fresh.source,
        fresh.size,
        fresh.modified,
        fresh.format,
        fresh.min_weight,
    )
    return last if same and lines.exists() and lines.stat().st_size >= last.written else fresh


Record = tuple[Entry | str | None, int]
"""An entry, nothing, or what is wrong with it; and the bytes of the source up to there."""


def _groups(source: Path, last: _Checkpoint) -> Iterator[list[Record]]:
    records = islice(_records(source, last.format, last.min_weight), last.records, None)
    while group := list(islice(records, _EVERY)):
        yield group


def _records(source: Path, format_: Format, min_weight: int) -> Iterator[Record]:
    with source.open("rb") as raw, _unpacked(raw, source) as file:
        if format_ == "csv":
            text = io.TextIOWrapper(cast(IO[bytes], file), "utf-8-sig", newline="")
            try:
                for entry in table.from_lines(text):
                    yield entry, raw.tell()
            except (ValueError, UnicodeDecodeError) as error:
                raise Misuse(f"{source}: {error}") from None
        elif format_ == "sparql":
            try:
                for entry in wikidata.from_sparql_rows(ijson.items(file, "results.bindings.item")):
                    yield entry, raw.tell()
            except ijson.JSONError as error:
                raise Misuse(f"{source}: no result of a SPARQL query as JSON: {error}") from None
        else:
            for line in iter(lambda: file.readline(_MAX_LINE), b""):
                yield _of_line(line, format_, min_weight), raw.tell()


def _of_line(line: bytes, format_: Format, min_weight: int) -> Entry | str | None:
    try:
        if format_ == "ftm":
            return follow_the_money.from_line(line)
        return wikidata.from_dump_line(line, min_weight=min_weight)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return repr(error)


def _opened(source: Path) -> Any:
    try:
        return _unpacked(source.open("rb"), source)
    except OSError as error:
        raise Misuse(f"{source}: not readable: {error.strerror}") from None


def _unpacked(raw: IO[bytes], source: Path) -> Any:
    if source.suffix == ".gz":
        return gzip.GzipFile(fileobj=raw)
    return bz2.BZ2File(raw) if source.suffix == ".bz2" else io.BufferedReader(cast(Any, raw), 2**20)
