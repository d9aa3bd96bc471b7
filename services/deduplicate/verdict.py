"""The record of `deduplicate`: what one version of an article was found to be, and its sketch."""

from __future__ import annotations

from typing import Literal

import numpy as np

from services.deduplicate.shingles import Sketch
from shared.contracts import Utc
from shared.contracts.article import CopyKind
from shared.stage import Record

Version = Literal["first", "revision", "older", "contained", "same", "forgotten"]
"""`forgotten`: it was taken out by `newsloom forget`, or came after that under the same link."""


class CopyVerdict(Record):
    """`group` is the article id that the link gives, `id` that, the version's fingerprint and when it was modified."""

    entry_id: str
    """The entry that was judged; others with the same article and text are the same article."""
    article_id: str
    """The group's, or one of its own where several reports share a link."""
    headline: str
    fingerprint: str
    version: Version
    revision: int
    modified: Utc | None
    first_seen: Utc
    copy_of: str | None = None
    copy_kind: CopyKind | None = None
    containment: float | None = None
    hashes: bytes
    halvings: int
    size: int

    def forgotten(self) -> CopyVerdict:
        """The same without anything of its words: nothing is compared with it any more, and whatever has its id stays out."""
        nothing: dict[str, object] = {"headline": "", "fingerprint": "", "hashes": b"", "halvings": 0, "size": 0}
        said = {"copy_of": None, "copy_kind": None, "containment": None}
        return self.model_copy(update={"version": "forgotten", **nothing, **said})

    def sketch(self) -> Sketch:
        return Sketch(np.frombuffer(self.hashes, "<u8"), self.halvings, self.size)
