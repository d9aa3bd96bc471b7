from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch.websub.signature import signature_of

METHODS = ("sha1", "sha256", "sha384", "sha512")
SECRET, BODY = "the secret", b"<rss/>"


def sign(method: str, body: bytes = BODY, secret: str = SECRET) -> str:
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def holds(*headers: str, body: bytes = BODY) -> bool | None:
    """None where there is no signature."""
    signature = signature_of(headers, SECRET)
    if signature is None:
        return None
    for start in range(0, len(body), 3):
        signature.update(body[start : start + 3])
    return signature.matches()


def test_the_known_answer_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    signature = signature_of([f"sha256={expected}"], "Jefe")
    assert signature is not None
    signature.update(b"what do ya want for nothing?")
    assert signature.matches()


@pytest.mark.parametrize("method", METHODS)
def test_each_method_of_the_specification(method: str) -> None:
    assert holds(sign(method)) is True
    assert holds(sign(method).upper()) is True
    assert holds(sign(method), body=b"forged") is False
    assert holds(sign(method, secret="another")) is False
    assert holds(sign(method)[:-1]) is None


@pytest.mark.parametrize("header", ["", "sha1", "sha1=", "md5=" + "0" * 32, "sha1=" + "g" * 40, "sha256=" + "0" * 40])
def test_what_is_no_signature(header: str) -> None:
    assert holds(header) is None


def test_the_strongest_alone_counts() -> None:
    assert holds(sign("sha1"), sign("sha256")) is True
    assert holds(f"{sign('sha1')}, {sign('sha512', secret='another')}") is False
    assert holds(sign("sha1", secret="another"), sign("sha256")) is True


@given(st.lists(st.text(max_size=60), max_size=20))
def test_no_header_is_too_strange(headers: list[str]) -> None:
    assert holds(*headers) is not True
