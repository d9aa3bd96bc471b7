from __future__ import annotations

import bz2
import gzip
import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from services.enrich.imports import importing
from services.enrich.imports.importing import guess, import_source, imported_entries
from shared.errors import Misuse


def wikidata(number: int, name: str, *, sites: int = 6, classes: str = "Q5", **labels: str) -> dict[str, Any]:
    def claim(id_: str) -> dict[str, Any]:
        return {"rank": "normal", "mainsnak": {"datavalue": {"value": {"id": id_}}}}

    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": {
            language: {"language": language, "value": text} for language, text in {"en": name, **labels}.items()
        },
        "aliases": {"en": [{"language": "en", "value": f"{name} (politician)"}, {"language": "en", "value": "Boss"}]},
        "claims": {"P31": [claim(classes)], "P27": [claim("Q159")]},
        "sitelinks": {f"l{at}wiki": {} for at in range(sites)},
    }


def dump(path: Path, entities: list[dict[str, Any]]) -> Path:
    text = "[\n" + ",\n".join(json.dumps(each) for each in entities) + "\n]\n"
    opened = {".gz": gzip.open, ".bz2": bz2.open}.get(path.suffix, open)
    with opened(path, "wt", encoding="utf-8") as out:
        out.write(text)
    return path


@pytest.mark.parametrize("name", ["dump.json", "dump.json.gz", "dump.json.bz2"])
def test_a_wikidata_dump(tmp_path: Path, name: str) -> None:
    source = dump(
        tmp_path / name,
        [
            wikidata(990001, "Tavil Rosmarek", ru="Тавил Росмарек", tlh="tavIl"),
            wikidata(990002, "Nobody Much", sites=1),
            wikidata(990003, "Some Album", classes="Q482994"),
            wikidata(990004, "Rosmarek Party", classes="Q7278"),
        ],
    )
    found = import_source(source, tmp_path / "imports", min_weight=5)
    assert (found.entries, found.unreadable) == (2, 0)
    person, party = imported_entries(tmp_path / "imports")
    assert (person.id, person.type, person.country, person.weight) == ("q990001", "person", "RU", 6)
    assert person.aliases == {"en": ("Tavil Rosmarek",), "ru": ("Тавил Росмарек",)}
    assert person.short == {"en": ("Boss",)}
    assert party.type == "organisation"


def test_a_sparql_result(tmp_path: Path) -> None:
    def row(item: str, name: str, language: str) -> dict[str, Any]:
        return {
            "item": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item}"},
            "name": {"type": "literal", "xml:lang": language, "value": name},
            "type": {"type": "literal", "value": "organisation"},
            "country": {"type": "uri", "value": "http://www.wikidata.org/entity/Q142"},
        }

    rows = [
        row("Q990001", "Rosmarek Company", "en"),
        row("Q990001", "Росмарек Компания", "ru"),
        row("Q990002", "Kintar Works", "en"),
    ]
    source = tmp_path / "query.json"
    source.write_text(json.dumps({"head": {"vars": []}, "results": {"bindings": rows}}), "utf-8")
    assert import_source(source, tmp_path / "imports").entries == 2
    first, second = imported_entries(tmp_path / "imports")
    assert (first.wikidata, first.country, first.type) == ("Q990001", "FR", "organisation")
    assert first.aliases == {"en": ("Rosmarek Company",), "ru": ("Росмарек Компания",)}
    assert second.name == "Kintar Works"


def test_follow_the_money(tmp_path: Path) -> None:
    lines = [
        {
            "id": "NK-abc123",
            "schema": "Person",
            "caption": "Tavil Rosmarek",
            "properties": {"name": ["Tavil Rosmarek", "Тавил Росмарек"], "country": ["ru"], "alias": ["محمد روسماريك"]},
        },
        {"id": "Q990002", "schema": "Company", "properties": {"name": ["Kintar Works"]}},
        {"id": "NK-ship", "schema": "Vessel", "properties": {"name": ["Rosmarek Star"]}},
    ]
    source = tmp_path / "entities.ftm.json"
    source.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    found = import_source(source, tmp_path / "imports")
    assert (found.records, found.entries) == (3, 2)
    person, company = imported_entries(tmp_path / "imports")
    assert (person.id, person.country, person.wikidata) == ("nk-abc123", "RU", None)
    assert person.aliases.keys() == {"en", "ru", "ar"}
    assert (company.id, company.wikidata) == ("q990002", "Q990002")


