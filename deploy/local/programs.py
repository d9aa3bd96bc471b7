"""Finds what must be installed: Maven, Java, Prometheus, Alertmanager, openssl."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from problems import MissingServer

JVM_FOLDERS = (Path("/usr/lib/jvm"), Path("/usr/java"), Path("/opt/java"))
JAVA_FOR_KAFKA = 17
JDK_FOR_ELASTICSEARCH = 21


def program(*names: str, package: str) -> str:
    """The first of these programs that is installed."""
    for name in names:
        # Debian puts some servers where only root's PATH leads.
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/bin")
        if found:
            return found
    raise MissingServer(f"{names[0]} is missing: install it (Debian: apt install {package})")


def maven() -> str:
    return program("mvn", package="maven")


def openssl() -> str:
    return program("openssl", package="openssl")


def prometheus() -> str:
    return program("prometheus", package="prometheus")


def alertmanager() -> str:
    # Debian's package gives it this longer name.
    return program("prometheus-alertmanager", "alertmanager", package="prometheus-alertmanager")


def java() -> Path:
    """A `java` for Kafka."""
    for home in _java_homes():
        if _version(home) >= JAVA_FOR_KAFKA:
            return home / "bin" / "java"
    raise MissingServer(
        f"Kafka needs Java {JAVA_FOR_KAFKA} or newer: install it (Debian: apt install openjdk-17-jre-headless) "
        "or let JAVA_HOME name it"
    )


def jdk() -> Path:
    """The home of a full JDK for Elasticsearch, the oldest that will do; a trimmed runtime lacks modules that it needs."""
    found = sorted(
        (_version(home), str(home))
        for home in _java_homes()
        if (home / "bin" / "javac").exists() and _version(home) >= JDK_FOR_ELASTICSEARCH
    )
    if not found:
        raise MissingServer(
            f"Elasticsearch needs a JDK {JDK_FOR_ELASTICSEARCH} or newer, not only a JRE: install one (Debian: "
            "apt install openjdk-21-jdk-headless, or temurin-25-jdk from Adoptium) or let JAVA_HOME name it"
        )
    return Path(found[0][1])


def _java_homes() -> Iterator[Path]:
    """Where a Java may be, what the user names first."""
    for name in ("ES_JAVA_HOME", "JAVA_HOME"):
        if os.environ.get(name):
            yield Path(os.environ[name])
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve().parent.parent
    for folder in JVM_FOLDERS:
        if folder.is_dir():
            yield from (home for home in sorted(folder.iterdir()) if (home / "bin" / "java").exists())


def _version(home: Path) -> int:
    """The major version of a Java; 0 when it can't be told."""
    try:
        said = (home / "release").read_text(encoding="utf-8")
        match = re.search(r'^JAVA_VERSION="(\d+)', said, re.MULTILINE)
    except OSError:
        try:
            done = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return 0
        match = re.search(r'version "(\d+)', done.stderr)
    return int(match[1]) if match else 0
