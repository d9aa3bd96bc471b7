"""A feed as somebody registered it, with what is to be done otherwise for it than for all others."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from shared.contracts.base import Contract
from shared.contracts.entry import FeedRef

FullText = Literal["auto", "always", "never"]
"""Whether items' pages are fetched: where the feed has only a teaser, for every item with a link, or not at all."""
Identity = Literal["guid", "url", "content"]
"""What tells the items of a feed apart, the most trusted first."""


class FeedOptions(Contract):
    """Overrides of one feed. Secrets are in files; here are only their names."""

    full_text: FullText | None = None
    """None: as `NEWSLOOM_FULL_TEXT` says."""
    identity: Identity | None = None
    """None: found out from the feed itself, and degraded where it must be."""
    min_interval_s: int | None = Field(None, ge=60, le=86_400)
    max_interval_s: int | None = Field(None, ge=60, le=86_400)
    language: str | None = None
    """A language tag; holds where an item says nothing itself."""
    auth: Literal["basic", "bearer", "header"] | None = None
    auth_name: str | None = None
    """The user of `basic`, the header's name of `header`."""
    secret_file: Path | None = None
    """The password, the token or the header's value."""
    websub: bool = True
    """Whether a hub that the feed names may push."""


NO_OPTIONS = FeedOptions()


class RegisteredFeed(FeedRef):
    """`news.feed.v1`."""

    options: FeedOptions = NO_OPTIONS
