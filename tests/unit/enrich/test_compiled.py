from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.enrich.compiled import CompiledNames
from services.enrich.compiling import compile_entries
from services.enrich.entry import Entry
from services.enrich.folding import fold
from services.enrich.gazetteer import Gazetteer, load_gazetteer
from services.enrich.imports.imported import imported_entry
from services.enrich.stage import Enrich
from shared.bench.unread import unique_article
from shared.contracts.enrichment import ActorType
from shared.errors import Misuse


def actor(key: str, name: str, *more: str, weight: int = 5, type_: ActorType = "person", **names: list[str]) -> Entry:
    entry = imported_entry(
        key,
        type_,
        name,
        {"en": [name, *more], **names},
        source="t",
        wikidata=key if key[0] == "Q" else None,
        weight=weight,
    )
    assert entry is not None
    return entry


def with_imported(tmp_path: Path, *entries: Entry) -> Gazetteer:
    compile_entries(entries, tmp_path / "built")
    return load_gazetteer(None, tmp_path / "built")


def found(gazetteer: Gazetteer, text: str, language: str = "en") -> dict[str, list[str]]:
    enrichment = Enrich(gazetteer).enrich(unique_article("", text, language).article)
    return {actor.id: [mention.text for mention in actor.mentions] for actor in enrichment.actors}


def test_an_imported_actor_is_found_by_every_name_and_by_surname_after_the_full_one(tmp_path: Path) -> None:
    gazetteer = with_imported(tmp_path, actor("Q990001", "Tavil Rosmarek", "T. A. Rosmarek", ru=["Тавил Росмарек"]))
    assert found(gazetteer, "Yesterday Tavil Rosmarek spoke. Rosmarek left.") == {
        "q990001": ["Tavil Rosmarek", "Rosmarek"]
    }
    assert found(gazetteer, "Вчера выступили с Тавилом Росмареком.", "ru") == {"q990001": ["Тавилом Росмареком"]}
    assert "q990001" not in found(gazetteer, "Yesterday Rosmarek spoke.")


def test_of_namesakes_the_far_better_known_has_the_name_and_equals_have_it_not(tmp_path: Path) -> None:
    gazetteer = with_imported(
        tmp_path,
        actor("Q990001", "Tavil Rosmarek", weight=90),
        actor("Q990002", "Tavil Rosmarek", weight=4),
        actor("Q990003", "Belo Kintar", weight=5),
        actor("Q990004", "Belo Kintar", weight=6),
    )
    assert "q990001" in found(gazetteer, "We saw Tavil Rosmarek there.")
    assert not {"q990003", "q990004"} & found(gazetteer, "We saw Belo Kintar there.").keys()


def test_an_imported_actor_that_the_files_know_is_theirs_with_more_names(tmp_path: Path) -> None:
    gazetteer = with_imported(tmp_path, actor("Q7747", "Vladimir Putin", "Vova Putinski"))
    assert found(gazetteer, "We saw Vova Putinski there.") == {"vladimir-putin": ["Vova Putinski"]}


def test_the_files_know_better_whose_a_name_is(tmp_path: Path) -> None:
    gazetteer = with_imported(tmp_path, actor("Q990001", "Vladimir Putin", weight=300))
    assert found(gazetteer, "We saw Vladimir Putin there.").keys() == {"vladimir-putin"}


def test_ids_and_names_are_looked_up(tmp_path: Path) -> None:
    gazetteer = with_imported(tmp_path, actor("Q990001", "Tavil Rosmarek"), actor("Q990002", "Belo Kintar"))
    assert gazetteer.imported is not None
    assert [entry.id for entry in gazetteer.lookup("belo kintar")] == ["q990002"]
    entry = gazetteer.entry("q990002")
    assert entry is not None
    assert entry.name == "Belo Kintar"
    assert gazetteer.entry("q990003") is None
    assert [entry.id for entry in gazetteer.imported.entries()] == ["q990001", "q990002"]


def test_a_name_that_many_share_is_nobodys(tmp_path: Path) -> None:
    gazetteer = with_imported(tmp_path, *(actor(f"Q9900{number:02}", "Tavil Rosmarek") for number in range(20)))
    assert not gazetteer.lookup("Tavil Rosmarek")


def test_nothing_imported_is_nothing_found(tmp_path: Path) -> None:
    gazetteer = with_imported(tmp_path)
    assert found(gazetteer, "We saw Vladimir Putin there.").keys() == {"vladimir-putin"}


def test_a_build_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    def broken() -> object:
        yield actor("Q990002", "Belo Kintar")
        raise OSError("the source went away")

    with_imported(tmp_path, actor("Q990001", "Tavil Rosmarek"))
    with pytest.raises(OSError, match="went away"):
        compile_entries(broken(), tmp_path / "built")  # type: ignore[arg-type]
    assert CompiledNames(tmp_path / "built", {}).count == 1


@pytest.mark.parametrize("what", ["meta.json", "names.marisa", "owners"])
def test_a_broken_folder_says_so(tmp_path: Path, what: str) -> None:
    compile_entries([actor("Q990001", "Tavil Rosmarek")], tmp_path / "built")
    os.truncate(tmp_path / "built" / what, 0)
    with pytest.raises(Misuse, match="built"):
        CompiledNames(tmp_path / "built", {})


def test_occurrences_are_those_of_the_same_names_in_memory(tmp_path: Path) -> None:
    """The trie is asked where names can begin; the automaton everywhere. Both see the same."""
    builtin = load_gazetteer()
    compile_entries(builtin.entries.values(), tmp_path / "built")
    imported = CompiledNames(tmp_path / "built", {})
    text = fold(
        "Путиным и Зеленским. Президента США l'OTAN d'Emmanuel Macron وبوتين والناتو للناتو بوتين 普京和金正恩在北约 푸틴은 "
        "プーチン大統領と ופוטין שבישראל पुतिन ने Putin-Berater NATO'ya Xi Jinping’s Ursula von der Leyen"
    )
    wanted = {
        (start, end)
        for start, end, aliases in builtin.names.occurrences(text)
        if any(alias.strength != "short" for alias in aliases)
    }
    seen = {(start, end) for start, end, _ in imported.occurrences(text)}
    # Imported names that begin with a small letter are not looked for, and the automaton finds pieces of words, too.
    passed_over = {
        (start, end)
        for start, end in wanted - seen
        if text.text[start].islower() or text.text[start - 1 : start].isalpha()
    }
    assert wanted - seen == passed_over
    assert {"путиным", "普京", "푸틴", "プーチン", "ופוטין"[1:], "पुतिन", "الناتو"} <= {
        text.lowered[start:end] for start, end in seen
    }
