"""What went wrong with Kafka, in one line that names the setting and says what to do. Never a secret."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import (
    AuthenticationFailedError,
    AuthenticationMethodNotSupported,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    IncompatibleBrokerVersion,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnrecognizedBrokerVersion,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)

from shared.errors import NotAvailable
from shared.settings import Settings

RIGHTS = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, ClusterAuthorizationFailedError)
IDENTITY = (AuthenticationFailedError, AuthenticationMethodNotSupported, SaslAuthenticationFailed)
MECHANISM = (UnsupportedSaslMechanismError, IllegalSaslStateError)
VERSION = (UnsupportedVersionError, IncompatibleBrokerVersion, UnrecognizedBrokerVersion)
PROTOCOL = (KafkaConnectionError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""A broker that is there hangs up without a word on whoever speaks another protocol than it expects on that port."""

_SAID_BY_US = ("Unable connect to", "Unable to request metadata", "is not authorized for this client")


def _is_news(record: logging.LogRecord) -> bool:
    """aiokafka logs what it hides from its caller; we tell of it in one line, so its own are for those who look into it."""
    return logging.getLogger().isEnabledFor(logging.DEBUG) or not any(
        words in record.getMessage() for words in _SAID_BY_US
    )


def _is_no_secret(record: logging.LogRecord) -> bool:
    """At level debug aiokafka logs each request whole: with PLAIN, the password."""
    return record.levelno > logging.DEBUG or "sasl_auth_bytes" not in record.getMessage()


def _is_no_hang_up(record: logging.LogRecord) -> bool:
    """A connection that ends while aiokafka waits for nothing leaves a future that nobody asks: whoever uses the connection is told."""
    error = record.exc_info[1] if record.exc_info else None
    return "never retrieved" not in record.getMessage() or not isinstance(error, (OSError, KafkaError))


logging.getLogger("asyncio").addFilter(_is_no_hang_up)
for _name in ("aiokafka", "aiokafka.cluster"):
    logging.getLogger(_name).addFilter(_is_news)
logging.getLogger("aiokafka.conn").addFilter(_is_no_secret)


@contextmanager
def explained(config: Settings) -> Iterator[None]:
    """Turns what clients raise into `NotAvailable`."""
    try:
        yield
    except (TimeoutError, KafkaError, OSError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise  # a file's, not the network's
        raise NotAvailable(explain(error, config)) from error


def explain(error: Exception, config: Settings) -> str:
    """In one line."""
    at = f"NEWSLOOM_KAFKA_BOOTSTRAP={config.kafka_bootstrap}"
    said = _said(error)
    if isinstance(error, IDENTITY):
        return (
            f"the Kafka at {at} refuses the user {config.kafka_username or 'ANONYMOUS'}: look at "
            f"NEWSLOOM_KAFKA_USERNAME, NEWSLOOM_KAFKA_PASSWORD_FILE and NEWSLOOM_KAFKA_SASL_MECHANISM="
            f"{config.kafka_sasl_mechanism} ({said})"
        )
    if isinstance(error, MECHANISM):
        return (
            f"the Kafka at {at} does not take NEWSLOOM_KAFKA_SASL_MECHANISM={config.kafka_sasl_mechanism} there: "
            f"set one that it has ({said})"
        )
    if isinstance(error, RIGHTS):
        return (
            f"the Kafka user {_user(config)} lacks a right: {said}; grant it (docs/operations/security.md has "
            f"the list), or set another NEWSLOOM_KAFKA_USERNAME"
        )
    if isinstance(error, VERSION):
        return f"the Kafka at {at} is too old: {said}; use 3.0 or newer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the Kafka at {at} is not trusted: set NEWSLOOM_KAFKA_CA_FILE to its certificate authority "
            f"({error.verify_message})"
        )
    if isinstance(error, ssl.SSLError):
        return (
            f"no TLS with the Kafka at {at}: look at NEWSLOOM_KAFKA_SECURITY={config.kafka_security}, "
            f"NEWSLOOM_KAFKA_CERT_FILE and NEWSLOOM_KAFKA_KEY_FILE ({said})"
        )
    if isinstance(error, PROTOCOL):
        return (
            f"what listens at {at} hangs up: is it Kafka, and does that port speak NEWSLOOM_KAFKA_SECURITY="
            f"{config.kafka_security}" + (_certificate(config) if config.kafka_cert_file else "") + f"? ({said})"
        )
    if isinstance(error, asyncio.TimeoutError):
        return (
            f"no Kafka answers in time at {at}: is it paused or behind a firewall, and does that port speak "
            f"NEWSLOOM_KAFKA_SECURITY={config.kafka_security}?"
        )
    if isinstance(error, (OSError, socket.gaierror)):
        return f"no Kafka can be reached at {at}: start it, or set another ({said})"
    return f"Kafka at {at}: {type(error).__name__}: {said}"


def _user(config: Settings) -> str:
    if config.kafka_security.startswith("SASL"):
        return config.kafka_username
    return f"of {config.kafka_cert_file}" if config.kafka_cert_file and config.kafka_security == "SSL" else "ANONYMOUS"


def _certificate(config: Settings) -> str:
    return f", and does it trust NEWSLOOM_KAFKA_CERT_FILE={config.kafka_cert_file}"


def _said(error: Exception) -> str:
    """Its first line, of bearable length; of an answer of the broker's without the error's number and class."""
    text = str(error.args[0]) if isinstance(error, KafkaError) and error.args else str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0][:300]
