"""Where alerts are told: the channels that an operator has named, read strictly, since a channel that is misspelt tells nobody."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from services.alert.told.standard_webhooks import BadSecret, parse_secret
from shared.errors import Misuse
from shared.secret_files import read_secret
from shared.settings import Settings
from shared.urls.userinfo import without_userinfo

ChannelType = Literal["alertmanager", "webhook", "atom", "stix"]
KEYS: dict[ChannelType, frozenset[str]] = {
    "alertmanager": frozenset({"name", "type", "url", "secret_file", "allow_private"}),
    "webhook": frozenset({"name", "type", "url", "secret_file", "allow_private"}),
    "atom": frozenset({"name", "type", "path"}),
    "stix": frozenset({"name", "type", "path"}),
}
ALERTMANAGER = "alertmanager"
"""The channel that `NEWSLOOM_ALERTMANAGER_URL` is."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""It is a part of a consumer group's name, and never changes: under another name a channel is a new one."""


@dataclass(frozen=True, slots=True)
class Channel:
    """`url` of alertmanager and webhook, `path` of the file that atom and stix keep. `allow_private`: networks, or "host" for whatever
    address the URL's host has: the operator has named it."""

    name: str
    type: ChannelType
    url: str = ""
    secret_file: Path | None = None
    path: Path | None = None
    allow_private: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Told every change once; else it shows how alerts stand, and needs no place in the log."""
        return self.type == "webhook"

    @property
    def host(self) -> str:
        """For people: where it tells, without what might be a secret in the address's path."""
        return urlsplit(self.url).netloc if self.url else str(self.path)

    def keys(self) -> tuple[bytes, ...]:
        """The secrets that sign, one a line of the file; none where there is no file. Raises `Misuse`."""
        return _keys(self.secret_file, f"channel {self.name}") if self.secret_file else ()

    def token(self) -> str:
        """What Alertmanager's guard knows us by (RFC 6750), empty where there is no file. Raises `Misuse`."""
        return _token(self.secret_file, f"channel {self.name}") if self.secret_file else ""


OWN_HOST = "host"
MOUNTED = "/run/secrets"
"""Where containers get theirs: the container is the only one to read them, whatever their mode."""


def channel_from(mapping: Mapping[str, Any], where: str) -> Channel:
    """The channel that a table of a file describes; `where` is that table for people: `rules.toml: channel 2`. Raises `Misuse`."""
    where = f"{where} ({mapping['name']})" if isinstance(mapping.get("name"), str) else where
    kind = mapping.get("type")
    if not isinstance(kind, str) or kind not in get_args(ChannelType):
        raise Misuse(f"{where}: type must be one of {', '.join(get_args(ChannelType))}")
    type_ = cast("ChannelType", kind)
    if unknown := sorted(mapping.keys() - KEYS[type_]):
        raise Misuse(f"{where}: {', '.join(unknown)}: no key of {type_}, which has {', '.join(sorted(KEYS[type_]))}")
    name = mapping.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Misuse(f"{where}: name must be of small letters, digits, - and _, at most 64")
    if "path" in KEYS[type_]:
        return Channel(name, type_, path=_path(mapping, where))
    return Channel(
        name,
        type_,
        url=_without_slash(checked_url(mapping.get("url"), f"{where}: url"), type_),
        secret_file=_secret_file(mapping, where),
        allow_private=_networks(mapping.get("allow_private", False), where),
    )


def configured_channels(config: Settings, named: tuple[Channel, ...] = ()) -> tuple[Channel, ...]:
    """Those that a file names and that of `NEWSLOOM_ALERTMANAGER_URL`, whose host may be private. Raises `Misuse`."""
    found = list(named)
    if config.alertmanager_url:
        url = checked_url(config.alertmanager_url, "NEWSLOOM_ALERTMANAGER_URL").rstrip("/")
        found.append(Channel(ALERTMANAGER, "alertmanager", url, allow_private=(OWN_HOST,)))
    names = [channel.name for channel in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Misuse(f"two channels are named {twice[0]}: each needs a name of its own")
    return tuple(found)


def checked_url(url: object, what: str) -> str:
    """As it was given: some receivers want the slash at its end. Raises `Misuse`; never tells a password that is in it."""
    if not isinstance(url, str) or not url.strip():
        raise Misuse(f"{what} is missing: give an address like https://example.org/path")
    shown = without_userinfo(url.strip())
    try:
        parts = urlsplit(url.strip())
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not url.strip().isprintable() or " " in url.strip():
        raise Misuse(f"{what}: {shown[:200]!r} is no http(s) address")
    if "@" in parts.netloc:
        raise Misuse(
            f"{what}: {shown[:200]} must not hold a user or password; receivers of webhooks know us by secret_file"
        )
    if parts.fragment:
        raise Misuse(f"{what}: {shown[:200]} has a part after #, which is never sent: leave it out")
    return url.strip()


def _without_slash(url: str, type_: ChannelType) -> str:
    return url.rstrip("/") if type_ == "alertmanager" else url


def _path(mapping: Mapping[str, Any], where: str) -> Path:
    path = mapping.get("path")
    if not isinstance(path, str) or not path.strip():
        raise Misuse(f"{where}: path is missing: give the file that is to be written")
    found = Path(path)
    if found.is_dir() or not found.absolute().parent.is_dir():
        raise Misuse(f"{where}: path: {path} must be a file in a folder that is there")
    return found


def _secret_file(mapping: Mapping[str, Any], where: str) -> Path | None:
    path = mapping.get("secret_file")
    if path is None:
        return None
    if not isinstance(path, str) or not path.strip():
        raise Misuse(f"{where}: secret_file must be the path of a file")
    # Read now, though it is needed later: a channel that cannot sign must not be found out by the first alert.
    check = _keys if mapping["type"] == "webhook" else _token
    check(Path(path), where)
    return Path(path)


def _token(path: Path, where: str) -> str:
    token = _secret(path, where).strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Misuse(f"{where}: secret_file: {path} holds no token: one word of ASCII")
    return token


def _secret(path: Path, where: str) -> str:
    what = f"{where}: secret_file"
    secret = read_secret(path, what)
    if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH) and not path.is_relative_to(MOUNTED):
        raise Misuse(f"{what}: everybody can read {path}: chmod 600 {path}")
    return secret


def _keys(path: Path, where: str) -> tuple[bytes, ...]:
    lines = [line.strip() for line in _secret(path, where).splitlines() if line.strip()]
    try:
        return tuple(parse_secret(line) for line in lines)
    except BadSecret as error:
        raise Misuse(
            f'{where}: secret_file: {path}: {error}; make one with: echo "whsec_$(openssl rand -base64 32)", one a line'
        ) from None


def _networks(given: object, where: str) -> tuple[str, ...]:
    """`true` allows the URL's own host whatever its address; a list, these networks."""
    if isinstance(given, bool):
        return (OWN_HOST,) if given else ()
    if isinstance(given, list) and all(isinstance(each, str) for each in given):
        try:
            return tuple(str(ip_network(each.strip(), strict=False)) for each in given)
        except ValueError as error:
            raise Misuse(f"{where}: allow_private: {error}; give networks such as 10.0.0.0/8, or true") from None
    raise Misuse(f"{where}: allow_private must be true, false or a list of networks such as 10.0.0.0/8")
