"""Reads the data files: who there is, who prints, and the words of each language.

A row that lacks a language raises `ValueError` when the file is read first, not when the sentence is drawn.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from shared.bench.simulation.model import LANGUAGES, Actor, Outlet

DATA = Path(__file__).parent / "data"


class Agency(NamedTuple):
    """A news agency in one language; its sign stands before the text or (where `closing` is not empty) after it."""

    name: str
    dateline: str
    closing: str


class Forms(NamedTuple):
    """A name in one grammatical case."""

    full: str
    short: str


def _rows(name: str) -> list[list[str]]:
    """The cells of a semicolon-separated file, without comments."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [line.split(";") for line in text.splitlines() if line and not line.startswith("#")]


def _by_language(cells: list[str]) -> dict[str, str]:
    return dict(zip(LANGUAGES, cells, strict=True))


def _short(full: str, language: str, sex: str) -> str:
    """The usual short form: the last name of a person, the whole name of an organisation."""
    if sex == "o":
        return full
    return full.split("·")[-1] if language == "zh" else full.split(" ")[-1]


@cache
def _southern() -> dict[str, list[str]]:
    """Italian and Portuguese names that differ from the English ones."""
    return {label: names for label, *names in _rows("names_it_pt.csv")}


def _actor(cells: list[str], invented: bool) -> Actor:
    """A cell of a name is `full/short@gender`, all but the first optional; `=` stands for the English name."""
    label, sex, beat, country, role, popularity, communities, english = cells[:8]
    first = label.removesuffix(")").split(" (")[0]
    base = english.replace("=", first)
    names, genders = {}, {}
    for language, cell in _by_language([base, *cells[8:14], *_southern().get(label, ("=", "="))]).items():
        name, _, gender = cell.partition("@")
        if name.startswith("="):
            short = name[1:] or ("/" + base.split("/")[1] if "/" in base else "")
            name = base.split("/")[0] + short
        full, _, short = name.partition("/")
        names[language] = (full, short or _short(full, language, sex))
        genders[language] = gender or ("f" if sex == "f" else "m")
    mark = cells[14] if invented else "-"
    return Actor(
        label,
        sex,
        beat,
        country,
        role,
        int(popularity),
        tuple(communities.split(",")),
        names,
        genders,
        invented,
        namesake=mark if mark not in ("-", "new") else "",
        new=mark == "new",
    )


@cache
def actors() -> tuple[Actor, ...]:
    """All actors: the famous, then the invented."""
    known = [_actor(cells, False) for name in ("actors_world.csv", "actors_other.csv") for cells in _rows(name)]
    return tuple(known + [_actor(cells, True) for cells in _rows("actors_invented.csv")])


@cache
def outlets() -> tuple[Outlet, ...]:
    """All outlets: real papers, then invented small sites. An invented site without a group is its own owner."""
    result = [
        Outlet(source, domain, language, owner, int(size))
        for source, domain, language, owner, size in _rows("outlets.csv")
    ]
    for owner, language, size, *entries in _rows("small_groups.csv"):
        for entry in entries:
            source, domain = entry.split(",")
            result.append(Outlet(source, domain, language, source if owner == "-" else owner, int(size)))
    return tuple(result)


@cache
def agencies() -> dict[str, list[Agency]]:
    """By language."""
    result: dict[str, list[Agency]] = {language: [] for language in LANGUAGES}
    for name, language, dateline, closing in _rows("agencies.csv"):
        result[language].append(Agency(name, dateline, closing))
    return result


@cache
def roles() -> dict[str, dict[str, tuple[str, str]]]:
    """key -> language -> (masculine, feminine)"""
    table = {}
    for key, *cells in _rows("roles.csv"):
        forms = {language: cell.split("/") for language, cell in _by_language(cells).items()}
        table[key] = {language: (form[0], form[-1]) for language, form in forms.items()}
    return table


@cache
def topics() -> list[tuple[str, dict[str, str]]]:
    """(beat, language -> words)"""
    return [(beat, _by_language(cells)) for beat, *cells in _rows("topics.csv")]


@cache
def places() -> list[dict[str, str]]:
    """language -> "in X" """
    return [_by_language(cells) for cells in _rows("places.csv")]


@cache
def quotes() -> list[dict[str, str]]:
    """language -> words of a quotation"""
    return [_by_language(cells) for cells in _rows("quotes.csv")]


def _blocks(name: str) -> list[tuple[str, list[str]]]:
    """The "== group" blocks of a file with their lines."""
    blocks: list[tuple[str, list[str]]] = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            blocks.append((line[3:].strip(), []))
        elif line.strip() and not line.startswith("#"):
            blocks[-1][1].append(line)
    return blocks


def _words(lines: list[str]) -> dict[str, str]:
    """Of lines that begin with their language."""
    table = {}
    for line in lines:
        language, _, words = line.partition(" ")
        table[language] = words
    return table


@cache
def patterns() -> dict[str, list[dict[str, str]]]:
    """group -> sentences, each as language -> pattern"""
    table: dict[str, list[dict[str, str]]] = {}
    for group, lines in _blocks("patterns.txt"):
        sentence = _words(lines)
        if tuple(sentence)[: len(LANGUAGES)] != LANGUAGES:
            raise ValueError(f"patterns.txt: languages missing or out of order: {lines}")
        table.setdefault(group, []).append(sentence)
    return table


@cache
def declined() -> dict[str, dict[str, Forms]]:
    """label -> case -> Russian forms of the best-known names."""
    table = {}
    for label, *cells in _rows("declined_ru.csv"):
        cases = dict(zip(("gen", "ins"), (cell.split("/") for cell in cells), strict=True))
        table[label] = {case: Forms(form[0], form[1]) for case, form in cases.items()}
    return table


@cache
def filler() -> dict[str, list[dict[str, str]]]:
    """Parts of actor-free sentences: opener, subject, predicate, tail; each as language -> words."""
    return {group: [_words(line.split("|")) for line in lines] for group, lines in _blocks("filler.txt")}
