"""Secrets come from files, and never show: neither in a message nor in a log."""

from __future__ import annotations

import base64
from pathlib import Path

from shared.errors import Misuse
from shared.settings import Settings


def read_secret(path: Path, setting: str) -> str:
    """The file's text without the line end that editors add. Raises `Misuse`; never tells what is in it."""
    try:
        secret = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise Misuse(f"{setting}: {path} cannot be read ({why})") from None
    if not secret.strip():
        raise Misuse(f"{setting}: {path} is empty")
    return secret


def elasticsearch_credentials(settings: Settings) -> tuple[str, str] | None:
    """(scheme, encoded credentials) of an Authorization header, `ApiKey` before `Basic`, or None. Kibana takes the same."""
    if settings.elasticsearch_api_key_file is not None:
        name = "NEWSLOOM_ELASTICSEARCH_API_KEY_FILE"
        key = read_secret(settings.elasticsearch_api_key_file, name).strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise Misuse(f"{name}: {settings.elasticsearch_api_key_file} holds no encoded API key")
        return "ApiKey", key
    if settings.elasticsearch_username:
        if settings.elasticsearch_password_file is None:
            raise Misuse("NEWSLOOM_ELASTICSEARCH_USERNAME needs NEWSLOOM_ELASTICSEARCH_PASSWORD_FILE")
        password = read_secret(settings.elasticsearch_password_file, "NEWSLOOM_ELASTICSEARCH_PASSWORD_FILE")
        pair = f"{settings.elasticsearch_username}:{password}".encode()
        return "Basic", base64.b64encode(pair).decode()
    return None
