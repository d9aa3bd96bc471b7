from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.fetch.feed_options import (
    LEAST_INTERVAL_S,
    LONGEST_INTERVAL_S,
    BadOption,
    check,
    override,
    read_options,
    write_options,
)
from shared.contracts import NO_OPTIONS, FeedOptions


def test_every_option_of_the_contract_has_a_word() -> None:
    words = {
        "full-text": "always",
        "identity": "content",
        "min-interval": "60",
        "max-interval": "86400",
        "language": "pt-BR",
        "auth": "basic",
        "auth-name": "reader",
        "secret-file": "/run/secrets/feed",
        "websub": "no",
    }
    options = read_options(words)
    assert options.model_fields_set == set(FeedOptions.model_fields)
    assert write_options(options) == words
    assert write_options(NO_OPTIONS) == {}


def test_the_bounds_of_intervals_are_those_of_the_contract() -> None:
    for seconds in (LEAST_INTERVAL_S, LONGEST_INTERVAL_S):
        assert FeedOptions(min_interval_s=seconds) == read_options({"min-interval": str(seconds)})
    for seconds in (LEAST_INTERVAL_S - 1, LONGEST_INTERVAL_S + 1):
        with pytest.raises(ValidationError):
            FeedOptions(max_interval_s=seconds)
        with pytest.raises(BadOption):
            read_options({"max-interval": str(seconds)})


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("full-text", ""),
        ("full-text", "Never"),
        ("identity", "id"),
        ("min-interval", "6e2"),
        ("min-interval", "٣٠٠"),
        ("min-interval", "9" * 5_000),
        ("language", "french please"),
        ("auth", "digest"),
        ("auth-name", "a\nb"),
        ("secret-file", ""),
        ("secret-file", "x" * 5_000),
        ("websub", "maybe"),
        ("colour", "blue"),
    ],
)
def test_what_is_not_allowed_is_told_with_what_is(name: str, word: str) -> None:
    with pytest.raises(BadOption) as caught:
        read_options({name: word})
    assert caught.value.name == name
    assert "give " in caught.value.message or "there are full-text" in caught.value.message
    assert len(str(caught.value)) < 300


SECRET = Path("/run/secrets/feed")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (FeedOptions(auth="bearer"), "auth"),
        (FeedOptions(auth="bearer", auth_name="x", secret_file=SECRET), "auth-name"),
        (FeedOptions(auth="basic", secret_file=SECRET), "auth-name"),
        (FeedOptions(auth="basic", auth_name="a:b", secret_file=SECRET), "auth-name"),
        (FeedOptions(auth="header", secret_file=SECRET), "auth-name"),
        (FeedOptions(auth="header", auth_name="X Key", secret_file=SECRET), "auth-name"),
        (FeedOptions(auth="header", auth_name="Content-Length", secret_file=SECRET), "auth-name"),
        (FeedOptions(auth_name="x"), "auth-name"),
        (FeedOptions(secret_file=SECRET), "secret-file"),
        (FeedOptions(min_interval_s=601, max_interval_s=600), "min-interval"),
    ],
)
def test_options_that_do_not_go_together(options: FeedOptions, name: str) -> None:
    with pytest.raises(BadOption) as caught:
        check(options)
    assert caught.value.name == name


@pytest.mark.parametrize(
    "options",
    [
        FeedOptions(auth="bearer", secret_file=SECRET),
        FeedOptions(auth="basic", auth_name="reader", secret_file=SECRET),
        FeedOptions(auth="header", auth_name="X-Api-Key", secret_file=SECRET),
        FeedOptions(min_interval_s=600, max_interval_s=600),
    ],
)
def test_options_that_go_together(options: FeedOptions) -> None:
    check(options)


def test_what_is_given_overrides_and_the_rest_stays() -> None:
    known = FeedOptions(language="fr", websub=False, auth="basic", auth_name="reader", secret_file=SECRET)
    assert override(known, read_options({"websub": "yes"})) == known.model_copy(update={"websub": True})
    other = override(known, read_options({"auth": "bearer", "secret-file": "/token"}))
    assert (other.auth, other.auth_name, other.secret_file) == ("bearer", None, Path("/token"))
    assert (other.language, other.websub) == ("fr", False)
    assert override(known, NO_OPTIONS) == known
