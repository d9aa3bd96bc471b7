"""A real Prometheus reads every worker; when a stage stops and messages come, the lag alert fires, is told, and is over later."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from chaos.conftest import Archive
from chaos.flow import Flow, Watch, mortals, settle
from fixtures import running_alertmanager, running_prometheus
from real import wait_until

from shared.adapters.elasticsearch.client import sync_client
from shared.pipeline import STAGES
from shared.settings import Settings

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "deploy"
HURRY = "60"
"""The rules with their durations divided: minutes become seconds."""


def test_prometheus_reads_every_worker_and_the_lag_alert_fires(
    eager: Settings, archive: Archive, tmp_path: Path
) -> None:
    rules = tmp_path / "quick.rules.yml"
    rehearse = [sys.executable, DEPLOY / "prometheus" / "rehearse.py", HURRY]
    rules.write_text(
        subprocess.check_output([*rehearse, DEPLOY / "prometheus" / "rules" / "newsloom.rules.yml"], text=True)
    )
    with (
        mortals(eager, STAGES) as workers,
        Watch(eager) as watch,
        running_alertmanager(
            tmp_path / "alertmanager", config=DEPLOY / "alertmanager" / "alertmanager.local.yml"
        ) as alertmanager,
        running_prometheus(
            tmp_path / "prometheus",
            targets={"newsloom": [f"127.0.0.1:{worker.port}" for worker in workers.values()]},
            rules=[rules],
            alertmanager=alertmanager.address,
            interval="1s",
        ) as prometheus,
    ):

        def asked(query: str) -> dict[str, float]:
            """Values by stage."""
            answer = json.loads(prometheus.get(f"/api/v1/query?query={query}") or b'{"data": {"result": []}}')
            return {row["metric"].get("stage", ""): float(row["value"][1]) for row in answer["data"]["result"]}

        def firing(name: str) -> set[str]:
            """Stages of which it is said."""
            answer = json.loads(prometheus.get("/api/v1/alerts") or b'{"data": {"alerts": []}}')["data"]["alerts"]
            return {
                alert["labels"].get("stage", "")
                for alert in answer
                if alert["labels"]["alertname"] == name and alert["state"] == "firing"
            }

        def told(name: str) -> set[str]:
            """The same as the Alertmanager holds it; what its cause speaks for, too."""
            answer = json.loads(alertmanager.get("/api/v2/alerts?active=true&inhibited=true") or b"[]")
            return {alert["labels"].get("stage", "") for alert in answer if alert["labels"]["alertname"] == name}

        wait_until(lambda: set(asked("newsloom_last_progress_timestamp_seconds")) == set(STAGES), 30)
        assert asked("sum(up)") == {"": len(STAGES)}
        with Flow(eager, archive.lines, 80) as flow:
            flow.until(0.1)
            closed(eager, True)
            wait_until(
                lambda: "index" in firing("NewsloomLagGrowing"), 90, lambda: f"{asked('newsloom:lag_messages:sum')}"
            )
            wait_until(lambda: "index" in told("NewsloomLagGrowing"), 20)
            # What it waits for is the cause, and has been told as well.
            wait_until(lambda: "index" in told("NewsloomStageWaiting"), 20)
            closed(eager, False)
            wait_until(lambda: not firing("NewsloomLagGrowing"), 90, lambda: f"{asked('newsloom:lag_messages:sum')}")
            # Who has ended tells of no lag: that it is gone is told.
            workers["enrich"].kill()
            wait_until(lambda: bool(told("NewsloomTargetDown")), 60)
            workers["enrich"].start()
            wait_until(lambda: not firing("NewsloomTargetDown"), 60)
            flow.wait()
            settle(workers, watch)
        wait_until(lambda: not told("NewsloomLagGrowing") and not told("NewsloomTargetDown"), 60)
        received = asked("newsloom_messages_received_total")
    assert all(received[stage] >= len(archive.expected["articles"]) for stage in ("deduplicate", "index")), received


def closed(config: Settings, to_writes: bool) -> None:
    """The index takes no writes: a stage that has stopped, and goes on telling how many messages wait."""
    client = sync_client(config)
    client.indices.put_settings(index=f"{config.prefix}*", settings={"index.blocks.write": to_writes or None})
    client.close()
