"""What a failed request is called. aiohttp's many exceptions become the few codes that a person tells apart."""

from __future__ import annotations

import errno
from datetime import datetime

import aiohttp
from aiohttp.http_exceptions import LineTooLong

from services.fetch.http.address_guard import Blocked
from services.fetch.http.limits import FetchError
from services.fetch.http.retry_after import retry_after_seconds


def status_error(status: int, retry_after: str | None, now: datetime) -> FetchError:
    """The error of a response that is neither 2xx nor 304."""
    wait = retry_after_seconds(retry_after, now)
    message = f"the server answered {status}"
    if 400 <= status < 500:
        return FetchError("http-4xx", message, status=status, retry_after=wait)
    if status >= 500:
        return FetchError("http-5xx", message, status=status, retry_after=wait)
    return FetchError("http-3xx", message, status=status)


def _over_header_limit(error: BaseException) -> bool:
    """aiohttp tells a line over its limit by a cause some steps away, and too many headers by its message alone."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, LineTooLong) or "too many" in str(cause).lower():
            return True
        cause = cause.__cause__
    return False


def as_fetch_error(error: Exception) -> FetchError:
    """The error of a request that had no response, or one that can't be read."""
    message = str(error)[:300] or type(error).__name__
    match error:
        case TimeoutError():
            return FetchError("timeout", "no complete response in time")
        case Blocked():
            return FetchError("blocked-address", message)
        case aiohttp.ClientProxyConnectionError() if error.os_error.errno != errno.EACCES:
            return FetchError("proxy", f"the proxy cannot be reached: {message}")
        case aiohttp.ClientHttpProxyError():
            return FetchError("proxy", f"the proxy answered {error.status}")
        case aiohttp.ClientConnectorDNSError():
            return FetchError("dns", message)
        case aiohttp.ClientSSLError() | aiohttp.ServerFingerprintMismatch():
            return FetchError("tls", message)
        case aiohttp.ClientConnectorError() if error.os_error.errno == errno.EACCES:
            return FetchError("blocked-address", str(error.os_error)[:300])
        case aiohttp.ClientConnectorError() if error.os_error.errno == errno.ECONNREFUSED:
            return FetchError("refused", message)
        case aiohttp.ClientResponseError():
            return FetchError("too-large" if _over_header_limit(error) else "connection", message)
        case aiohttp.InvalidURL() | ValueError():
            return FetchError("bad-url", message)
        case _:
            return FetchError("connection", message)
