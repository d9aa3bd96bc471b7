"""Clients from the settings, and whether what answers is what we need."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from elastic_transport import SerializationError
from elasticsearch import AsyncElasticsearch, Elasticsearch
from elasticsearch.serializer import OrjsonSerializer

from shared.adapters.elasticsearch.failures import FAILURES, explain, is_too_old, status_of
from shared.errors import Misuse, NotAvailable
from shared.secret_files import elasticsearch_credentials, read_secret
from shared.settings import Settings

MAJOR = 9
"""The oldest version that speaks the dialect of our client."""

TIMEOUT_SECONDS = 30.0
CONTACT_SECONDS = 10.0
"""For the first answer: what is down is told to a person, who does not wait for as long as a request may take."""
_PORTS = {"http": 9200, "https": 443}


def sync_client(settings: Settings) -> Elasticsearch:
    """For commands. Raises `Misuse` for settings that cannot be meant and for a file that cannot be read."""
    return Elasticsearch(**_options(settings))


def async_client(settings: Settings) -> AsyncElasticsearch:
    """For the index worker; to be closed by whoever made it. Raises as `sync_client` does."""
    return AsyncElasticsearch(**_options(settings))


def check_version(client: Elasticsearch, settings: Settings) -> str | None:
    """The version of the node that answers; None where the cluster does not tell. Raises `NotAvailable`."""
    found = None
    client = client.options(request_timeout=CONTACT_SECONDS)
    for path, read in (("/_nodes/_local?filter_path=nodes.*.version", _of_nodes), ("/", _of_root)):
        try:
            answer = client.perform_request("GET", path, headers={"accept": "application/json"})
            found = read(cast(Any, answer.body))
            break
        except FAILURES as error:
            # A user of few rights may not ask; some distributions have no such page. 401 is another matter.
            if status_of(error) not in (400, 403, 404, 405, 410) or is_too_old(error):
                raise NotAvailable(explain(error, settings)) from None
        except (KeyError, StopIteration, TypeError, SerializationError):
            continue
    if found is not None and int(found.split(".")[0]) < MAJOR:
        raise NotAvailable(f"Elasticsearch at {settings.elasticsearch_url} is {found}: Newsloom needs {MAJOR} or newer")
    return found


def _of_nodes(body: Any) -> str:
    return str(next(iter(body["nodes"].values()))["version"])


def _of_root(body: Any) -> str:
    return str(body["version"]["number"])


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "hosts": [_node(url) for url in settings.elasticsearch_url.split(",") if url.strip()],
        "request_timeout": TIMEOUT_SECONDS,
        # Who calls knows better what can be tried again, and how often.
        "max_retries": 0,
        "retry_on_timeout": False,
        "serializer": OrjsonSerializer(),
    }
    if not options["hosts"]:
        raise Misuse("NEWSLOOM_ELASTICSEARCH_URL is empty: give it as http://host:9200")
    if settings.elasticsearch_ca_file is not None:
        if any(url.startswith("http:") for url in options["hosts"]):
            raise Misuse("NEWSLOOM_ELASTICSEARCH_CA_FILE is set, and NEWSLOOM_ELASTICSEARCH_URL is not https://")
        _check_certificates(settings.elasticsearch_ca_file, "NEWSLOOM_ELASTICSEARCH_CA_FILE")
        options["ca_certs"] = str(settings.elasticsearch_ca_file)
    if (credentials := elasticsearch_credentials(settings)) is not None:
        scheme, encoded = credentials
        # Encoded already: the client takes ASCII only, and its error would quote the password.
        options["api_key" if scheme == "ApiKey" else "basic_auth"] = encoded
    return options


def _node(url: str) -> str:
    """With its port, which the client insists on. Passwords in a URL end up in logs: they are refused, unprinted."""
    wrong = Misuse("NEWSLOOM_ELASTICSEARCH_URL: give it as http://host:9200 or https://host, several by comma")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.username or parts.password:
        raise Misuse(
            "NEWSLOOM_ELASTICSEARCH_URL must not hold a user or password: set NEWSLOOM_ELASTICSEARCH_USERNAME and "
            "NEWSLOOM_ELASTICSEARCH_PASSWORD_FILE"
        )
    if parts.scheme not in _PORTS or not parts.hostname or parts.query or parts.fragment:
        raise wrong
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or _PORTS[parts.scheme]}{parts.path.rstrip('/')}"


def _check_certificates(path: Path, name: str) -> None:
    read_secret(path, name)
    try:
        ssl.create_default_context(cafile=str(path))
    except (ssl.SSLError, OSError):
        raise Misuse(f"{name}: {path} holds no certificate in PEM format") from None
