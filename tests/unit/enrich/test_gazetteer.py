from __future__ import annotations

from pathlib import Path

import pytest

from services.enrich.check import check
from services.enrich.entry import read_entries
from services.enrich.gazetteer import GazetteerError, build_gazetteer, load_gazetteer

ENTRY = "- {id: wexby, type: person, name: Lucy Wexby, aliases: {en: [Lucy Wexby, Wexby]}}\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "own.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_users_entry_is_added(tmp_path: Path) -> None:
    gazetteer = load_gazetteer(written(tmp_path, ENTRY))
    assert [entry.id for entry in gazetteer.lookup("lucy wexby")] == ["wexby"]
    assert gazetteer.lookup("Vladimir Putin")[0].id == "vladimir-putin"


def test_a_users_entry_replaces_ours(tmp_path: Path) -> None:
    own = "- {id: vladimir-putin, type: person, name: Mine, aliases: {en: [Wexby]}}\n"
    assert load_gazetteer(written(tmp_path, own)).entries["vladimir-putin"].name == "Mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {type: person, name: A}", "entry 1: `id` is wanted"),
        ("- {id: a, type: dog, name: A}", "a: `type` is one of"),
        ("- {id: a, type: person}", "a: `name` is wanted"),
        ("- {id: a, type: person, name: A, wikidata: P12}", "a: `wikidata` is Q and a number"),
        ("- {id: a, type: person, name: A, aliases: [A]}", "a: `aliases` has languages as keys"),
        ("- {id: a, type: person, name: A, aliases: {en: A}}", "a: `aliases.en` is a list of names"),
        ("{", "not YAML"),
        ("a: b", "a list of entries is wanted"),
        (ENTRY * 2, "wexby: the id stands in this file twice"),
    ],
)
def test_bad_data_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GazetteerError) as error:
        load_gazetteer(written(tmp_path, text))
    assert str(error.value).startswith("own.yaml: ")
    assert said in str(error.value)


def test_norway_is_not_a_no(tmp_path: Path) -> None:
    (entry,) = read_entries(written(tmp_path, "- {id: a, type: person, name: A, country: NO}"))
    assert entry.country == "NO"


def test_check_finds_what_is_doubtful(tmp_path: Path) -> None:
    rows = """
- {id: a, type: person, name: A, wikidata: Q1, colour: red, aliases: {en: [Anna Wexby, X, May]}}
- {id: b, type: person, name: B, wikidata: Q1, aliases: {en: [Anna Wexby]}}
- {id: c, type: person, name: C}
"""
    gazetteer = build_gazetteer({entry.id: entry for entry in read_entries(written(tmp_path, rows))})
    found = {(finding.entry, finding.code) for finding in check(gazetteer)}
    assert found == {
        ("a", "unknown-key"),
        ("a", "too-short"),
        ("a", "common-word"),
        ("a", "collision"),
        ("b", "collision"),
        ("b", "duplicate-wikidata"),
        ("c", "no-alias"),
    }
