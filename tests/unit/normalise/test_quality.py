"""Figures on real data, which is for evaluation only and stands beside the project (``../shared/data``), not in it."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from services.normalise.html_text import html_to_text
from services.normalise.language import identify

DATA = Path(__file__).parents[4] / "shared" / "data"
CODES = {
    "arb": "ar",
    "deu": "de",
    "eng": "en",
    "fra": "fr",
    "kor": "ko",
    "por": "pt",
    "rus": "ru",
    "spa": "es",
    "ukr": "uk",
    "zho": "zh",
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="evaluation data (../shared/data) is missing")


def four_grams(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def extraction_f1() -> float:
    """As scrapinghub's article-extraction-benchmark: precision and recall of 4-grams, averaged over pages, then F1."""
    truth = json.loads((DATA / "pages" / "ground-truth.json").read_text("utf-8"))
    precisions, recalls = [], []
    for name, page in truth.items():
        html = gzip.decompress((DATA / "pages" / f"{name}.html.gz").read_bytes()).decode("utf-8", "replace")
        found, wanted = four_grams(html_to_text(html, url=None, fragment=False).text), four_grams(page["articleBody"])
        common = (found & wanted).total()
        precisions.append(common / found.total())
        recalls.append(common / wanted.total())
    precision, recall = sum(precisions) / len(truth), sum(recalls) / len(truth)
    return 2 * precision * recall / (precision + recall)


def language_accuracy(words: int | None) -> float:
    """Share of SIB-200 sentences (all, or their first words) whose language is found without a hint."""
    right = []
    for path in sorted((DATA / "topics").glob("*.tsv")):
        code = CODES[path.name[:3]]
        for line in path.read_text("utf-8").splitlines()[1:]:
            sentence = line.split("\t")[2]
            sample = sentence[: words and words * 2] if code == "zh" else " ".join(sentence.split()[:words])
            right.append(identify(sample, None).code == code)
    return sum(right) / len(right)


def test_extraction_f1() -> None:
    assert extraction_f1() >= 0.95


@pytest.mark.parametrize(("words", "wanted"), [(None, 0.995), (8, 0.99)])
def test_language_accuracy(words: int | None, wanted: float) -> None:
    assert language_accuracy(words) >= wanted
