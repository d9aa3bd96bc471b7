"""The local stack: real servers, started by its command line and by its classes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import downloads
import fixtures
import loopback
import programs
import pytest
import unprivileged
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.helpers import create_ssl_context
from servers import Alertmanager, Elasticsearch, Kafka, MissingServer, Prometheus, ServerFailed

pytestmark = pytest.mark.slow

COMMAND = Path(__file__).parents[2] / "deploy" / "local" / "stack.py"
RULES = COMMAND.parents[1] / "prometheus" / "rules"
NAMES = ("kafka", "elasticsearch", "prometheus", "alertmanager")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run_in(folder: Path) -> Run:
    def run(command: str, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(COMMAND), command, "--data-dir", str(folder), *more],
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def stack(folder: Path) -> Iterator[Run]:
    """The whole stack, started by the command, on ports of its own; they are given only once."""
    fixtures.need(*NAMES)
    run = run_in(folder)
    try:
        started = run("start", *(f"--{name}-port={loopback.free_port()}" for name in NAMES))
        assert started.returncode == 0, started.stdout + started.stderr
        yield run
    finally:
        run("stop", "--wipe")


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.loads(response.read() or b"null")


async def make_topic(kafka: Kafka, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1)])
    finally:
        await admin.close()


async def send(topic: str, value: bytes, **how: Any) -> None:
    producer = AIOKafkaProducer(**how)
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(kafka: Kafka, topic: str) -> list[bytes]:
    """With a consumer group, so that its coordinator is tried too."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=kafka.bootstrap,
        group_id="reader",
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
    )
    await consumer.start()
    try:
        got = await consumer.getmany(timeout_ms=20_000)
        return [record.value for records in got.values() for record in records]
    finally:
        await consumer.stop()


async def test_every_server_does_its_work_and_keeps_its_data_when_killed(stack: Run, folder: Path) -> None:
    kafka, elasticsearch = Kafka(folder / "kafka"), Elasticsearch(folder / "elasticsearch")
    await make_topic(kafka, "kept")
    await send("kept", b"x" * 5_000_000, bootstrap_servers=kafka.bootstrap, max_request_size=10_000_000)
    ask(f"{elasticsearch.url}/kept/_create/1", {"title": "kept"})

    assert kafka.kill()
    assert elasticsearch.kill()
    down = stack("status")
    assert down.returncode == 1
    assert "kafka: down" in down.stdout
    assert "prometheus: up" in down.stdout
    assert stack("start").returncode == 0

    assert await read(kafka, "kept") == [b"x" * 5_000_000]
    assert ask(f"{elasticsearch.url}/kept/_doc/1")["_source"] == {"title": "kept"}


def test_prometheus_knows_its_alertmanager_and_the_seven_services(stack: Run, folder: Path) -> None:
    prometheus, alertmanager = Prometheus(folder / "prometheus"), Alertmanager(folder / "alertmanager")
    managers: list[dict[str, str]] = []
    until = time.monotonic() + 30  # it looks for them some seconds after its start
    while not managers and time.monotonic() < until:
        managers = ask(f"{prometheus.url}/api/v1/alertmanagers")["data"]["activeAlertmanagers"]
        time.sleep(0.2)
    assert [manager["url"] for manager in managers] == [f"{alertmanager.url}/api/v2/alerts"]
    groups = ask(f"{prometheus.url}/api/v1/rules")["data"]["groups"]
    assert {group["file"] for group in groups} == {str(path) for path in RULES.glob("*.rules.yml")} != set()
    targets = ask(f"{prometheus.url}/api/v1/targets")["data"]["activeTargets"]
    assert {target["discoveredLabels"]["__address__"] for target in targets} == {
        f"127.0.0.1:{port}" for port in range(9101, 9108)
    }
    ask(f"{alertmanager.url}/api/v2/alerts", [{"labels": {"alertname": "Tried"}}])
    assert [alert["labels"] for alert in ask(f"{alertmanager.url}/api/v2/alerts")] == [{"alertname": "Tried"}]


def test_a_second_start_says_what_runs_already(stack: Run, folder: Path) -> None:
    before = Kafka(folder / "kafka").pid
    again = stack("start")
    assert again.returncode == 0
    assert again.stdout.count("runs already") == 4
    assert Kafka(folder / "kafka").pid == before


def test_the_environment_leads_to_the_servers(stack: Run, folder: Path) -> None:
    lines = stack("env").stdout.splitlines()
    assert lines == [
        "export NEWSLOOM_RUNTIME=kafka",
        f"export NEWSLOOM_KAFKA_BOOTSTRAP={Kafka(folder / 'kafka').bootstrap}",
        f"export NEWSLOOM_ELASTICSEARCH_URL={Elasticsearch(folder / 'elasticsearch').url}",
        f"export NEWSLOOM_ALERTMANAGER_URL={Alertmanager(folder / 'alertmanager').url}",
    ]


def test_nothing_listens_but_on_the_loopback_address(stack: Run, folder: Path) -> None:
    for kind in (Kafka, Elasticsearch, Prometheus, Alertmanager):
        server = kind(folder / kind.name)
        addresses = listening(server.pids)
        assert server.port in {port for _, port in addresses}
        assert {address for address, _ in addresses} <= {"0100007F", "0000000000000000FFFF00000100007F"}, server.name


