from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.page import Page, PageJob, PageUnreadable, read_page
from services.normalise.page_process import PageProcess
from services.normalise.page_wire import decode_job, decode_page, encode_job, encode_page
from shared.settings import Settings
from shared.stage_builders import build_stage

LINE = "The minister said on Tuesday that the agreement would be signed before the end of the year, whatever happens. "
ARTICLE = f"<html lang=en><head><title>A &amp; B</title></head><body><article><p>{LINE * 6}</p></article></body></html>"
SURROGATE = (
    '<html><script type="application/ld+json">{"@type": "NewsArticle", "headline": "half \\ud800",'
    '"isAccessibleForFree": false}</script><body><p>x'
)
# 160 megabytes of strings and events, where the process may have 40 more than its libraries.
LARGE = b"<html><body>" + b"<p>a<b>b</b>" * 1_500_000


@pytest.fixture(scope="module")
def reader() -> Iterator[PageProcess]:
    one = PageProcess()
    yield one
    one.close()


@pytest.mark.parametrize(
    "job",
    [
        PageJob(ARTICLE.encode(), "text/html", "https://paper.example/a"),
        PageJob(ARTICLE.encode("utf-16"), None),
        PageJob("<html><body>Привет, мир".encode("cp1251"), "text/html; charset=windows-1251"),
        PageJob(ARTICLE.encode(), decoded=True, extract=False),
        PageJob(ARTICLE.encode(), limit=60),
        PageJob(b"<p>a fragment</p>"),
        PageJob(b"<p>a fragment</p>", known_as_page=True),
        PageJob(SURROGATE.encode()),
        PageJob(b""),
        PageJob(b"\xff\x00", "\ud800", "\ud800"),
    ],
    ids=range(10),
)
def test_a_page_comes_back_as_it_is_read_here(reader: PageProcess, job: PageJob) -> None:
    assert reader(job) == read_page(job)


@settings(deadline=None)
@given(st.builds(PageJob, st.binary(max_size=200), st.none() | st.text(max_size=20), st.none() | st.text(max_size=20)))
def test_nothing_is_lost_on_the_way(job: PageJob) -> None:
    assert decode_job(json.loads(encode_job(job)), job.body) == job
    assert decode_page(encode_page(read_page(job))) == read_page(job)


def test_the_readers_errors_come_back() -> None:
    with pytest.raises(PageUnreadable, match="why") as caught:
        decode_page(encode_page(PageUnreadable("out-of-memory", "why")))
    assert caught.value.code == "out-of-memory"


def test_a_page_that_needs_too_much_memory_fails_alone() -> None:
    reader = PageProcess(memory_bytes=200 * 2**20)
    with pytest.raises(PageUnreadable) as caught:
        reader(PageJob(LARGE, limit=2**30))
    assert caught.value.code in ("out-of-memory", "parser-crashed")
    assert reader(PageJob(ARTICLE.encode())).text == (LINE * 6).strip()
    reader.close()


def test_the_pipeline_reads_pages_in_a_process_that_starts_with_the_first_page_and_ends_with_it(
    make_entry: object,
) -> None:
    stage = build_stage("normalise", Settings())
    sandbox = stage._read_page.sandbox
    stage.decide(make_entry(html="<p>A fragment.</p>", text=""))  # type: ignore[operator]
    assert sandbox.pid is None
    (outcome,) = stage.decide(make_entry(text="", page=ARTICLE.encode()))  # type: ignore[operator]
    assert outcome.message.text == (LINE * 6).strip()
    assert sandbox.pid is not None
    stage.close()
    assert sandbox.pid is None


def test_the_limits_are_settings() -> None:
    stage = build_stage("normalise", Settings(page_cpu_seconds=7, parse_memory_bytes=300 * 2**20))
    limits = stage._read_page.sandbox._limits
    assert (limits.cpu_s, limits.memory_bytes) == (7, 300 * 2**20)
    assert limits.deadline_s > limits.cpu_s


def test_a_page_says_what_it_is() -> None:
    assert read_page(PageJob(ARTICLE.encode())) == Page(
        (LINE * 6).strip(), "A & B", "article", read_page(PageJob(ARTICLE.encode(), extract=False)).metadata
    )
