"""Figures on real data, which is for evaluation only and stands beside the project (``../shared/data``), not in it."""

from pathlib import Path

import pytest

from services.normalise.html_text import reference_text
from services.normalise.language import identify
from shared.bench.extraction import f1, read_samples, tiers

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


def test_extraction_in_tiers_is_better_than_the_reference_alone_on_either_half() -> None:
    samples = read_samples(DATA / "pages")
    for half in (samples[::2], samples[1::2]):
        assert f1(tiers, half) >= 0.96
        assert f1(tiers, half) > f1(lambda html: reference_text(html, None), half)


@pytest.mark.parametrize(("words", "wanted"), [(None, 0.995), (8, 0.99)])
def test_language_accuracy(words: int | None, wanted: float) -> None:
    assert language_accuracy(words) >= wanted
