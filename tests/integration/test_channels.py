"""Channels with everything real: an Alertmanager, a receiver of webhooks, a pipeline that is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fixtures import running_alertmanager
from real import Worker, newsloom, wait_until
from receiving import Receiver, answers
from servers import Alertmanager

from shared.adapters.kafka.client import KafkaClient
from shared.contracts import Alert
from shared.pipeline import ALERT
from shared.policy import Send
from shared.runtime.session import Session
from shared.settings import Settings

pytestmark = pytest.mark.slow

Build = Callable[..., Alert]
PAST = datetime(2024, 6, 18, 12, tzinfo=UTC)


def message_of(alert: Alert) -> Send:
    return Send(ALERT, alert.id, {"ce_id": alert.id}, alert.to_bytes())


def shown(server: Alertmanager) -> dict[str, dict[str, Any]]:
    """What Alertmanager shows as going on, by the alert's id."""
    found = json.loads(server.get("/api/v2/alerts?active=true") or "[]")
    return {each["labels"]["alert_id"]: each for each in found}


@contextmanager
def session_for(folder: Path, alertmanager: Alertmanager, **more: Any) -> Iterator[Session]:
    config = Settings(alertmanager_url=alertmanager.url, alertmanager_interval_seconds=1, data_dir=folder, **more)
    with Session(folder, config=config) as session:
        session.start()
        yield session


class Mailbox(Receiver):
    """What Alertmanager itself tells: status of the group by alert id, the latest last."""

    def statuses(self, id_: str) -> list[str]:
        told = [alert for got in self.got for alert in got.json["alerts"] if alert["labels"]["alert_id"] == id_]
        return [alert["status"] for alert in told]


