"""Loads what analysts see into Kibana, through its import of saved objects. What was loaded before is overwritten: idempotent."""

from __future__ import annotations

import json
import ssl
import uuid
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from shared.errors import Misuse, NotAvailable
from shared.secret_files import elasticsearch_credentials
from shared.settings import Settings

SAVED_OBJECTS = Path(__file__).parents[2] / "deploy" / "kibana" / "newsloom.ndjson"
OLDEST = 9
"""Kibana takes objects of its own or an older version; ours were made for this one."""

TIMEOUT_SECONDS = 60.0
_ANSWER_LIMIT = 5 * 2**20


def load_objects(settings: Settings, *, file: Path = SAVED_OBJECTS, dry_run: bool = False) -> list[str]:
    """Says in lines for people what was loaded, or with `dry_run`, which only asks for the version, what would be.

    Raises `Misuse` for a URL that is none or a secret that cannot be read, `NotAvailable` with one line where Kibana or a file is not
    available.
    """
    url = _checked(settings.kibana_url)
    try:
        objects = with_prefix(file.read_text("utf-8"), settings.prefix)
    except OSError as error:
        raise NotAvailable(f"the saved objects for Kibana cannot be read: {file}: {error.strerror}") from error
    number = objects.count("\n")
    kibana = _Kibana(url, settings)
    kibana.check_version()
    if dry_run:
        return [f"Kibana at {url}: {number} objects would be loaded"]
    kibana.load(objects.encode())
    return [f"Kibana at {url}: {number} objects loaded"]


def with_prefix(objects: str, prefix: str) -> str:
    """The same objects for another pipeline on the same Kibana: other ids, other indexes, other titles."""
    if not prefix:
        return objects
    lines = []
    for line in objects.splitlines():
        made = json.loads(line.replace("newsloom-", f"newsloom-{prefix}-"))
        named = made["attributes"]
        if made["type"] == "index-pattern":
            named["title"] = prefix + named["title"]
        for key in named.keys() & {"name", "title"}:
            named[key] = named[key].replace("Newsloom:", f"Newsloom {prefix.rstrip('-._')}:")
        lines.append(json.dumps(made, ensure_ascii=False) + "\n")
    return "".join(lines)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would take the API key along, to wherever it leads."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Kibana:
    def __init__(self, url: str, settings: Settings) -> None:
        self._url = url
        self._headers = {"kbn-xsrf": "true", "Accept": "application/json"} | _authorization(settings)
        self._opener = _opener(settings.elasticsearch_ca_file)

    def check_version(self) -> None:
        """Where it does not tell its version, which it need not, the import will show."""
        version = self._ask("GET", "/api/status").get("version")
        number = version.get("number") if isinstance(version, dict) else None
        if isinstance(number, str) and number.split(".")[0].isdigit() and int(number.split(".")[0]) < OLDEST:
            raise NotAvailable(f"Kibana at {self._url} is version {number}: it must be {OLDEST} or newer")

    def load(self, objects: bytes) -> None:
        boundary = uuid.uuid4().hex
        body = b"".join(
            (
                f"--{boundary}\r\n".encode(),
                b'Content-Disposition: form-data; name="file"; filename="newsloom.ndjson"\r\n',
                b"Content-Type: application/ndjson\r\n\r\n",
                objects,
                f"\r\n--{boundary}--\r\n".encode(),
            )
        )
        answer = self._ask(
            "POST", "/api/saved_objects/_import?overwrite=true", body, f"multipart/form-data; boundary={boundary}"
        )
        if answer.get("success") is not True:
            raise NotAvailable(f"Kibana at {self._url} did not take every object: {_refused(answer)}")

    def _ask(
        self, method: str, path: str, body: bytes | None = None, content_type: str | None = None
    ) -> dict[str, Any]:
        headers = self._headers | ({"Content-Type": content_type} if content_type else {})
        request = Request(self._url + path, data=body, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                found = json.loads(answer.read(_ANSWER_LIMIT))
        except HTTPError as error:
            raise NotAvailable(f"Kibana at {self._url} {_meaning(error)}") from error
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise NotAvailable(
                f"Kibana at {self._url} cannot be reached ({reason}): see NEWSLOOM_KIBANA_URL"
            ) from error
        except ValueError as error:
            raise NotAvailable(f"what answers at {self._url} is not Kibana: see NEWSLOOM_KIBANA_URL") from error
        if not isinstance(found, dict):
            raise NotAvailable(f"what answers at {self._url} is not Kibana: see NEWSLOOM_KIBANA_URL")
        return found


def _checked(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Misuse("NEWSLOOM_KIBANA_URL is no address like http://localhost:5601")
    if parts.username or parts.password:
        raise Misuse("NEWSLOOM_KIBANA_URL must not hold a password: it would be printed. Put it into a file")
    return url.strip().rstrip("/")


def _opener(ca_file: Path | None) -> OpenerDirector:
    """The cluster's authority has signed Kibana too, or the system's does."""
    try:
        trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise NotAvailable(f"NEWSLOOM_ELASTICSEARCH_CA_FILE cannot be read: {ca_file}: {error}") from error
    return build_opener(_NoRedirect, ProxyHandler({}), HTTPSHandler(context=trust))


def _authorization(settings: Settings) -> dict[str, str]:
    """Kibana takes the cluster's API keys and users."""
    credentials = elasticsearch_credentials(settings)
    return {"Authorization": " ".join(credentials)} if credentials else {}


def _meaning(error: HTTPError) -> str:
    """What to do about a status. The answer's own words only where they can help: it may be anybody's page."""
    match error.code:
        case 401:
            return "does not know us (401): see NEWSLOOM_ELASTICSEARCH_API_KEY_FILE or NEWSLOOM_ELASTICSEARCH_USERNAME"
        case 403:
            return "forbids it (403): the user needs the right to manage saved objects"
        case 404:
            return "has no such page (404): is NEWSLOOM_KIBANA_URL right, with its space or base path?"
        case 503:
            return "is not ready (503): try again when it has started"
        case code if 300 <= code < 400:
            return f"sends us elsewhere ({code}): put the address that it means into NEWSLOOM_KIBANA_URL"
    try:
        said = str(json.loads(error.read(10_000))["message"])[:200]
    except (ValueError, KeyError, TypeError, OSError):
        said = error.reason
    return f"refused ({error.code}): {' '.join(said.split())}"


def _refused(answer: dict[str, Any]) -> str:
    errors = answer.get("errors")
    if not isinstance(errors, list) or not errors:
        return "it does not say why"
    told = []
    for error in errors[:3]:
        why = error.get("error") or {} if isinstance(error, dict) else {}
        reason = why.get("message") or why.get("type") or "unknown"
        told.append(f"{error.get('type')} {error.get('id')}: {reason}" if isinstance(error, dict) else str(error))
    more = len(errors) - len(told)
    return "; ".join(told)[:400] + (f"; and {more} more" if more else "")
