"""A real Kafka with TLS, users and rights: what a pipeline does there, and what it says where it may not."""

from __future__ import annotations

import json
import logging
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import certificates
import downloads
import programs
import pytest
from command_line import command, worker_process
from fixtures import running_kafka
from real import Worker, wait_until, waiting
from servers import Elasticsearch, Kafka

from shared.adapters.kafka.connection import admin, faust_credentials, reader
from shared.errors import NotAvailable
from shared.runtime.worker import needs_of
from shared.settings import Settings

pytestmark = pytest.mark.slow

SECURITY = Path(__file__).parents[2] / "docs" / "operations" / "security.md"
DOCUMENTS = [
    {"url": f"https://paper.example/{n}", "title": f"Story {n}", "text": f"Word{n} of thing{n}."} for n in range(3)
]
COMMANDS = (("setup",), ("worker", "deduplicate", "--no-supervise"), ("ingest", "FILE", "--no-wait"), ("ledger",))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with running_kafka(tmp_path_factory.mktemp("secured"), secured=True, authorizer=True) as server:
        yield server


@pytest.fixture
def documents(tmp_path: Path) -> str:
    path = tmp_path / "documents.jsonl"
    path.write_text("".join(json.dumps(document) + "\n" for document in DOCUMENTS))
    return str(path)


@pytest.fixture
def new(secured: Kafka, elasticsearch: Elasticsearch, tmp_path: Path) -> Callable[..., Settings]:
    """Settings over SASL_SSL with SCRAM-SHA-512; of a new pipeline unless a prefix is given."""

    def make(**more: Any) -> Settings:
        values: dict[str, Any] = {
            "runtime": "kafka",
            "prefix": f"s{uuid4().hex[:8]}-",
            "kafka_bootstrap": secured.bootstrap_sasl_ssl,
            "kafka_security": "SASL_SSL",
            "kafka_ca_file": secured.ca_file,
            "kafka_username": secured.user,
            "kafka_password_file": secured.password_file,
            "elasticsearch_url": elasticsearch.url,
            "data_dir": tmp_path / "data",
        }
        return Settings(**{**values, **more})

    return make


def ways(secured: Kafka) -> dict[str, dict[str, Any]]:
    """How one may come in."""
    return {
        "scram": {},
        "scram-256": {"kafka_sasl_mechanism": "SCRAM-SHA-256"},
        "plain": {"kafka_sasl_mechanism": "PLAIN"},
        "without TLS": {"kafka_security": "SASL_PLAINTEXT", "kafka_bootstrap": secured.bootstrap_sasl},
        "certificate": {
            "kafka_security": "SSL",
            "kafka_bootstrap": secured.bootstrap_ssl,
            "kafka_cert_file": secured.client_cert_file,
            "kafka_key_file": secured.client_key_file,
        },
    }


def pages(worker: Worker) -> str:
    return "".join(worker.page(path)[1] for path in ("/livez", "/readyz", "/metrics"))


