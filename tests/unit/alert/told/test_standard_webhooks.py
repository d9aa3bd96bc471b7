"""Against the vector that the specification's own libraries are tested with, and against a receiver."""

from __future__ import annotations

import base64

import pytest

from services.alert.told.standard_webhooks import BadSecret, is_genuine, parse_secret, signature, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, TIME, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def test_the_published_vector() -> None:
    assert signature(parse_secret(SECRET), ID, TIME, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_headers_of_a_message() -> None:
    headers = signed_headers([parse_secret(SECRET)], ID, TIME, BODY)
    assert headers == {
        "webhook-id": ID,
        "webhook-timestamp": str(TIME),
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert "webhook-signature" not in signed_headers([], ID, TIME, BODY)


def test_while_secrets_change_both_sign_and_either_is_enough() -> None:
    old, new = parse_secret(SECRET), parse_secret(OTHER)
    headers = signed_headers([new, old], ID, TIME, BODY)
    assert headers["webhook-signature"].count("v1,") == 2
    for known in (old, new):
        assert is_genuine([known], headers, BODY, TIME)
    assert not is_genuine([b"x" * 24], headers, BODY, TIME)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "another"},
        {"webhook-timestamp": str(TIME + 1)},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "1" * 5000},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "ü"},
    ],
)
def test_a_message_that_was_changed_is_not_genuine(changed: dict[str, str]) -> None:
    key = parse_secret(SECRET)
    headers = signed_headers([key], ID, TIME, BODY)
    assert is_genuine([key], headers, BODY, TIME)
    assert not is_genuine([key], headers | changed, BODY, TIME)
    assert not is_genuine([key], headers, BODY + b" ", TIME)
    assert not is_genuine([key], headers, BODY, TIME + 301)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with"),
        ("whsec_§§", "no base64"),
        ("whsec_" + base64.b64encode(b"short").decode(), "this one has 5"),
        ("whsec_" + base64.b64encode(b"l" * 65).decode(), "this one has 65"),
    ],
)
def test_a_bad_secret_is_refused_and_not_shown(text: str, wrong: str) -> None:
    with pytest.raises(BadSecret, match=wrong) as refused:
        parse_secret(text)
    assert text.removeprefix("whsec_") not in str(refused.value)
