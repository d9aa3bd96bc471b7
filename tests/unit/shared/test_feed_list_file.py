from __future__ import annotations

from pathlib import Path

import pytest

from services.fetch.feed_list import FeedSource
from shared.adapters import feed_list_file
from shared.adapters.feed_list_file import read_sources, write_sources
from shared.cli.feeds import feed_of
from shared.contracts import FeedOptions
from shared.errors import Misuse, NotAvailable

SOURCES = [FeedSource("https://paper.example/rss", "Paper", ("world",)), FeedSource("https://other.example/rss")]


def test_a_list_that_was_written_is_read_back_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "feeds.opml"
    for sources in (SOURCES, SOURCES[:1]):
        write_sources(path, sources)
        assert read_sources(path) == sources
    assert list(path.parent.iterdir()) == [path]


def test_a_list_that_cannot_be_written_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feeds.opml"
    write_sources(path, SOURCES)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(feed_list_file.os, "fsync", full)
    with pytest.raises(NotAvailable, match=r"feeds.opml cannot be written: No space"):
        write_sources(path, SOURCES[:1])
    assert read_sources(path) == SOURCES
    assert list(tmp_path.iterdir()) == [path]


def test_a_secrets_file_is_named_from_the_list_on(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    options = [FeedOptions(auth="bearer", secret_file=Path(name)) for name in ("secrets/a", "/run/secrets/b")]
    write_sources(path, [FeedSource(f"https://{at}.example/", options=each) for at, each in enumerate(options)])
    read = [source.options.secret_file for source in read_sources(path)]
    assert read == [tmp_path / "secrets" / "a", Path("/run/secrets/b")]


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https:///path",
        "http://x/\x01",
        "ftp://x/",
        "http://x/ y",
        "http://x/\u2028http://y/",
        "",
        "# x",
        "\udcff",
    ],
)
def test_an_address_that_no_list_could_hold_is_refused(url: str) -> None:
    with pytest.raises(Misuse, match="begins with http"):
        feed_of(url)


def test_an_address_is_taken_as_it_is() -> None:
    assert feed_of("https://paper.example/rss?a=1#x").url == "https://paper.example/rss?a=1#x"


def test_a_list_that_is_none_is_misuse_and_one_that_cannot_be_read_is_not_available(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name in ("nowhere", "empty", "."):
        with pytest.raises(Misuse):
            read_sources(tmp_path / name)
    with pytest.raises(NotAvailable):
        read_sources(tmp_path / ("x" * 300))
