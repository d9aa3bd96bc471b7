"""The Faust app of this service: `faust -A services.index.app worker --without-web`, or `newsloom worker index`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("index")
