"""docker-compose.yml, as far as it can be checked without a Docker daemon: its form, what it promises, and the commands it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from shared.pipeline import STAGES
from shared.settings import Settings

ROOT = Path(__file__).parents[3]
FILE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
ONE_SHOT = {name for name, service in SERVICES.items() if service["restart"] == "no"}


def test_compose_accepts_it_with_all_profiles() -> None:
    program = shutil.which("docker-compose")
    if program is None and not os.environ.get("CI"):
        pytest.skip("docker-compose is not installed")
    assert program, "docker-compose is not installed (Debian: apt-get install docker-compose)"
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", ())}
    assert profiles == {"cli", "kibana", "monitoring"}
    chosen = [f"--profile={profile}" for profile in profiles]
    said = subprocess.run([program, *chosen, "config", "-q"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def test_one_worker_per_stage() -> None:
    workers = {
        name: service["command"] for name, service in OURS.items() if service.get("command", [""])[0] == "worker"
    }
    assert workers == {stage: ["worker", stage, "--no-supervise"] for stage in STAGES}


def test_everything_published_is_bound_to_loopback() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 6
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_held_small(name: str) -> None:
    service = SERVICES[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"]
    assert service["mem_limit"]
    assert not service.keys() & {"privileged", "cap_add", "network_mode", "pid", "ipc"}
    assert not any("docker.sock" in str(volume) for volume in service.get("volumes", ()))
    assert name in ONE_SHOT or (service["restart"] == "unless-stopped" and service["healthcheck"])
    assert name in ONE_SHOT or service["stop_grace_period"]


@pytest.mark.parametrize("name", OURS)
def test_ours_write_nowhere_but_to_data_and_tmp(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["user"] == "1000:1000"
    writable = [each.split(":")[0] for each in service["tmpfs"]]
    writable += [each.split(":")[1] for each in service.get("volumes", ()) if not each.endswith(":ro")]
    assert sorted(writable) == ["/data", "/tmp"]


def test_only_fetch_and_the_command_line_reach_the_web() -> None:
    assert {name for name in OURS if set(OURS[name]["networks"]) != {"pipeline"}} == {"fetch", "cli"}
    assert FILE["networks"]["pipeline"]["internal"] is True


def test_the_versions_are_those_that_the_tests_run_on() -> None:
    pom = ElementTree.parse(ROOT / "deploy/local/pom.xml").getroot()
    texts = {(each.text or "").strip() for each in pom.iter()}
    for name in ("kafka", "elasticsearch"):
        assert SERVICES[name]["image"].rsplit(":", 1)[1] in texts, (
            f"{name} is of another version in deploy/local/pom.xml"
        )
    stack = {SERVICES[name]["image"].rsplit(":", 1)[1] for name in ("elasticsearch", "elasticsearch-users", "kibana")}
    assert len(stack) == 1
    assert not [
        name for name in SERVICES if name not in OURS and not SERVICES[name]["image"].rsplit(":", 1)[1][-1:].isdigit()
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_who_is_waited_for_can_be_waited_for(name: str) -> None:
    needs = {"service_healthy": "healthcheck", "service_completed_successfully": "restart"}
    for other, how in SERVICES[name].get("depends_on", {}).items():
        target = SERVICES[other]
        assert needs[how["condition"]] in target
        assert (how["condition"] == "service_completed_successfully") == (other in ONE_SHOT)
        assert target.get("profiles", []) in ([], SERVICES[name].get("profiles"))


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_exists_and_every_secret_is_a_file(name: str) -> None:
    environment: dict[str, Any] = SERVICES[name].get("environment", {})
    known = {f"NEWSLOOM_{field}".upper() for field in Settings.model_fields}
    assert {variable for variable in environment if variable.startswith("NEWSLOOM_")} <= known
    mounted = {f"/run/secrets/{secret}" for secret in SERVICES[name].get("secrets", ())}
    for variable, value in environment.items():
        if "PASSWORD" in variable:
            assert variable.endswith("_FILE")
            assert value in mounted


def test_no_secret_can_be_committed() -> None:
    for secret in FILE["secrets"].values():
        ignored = subprocess.run(["git", "check-ignore", "-q", secret["file"]], cwd=ROOT, check=False)
        assert ignored.returncode == 0, f"{secret['file']} is not git-ignored"


def test_every_file_that_is_mounted_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert [path for path in mounted if path.startswith(".") and not (ROOT / path).exists()] == []
    assert {path for path in mounted if not path.startswith(".")} == set(FILE["volumes"])


def test_prometheus_looks_where_the_workers_are() -> None:
    jobs = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))["scrape_configs"]
    (job,) = (job for job in jobs if job["job_name"] == "newsloom")
    (found,) = job["dns_sd_configs"]
    assert (sorted(found["names"]), found["port"]) == (sorted(STAGES), 9100)
