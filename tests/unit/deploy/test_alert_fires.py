"""A real Prometheus reads our catalogue, the lag alert really fires, reaches a real Alertmanager, and is over when the queue shrinks."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import loopback
import pytest
from fixtures import running_alertmanager, running_prometheus

DEPLOY = Path(__file__).parents[3] / "deploy"
HURRY = "60"
"""The rules with their durations divided: minutes become seconds."""

# A stage as far as Prometheus can see: the catalogue's own registry over HTTP. Each line that it reads is how many messages wait.
STAGE = """
import sys
from prometheus_client import start_http_server
from shared import metrics
start_http_server(int(sys.argv[1]), "127.0.0.1", metrics.REGISTRY)
metrics.RECEIVED.labels("index").inc()
for line in sys.stdin:
    metrics.LAG.labels("index").set(int(line))
"""


class Stage:
    """Its queue grows or shrinks by `step` twice a second, until something holds."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.lag = 0

    def moves(self, step: int, until: Callable[[], bool], seconds: float = 60) -> None:
        ends = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < ends, f"not within {seconds} s; {self.lag} wait"
            self.lag = max(0, self.lag + step)
            assert self._process.stdin is not None
            self._process.stdin.write(f"{self.lag}\n")
            self._process.stdin.flush()
            time.sleep(0.5)


@pytest.mark.slow
@pytest.mark.long
def test_the_lag_alert_fires_is_told_and_is_over(tmp_path: Path) -> None:
    rules = DEPLOY / "prometheus" / "rules" / "newsloom.rules.yml"
    rehearse = [sys.executable, DEPLOY / "prometheus" / "rehearse.py", HURRY, rules]
    quick = tmp_path / "quick.rules.yml"
    quick.write_text(subprocess.check_output(rehearse, text=True))
    port = loopback.free_port()

    def found(server: Any, path: str) -> list[dict[str, Any]]:
        answer = json.loads(server.get(path) or "{}")
        alerts = answer["data"]["alerts"] if isinstance(answer, dict) and "data" in answer else answer
        return [alert for alert in alerts if alert["labels"]["alertname"] == "NewsloomLagGrowing"]

    with (
        subprocess.Popen([sys.executable, "-c", STAGE, str(port)], stdin=subprocess.PIPE, text=True) as process,
        running_alertmanager(
            tmp_path / "alertmanager", config=DEPLOY / "alertmanager" / "alertmanager.local.yml"
        ) as alertmanager,
        running_prometheus(
            tmp_path / "prometheus",
            targets={"newsloom": [f"127.0.0.1:{port}"]},
            rules=[quick],
            alertmanager=alertmanager.address,
            interval="1s",
        ) as prometheus,
    ):
        try:
            stage = Stage(process)
            stage.moves(+100, until=lambda: bool(found(alertmanager, "/api/v2/alerts?active=true")))
            assert stage.lag > 500
            [told] = found(alertmanager, "/api/v2/alerts?active=true")
            assert (told["labels"]["stage"], told["labels"]["severity"]) == ("index", "warning")
            assert told["annotations"]["runbook_url"] == "docs/runbooks/newsloom-lag-growing.md"
            stage.moves(-50, until=lambda: not found(prometheus, "/api/v1/alerts"))
            assert stage.lag > 0, "over because the queue shrinks, not because it is empty"
            stage.moves(0, until=lambda: not found(alertmanager, "/api/v2/alerts?active=true"))
        finally:
            process.kill()
