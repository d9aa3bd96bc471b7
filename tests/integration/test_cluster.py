"""The pipeline as seven processes on a real broker and a real Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from real import everything, free_ports, newsloom, rows, running_workers

from shared.demo.corpus import articles
from shared.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's whole corpus as one archive, and two lines that are no documents."""
    path = tmp_path_factory.mktemp("archive") / "demo.jsonl"
    path.write_bytes(b"".join(article.row + b"\n" for article in articles()) + b"{broken\n[1]\n")
    return path


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> dict[str, Any]:
    """What the embedded runtime makes of it."""
    config = Settings(data_dir=tmp_path_factory.mktemp("embedded"))
    newsloom(config, "ingest", str(archive))
    return everything(config)


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Part by part: a difference of two whole dumps is unreadable."""
    for part, said in expected.items():
        assert found[part] == said, part


def test_both_runtimes_give_the_same_documents_pairs_alerts_and_ledger(
    cluster: Settings, archive: Path, embedded: dict[str, Any]
) -> None:
    assert len(embedded["articles"]) > 600
    assert len(embedded["alerts"]) == 3
    with running_workers(cluster):
        said = newsloom(cluster, "ingest", str(archive))
        assert "687 documents read: 685 new, 0 known before, 2 unreadable" in said
        assert "3 new alerts" in said
        found = everything(cluster)
        assert_same(found, embedded)
        # The same archive again: it is known, and nothing changes.
        assert "687 documents read: 0 new, 685 known before, 2 unreadable" in newsloom(cluster, "ingest", str(archive))
        assert everything(cluster) == found


def test_with_more_partitions_nothing_is_lost(
    new_cluster: Callable[..., Settings], archive: Path, embedded: dict[str, Any]
) -> None:
    """The order is another one, so a copy may be the original of its pair; what is there is the same."""
    config = new_cluster(kafka_partitions=4)
    with running_workers(config):
        newsloom(config, "ingest", str(archive))
        found = everything(config)
    assert {row["id"] for row in found["articles"]} == {row["id"] for row in embedded["articles"]}
    assert found["ledger"]["holds"]
    assert found["ledger"]["entries"] == embedded["ledger"]["entries"]


@pytest.mark.long
def test_the_demo_through_the_real_fetcher_is_the_same_on_both_runtimes(cluster: Settings, tmp_path: Path) -> None:
    """As a newcomer is shown it: an archive, then days of feeds on loopback, hostile sites among them."""
    alone = Settings(data_dir=tmp_path / "alone")
    ports = str(free_ports(60))
    newsloom(alone, "demo", "--once", "--port", ports, timeout=300)
    with running_workers(cluster):
        newsloom(cluster, "demo", "--once", "--port", ports, timeout=600)
        assert_same(everything(cluster), everything(alone))
        assert {row["url"]: row["error"] for row in rows(cluster, "feeds", "check", expect=1)} == {
            row["url"]: row["error"] for row in rows(alone, "feeds", "check", expect=1)
        }
