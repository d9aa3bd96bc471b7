"""The Faust app of this service: `faust -A services.deduplicate.app worker --without-web`, or `newsloom worker deduplicate`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("deduplicate")
