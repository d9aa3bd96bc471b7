"""A feed's options as words, the same in an OPML attribute (`newsloom:full-text="never"`) and on the command line (`--full-text never`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from shared.contracts import NO_OPTIONS, FeedOptions, FullText, Identity

LEAST_INTERVAL_S, LONGEST_INTERVAL_S = 60, 86_400
_CHARACTERS = 4_096
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""A token (RFC 9110, section 5.6.2)."""
_NOT_OURS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"}
)
"""Headers that say how a request is to be read: another value would make it another request."""


class BadOption(ValueError):
    """`name` is the option's, `message` says what is allowed; neither tells a secret, since options hold none."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


@dataclass(frozen=True, slots=True)
class _Option:
    """`parse` raises `ValueError` for what is not `allowed`."""

    field: str
    allowed: str
    parse: Callable[[str], Any]
    write: Callable[[Any], str] = str


def read_options(words: Mapping[str, str]) -> FeedOptions:
    """The options of these words. Raises `BadOption`: unknown, or a value that is not allowed. See `check`, too."""
    fields: dict[str, Any] = {}
    for name, word in words.items():
        option = _OPTIONS.get(name)
        if option is None:
            raise BadOption(name, f"no option of a feed; there are {', '.join(_OPTIONS)}")
        try:
            fields[option.field] = option.parse(word)
        except ValueError:
            raise BadOption(name, f"{word[:100]!r} is not allowed: give {option.allowed}") from None
    return FeedOptions(**fields)


def write_options(options: FeedOptions) -> dict[str, str]:
    """The words of the options that differ from the defaults."""
    values = {name: getattr(options, option.field) for name, option in _OPTIONS.items()}
    return {
        name: _OPTIONS[name].write(value)
        for name, value in values.items()
        if value != getattr(NO_OPTIONS, _OPTIONS[name].field)
    }


def override(known: FeedOptions, given: FeedOptions) -> FeedOptions:
    """`known` with what `given` says; another way to authenticate takes nothing over from the one before."""
    said = given.model_dump(exclude_unset=True)
    if given.auth is not None:
        said |= {"auth_name": given.auth_name, "secret_file": given.secret_file}
    return known.model_copy(update=said)


def check(options: FeedOptions) -> None:
    """Raises `BadOption` where options that are allowed by themselves do not go together."""
    least, most = options.min_interval_s, options.max_interval_s
    if least is not None and most is not None and least > most:
        raise BadOption("min-interval", f"{least} is longer than max-interval, {most}")
    if options.auth is None:
        for name, value in (("auth-name", options.auth_name), ("secret-file", options.secret_file)):
            if value is not None:
                raise BadOption(name, "says nothing without auth: give auth basic, bearer or header, too")
        return
    if options.secret_file is None:
        raise BadOption("auth", f"{options.auth} needs secret-file, the name of a file with the secret")
    who = options.auth_name
    match options.auth:
        case "bearer" if who is not None:
            raise BadOption("auth-name", "bearer has no name: leave it out")
        case "basic" if who is None or ":" in who:
            raise BadOption("auth-name", "basic needs the user's name, without a colon")
        case "header" if who is None or not _HEADER_NAME.fullmatch(who) or who.lower() in _NOT_OURS:
            raise BadOption("auth-name", "header needs the name of a header such as X-Api-Key")


def _one_of(field: str, allowed: tuple[str, ...]) -> _Option:
    def parse(word: str) -> str:
        if word not in allowed:
            raise ValueError
        return word

    return _Option(field, " or ".join((", ".join(allowed[:-1]), allowed[-1])), parse)


def _seconds(word: str) -> int:
    if not (
        word.isascii() and word.isdigit() and len(word) < 10 and LEAST_INTERVAL_S <= int(word) <= LONGEST_INTERVAL_S
    ):
        raise ValueError
    return int(word)


def _language(word: str) -> str:
    if not _LANGUAGE.fullmatch(word):
        raise ValueError
    return word


def _name(word: str) -> str:
    if not word or not word.isprintable() or len(word) > _CHARACTERS:
        raise ValueError
    return word


def _yes_or_no(word: str) -> bool:
    if word not in ("yes", "no"):
        raise ValueError
    return word == "yes"


_INTERVAL = f"seconds from {LEAST_INTERVAL_S} to {LONGEST_INTERVAL_S}"
_OPTIONS: dict[str, _Option] = {
    "full-text": _one_of("full_text", get_args(FullText)),
    "identity": _one_of("identity", get_args(Identity)),
    "min-interval": _Option("min_interval_s", _INTERVAL, _seconds),
    "max-interval": _Option("max_interval_s", _INTERVAL, _seconds),
    "language": _Option("language", "a language tag such as fr or pt-BR", _language),
    "auth": _one_of("auth", ("basic", "bearer", "header")),
    "auth-name": _Option("auth_name", "a name", _name),
    "secret-file": _Option("secret_file", "the name of a file", lambda word: Path(_name(word))),
    "websub": _Option("websub", "yes or no", _yes_or_no, lambda value: "yes" if value else "no"),
}
