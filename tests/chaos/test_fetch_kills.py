"""kill -9 of the fetch service at every crash point and at random: no item of a feed is lost, and feeds keep what is known of them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chaos.flow import Mortal, Watch, end, mortals, said, settle
from e2e.test_kill import Feeds
from eager import EAGER
from real import everything, newsloom, wait_until

from shared.adapters.kafka.reading import read_feed_states
from shared.settings import Settings

pytestmark = pytest.mark.slow

POLLING = {**EAGER, "host_delay_seconds": 0, "concurrent_polls": 1}
RANDOM_KILLS = 5


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    serving = Feeds()
    yield serving
    serving.close()


def test_no_item_is_lost(new_cluster: Callable[..., Settings], feeds: Feeds, tmp_path: Path) -> None:
    listed = tmp_path / "feeds.txt"
    listed.write_text(feeds.urls())
    undisturbed = Settings(data_dir=tmp_path / "undisturbed", **POLLING)
    newsloom(undisturbed, "run", "--once", "--feeds", str(listed), "--allow-private", "127.0.0.0/8")
    expected = everything(undisturbed)
    assert len(expected["articles"]) > 40

    config = new_cluster(**POLLING, allow_private="127.0.0.0/8")
    newsloom(config, "feeds", "import", str(listed))
    fetch = Mortal(config, "fetch")
    kills = 0
    with mortals(config) as workers, Watch(config) as watch:
        try:
            for point in ("items:1", "written:1", "items:2", "written:2", "written:1"):
                fetch.start(f"kafka-fetch:{point}")
                # Enough feeds are left to poll, for each kill is before the state of one is stored.
                wait_until(lambda: not fetch.runs, 60, fetch.said)
                assert fetch.code == -9, fetch.said()
                kills += 1
            chance = random.Random(1)
            for _ in range(RANDOM_KILLS):
                fetch.start()
                wait_until(lambda: fetch.page("/livez")[0] == 200, 60, fetch.said)
                time.sleep(chance.uniform(0, 1.5))
                fetch.kill()
                kills += 1
            fetch.start()
            wait_until(lambda: _polled(config) == len(feeds.bodies), 90, fetch.said)
            settle(workers, watch)
            found = everything(config)
        finally:
            codes = end({"fetch": fetch})
    assert kills == 5 + RANDOM_KILLS
    assert codes == {"fetch": 0}, said({"fetch": fetch})
    # A feed's items come in another order when it is read later, so who is whose copy may be another one.
    assert _compared(found) == _compared(expected)


def _polled(config: Settings) -> int:
    """Feeds whose last poll went well and is stored, entity tag and all."""
    import asyncio

    return sum(bool(state.validators.etag) for state in asyncio.run(read_feed_states(config)).values())


def _compared(found: dict[str, Any]) -> dict[str, Any]:
    assert found["ledger"]["holds"]
    assert not found["ledger"]["under_way"]
    return {
        "articles": sorted((row["id"], row["title"], row["text"]) for row in found["articles"]),
        "entries": found["ledger"]["entries"],
        "endings": found["ledger"]["endings"],
    }
