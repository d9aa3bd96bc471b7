"""The manifests of deploy/kubernetes, as far as they can be checked without a cluster."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.adapters.kafka.topics import group_name
from shared.pipeline import BY_STAGE, FEED, STAGES, TOPICS
from shared.settings import Settings

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy/kubernetes"
MANIFESTS: list[tuple[str, dict[str, Any]]] = [
    (path.name, manifest)
    for path in sorted(FOLDER.glob("*.yaml"))
    for manifest in yaml.safe_load_all(path.read_text("utf-8"))
]
OBJECTS = [manifest for name, manifest in MANIFESTS if name != "kustomization.yaml"]
KUSTOMIZATION = next(manifest for name, manifest in MANIFESTS if name == "kustomization.yaml")


def _all(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


DEPLOYMENTS = _all("Deployment")
PODS: dict[str, dict[str, Any]] = {name: each["spec"]["template"] for name, each in (DEPLOYMENTS | _all("Job")).items()}
CONFIG: dict[str, str] = _all("ConfigMap")["newsloom"]["data"]
SCALES = {topic.name for topic in TOPICS if topic.scales}


def _reads(stage: str) -> tuple[str, ...]:
    return (FEED,) if stage == "fetch" else BY_STAGE[stage].reads


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
    how = {"In": lambda value, values: value in values, "NotIn": lambda value, values: value not in values}
    return wanted.items() <= labels.items() and all(
        how[each["operator"]](labels.get(each["key"]), each["values"]) for each in selector.get("matchExpressions", ())
    )


def test_the_schemas_of_kubernetes_accept_them() -> None:
    validate = pytest.importorskip(
        "kubernetes_validate", reason="kubernetes-validate, which carries the schemas, is missing"
    )
    of_kubernetes = [
        each for each in OBJECTS if each["kind"] not in ("ScaledObject", "TriggerAuthentication", "PodMonitor")
    ]
    assert len(of_kubernetes) == len(OBJECTS) - 3
    for manifest in of_kubernetes:
        validate.validate(manifest, "1.33", strict=True)


def test_names_are_told_apart_and_in_one_namespace() -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in OBJECTS]
    assert len(set(names)) == len(names)
    assert {each["metadata"].get("namespace") for each in OBJECTS if each["kind"] != "Namespace"} == {"newsloom"}


def test_kustomize_takes_all_but_the_examples() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(KUSTOMIZATION["resources"]) == {name for name in files if not name.endswith(".example.yaml")}


def test_one_deployment_per_service() -> None:
    assert set(DEPLOYMENTS) == set(STAGES)
    for stage, deployment in DEPLOYMENTS.items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        assert container["args"] == ["worker", stage, "--no-supervise"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_selectors_find_their_own_pods_only(name: str) -> None:
    selector = DEPLOYMENTS[name]["spec"]["selector"]
    assert [pod for pod, each in PODS.items() if _selects(selector, each["metadata"]["labels"])] == [name]


@pytest.mark.parametrize("stage", STAGES)
def test_replicas_only_where_partitions_can_feed_them(stage: str) -> None:
    spec = DEPLOYMENTS[stage]["spec"]
    if set(_reads(stage)) <= SCALES:
        assert 1 < spec["replicas"] <= int(CONFIG["NEWSLOOM_KAFKA_PARTITIONS"])
    else:
        assert spec["replicas"] == 1
    if stage in ("deduplicate", "cluster", "alert"):
        assert spec["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize("name", PODS)
def test_pods_may_do_as_little_as_possible(name: str) -> None:
    pod = PODS[name]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False, "a Service called newsloom-worker would set NEWSLOOM_WORKER_PORT"
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] == security["fsGroup"] == 1000
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", PODS)
def test_what_is_mounted_is_there(name: str) -> None:
    pod = PODS[name]["spec"]
    mounts = {each["mountPath"]: each["name"] for each in pod["containers"][0]["volumeMounts"]}
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert set(mounts.values()) == set(volumes)
    assert "emptyDir" in volumes[mounts["/data"]]
    assert "emptyDir" in volumes[mounts["/tmp"]]
    keys = _all("Secret")["newsloom"]["stringData"]
    assert {item["key"] for item in volumes["secrets"]["secret"]["items"]} <= set(keys)
    assert not any(keys.values()), "an example has no values"


@pytest.mark.parametrize("name", PODS)
def test_every_setting_exists_and_every_file_is_mounted(name: str) -> None:
    pod = PODS[name]["spec"]
    (container,) = pod["containers"]
    assert container["envFrom"] == [{"configMapRef": {"name": "newsloom"}}]
    settings = CONFIG | {each["name"]: each.get("value", "from the pod") for each in container["env"]}
    known = {f"NEWSLOOM_{field}".upper() for field in Settings.model_fields}
    assert set(settings) <= known
    (secrets,) = (each["secret"] for each in pod["volumes"] if each["name"] == "secrets")
    files = {f"/run/secrets/newsloom/{item['path']}" for item in secrets["items"]}
    assert {value for variable, value in settings.items() if variable.endswith("_FILE")} == files


def test_the_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in CONFIG.items():
        assert isinstance(value, str), f"{variable} must be a text"
        monkeypatch.setenv(variable, value)
    assert Settings().runtime == "kafka"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_probes_ask_where_the_worker_answers(name: str) -> None:
    (container,) = DEPLOYMENTS[name]["spec"]["template"]["spec"]["containers"]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert ports == {"metrics": int(CONFIG["NEWSLOOM_WORKER_PORT"])}
    paths = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    for probe, path in paths.items():
        assert container[probe]["httpGet"] == {"path": path, "port": "metrics"}


def test_one_image_and_its_version() -> None:
    (image,) = KUSTOMIZATION["images"]
    assert {each["spec"]["containers"][0]["image"] for each in PODS.values()} == {image["name"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert image["newTag"] == project["version"]


def test_budgets_are_for_services_with_replicas() -> None:
    budgets = _all("PodDisruptionBudget")
    assert set(budgets) == {name for name, each in DEPLOYMENTS.items() if each["spec"]["replicas"] > 1}
    for name, budget in budgets.items():
        assert budget["spec"]["selector"] == DEPLOYMENTS[name]["spec"]["selector"]


def test_metrics_are_read_from_every_worker() -> None:
    service = _all("Service")["metrics"]["spec"]
    monitor = _all("PodMonitor")["newsloom"]["spec"]
    labels = {name: pod["metadata"]["labels"] for name, pod in PODS.items()}
    assert {name for name in labels if _selects(service["selector"], labels[name])} >= set(STAGES)
    assert {name for name in labels if _selects(monitor["selector"], labels[name])} == set(STAGES)
    assert service["ports"][0]["targetPort"] == monitor["podMetricsEndpoints"][0]["port"] == "metrics"


def test_keda_looks_at_what_enrich_reads() -> None:
    scaled = _all("ScaledObject")["enrich"]["spec"]
    (trigger,) = scaled["triggers"]
    assert scaled["scaleTargetRef"]["name"] in DEPLOYMENTS
    assert trigger["metadata"]["consumerGroup"] == group_name(Settings(), "enrich")
    assert (trigger["metadata"]["topic"],) == _reads("enrich")
    assert trigger["metadata"]["bootstrapServers"] == CONFIG["NEWSLOOM_KAFKA_BOOTSTRAP"]
    assert scaled["maxReplicaCount"] <= int(CONFIG["NEWSLOOM_KAFKA_PARTITIONS"])
    assert trigger["authenticationRef"]["name"] in _all("TriggerAuthentication")


def test_only_fetch_reaches_the_web() -> None:
    policies = _all("NetworkPolicy")
    labels = {name: pod["metadata"]["labels"] for name, pod in PODS.items()}
    to_the_web = [
        name
        for name in labels
        for policy in policies.values()
        if _selects(policy["spec"]["podSelector"], labels[name])
        and any("ipBlock" in to for rule in policy["spec"]["egress"] for to in rule["to"])
    ]
    assert to_the_web == ["fetch"]
    assert all(_selects(policies["workers"]["spec"]["podSelector"], each) for each in labels.values())
