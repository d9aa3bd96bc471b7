"""The Faust app of this service: `faust -A services.cluster.app worker --without-web`, or `newsloom worker cluster`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("cluster")
