"""The Faust app of this service: `faust -A services.enrich.app worker --without-web`, or `newsloom worker enrich`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("enrich")