def listening(pids: tuple[int, ...]) -> set[tuple[str, int]]:
    """The addresses (as /proc/net/tcp writes them) and ports that these processes listen on."""
    sockets = {os.readlink(link) for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                address, port = fields[1].split(":")
                found.add((address, int(port, 16)))
    return found


def test_stop_ends_exactly_its_own(folder: Path, tmp_path: Path, stack: Run) -> None:
    """Beside another one of the same kind, which stays."""
    pids = [pid for kind in (Kafka, Elasticsearch, Prometheus) for pid in kind(folder / kind.name).pids]
    with fixtures.running_alertmanager(tmp_path / "other") as other:
        assert stack("stop", "--only", "alertmanager").stdout == "alertmanager: stopped\n"
        assert other.running
        stopped = stack("stop").stdout
        assert other.answers()
    assert stopped.splitlines() == [
        "kafka: stopped",
        "elasticsearch: stopped",
        "prometheus: stopped",
        "alertmanager: did not run",
    ]
    assert not [pid for pid in pids if Path(f"/proc/{pid}/exe").exists()]
    assert stack("status").returncode == 1
    assert stack("stop").stdout.count("did not run") == 4


@pytest.fixture
def foreign() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else's, leader of a group as a server is."""
    process = subprocess.Popen(["sleep", "300"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("what", ["started", "boot"])
def test_a_pid_that_belongs_to_another_now_is_not_touched(
    what: str, foreign: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    from processes import Group, Process

    true = Group.of(foreign.pid)
    assert true.alive()
    members = (Process(foreign.pid, true.members[0].started - (what == "started")),)
    (tmp_path / "kafka").mkdir()
    Group(foreign.pid, members, "another" if what == "boot" else true.boot).write(tmp_path / "kafka" / "process.json")

    kafka = Kafka(tmp_path / "kafka")
    assert not any([kafka.running, kafka.stop(), kafka.kill(), kafka.pause(), kafka.resume()])
    assert "kafka: did not run" in run_in(tmp_path)("stop").stdout
    assert foreign.poll() is None
    assert Path(f"/proc/{foreign.pid}/stat").read_text().split()[2] == "S"


def test_a_paused_server_is_silent_and_can_be_resumed_or_stopped(tmp_path: Path) -> None:
    with fixtures.running_alertmanager(tmp_path / "one") as server:
        assert server.pause()
        assert server.running
        assert not server.answers()
        assert server.resume()
        assert server.answers()
        server.pause()
        assert server.stop()
        assert not server.running


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    fixtures.need("prometheus")
    config = tmp_path / "bad.yml"
    config.write_text("no_such_setting: 1\n")
    with pytest.raises(ServerFailed, match=r"(?s)has ended while it was starting.*no_such_setting"):
        Prometheus(tmp_path / "p", config=config).start()

    with socket.socket() as holder:
        holder.bind((loopback.HOST, 0))
        port = holder.getsockname()[1]
        with pytest.raises(ServerFailed, match=f"{port}: another process"):
            Prometheus(tmp_path / "q", port).start()


async def test_a_secured_kafka_knows_who_is_who(tmp_path: Path) -> None:
    with fixtures.running_kafka(tmp_path / "kafka", secured=True, authorizer=True) as kafka:
        await make_topic(kafka, "rights")
        context = create_ssl_context(cafile=str(kafka.ca_file))
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            how = {
                "bootstrap_servers": kafka.bootstrap_sasl_ssl,
                "security_protocol": "SASL_SSL",
                "ssl_context": context,
                "sasl_mechanism": mechanism,
            }
            password = kafka.password_file.read_text()
            await send("rights", b"mine", sasl_plain_username=kafka.user, sasl_plain_password=password, **how)
            password = kafka.stranger_password_file.read_text()
            with pytest.raises(TopicAuthorizationFailedError):
                await send("rights", b"no", sasl_plain_username=kafka.stranger, sasl_plain_password=password, **how)
        assert await read(kafka, "rights") == [b"mine"] * 3


def test_a_broken_download_is_made_anew_and_a_whole_one_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fixtures.need("kafka", "elasticsearch")
    monkeypatch.setenv("NEWSLOOM_SERVERS_DIR", str(tmp_path))
    monkeypatch.setattr(unprivileged, "ordinary_user", lambda: None)  # so that all of it is in this folder
    jars, home = downloads.kafka_jars(), downloads.elasticsearch_home()
    jar, script = jars / f"kafka_2.13-{downloads.version('kafka')}.jar", home / "bin" / "elasticsearch"
    size = jar.stat().st_size
    jar.write_bytes(b"half")
    script.unlink()
    assert (downloads.kafka_jars(), downloads.elasticsearch_home()) == (jars, home)
    assert jar.stat().st_size == size
    assert os.access(script, os.X_OK)
    assert not (COMMAND.parent / "target").exists()

    def no_maven() -> str:
        raise AssertionError("asked Maven again")

    monkeypatch.setattr(programs, "maven", no_maven)
    assert (downloads.kafka_jars(), downloads.elasticsearch_home()) == (jars, home)


def test_what_is_missing_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(MissingServer, match=r"^no-such-server is missing: .*apt install a-package\)$"):
        programs.program("no-such-server", package="a-package")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "JVM_FOLDERS", ())
    for name in ("JAVA_HOME", "ES_JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(MissingServer, match="JDK 21 or newer"):
        programs.jdk()
    with pytest.raises(MissingServer, match="Java 17 or newer"):
        programs.java()


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_server_skips_and_in_ci_fails(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingServer("it is not there")

    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(Alertmanager, "need", missing)
    with pytest.raises(outcome, match="it is not there"):
        fixtures.need("alertmanager")
