"""The servers that come from Maven Central, fetched once and kept.

Each lies in a folder named after what it was made from, with a list of its files: a folder that lacks one (a temporary
folder gets cleaned) is made anew. A new one is made beside and renamed when it is whole.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import programs
import unprivileged
from problems import MissingServer

POM = Path(__file__).with_name("pom.xml")
MANIFEST = "newsloom-files.json"
TIMEOUT = 900
"""Seconds that a download may take."""

log = logging.getLogger("newsloom.local")


def version(name: str) -> str:
    """`kafka`, `log4j` or `elasticsearch`, as the pom has it."""
    found = ET.parse(POM).findtext(f"{{*}}properties/{{*}}{name}.version")
    if found is None:
        raise KeyError(f"{POM} has no property {name}.version")
    return found


def kafka_jars() -> Path:
    """The folder with Kafka's jars."""
    key = f"kafka-{version('kafka')}-log4j-{version('log4j')}"
    return _fetched(_cache() / key, "Kafka", "54 MB", "dependency:copy-dependencies", "-DincludeScope=runtime")


def elasticsearch_home() -> Path:
    """Elasticsearch, unpacked where the user that runs it can read it."""
    key = f"elasticsearch-{version('elasticsearch')}"
    user = unprivileged.ordinary_user()
    # Not the temporary folder: what took a download should outlive a restart of the machine.
    folder = unprivileged.reachable(_cache() / key, user, name="servers", base=Path("/var/tmp"))
    if folder.parent != _cache():
        unprivileged.own_folder(folder.parent, 0o755)
    return _fetched(folder, "Elasticsearch", "130 MB", "dependency:unpack") / key


def _cache() -> Path:
    """Where servers are kept."""
    given = os.environ.get("NEWSLOOM_SERVERS_DIR")
    if given:
        return Path(given).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsloom" / "servers"


def _fetched(folder: Path, title: str, size: str, *goal: str) -> Path:
    if _whole(folder):
        return folder
    with _lock(folder):
        if _whole(folder):  # somebody else has fetched it while we waited
            return folder
        command = programs.maven()
        log.info("fetching %s with Maven into %s (once, %s)", title, folder, size)
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        shutil.rmtree(beside, ignore_errors=True)
        try:
            _run([command, "-q", "-B", "-f", str(POM), f"-DoutputDirectory={beside}", *goal], title)
            files = {str(path.relative_to(beside)): path.stat().st_size for path in beside.rglob("*") if path.is_file()}
            for path in (beside, *beside.rglob("*")):  # whatever the umask: another user runs it
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
            (beside / MANIFEST).write_text(json.dumps(files), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    return folder


def _run(command: list[str], title: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise MissingServer(f"{title} could not be fetched: Maven took more than {TIMEOUT} s") from None
    if done.returncode:
        lines = [line.rpartition("[ERROR]")[2].strip() for line in done.stdout.splitlines()]
        why = next((line for line in lines if line), "it gives no reason")
        raise MissingServer(f"{title} could not be fetched from Maven Central: {why}")


def _whole(folder: Path) -> bool:
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return bool(files) and all((folder / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError):
        return False


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One download at a time, over all processes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
