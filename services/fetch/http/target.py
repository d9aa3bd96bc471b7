"""URLs that may be asked for: http(s), with a host, within a length; credentials taken off."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from yarl import URL

from services.fetch.http.limits import FetchError
from shared.urls.userinfo import without_userinfo


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send a request. `url` holds neither credentials nor a fragment."""

    url: URL
    user: str | None = None
    password: str | None = None

    @property
    def authorization(self) -> str | None:
        """The `Authorization` header for the credentials, if there are any (RFC 7617)."""
        if self.user is None:
            return None
        return "Basic " + b64encode(f"{self.user}:{self.password or ''}".encode()).decode("ascii")


_REPEATING = {307, 308}
"""Redirects that repeat a POST as it is; the others would make a GET of it."""


def check_repetition(status: int, here: URL, there: URL) -> None:
    """Raises `FetchError` unless what was posted may be posted there again: what went over https does not go over http."""
    if status not in _REPEATING:
        raise FetchError("http-3xx", f"{status} in answer to a form", status=status)
    if here.scheme == "https" != there.scheme:
        raise FetchError("http-3xx", f"{status} leads a form from https to http", status=status)


def parse_target(text: str, limit: int, base: URL | None = None) -> Target:
    """The target of `text`, relative to `base`; `FetchError` `bad-url` for what is none."""
    if len(text) > limit:
        raise FetchError("bad-url", f"the URL is over {limit} characters")
    try:
        url = URL(text.strip())
        if base is not None:
            url = base.join(url)
        if url.scheme not in ("http", "https") or not url.host or not url.port:
            raise FetchError("bad-url", f"not an http(s) URL with a host: {without_userinfo(text)[:200]!r}")
        user, password = url.user, url.password
        return Target(url.with_user(None).with_fragment(None), user, password)
    except (ValueError, TypeError) as error:
        raise FetchError("bad-url", f"{without_userinfo(text)[:200]!r}: {str(error)[:200]}") from error