def test_a_table(tmp_path: Path) -> None:
    source = tmp_path / "actors.csv"
    source.write_text(
        "name,type,country,aliases,aliases_ru,weight\n"
        "Tavil Rosmarek,person,RU,T. A. Rosmarek|Tavil A. Rosmarek,Тавил Росмарек,7\n"
        ",person,,,,\n"
        "Kintar,organisation,FR,,,30\n",
        "utf-8",
    )
    found = import_source(source, tmp_path / "imports")
    assert (found.records, found.entries) == (3, 2)
    person, company = imported_entries(tmp_path / "imports")
    assert person.id == "tavil-rosmarek"
    assert person.aliases == {"en": ("Tavil Rosmarek", "Tavil A. Rosmarek"), "ru": ("Тавил Росмарек",)}
    assert company.aliases == {"en": ("Kintar",)}


def test_what_was_broken_off_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_EVERY", 3)
    source = dump(
        tmp_path / "dump.json", [wikidata(990000 + number, f"Tavil Rosmarek{number}") for number in range(10)]
    )
    real = importing._of_line
    read = 0

    def dying(*args: Any) -> Any:
        nonlocal read
        read += 1
        if read > 7:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(importing, "_of_line", dying)
    with pytest.raises(KeyboardInterrupt):
        import_source(source, tmp_path / "imports")
    lines = tmp_path / "imports" / "dump.json.jsonl"
    assert 0 < len(list(imported_entries(tmp_path / "imports"))) < 10
    with lines.open("ab") as torn:
        torn.write(b'{"id": "half a li')
    monkeypatch.setattr(importing, "_of_line", real)
    assert import_source(source, tmp_path / "imports").entries == 10
    assert [entry.id for entry in imported_entries(tmp_path / "imports")] == [
        f"q{990000 + number}" for number in range(10)
    ]


def test_a_source_that_changed_is_read_anew(tmp_path: Path) -> None:
    source = dump(tmp_path / "dump.json", [wikidata(990001, "Tavil Rosmarek"), wikidata(990002, "Belo Kintar")])
    import_source(source, tmp_path / "imports")
    dump(source, [wikidata(990003, "Dana Wilbor")])
    import_source(source, tmp_path / "imports")
    assert [entry.id for entry in imported_entries(tmp_path / "imports")] == ["q990003"]


def test_lines_that_are_broken_are_counted_and_passed_over(tmp_path: Path) -> None:
    source = dump(tmp_path / "dump.json", [wikidata(990001, "Tavil Rosmarek")])
    source.write_text(source.read_text("utf-8").replace("]\n", ',\n{"id": \n"labels"\n]\n'), "utf-8")
    found = import_source(source, tmp_path / "imports", "wikidata")
    assert found.entries == 1
    assert found.unreadable >= 1


@pytest.mark.parametrize(
    ("name", "text", "format_"),
    [
        ("a.txt", "hello", None),
        ("a.csv", "alpha,beta\n1,2\n", None),
        ("a.csv", "name,type\nX Y,ship\n", None),
        ("a.json", "hello\nworld\n", "wikidata"),
        ("a.json", '{"results": {"bindings": [', "sparql"),
        ("a.json", "{}", "rdf"),
    ],
)
def test_what_is_none_of_the_formats_says_so(tmp_path: Path, name: str, text: str, format_: str | None) -> None:
    source = tmp_path / name
    source.write_text(text, "utf-8")
    with pytest.raises(Misuse):
        import_source(source, tmp_path / "imports", format_)
    assert not list(imported_entries(tmp_path / "imports"))


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="not readable"):
        import_source(tmp_path / "none.csv", tmp_path / "imports")


def test_formats_are_known_by_how_they_begin(tmp_path: Path) -> None:
    source = dump(tmp_path / "any.gz", [wikidata(1, "A B")])
    assert guess(source) == "wikidata"


def test_the_first_of_an_id_counts(tmp_path: Path) -> None:
    for name in ("a", "b"):
        import_source(
            dump(tmp_path / f"{name}.json", [wikidata(990001, f"Tavil {name.upper()}osmarek")]), tmp_path / "imports"
        )
    assert [entry.name for entry in islice(imported_entries(tmp_path / "imports"), 5)] == ["Tavil Aosmarek"]
