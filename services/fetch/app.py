"""The Faust app of this service: `faust -A services.fetch.app worker --without-web`, or `newsloom worker fetch`."""

from __future__ import annotations

from shared.bootstrap import kafka_service

app = kafka_service("fetch")