def test_alertmanager_shows_an_alert_whatever_happens_and_it_resolves(tmp_path: Path, make_alert: Build) -> None:
    with Mailbox().running() as mail, running_alertmanager(tmp_path / "am", webhook=mail.url) as server:  # type: ignore[attr-defined]
        with session_for(tmp_path / "data", server, kibana_url="https://kibana.example") as session:
            session.send([message_of(make_alert("one", end=PAST)), message_of(make_alert("two"))])
            wait_until(lambda: shown(server).keys() == {"one", "two"}, 20)
            one = shown(server)["one"]
            assert one["labels"]["pair"] == "A + B"
            assert one["annotations"]["article_url"] == "https://paper.example/1"
            assert one["generatorURL"] == one["annotations"]["kibana_url"]
            assert one["startsAt"] == "2024-06-18T10:00:00.000Z", "when the two were seen first"
            amtool = subprocess.run(
                ["amtool", "alert", "query", "alertname=NewsloomNewPair", f"--alertmanager.url={server.url}", "-o", "extended"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert "A + B: together for the first time in 30 days of history" in amtool.stdout
            wait_until(lambda: "firing" in mail.statuses("one"), 20)

            # It forgets everything when it is killed.
            server.kill()
            time.sleep(1.5)
            server.start()
            wait_until(lambda: shown(server).keys() == {"one", "two"}, 20)

            # Closed while it cannot hear: it hears when it can.
            server.pause()
            session.send([message_of(make_alert("one", 2, end=PAST, status="closed", changes=("closed",)))])
            time.sleep(1.5)
            server.resume()
            wait_until(lambda: shown(server).keys() == {"two"}, 40)
            wait_until(lambda: mail.statuses("one")[-1] == "resolved", 20)
            session.send([message_of(make_alert("two", 2, retracted=True, changes=("retracted",)))])
            wait_until(lambda: not shown(server), 20)
            session.send([message_of(make_alert("three"))])
            wait_until(lambda: shown(server).keys() == {"three"}, 20)
            assert session.told(10) == {}
        # Nobody renews it any more: it ends by itself.
        wait_until(lambda: not shown(server), 20)
        # The next run knows what is open, from the index.
        with session_for(tmp_path / "data", server):
            wait_until(lambda: shown(server).keys() == {"three"}, 20)


def test_a_run_that_ends_says_which_channel_is_behind(tmp_path: Path, make_alert: Build) -> None:
    config = Settings(alertmanager_url="http://127.0.0.1:9", data_dir=tmp_path)
    with Session(tmp_path, config=config) as session:
        session.start()
        session.send([message_of(make_alert())])
        behind = session.told(1.5)
    assert behind.keys() == {"alertmanager"}
    assert "not shown" in behind["alertmanager"]
    assert "127.0.0.1:9" in behind["alertmanager"]


# A pipeline whose one channel is a webhook, until every channel was told: what stands in the topic, another alert for each argument.
RUN = """
import sys
from pathlib import Path
from services.alert.channels import Channel
from shared import bootstrap
from shared.runtime.session import Session
from shared.settings import Settings
url, folder = sys.argv[1], Path(sys.argv[2])
bootstrap.channels_of = lambda _: (Channel("ops", "webhook", url, allow_private=("127.0.0.0/8",)),)
from shared.contracts.example_messages import examples
from shared.pipeline import ALERT
from shared.policy import Send
example = examples()[ALERT]
with Session(folder, config=Settings(data_dir=folder)) as session:
    for id_ in sys.argv[3:]:
        alert = example.model_copy(update={"id": id_})
        session.send([Send(ALERT, id_, {"ce_id": id_}, alert.to_bytes())])
    session.start()
    behind = session.told(20)
    sys.exit(1 if behind else 0)
"""


def run(receiver: Receiver, folder: Path, *ids: str, crash: str = "") -> int:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
    kept |= {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", RUN, receiver.url, str(folder), *ids]
    return subprocess.run(command, env=kept | ({"NEWSLOOM_CRASH_AT": crash} if crash else {}), timeout=60).returncode


def test_killed_between_telling_and_noting_it_tells_again_under_the_same_id(tmp_path: Path) -> None:
    with Receiver().running() as receiver:
        assert run(receiver, tmp_path, "a", "b", crash="outbox:told:1") == -9
        assert receiver.taken == ["a.1"]
        assert run(receiver, tmp_path, crash="outbox:told:2") == -9
        assert receiver.taken == ["a.1", "a.1", "b.1"]
        assert run(receiver, tmp_path, "c") == 0
        assert receiver.taken == ["a.1", "a.1", "b.1", "b.1", "c.1"]
        assert run(receiver, tmp_path) == 0
    assert len(receiver.got) == 5
    first, again = receiver.got[0], receiver.got[1]
    assert first.body == again.body


def test_a_receiver_that_fails_in_every_way_is_told_everything_in_order(tmp_path: Path) -> None:
    receiver = Receiver(answers(500, 503, 429, 302, 204, 404))
    with receiver.running():
        assert run(receiver, tmp_path, "a", "b", "c") == 0
    assert receiver.taken == ["a.1", "b.1", "c.1"]
    assert [each.id for each in receiver.got] == ["a.1"] * 5 + ["b.1"] * 2 + ["c.1"]


def test_the_worker_of_alert_shows_alerts_and_another_takes_over(
    new_cluster: Callable[..., Settings], tmp_path: Path, make_alert: Build
) -> None:
    with running_alertmanager(tmp_path / "am") as server:
        config = new_cluster(alertmanager_url=server.url, alertmanager_interval_seconds=1)
        worker = Worker(config, "alert")
        standby = Worker(config, "alert", replica=1)
        with KafkaClient(config) as client:
            try:
                client.send([message_of(make_alert("before"))])
                worker.start()
                wait_until(lambda: shown(server).keys() == {"before"}, 60, worker.said)
                client.send([message_of(make_alert("one"))])
                wait_until(lambda: shown(server).keys() == {"before", "one"}, 30, worker.said)
                status, metrics = worker.page("/metrics")
                assert status == 200
                assert (
                    'newsloom_notifications_total{channel="alertmanager",outcome="told",type="alertmanager"}' in metrics
                )
                standby.start()
                wait_until(standby.is_ready, 60, standby.said)
                worker.kill()
                client.send([message_of(make_alert("one", 2, status="closed")), message_of(make_alert("two"))])
                wait_until(lambda: shown(server).keys() == {"before", "two"}, 60, standby.said)
                assert standby.stop() == 0
            finally:
                worker.kill()
                standby.kill()


def test_alerts_as_a_feed_and_as_a_bundle(tmp_path: Path, make_alert: Build) -> None:
    config = Settings(data_dir=tmp_path)
    with Session(tmp_path, config=config) as session:
        session.send([message_of(make_alert("one"))])
        session.work()
    assert '<title type="text">A + B: together for the first time' in newsloom(config, "alerts", "--atom")
    bundle = json.loads(newsloom(config, "alerts", "--stix"))
    assert [each["type"] for each in bundle["objects"]] == ["identity"] * 3 + ["relationship", "report"]
    newsloom(config, "alerts", "--stix", "--atom", expect=2)
