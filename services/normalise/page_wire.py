"""Pages and what was read on them, between this process and the one that reads: JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from services.normalise.page import Page, PageJob, PageUnreadable
from services.normalise.page_metadata import PageMetadata


def encode_job(job: PageJob) -> bytes:
    """All but the body, which travels as it is."""
    return json.dumps({field: getattr(job, field) for field in _JOB_FIELDS}).encode()


def decode_job(metadata: dict[str, Any], body: bytes) -> PageJob:
    return PageJob(body, **metadata)


def encode_page(result: Page | PageUnreadable) -> bytes:
    # The standard library's JSON escapes what is no Unicode, halves of characters in a page's JSON-LD; faster ones refuse it.
    if isinstance(result, PageUnreadable):
        return json.dumps({"error": result.code, "message": result.message[:500]}).encode()
    return json.dumps(dataclasses.asdict(result)).encode()


def decode_page(answer: bytes) -> Page:
    """The page, or the reader's `PageUnreadable` raised; `ValueError`, `TypeError` or `KeyError` for what no reader of ours sends."""
    document: dict[str, Any] = json.loads(answer)
    if "error" in document:
        raise PageUnreadable(document["error"], document["message"])
    metadata = document["metadata"]
    return Page(
        **{**document, "flags": tuple(document["flags"]), "metadata": PageMetadata(**metadata) if metadata else None}
    )


_JOB_FIELDS = [field.name for field in dataclasses.fields(PageJob) if field.name != "body"]
