"""How the full names of known persons sound, after `provisional_ids`: in memory, and compiled beside the names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from marisa_trie import Trie

from services.enrich.entry import Entry
from services.enrich.provisional_ids import provisional_id
from services.enrich.scripts import of_two_scripts

_LANGUAGES = ("en", "fr", "de", "es", "pt", "it", "pl", "tr", "ru", "uk")
"""Of Latin and Cyrillic letters."""
_BETWEEN = "\t"
_LONG_VOWEL = re.compile("aa|ee|ii|oo|uu|аа|ее|ии|оо|уу|іі")


class Sounds(Protocol):
    def sounding(self, sound: str) -> frozenset[str]:
        """The ids of the persons with a name that sounds so (`sound_of`)."""
        ...


class SoundsOf:
    """Of entries in memory."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._ids: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            for sound in sounds_of(entry):
                self._ids[sound].add(entry.id)

    def sounding(self, sound: str) -> frozenset[str]:
        return frozenset(self._ids.get(sound, ()))


class CompiledSounds:
    """What `save_sounds` wrote, mapped into memory."""

    def __init__(self, path: Path) -> None:
        self._trie = Trie().mmap(str(path))

    def sounding(self, sound: str) -> frozenset[str]:
        return frozenset(key.partition(_BETWEEN)[2] for key in self._trie.iterkeys(sound + _BETWEEN))


class SoundsTogether:
    """Of two."""

    def __init__(self, one: Sounds, other: Sounds) -> None:
        self._one = one
        self._other = other

    def sounding(self, sound: str) -> frozenset[str]:
        return self._one.sounding(sound) | self._other.sounding(sound)


def sounds_of(entry: Entry) -> Iterator[str]:
    """Of all full names of a person in Latin and Cyrillic letters; nothing of a place or body."""
    if entry.type != "person":
        return
    names = {
        (name, "uk" if language == "uk" else "") for language in _LANGUAGES for name in entry.aliases.get(language, ())
    }
    yield from sorted({sound for name, language in names if " " in name and (sound := sound_of(name, language))})


def sound_of(name: str, language: str) -> str:
    """The provisional id, stricter: every vowel counts, long ones too (Amir Khan is not Aamir Khan, nor Ian Ann). Empty where nothing
    can be said: for a name of one word or of two scripts, which is how letters that only look alike get in."""
    sound = provisional_id(name, language, strict=True)
    if "-" not in sound or of_two_scripts(name):
        return ""
    return sound + "+" * len(_LONG_VOWEL.findall(name.lower()))


def save_sounds(sounds: Iterable[tuple[str, str]], path: Path) -> None:
    """(sound, id of the person) pairs."""
    Trie(f"{sound}{_BETWEEN}{id_}" for sound, id_ in sounds).save(str(path))
