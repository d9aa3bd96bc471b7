"""Our own actors, compiled once for each state of their files and of the code that makes forms of their names.

The files are for people; making a quarter of a million forms of them takes seconds, which no process should pay twice.
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from services.enrich import given_names
from services.enrich.compiling import compile_entries
from services.enrich.entry import Entry, GazetteerError, read_entries
from services.enrich.family_names import family_first, given_name
from services.enrich.folding import fold_name
from services.enrich.person_words import shared_words
from services.enrich.plain_letters import plain

FILES = Path(__file__).with_name("gazetteer")
_CODE = Path(__file__).parent
_KEPT = 3
"""Compiled states that stay; older ones are other versions' and can be made again."""
_MIN_GIVEN_NAME = 3


def built_in_folder() -> Path:
    """The compiled form, made if it is not there. Raises `GazetteerError` with file and entry where a file is bad."""
    name = f"gazetteer-{_state()}"
    for root in _roots():
        folder = root / name
        if (folder / "meta.json").exists():
            return folder
        with suppress(OSError):
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            entries = read_built_in()
            with _no_collector():
                compile_entries(entries.values(), folder, everything=True, given_names=given_names_of(entries))
            _prune(root, folder)
            return folder
    raise GazetteerError(
        "gazetteer", "", "no folder can be written to keep the compiled form in: set XDG_CACHE_HOME to one"
    )


def read_built_in() -> dict[str, Entry]:
    """By id. Raises `GazetteerError`."""
    entries: dict[str, Entry] = {}
    for file in sorted(FILES.glob("*.yaml")):
        for entry in read_entries(file):
            if entry.id in entries:
                raise GazetteerError(entry.file, entry.id, f"the id stands in {entries[entry.id].file} already")
            entries[entry.id] = entry
    return {id_: _with_its_city(entry, entries) for id_, entry in entries.items()}


def _with_its_city(entry: Entry, entries: Mapping[str, Entry]) -> Entry:
    """A club that is called after a place has its name for a short form: Barcelona."""
    place = entries.get(entry.eponym or "")
    if place is None or place.type != "place":
        return entry
    short = {
        language: tuple(
            dict.fromkeys(
                (*entry.short.get(language, ()), *place.aliases.get(language, ()), *place.short.get(language, ()))
            )
        )
        for language in {**entry.short, **place.aliases, **place.short}
    }
    return replace(entry, short=short)


def given_names_of(entries: Mapping[str, Entry]) -> frozenset[str]:
    """Folded: those of these persons, and common ones of all languages."""
    found = {fold_name(name) for name in given_names.COMMON} | shared_words().given
    for entry in entries.values():
        if entry.type != "person":
            continue
        first = family_first(entry.name, entry.country)
        for language, names in entry.aliases.items():
            for name in names:
                given = given_name(name, first=first)
                if given and len(given) >= _MIN_GIVEN_NAME and language not in ("zh", "ja", "ko"):
                    found.add(fold_name(given))
    return frozenset(found | {plain(name) for name in found})


def _state() -> str:
    """A hash of all that the compiled form is made from."""
    digest = hashlib.sha256()
    for file in sorted([*FILES.glob("*.yaml"), *_CODE.glob("*.py"), *_CODE.glob("person_words/*.yaml")]):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _roots() -> Iterator[Path]:
    """The user's cache; where that cannot be written, a folder of the user's among the temporary files."""
    home = os.environ.get("XDG_CACHE_HOME")
    with suppress(RuntimeError):
        yield (Path(home) if home else Path.home() / ".cache") / "newsloom"
    fallback = Path(tempfile.gettempdir()) / f"newsloom-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    # Somebody else's folder of that name is not ours to read.
    if not fallback.exists() or not hasattr(os, "getuid") or fallback.stat().st_uid == os.getuid():
        yield fallback


def _prune(root: Path, newest: Path) -> None:
    others = sorted(
        (folder for folder in root.glob("gazetteer-*") if folder != newest and ".making" not in folder.name),
        key=lambda folder: folder.stat().st_mtime,
    )
    for folder in others[: -(_KEPT - 1)]:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Looking for garbage among what is made takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
