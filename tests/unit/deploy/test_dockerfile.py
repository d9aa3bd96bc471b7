"""deploy/Dockerfile, as far as it can be checked without building it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from shared.adapters.kibana import SAVED_OBJECTS
from shared.settings import Settings

ROOT = Path(__file__).parents[3]


def _instructions() -> list[tuple[str, str]]:
    """(instruction, arguments), continuation lines joined, comments gone."""
    text = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [
        (word, " ".join(rest.split()))
        for word, _, rest in (line.partition(" ") for line in joined.splitlines())
        if word
    ]


INSTRUCTIONS = _instructions()
FINAL = INSTRUCTIONS[max(place for place, (word, _) in enumerate(INSTRUCTIONS) if word == "FROM") :]


def _all(word: str, instructions: list[tuple[str, str]] = INSTRUCTIONS) -> list[str]:
    return [rest for each, rest in instructions if each == word]


def test_it_has_only_instructions_that_exist() -> None:
    known = {"FROM", "ENV", "WORKDIR", "RUN", "COPY", "LABEL", "USER", "EXPOSE", "ENTRYPOINT", "CMD"}
    assert {word for word, _ in INSTRUCTIONS} <= known


def test_both_stages_have_the_same_python_which_is_a_supported_one() -> None:
    bases = {re.fullmatch(r"python:(3\.\d+)-slim-[a-z]+( AS build)?", each) for each in _all("FROM")}
    assert None not in bases
    versions = {match[1] for match in bases if match}
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    assert len(versions) == 1
    assert f"Programming Language :: Python :: {versions.pop()}" in classifiers


def test_what_is_copied_is_there_and_let_through() -> None:
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignore, "what is let through is named; all else is kept out"
    sources = [each for copy in _all("COPY") if "--from" not in copy for each in copy.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == set(sources)


def test_what_the_package_is_built_from_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    copied = " ".join(_all("COPY"))
    named = [*project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"], *project["project"]["license-files"]]
    for name in [*named, project["project"]["readme"], "pyproject.toml"]:
        assert re.search(rf"(^| ){re.escape(name)} ", copied), f"{name} is not copied"


def test_what_setup_loads_is_in_the_wheel_and_where_setup_looks() -> None:
    beside_the_package = str(SAVED_OBJECTS.relative_to(ROOT))
    assert SAVED_OBJECTS.is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    forced = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert forced[beside_the_package] == beside_the_package


def test_nothing_else_outside_the_package_is_read_at_run_time() -> None:
    reads = [
        path.name
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"""["']deploy["'/]""", path.read_text("utf-8"))
    ]
    assert reads == ["kibana.py"], "what is read must be in the image: copy it in deploy/Dockerfile"


def test_everything_that_is_installed_is_pinned_with_hashes() -> None:
    installs = [part for run in _all("RUN") for part in run.split("&&") if re.search(r"pip .*\binstall ", part)]
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes --only-binary=:all: -r " in install or install.rstrip().endswith(
            "--no-deps /dist/*.whl"
        )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "deploy/requirements-build.lock").read_text("utf-8")
    pinned = re.findall(r"^([\w-]+)==.+\\\n +--hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)
    assert set(project["build-system"]["requires"]) <= set(pinned)
    assert len(pinned) == len(re.findall(r"^[\w-]+==", lock, re.MULTILINE))


def test_it_does_not_run_as_root() -> None:
    assert _all("USER", FINAL) == ["1000:1000"]
    words = [word for word, _ in FINAL]
    assert not {"RUN", "COPY"} & set(words[words.index("USER") :]), "what is made after USER belongs to who runs it"


def test_the_last_stage_has_no_compiler_and_no_packages_lists() -> None:
    for run in _all("RUN"):
        assert "apt" not in run
        assert not re.search(r"\b(gcc|g\+\+|make|build-essential|curl|wget)\b", run)
    assert _all("COPY", FINAL) == ["--from=build /opt/newsloom /opt/newsloom"]


def test_it_carries_no_secret() -> None:
    text = "\n".join(f"{word} {rest}" for word, rest in INSTRUCTIONS)
    assert not re.search(r"password|secret|token|api.?key", text, re.IGNORECASE)
    assert not _all("ARG"), "an argument stays in the image's history"


@pytest.mark.parametrize("variable", re.findall(r"\b(NEWSLOOM_[A-Z_]+)=", " ".join(_all("ENV", FINAL))))
def test_every_setting_exists(variable: str) -> None:
    assert variable.removeprefix("NEWSLOOM_").lower() in Settings.model_fields


def test_it_answers_where_compose_and_kubernetes_ask() -> None:
    environment = " ".join(_all("ENV", FINAL))
    assert "NEWSLOOM_WORKER_HOST=0.0.0.0" in environment
    assert "NEWSLOOM_WORKER_PORT=9100" in environment
    assert _all("EXPOSE") == ["9100"]
    assert _all("ENTRYPOINT") == ['["newsloom"]'], "the exec form: a shell in between would swallow SIGTERM"
