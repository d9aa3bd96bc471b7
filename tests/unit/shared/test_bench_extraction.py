from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from shared.bench.extraction import compare, read_samples
from shared.bench.run import benchmark
from shared.errors import Misuse

LINES = [
    f"The minister said on day {number} that the agreement would be signed, whatever happens." for number in range(9)
]
HTML = f"<html><body><article>{''.join(f'<p>{line}</p>' for line in LINES)}</article></body></html>"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    truth = {name: {"articleBody": "\n".join(LINES)} for name in ("a", "b")}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    for name in truth:
        (tmp_path / f"{name}.html.gz").write_bytes(gzip.compress(HTML.encode()))
    return tmp_path


def test_pages_read_as_wanted_have_the_best_score(pages: Path) -> None:
    found = compare(pages)
    assert (found.pages, found.sure) == (2, 2)
    assert found.tiers.f1 == 1.0
    assert found.tiers.halves == (1.0, 1.0)
    assert found.tiers.pages_per_cpu_second > 0


def test_what_lacks_or_is_too_much_lowers_the_score(pages: Path) -> None:
    truth = {"a": {"articleBody": "\n".join(LINES[:6])}, "b": {"articleBody": "\n".join(LINES)}}
    (pages / "ground-truth.json").write_text(json.dumps(truth))
    assert 0.7 < compare(pages).tiers.halves[0] < 0.9


def spoil_truth(folder: Path) -> None:
    (folder / "ground-truth.json").write_text("[1]")


def lose_a_page(folder: Path) -> None:
    (folder / "b.html.gz").unlink()


def cut_a_page(folder: Path) -> None:
    (folder / "b.html.gz").write_bytes((folder / "b.html.gz").read_bytes()[:-20])


def name_nothing(folder: Path) -> None:
    (folder / "ground-truth.json").write_text("{}")


@pytest.mark.parametrize("spoil", [spoil_truth, lose_a_page, cut_a_page, name_nothing])
def test_a_folder_that_does_not_hold_such_pages_is_told(pages: Path, spoil: object) -> None:
    spoil(pages)  # type: ignore[operator]
    with pytest.raises(Misuse):
        read_samples(pages)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"nowhere: there is no ground-truth\.json"):
        benchmark("extraction", 100, None, tmp_path / "nowhere")
    with pytest.raises(Misuse, match="only `newsloom bench extraction` and `newsloom bench quality` take a folder"):
        benchmark("copies", 100, None, tmp_path)
