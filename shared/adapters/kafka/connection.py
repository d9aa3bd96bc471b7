"""How Kafka is reached: settings in, clients out."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError

from shared.adapters.kafka.failures import explained
from shared.errors import Misuse
from shared.secret_files import read_secret
from shared.settings import Settings

if TYPE_CHECKING:
    from faust.types.auth import CredentialsT

REQUEST_TIMEOUT_S = 40.0
CONTACT_S = 10.0
"""For the first answer of a broker: what is down is told to a person, who does not wait for as long as a request may take."""
KNOCK_S = 4.0


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
    """Raises `Misuse` where there is none, or one that is no host:port."""
    found = [each.strip() for each in config.kafka_bootstrap.split(",") if each.strip()]
    if not found:
        raise Misuse("NEWSLOOM_KAFKA_BOOTSTRAP is empty: give host:port of a broker")
    for each in found:
        host, colon, port = each.rpartition(":")
        if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
            raise Misuse(f"NEWSLOOM_KAFKA_BOOTSTRAP: {each} is no host:port of a broker")
    return found


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
        raise Misuse(
            f"NEWSLOOM_KAFKA_CA_FILE: {config.kafka_ca_file} is no certificate in PEM format ({_why(error)})"
        ) from None
    if config.kafka_cert_file is not None:
        try:
            # Without a password of our own OpenSSL would ask the terminal for that of a locked key.
            context.load_cert_chain(config.kafka_cert_file, config.kafka_key_file, password="")
        except (OSError, ValueError) as error:
            key = f" with NEWSLOOM_KAFKA_KEY_FILE={config.kafka_key_file}" if config.kafka_key_file else ""
            raise Misuse(
                f"NEWSLOOM_KAFKA_CERT_FILE: {config.kafka_cert_file}{key} cannot be used ({_why(error)}): give PEM files, "
                f"the key without a password"
            ) from None
    elif config.kafka_key_file is not None:
        raise Misuse("NEWSLOOM_KAFKA_KEY_FILE needs NEWSLOOM_KAFKA_CERT_FILE")
    return context


def _why(error: Exception) -> str:
    """Never what is in the file."""
    if isinstance(error, ssl.SSLError):
        return str(getattr(error, "reason", None) or "no PEM")
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


@asynccontextmanager
async def admin(config: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(**client_options(config), request_timeout_ms=int(REQUEST_TIMEOUT_S * 1000))
    await begin(config, client.start, client.close)
    try:
        with explained(config):
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
        # It reads up to an end that is there already. What it asks for beyond, it must not wait for: a broker answers the requests
        # of one connection in turn, so every next partition would take two seconds and a half.
        fetch_max_wait_ms=10,
        request_timeout_ms=int(REQUEST_TIMEOUT_S * 1000),
    )
    await begin(config, consumer.start, consumer.stop)
    try:
        with explained(config):
            yield consumer
    finally:
        await consumer.stop()


async def begin(config: Settings, start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]]) -> None:
    """Starts a client. Raises `NotAvailable` with the reason, which the clients keep to themselves, and leaves nothing open."""
    with explained(config):
        try:
            async with asyncio.timeout(CONTACT_S):
                await start()
            # Its tasks must have begun: a consumer that is stopped before that cancels whoever stops it.
            await asyncio.sleep(0)
        except BaseException as error:
            with suppress(Exception):
                await stop()
            if isinstance(error, (KafkaConnectionError, TimeoutError)):
                await knock(config)
            raise


async def knock(config: Settings) -> None:
    """Raises what the first broker has against us; returns where there is one that lets us in."""
    options = client_options(config)
    failures: list[Exception] = []
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        try:
            connection = await create_conn(host, port, request_timeout_ms=int(KNOCK_S * 1000), **options)
        except Exception as error:
            failures.append(error)
        else:
            connection.close()
            return
    if failures:
        raise failures[0]


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
