"""Prometheus and Alertmanager, with a given configuration or one that is written here."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import programs
from server import Launch, Server


class _Monitoring(Server):
    """What both have in common."""

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def answers(self) -> bool:
        return self.get("/-/ready") is not None


@dataclass
class Prometheus(_Monitoring):
    """`config` is a file of the user's, used where it lies, or as a copy in which `changed` texts are replaced; without it one
    is written from the other parameters.

    `targets` are addresses by job; durations are as Prometheus writes them (`1s`).
    """

    config: Path | None = None
    changed: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rules: Sequence[Path] = ()
    alertmanager: str | None = None
    interval: str = "5s"
    """Between two scrapes, and between two evaluations of the rules."""

    name = "prometheus"

    @classmethod
    def need(cls) -> None:
        programs.prometheus()

    def prepare(self) -> Launch:
        config = self.folder / "prometheus.yml"
        if self.config is None:
            config.write_text(json.dumps(self._written(), indent=2))  # JSON is YAML
        elif self.changed:
            text = self.config.read_text(encoding="utf-8")
            for old, new in self.changed.items():
                text = text.replace(old, new)
            config.write_text(text, encoding="utf-8")
        else:
            config = self.config
        return Launch(
            [
                programs.prometheus(),
                f"--config.file={config.absolute()}",
                f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address={self.address}",
            ]
        )

    def reload(self) -> bool:
        """Reads its configuration and rules again."""
        group = self._group()
        return group is not None and group.signal(signal.SIGHUP)

    def _written(self) -> dict[str, Any]:
        jobs = [
            {"job_name": job, "static_configs": [{"targets": list(addresses)}]}
            for job, addresses in self.targets.items()
        ]
        managers = [{"static_configs": [{"targets": [self.alertmanager]}]}] if self.alertmanager else []
        return {
            "global": {
                "scrape_interval": self.interval,
                "scrape_timeout": self.interval,
                "evaluation_interval": self.interval,
            },
            "rule_files": [str(Path(path).absolute()) for path in self.rules],
            "scrape_configs": jobs,
            "alerting": {"alertmanagers": managers},
        }


@dataclass
class Alertmanager(_Monitoring):
    """`webhook` is the URL that a written configuration notifies; without it alerts are only held and shown."""

    config: Path | None = None
    webhook: str | None = None
    group_wait: str = "1s"
    group_interval: str = "1s"
    repeat_interval: str = "1h"

    name = "alertmanager"

    @classmethod
    def need(cls) -> None:
        programs.alertmanager()

    def prepare(self) -> Launch:
        config = self.config or self.folder / "alertmanager.yml"
        if self.config is None:
            config.write_text(json.dumps(self._written(), indent=2))
        return Launch(
            [
                programs.alertmanager(),
                f"--config.file={config.absolute()}",
                f"--storage.path={self.folder / 'data'}",
                f"--web.listen-address={self.address}",
                "--cluster.listen-address=",  # it is alone: no port for others of its kind
            ]
        )

    def _written(self) -> dict[str, Any]:
        receiver: dict[str, Any] = {"name": "local"}
        if self.webhook:
            receiver["webhook_configs"] = [{"url": self.webhook, "send_resolved": True}]
        return {
            "route": {
                "receiver": "local",
                "group_by": ["alertname"],
                "group_wait": self.group_wait,
                "group_interval": self.group_interval,
                "repeat_interval": self.repeat_interval,
            },
            "receivers": [receiver],
        }
