from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from shared.cli.app import app
from shared.errors import Misuse

RUN = CliRunner()


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """A command sets logs up for the stream that it was called with, which is closed when it ends."""
    yield
    structlog.reset_defaults()


def newsloom(*words: str) -> tuple[int, str]:
    """Exit code and what was said, as `main` gives them."""
    result = RUN.invoke(app, list(words))
    return 2 if isinstance(result.exception, Misuse) else result.exit_code, f"{result.output}{result.exception or ''}"


def test_an_actor_is_added_and_known(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path))
    code, told = newsloom(
        "gazetteer", "add", "Tavil Rosmarek", "--alias", "ru=Тавил Росмарек", "--kind", "minister", *data
    )
    assert code == 0, told
    assert "tavil-rosmarek" in told
    code, told = newsloom("gazetteer", "lookup", "Тавилом Росмареком", "--jsonl", *data)
    assert code == 0
    assert json.loads(told)["id"] == "tavil-rosmarek"
    assert newsloom("gazetteer", "add", "Tavil Rosmarek", *data)[0] == 2
    assert (tmp_path / "gazetteer.yaml").read_text("utf-8").count("tavil-rosmarek") == 1


@pytest.mark.parametrize(
    "words",
    [("--alias", "Росмарек"), ("--alias", "xx=Rosmarek"), ("--type", "ship"), ("--wikidata", "7747"), ("--id", "Ä b")],
)
def test_what_is_no_entry_is_refused_and_leaves_the_file(tmp_path: Path, words: tuple[str, str]) -> None:
    code, _ = newsloom("gazetteer", "add", "Tavil Rosmarek", *words, "--data-dir", str(tmp_path))
    assert code == 2
    assert not (tmp_path / "gazetteer.yaml").exists()


def test_a_table_is_built_and_known(tmp_path: Path) -> None:
    source = tmp_path / "actors.csv"
    source.write_text(
        "name,type,aliases_ru\nTavil Rosmarek,person,Тавил Росмарек\nKintar Works,organisation,\n", "utf-8"
    )
    data = ("--data-dir", str(tmp_path / "data"))
    code, told = newsloom("gazetteer", "build", str(source), *data)
    assert code == 0, told
    assert "2 imported actors built" in told
    code, told = newsloom("gazetteer", "lookup", "kintar works", "--jsonl", *data)
    assert code == 0
    assert json.loads(told)["id"] == "kintar-works"


def test_nothing_to_build_says_what_to_do(tmp_path: Path) -> None:
    code, told = newsloom("gazetteer", "build", "--data-dir", str(tmp_path))
    assert code == 2
    assert "newsloom gazetteer build actors.csv" in told


def test_a_new_face_becomes_a_known_actor(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    article = {
        "url": "https://paper.example/1",
        "title": "Talks",
        "text": "Analyst Lucy Wexby said no. Later Wexby agreed.",
    }
    source = tmp_path / "articles.jsonl"
    source.write_text(json.dumps(article), "utf-8")
    assert newsloom("ingest", str(source), *data)[0] == 0
    code, told = newsloom("articles", "--jsonl", *data)
    assert code == 0
    (face,) = (actor["id"] for actor in json.loads(told.splitlines()[-1])["actors"] if actor["id"].startswith("?"))
    code, told = newsloom("gazetteer", "add", face, *data)
    assert code == 0, told
    code, told = newsloom("gazetteer", "lookup", "Lucy Wexby", *data)
    assert code == 0
    assert face[1:] in told


def test_an_unknown_face_says_so(tmp_path: Path) -> None:
    code, _ = newsloom("gazetteer", "add", "?nobody-here", "--data-dir", str(tmp_path))
    assert code != 0