@pytest.mark.parametrize(
    "way",
    [
        "scram",
        "plain",
        *(pytest.param(way, marks=pytest.mark.long) for way in ("scram-256", "without TLS", "certificate")),
    ],
)
def test_setup_workers_and_commands_work_and_tell_no_secret(
    way: str, secured: Kafka, new: Callable[..., Settings], documents: str
) -> None:
    config = new(**ways(secured)[way], log_level="debug")
    said = [command(config, "setup"), command(config, "ingest", documents, "--no-wait")]
    assert "3 documents read: 3 new" in said[1].out, said[1].err
    workers = [Worker(config, stage) for stage in ("normalise", "deduplicate")]
    try:
        for worker in workers:
            worker.start()
        wait_until(lambda: waiting(config) == {"enrich": 3}, 60, lambda: "".join(each.said() for each in workers))
        shown = "".join(pages(worker) for worker in workers)
        lines = "".join(
            Path(f"/proc/{each.process.pid}/cmdline").read_text() for each in workers if each.process is not None
        )
    finally:
        for worker in workers:
            worker.stop()
    said.append(command(config, "ledger", "--json"))
    assert [each.code for each in said] == [0, 0, 0], [each.err for each in said]
    found = json.loads(said[2].out)
    assert found["holds"]
    assert found["entries"] == 3
    assert {stage: len(ids) for stage, ids in found["under_way"].items()} == {"enrich": 3}
    everything = shown + lines + repr(config) + "".join(each.out + each.err for each in said)
    everything += "".join(worker.log.read_text() for worker in workers)
    for path in (secured.password_file, secured.client_key_file):
        for secret in path.read_text().split("\n"):
            assert len(secret) < 20 or "-----" in secret or secret not in everything


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
async def test_all_that_the_client_would_log_and_show_holds_no_secret(
    mechanism: str, secured: Kafka, new: Callable[..., Settings], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "wrong").write_text("not-the-password")
    config = new(kafka_sasl_mechanism=mechanism)
    async with admin(config) as client, reader(config) as consumer:
        shown = repr(client) + repr(vars(client)) + repr(consumer) + repr(faust_credentials(config))
    with pytest.raises(NotAvailable) as caught:
        async with admin(new(kafka_sasl_mechanism=mechanism, kafka_password_file=tmp_path / "wrong")):
            pass
    shown += repr(caught.value) + repr(caught.value.__cause__)
    assert any(record.name.startswith("aiokafka") for record in caplog.records)
    for secret in (secured.password_file.read_text(), "not-the-password"):
        assert secret not in caplog.text + shown


@pytest.mark.parametrize("what", COMMANDS, ids=lambda what: what[0])
@pytest.mark.parametrize(
    "trouble", ["wrong password", "wrong password, PLAIN", "unknown user", "wrong authority", "stranger"]
)
def test_who_is_refused_reads_one_line_that_names_the_setting(
    trouble: str, what: Sequence[str], secured: Kafka, new: Callable[..., Settings], documents: str, tmp_path: Path
) -> None:
    (tmp_path / "wrong").write_text("not-the-password\n")
    certificates.make(tmp_path / "other")
    changes, words = {
        "wrong password": ({"kafka_password_file": tmp_path / "wrong"}, ["NEWSLOOM_KAFKA_PASSWORD_FILE"]),
        "wrong password, PLAIN": (
            {"kafka_password_file": tmp_path / "wrong", "kafka_sasl_mechanism": "PLAIN"},
            ["NEWSLOOM_KAFKA_PASSWORD_FILE", "PLAIN"],
        ),
        "unknown user": ({"kafka_username": "nobody"}, ["NEWSLOOM_KAFKA_USERNAME", "nobody"]),
        "wrong authority": ({"kafka_ca_file": tmp_path / "other" / "ca.pem"}, ["NEWSLOOM_KAFKA_CA_FILE"]),
        "stranger": (
            {"kafka_username": secured.stranger, "kafka_password_file": secured.stranger_password_file},
            ["stranger", "lacks a right", "NEWSLOOM_KAFKA_USERNAME"],
        ),
    }[trouble]
    config = new(**changes)
    arguments = [documents if each == "FILE" else each for each in what]
    line = command(config, *arguments).refused(*words)
    assert "not-the-password" not in line


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kafka_security": "PLAINTEXT"}, ["hangs up", "NEWSLOOM_KAFKA_SECURITY=PLAINTEXT"]),
        ({"kafka_security": "SSL"}, ["hangs up", "NEWSLOOM_KAFKA_SECURITY=SSL"]),
        ({"kafka_security": "SASL_PLAINTEXT"}, ["hangs up", "NEWSLOOM_KAFKA_SECURITY=SASL_PLAINTEXT"]),
        ({"kafka_bootstrap": "PLAIN LISTENER"}, ["NEWSLOOM_KAFKA_SECURITY=SASL_SSL"]),
        (
            {"kafka_bootstrap": "PLAIN LISTENER", "kafka_security": "SASL_PLAINTEXT"},
            ["NEWSLOOM_KAFKA_SASL_MECHANISM=SCRAM-SHA-512"],
        ),
    ],
)
def test_another_protocol_than_the_port_speaks(
    changes: dict[str, str], words: Sequence[str], secured: Kafka, new: Callable[..., Settings]
) -> None:
    if changes.get("kafka_bootstrap"):
        changes = {**changes, "kafka_bootstrap": secured.bootstrap}
    command(new(**changes), "setup").refused(*words)


