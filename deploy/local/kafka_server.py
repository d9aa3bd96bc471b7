"""Kafka: one node as broker and controller (KRaft)."""

from __future__ import annotations

import base64
import secrets
import shutil
import socket
import struct
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import certificates
import downloads
import loopback
import programs
from server import Launch, Server

USER = "newsloom"
STRANGER = "stranger"
SCRAM = ("SCRAM-SHA-256", "SCRAM-SHA-512")
SECURED = ("SSL", "SASL_PLAINTEXT", "SASL_SSL")

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
# All settings, some twenty times at every start.
logger.config.name = org.apache.kafka.common.config
logger.config.level = warn
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


@dataclass
class Kafka(Server):
    """`secured` adds listeners with TLS, with SASL (PLAIN, SCRAM) and with both; there `user` may do everything.

    `authorizer` makes it ask for rights: `stranger`, with a password of its own, has none. The plain listener's anonymous
    user may do everything still. Both from the first start on: the users are made with the data folder.
    """

    secured: bool = False
    authorizer: bool = False
    heap: str = "512m"
    settings: tuple[tuple[str, str], ...] = ()
    """More lines of server.properties; they win over ours."""

    name = "kafka"
    port_names = ("PLAINTEXT", "CONTROLLER", *SECURED)
    inner_ports = ("CONTROLLER",)

    @classmethod
    def need(cls) -> None:
        programs.java()
        programs.openssl()
        downloads.kafka_jars()

    @property
    def bootstrap(self) -> str:
        return self.address

    @property
    def bootstrap_ssl(self) -> str:
        return f"{loopback.HOST}:{self.ports['SSL']}"

    @property
    def bootstrap_sasl(self) -> str:
        """SASL without encryption."""
        return f"{loopback.HOST}:{self.ports['SASL_PLAINTEXT']}"

    @property
    def bootstrap_sasl_ssl(self) -> str:
        return f"{loopback.HOST}:{self.ports['SASL_SSL']}"

    @property
    def user(self) -> str:
        return USER

    @property
    def stranger(self) -> str:
        return STRANGER

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def password_file(self) -> Path:
        return self.secrets / f"{USER}.password"

    @property
    def stranger_password_file(self) -> Path:
        return self.secrets / f"{STRANGER}.password"

    @property
    def ca_file(self) -> Path:
        return self.secrets / "ca.pem"

    @property
    def client_cert_file(self) -> Path:
        return self.secrets / "client.pem"

    @property
    def client_key_file(self) -> Path:
        return self.secrets / "client.key"

    def used_ports(self) -> dict[str, int]:
        return {name: port for name, port in self.ports.items() if self.secured or name not in SECURED}

    def answers(self) -> bool:
        """Asks for the metadata of no topic: it answers with itself once it is registered and serves requests."""
        request = struct.pack(">hhih", 3, 1, 1, -1) + struct.pack(">i", 0)  # Metadata v1, no client id, no topics
        try:
            with socket.create_connection((loopback.HOST, self.port), timeout=2) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                with connection.makefile("rb") as stream:
                    _, _, brokers = struct.unpack(">iii", stream.read(12))
        except (OSError, struct.error):
            return False
        return bool(brokers)

    def prepare(self) -> Launch:
        if self.secured:
            self._make_secrets()
        properties = self.folder / "server.properties"
        properties.touch(mode=0o600)
        properties.write_text("".join(f"{key}={value}\n" for key, value in self._properties().items()))
        (self.folder / "log4j2.properties").write_text(LOGGING)
        java = [str(programs.java()), "-cp", f"{downloads.kafka_jars()}/*"]
        java += [f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"]
        self._format(java, properties)
        return Launch([*java, "-Xms256m", f"-Xmx{self.heap}", "kafka.Kafka", str(properties)])

    def _format(self, java: list[str], properties: Path) -> None:
        """Once; one that was broken off is done anew."""
        done = self.folder / "formatted"
        if done.exists():
            return
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if cluster.startswith("-"):  # it would be taken for an option
            cluster = "A" + cluster[1:]
        command = [*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties)]
        for user in (USER, STRANGER) if self.secured else ():
            password = (self.secrets / f"{user}.password").read_text()
            for mechanism in SCRAM:
                command += ["--add-scram", f"{mechanism}=[name={user},password={password}]"]
        with self.log.open("ab") as log:
            if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode:
                raise self.failed("could not make its data folder")
        done.touch()

    def _make_secrets(self) -> None:
        certificates.make(self.secrets)
        for path in (self.password_file, self.stranger_password_file):
            if not path.exists():
                path.touch(mode=0o600)
                path.write_text(secrets.token_hex(16))

    def _properties(self) -> dict[str, str]:
        named = ("PLAINTEXT", *(SECURED if self.secured else ()))
        listeners = [f"{name}://{loopback.HOST}:{self.ports[name]}" for name in named]
        controller = f"{loopback.HOST}:{self.ports['CONTROLLER']}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{controller}",
            "listeners": ",".join([*listeners, f"CONTROLLER://{controller}"]),
            "advertised.listeners": ",".join(listeners),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": ",".join([*(f"{n}:{n}" for n in named), "CONTROLLER:PLAINTEXT"]),
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            # One node can't hold three copies.
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            # Few partitions: 50 of each would be opened and recovered at every start.
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.num.partitions": "4",
            "share.coordinator.state.topic.num.partitions": "4",
            # A node that was killed registers anew only when its old session has ended (by default after 9 s).
            "broker.session.timeout.ms": "4000",
            "broker.heartbeat.interval.ms": "1000",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "message.max.bytes": str(64 << 20),
            "socket.request.max.bytes": str(100 << 20),
            **(self._security() if self.secured else {}),
            **(self._rights() if self.authorizer else {}),
            **dict(self.settings),
        }

    def _security(self) -> dict[str, str]:
        passwords = {user: (self.secrets / f"{user}.password").read_text() for user in (USER, STRANGER)}
        plain = " ".join(f'user_{user}="{password}"' for user, password in passwords.items())
        module = "org.apache.kafka.common.security"
        found = {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.secrets / "server.pem"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.ca_file),
            "ssl.client.auth": "requested",
            "sasl.enabled.mechanisms": ",".join(["PLAIN", *SCRAM]),
        }
        for listener in ("sasl_plaintext", "sasl_ssl"):
            prefix = f"listener.name.{listener}"
            found[f"{prefix}.plain.sasl.jaas.config"] = f"{module}.plain.PlainLoginModule required {plain};"
            for mechanism in SCRAM:
                key = f"{prefix}.{mechanism.lower()}.sasl.jaas.config"
                found[key] = f"{module}.scram.ScramLoginModule required;"
        return found

    def _rights(self) -> dict[str, str]:
        return {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:ANONYMOUS;User:{USER};User:CN=newsloom-client",
        }
