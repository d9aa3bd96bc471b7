"""Quality and speed of extraction, over pages with the text that should come out: trafilatura alone, and the tiers before it.

The folder is laid out like a part of scrapinghub's article-extraction-benchmark: `NAME.html.gz`, and `ground-truth.json` with an
`articleBody` for each name.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.normalise.html_text import html_to_text, reference_text
from shared.errors import Misuse

PAGES = Path("../shared/data/pages")
"""Beside the project and not in it: the pages are other people's."""
MAX_PAGE_BYTES = 64 * 2**20
_N = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """A page, and its article's text as a person took it down."""

    name: str
    html: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """One way to extract. `halves` are the F1 of every other page, in the order of their names: rules made with one half in view are as
    good as the other says."""

    f1: float
    halves: tuple[float, float]
    pages_per_cpu_second: float


@dataclass(frozen=True, slots=True)
class Compared:
    pages: int
    sure: int
    """Pages that the fast tier decided by itself."""
    reference: Extraction
    tiers: Extraction


def compare(folder: Path) -> Compared:
    """Raises `Misuse` for a folder that does not hold such pages."""
    samples = read_samples(folder)
    sure = sum(html_to_text(each.html, url=None, fragment=False).how == "article" for each in samples)
    return Compared(
        len(samples), sure, _measure(samples, lambda html: reference_text(html, None)), _measure(samples, tiers)
    )


def tiers(html: str) -> str:
    """As the pipeline does it."""
    return html_to_text(html, url=None, fragment=False).text


def read_samples(folder: Path) -> list[Sample]:
    """In the order of their names. Raises `Misuse`."""
    truth = folder / "ground-truth.json"
    if not truth.is_file():
        raise Misuse(
            f"{folder}: there is no ground-truth.json; name a folder of pages: newsloom bench extraction FOLDER"
        )
    try:
        bodies = {name: row["articleBody"] for name, row in json.loads(truth.read_text("utf-8")).items()}
        samples = [Sample(name, _page(folder / f"{name}.html.gz"), body) for name, body in sorted(bodies.items())]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Misuse(f"{truth}: give a JSON object, for each page's name an articleBody ({error!r})") from None
    except (OSError, EOFError) as error:
        raise Misuse(f"{folder}: a page of ground-truth.json cannot be read: {error}") from None
    if not samples:
        raise Misuse(f"{truth} names no page")
    return samples


def f1(extract: Callable[[str], str], samples: Sequence[Sample]) -> float:
    """As the benchmark has it: precision and recall of 4-grams of words, averaged over pages, then F1."""
    return _f1([_score(extract(each.html), each.wanted) for each in samples])


def _measure(samples: Sequence[Sample], extract: Callable[[str], str]) -> Extraction:
    extract(samples[0].html)  # what loads with the first page is start-up
    started = time.process_time()
    found = [extract(each.html) for each in samples]
    seconds = time.process_time() - started
    scores = [_score(text, each.wanted) for text, each in zip(found, samples, strict=True)]
    return Extraction(_f1(scores), (_f1(scores[::2]), _f1(scores[1::2])), len(samples) / max(seconds, 1e-9))


def _page(path: Path) -> str:
    with gzip.open(path) as packed:
        return packed.read(MAX_PAGE_BYTES).decode("utf-8", "replace")


def _score(found: str, wanted: str) -> tuple[float, float]:
    """Precision and recall."""
    one, other = _grams(found), _grams(wanted)
    common = (one & other).total()
    return common / one.total(), common / other.total()


def _f1(scores: Sequence[tuple[float, float]]) -> float:
    precision = sum(each for each, _ in scores) / max(1, len(scores))
    recall = sum(each for _, each in scores) / max(1, len(scores))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[place : place + _N]) for place in range(max(1, len(words) - _N + 1)))
