"""The record of `cluster`: which story and event a version of an article belongs to, and what others are compared with."""

from __future__ import annotations

from shared.stage import Record


class ClusterVerdict(Record):
    """`group` is the article id, `id` that and the revision."""

    story: str
    event: str
    root: str
    """The article that the story was read first from."""
    translation_of: str | None = None
    likeness: float | None = None
    """How much of the shorter one's anchors stood in the other, in order, 0 to 1."""
    reported_by: str | None = None
    language: str
    headline: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    """Keys in the order of the text; none for copies and revisions, which nothing is compared with."""

    def forgotten(self) -> ClusterVerdict:
        """The same without anything of its words; what was counted with it stands."""
        return self.model_copy(update={"headline": (), "anchors": ()})