def test_a_client_certificate_that_the_broker_does_not_trust(
    secured: Kafka, new: Callable[..., Settings], tmp_path: Path
) -> None:
    certificates.make(tmp_path / "other")
    own = {"kafka_cert_file": tmp_path / "other" / "client.pem", "kafka_key_file": tmp_path / "other" / "client.key"}
    command(new(**{**ways(secured)["certificate"], **own}), "setup").refused("NEWSLOOM_KAFKA_CERT_FILE")


class Acls:
    """Rights as an administrator gives them, with Kafka's own tool."""

    def __init__(self, server: Kafka) -> None:
        self._server = server

    def change(self, verb: str, operation: str, kind: str, name: str) -> None:
        command = [str(programs.java()), "-cp", f"{downloads.kafka_jars()}/*", "org.apache.kafka.tools.AclCommand"]
        command += ["--bootstrap-server", self._server.bootstrap, verb, "--allow-principal", "User:stranger"]
        command += ["--operation", operation, f"--{kind}", name, *(["--force"] if verb == "--remove" else [])]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stdout + done.stderr
        assert "Error" not in done.stdout, done.stdout


def documented(service: str) -> list[tuple[str, str, str]]:
    """(operation, topic or group, name) of the table in the documentation."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (topic|group) \| (.+) \|$", SECURITY.read_text(), re.MULTILINE)
    return [
        (operation, kind, name)
        for who, operation, kind, names in rows
        if who == service
        for name in re.findall(r"`([^`]+)`", names)
    ]


@pytest.mark.parametrize("stage", ["fetch", "normalise", "deduplicate", "enrich", "cluster", "index", "alert"])
def test_the_documented_rights_are_those_that_a_worker_asks_for(stage: str) -> None:
    found: dict[str, set[str]] = {}
    for operation, kind, name in documented(stage):
        if kind == "topic" and operation != "Describe":
            found.setdefault(name, set()).add(operation.upper())
    assert found == {topic: {right.name for right in rights} for topic, rights in needs_of(stage).items()}
    assert ("Read", "group", f"newsloom-{stage}") in documented(stage)


def test_workers_with_exactly_the_documented_rights_do_their_work_and_miss_each_of_them(
    secured: Kafka, new: Callable[..., Settings], documents: str
) -> None:
    owner = new()
    stranger = new(
        prefix=owner.prefix, kafka_username=secured.stranger, kafka_password_file=secured.stranger_password_file
    )
    assert command(owner, "setup").code == 0
    assert command(owner, "ingest", documents, "--no-wait").code == 0
    acls = Acls(secured)
    workers = [Worker(stranger, stage) for stage in ("normalise", "deduplicate")]
    for stage in ("normalise", "deduplicate"):
        for operation, kind, name in documented(stage):
            worker_process(stranger, stage).refused("lacks a right", "stranger")
            acls.change("--add", operation, kind, owner.prefix + name)
    try:
        for worker in workers:
            worker.start()
        wait_until(lambda: waiting(owner) == {"enrich": 3}, 60, lambda: "".join(each.said() for each in workers))
        assert all(worker.is_ready() for worker in workers)
    finally:
        for worker in workers:
            worker.stop()
    # One right less, and the right that is missing is named.
    for operation, kind, name in documented("deduplicate"):
        if kind == "topic" and (operation, name) != ("Read", "news.article.v1"):
            continue
        acls.change("--remove", operation, kind, owner.prefix + name)
        worker_process(stranger, "deduplicate").refused("lacks a right", owner.prefix + name)
        acls.change("--add", operation, kind, owner.prefix + name)
