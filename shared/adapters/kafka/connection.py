"""How Kafka is reached: settings in, arguments of the clients out; and what to say when it cannot be reached."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    AuthenticationFailedError,
    AuthenticationMethodNotSupported,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IncompatibleBrokerVersion,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnrecognizedBrokerVersion,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)

from shared.errors import Misuse, NotAvailable
from shared.settings import Settings

if TYPE_CHECKING:
    from faust.types.auth import CredentialsT

REQUEST_TIMEOUT_S = 40.0


def client_options(config: Settings) -> dict[str, Any]:
    """Arguments that every aiokafka client takes. Raises `Misuse` for a secret that cannot be read."""
    options: dict[str, Any] = {
        "bootstrap_servers": brokers(config),
        "security_protocol": config.kafka_security,
        "ssl_context": _ssl_context(config),
        "client_id": "newsloom",
    }
    if config.kafka_security.startswith("SASL"):
        options |= {
            "sasl_mechanism": config.kafka_sasl_mechanism,
            "sasl_plain_username": _username(config),
            "sasl_plain_password": _password(config),
        }
    return options


def faust_credentials(config: Settings) -> CredentialsT | None:
    """The same for Faust; None for a plain connection."""
    import faust

    if config.kafka_security == "PLAINTEXT":
        return None
    context = _ssl_context(config)
    if config.kafka_security == "SSL":
        return faust.SSLCredentials(context=context)
    return faust.SASLCredentials(
        username=_username(config),
        password=_password(config),
        ssl_context=context,
        mechanism=config.kafka_sasl_mechanism,
    )


def brokers(config: Settings) -> list[str]:
    """Raises `Misuse` where there is none."""
    found = [each.strip() for each in config.kafka_bootstrap.split(",") if each.strip()]
    if not found:
        raise Misuse("NEWSLOOM_KAFKA_BOOTSTRAP is empty: give host:port of a broker")
    return found


def read_secret(path: Path, setting: str) -> str:
    """The file's text without the line end that editors add. Raises `Misuse`; never tells what is in it."""
    try:
        secret = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{setting}: {path} cannot be read ({type(error).__name__})") from None
    if not secret:
        raise Misuse(f"{setting}: {path} is empty")
    return secret


def _username(config: Settings) -> str:
    if not config.kafka_username:
        raise Misuse(f"NEWSLOOM_KAFKA_USERNAME is empty, and NEWSLOOM_KAFKA_SECURITY is {config.kafka_security}")
    return config.kafka_username


def _password(config: Settings) -> str:
    if config.kafka_password_file is None:
        raise Misuse(f"NEWSLOOM_KAFKA_PASSWORD_FILE is empty, and NEWSLOOM_KAFKA_SECURITY is {config.kafka_security}")
    return read_secret(config.kafka_password_file, "NEWSLOOM_KAFKA_PASSWORD_FILE")


def _ssl_context(config: Settings) -> ssl.SSLContext | None:
    if not config.kafka_security.endswith("SSL"):
        return None
    try:
        context = ssl.create_default_context(cafile=str(config.kafka_ca_file) if config.kafka_ca_file else None)
    except OSError as error:
        raise Misuse(f"NEWSLOOM_KAFKA_CA_FILE: {config.kafka_ca_file} is no certificate ({error})") from error
    if config.kafka_cert_file is not None:
        try:
            context.load_cert_chain(config.kafka_cert_file, config.kafka_key_file)
        except OSError as error:
            raise Misuse(f"NEWSLOOM_KAFKA_CERT_FILE: {config.kafka_cert_file} cannot be used ({error})") from error
    return context


@contextmanager
def explained(config: Settings) -> Iterator[None]:
    """Turns what clients raise into one line that names the setting and says what to do."""
    try:
        yield
    except (
        AuthenticationFailedError,
        AuthenticationMethodNotSupported,
        SaslAuthenticationFailed,
        UnsupportedSaslMechanismError,
    ) as error:
        raise NotAvailable(
            f"Kafka refuses the user: look at NEWSLOOM_KAFKA_USERNAME, NEWSLOOM_KAFKA_PASSWORD_FILE and "
            f"NEWSLOOM_KAFKA_SASL_MECHANISM ({config.kafka_sasl_mechanism}) ({_said(error)})"
        ) from error
    except (
        TopicAuthorizationFailedError,
        GroupAuthorizationFailedError,
        ClusterAuthorizationFailedError,
    ) as error:
        raise NotAvailable(
            f"the Kafka user {config.kafka_username or 'ANONYMOUS'} lacks a right: {_said(error)}; "
            f"grant it, see docs/operations.md, or set another NEWSLOOM_KAFKA_USERNAME"
        ) from error
    except (UnsupportedVersionError, IncompatibleBrokerVersion, UnrecognizedBrokerVersion) as error:
        raise NotAvailable(
            f"the Kafka at NEWSLOOM_KAFKA_BOOTSTRAP is too old: {_said(error)}; use 3.0 or newer"
        ) from error
    except KafkaConnectionError as error:
        raise NotAvailable(
            f"no Kafka answers at NEWSLOOM_KAFKA_BOOTSTRAP={config.kafka_bootstrap} with "
            f"NEWSLOOM_KAFKA_SECURITY={config.kafka_security}: start it, or name another ({_said(error)})"
        ) from error
    except KafkaError as error:
        raise NotAvailable(f"Kafka at {config.kafka_bootstrap}: {_said(error)}") from error


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


@asynccontextmanager
async def admin(config: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(**client_options(config), request_timeout_ms=int(REQUEST_TIMEOUT_S * 1000))
    with explained(config):
        await client.start()
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def reader(config: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    """A plain consumer of no group, which commits nothing."""
    consumer = AIOKafkaConsumer(
        **client_options(config),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 * 2**20,
        request_timeout_ms=int(REQUEST_TIMEOUT_S * 1000),
    )
    with explained(config):
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


def new_producer(config: Settings) -> AIOKafkaProducer:
    """All replicas must have a message before it counts as sent."""
    return AIOKafkaProducer(
        **client_options(config),
        acks="all",
        linger_ms=5,
        max_batch_size=131_072,
        max_request_size=config.message_limit_bytes,
        request_timeout_ms=int(REQUEST_TIMEOUT_S * 1000),
    )
