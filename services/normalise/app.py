"""The Faust app of this service: `faust -A services.normalise.app worker --without-web`, or `newsloom worker normalise`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("normalise")
