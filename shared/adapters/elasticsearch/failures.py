"""What went wrong with the cluster, in one line that says what to do. Never a secret: no header, no URL with a password."""

from __future__ import annotations

import logging
from typing import Any

from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from shared.settings import Settings

Failure = ApiError | TransportError
FAILURES = (ApiError, TransportError)

# It warns of a node that failed, which whoever called tells in a line of its own.
logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)


def explain(error: Exception, settings: Settings, doing: str = "") -> str:
    """`doing` is what needs a privilege, where there is more to say than that it was refused."""
    where = f"Elasticsearch at {settings.elasticsearch_url}"
    if isinstance(error, UnsupportedProductError):
        return f"what answers at {settings.elasticsearch_url} is no Elasticsearch: set NEWSLOOM_ELASTICSEARCH_URL"
    if isinstance(error, TlsError):
        return (
            f"{where} is not trusted: set NEWSLOOM_ELASTICSEARCH_CA_FILE to its certificate authority ({_first(error)})"
        )
    if isinstance(error, ConnectionTimeout):
        return f"{where} does not answer in time: is it overloaded or paused?"
    if isinstance(error, TransportError):
        return f"{where} cannot be reached: start it or set NEWSLOOM_ELASTICSEARCH_URL ({_first(error)})"
    if isinstance(error, ApiError):
        return _of_answer(error, settings, where, doing)
    return f"{where}: {_first(error)}"


def _of_answer(error: Failure, settings: Settings, where: str, doing: str) -> str:
    status, reason = status_of(error), reason_of(error)
    if status == 401:
        if settings.elasticsearch_api_key_file or settings.elasticsearch_username:
            return f"{where} refuses who we are: check {_credential(settings)}"
        return (
            f"{where} wants to know who we are: set NEWSLOOM_ELASTICSEARCH_API_KEY_FILE, or "
            "NEWSLOOM_ELASTICSEARCH_USERNAME and NEWSLOOM_ELASTICSEARCH_PASSWORD_FILE"
        )
    if status == 403 and "cluster_block" not in reason:
        return (
            f"{where} does not allow {doing or 'this'}: give the user of {_credential(settings)} the right ({reason})"
        )
    if is_too_old(error):
        return f"{where} is too old: Newsloom needs Elasticsearch 9 ({reason})"
    if "maximum normal shards open" in reason or "maximum shards open" in reason:
        return f"{where} holds as many shards as it may: raise cluster.max_shards_per_node or add a node ({reason})"
    if status == 429:
        return f"{where} is overloaded: {reason}"
    return f"{where} answers {status}: {reason}"


def _credential(settings: Settings) -> str:
    if settings.elasticsearch_api_key_file:
        return "NEWSLOOM_ELASTICSEARCH_API_KEY_FILE"
    return "NEWSLOOM_ELASTICSEARCH_USERNAME"


def status_of(error: Failure) -> int:
    """0 where there was no answer."""
    return error.meta.status if isinstance(error, ApiError) else 0


def is_too_old(error: Failure) -> bool:
    """What servers before version 9 answer to everything that our client asks."""
    return status_of(error) == 400 and "media_type_header_exception" in reason_of(error)


def reason_of(error: Failure) -> str:
    """Type and reason as the server gives them."""
    body: Any = error.body if isinstance(error, ApiError) else None
    cause = body.get("error") if isinstance(body, dict) else None
    if isinstance(cause, dict):
        return f"{cause.get('type', '')}: {cause.get('reason', '')}"[:500]
    return _first(cause or error)


def _first(error: object) -> str:
    """The first line, of bearable length."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
