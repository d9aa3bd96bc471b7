"""One request for one feed, and what the answer means for the decider."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.fetch.decide import Failed, Fetched, NotModified, PollResult
from services.fetch.feed_state import FeedState
from services.fetch.formats.feed import FeedError, ParsedFeed
from services.fetch.http.client import Response
from services.fetch.http.credentials import CredentialStore, Http
from services.fetch.http.freshness import fresh_for_s
from services.fetch.http.limits import FetchError
from services.fetch.websub.discovery import with_links
from shared.contracts import DeadLetter, content_id
from shared.dead_letters import never_a_message

KEPT_OF_UNREADABLE = 65_536
_IN_FULL = {"Cache-Control": "no-cache"}
"""What a cache on the way must pass on, so that it does not answer 304 by itself."""


class Parser(Protocol):
    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        """Raises `FeedError`."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. `error` where there was none to be had, `unreadable` a body that is no feed."""

    result: PollResult
    error: FetchError | None = None
    unreadable: DeadLetter | None = None


async def ask(feed: FeedState, now: datetime, http: Http, credentials: CredentialStore, parser: Parser) -> Answer:
    """Asks for the feed at its address. Raises nothing that a site can bring about."""
    try:
        response = await _request(feed, now, http, credentials)
    except FetchError as error:
        return Answer(Failed(error.code, error.message, error.status, error.retry_after), error)
    fresh_s = fresh_for_s(response.headers, now)
    if response.status == 304:
        return Answer(NotModified(fresh_s=fresh_s))
    digest = hashlib.sha256(response.body).hexdigest()
    if feed.first_polled and digest == feed.body_hash:
        return Answer(NotModified(True, response.etag, response.last_modified, fresh_s))
    try:
        parsed = await parser.parse(response.body, response.content_type, response.url_final)
    except FeedError as error:
        letter = _dead_letter(feed, response, digest, error, now)
        return Answer(Failed(error.code, error.message, response.status), unreadable=letter)
    parsed = with_links(parsed, response.headers.get("link"), response.url_final)
    problems = (*(("body-cut",) if response.truncated else ()), *parsed.problems)
    moved_to = response.moved_to
    return Answer(Fetched(parsed, digest, response.etag, response.last_modified, moved_to, fresh_s, problems))


async def _request(feed: FeedState, now: datetime, http: Http, credentials: CredentialStore) -> Response:
    etag, last_modified = feed.validators.to_send(now)
    response = await credentials.get(http, feed, etag=etag, last_modified=last_modified)
    if response.status == 304 and etag is last_modified is None:
        # Nothing was sent that it could be the answer to.
        return await credentials.get(http, feed, headers=_IN_FULL)
    return response


def _dead_letter(feed: FeedState, response: Response, digest: str, error: FeedError, now: datetime) -> DeadLetter:
    """A body that is no feed. The same body of the same feed is one dead letter, however often it is served."""
    return never_a_message(
        content_id("unreadable-feed", feed.feed_id, digest),
        error.code,
        error.message,
        feed.public_url,
        response.body[:KEPT_OF_UNREADABLE],
        now,
    )
