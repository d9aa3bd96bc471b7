"""The Faust app of this service: `faust -A services.alert.app worker --without-web`, or `newsloom worker alert`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("alert")
