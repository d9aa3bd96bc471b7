"""What all servers of the local stack have in common: start, stop, kill, pause, resume, restart."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import loopback
from problems import ServerFailed
from processes import Group

LAST_LINES = 15
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy that the environment names: all of it is on this machine."""


@dataclass
class Launch:
    """How a server is started."""

    command: list[str]
    env: dict[str, str] | None = None
    uid: int | None = None
    gid: int | None = None
    cwd: Path | None = None


@dataclass
class Server(ABC):
    """One server with its data in `folder`. Ports that are 0 become free ones and are remembered in the folder.

    An object over the folder of a server that runs already (another process may have started it) finds it running.
    """

    folder: Path
    port: int = 0
    ports: dict[str, int] = field(default_factory=dict, init=False)
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    name: ClassVar[str]
    start_timeout: ClassVar[float] = 60.0
    stop_timeout: ClassVar[float] = 30.0
    port_names: ClassVar[tuple[str, ...]] = ("",)
    """The first is the one that `port` gives."""
    inner_ports: ClassVar[tuple[str, ...]] = ()
    """Those that nobody outside needs to know."""

    def __post_init__(self) -> None:
        self.folder = Path(self.folder).absolute()
        known = self._known_ports()
        for name in self.port_names:
            given = self.port if name == self.port_names[0] else 0
            self.ports[name] = given or known.get(name) or loopback.free_port()
        self.port = self.ports[self.port_names[0]]

    @classmethod
    @abstractmethod
    def need(cls) -> None:
        """Raises MissingServer when it can't be had; fetches it when it must be fetched."""

    @abstractmethod
    def prepare(self) -> Launch:
        """Writes its configuration."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it does its work now, not only listens."""

    def used_ports(self) -> dict[str, int]:
        return self.ports

    @property
    def address(self) -> str:
        return f"{loopback.HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """Everything that the server says, over all its starts."""
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Its process group; None when it does not run."""
        group = self._group()
        return group.leader if group and group.alive() else None

    @property
    def pids(self) -> tuple[int, ...]:
        """All its processes."""
        group = self._group()
        return tuple(process.pid for process in group.alive()) if group else ()

    @property
    def running(self) -> bool:
        return self.pid is not None

    def start(self) -> None:
        """Returns when it answers; does nothing but wait for that when it runs already. Raises MissingServer, ServerFailed."""
        if not self.running:
            self.need()
            self._launch()
        self._wait()

    def stop(self) -> bool:
        """Gracefully, and if that takes more than `stop_timeout` seconds, at once. False when it did not run."""
        group = self._group()
        if group is None or not group.signal(signal.SIGTERM):
            return False
        group.signal(signal.SIGCONT)  # one that is paused could not hear of it
        if not self._ended(group, self.stop_timeout):
            self.kill()
        self._record.unlink(missing_ok=True)
        return True

    def kill(self) -> bool:
        """At once (SIGKILL): it writes nothing more."""
        group = self._group()
        if group is None or not group.signal(signal.SIGKILL):
            return False
        if not self._ended(group, 10):
            raise ServerFailed(f"{self.name} (pid {group.leader}) does not end, not even by SIGKILL")
        return True

    def pause(self) -> bool:
        """It keeps its connections and does nothing (SIGSTOP)."""
        group = self._group()
        return group is not None and group.signal(signal.SIGSTOP)

    def resume(self) -> bool:
        group = self._group()
        return group is not None and group.signal(signal.SIGCONT)

    def restart(self) -> None:
        """On the same data and the same ports; also one that was killed."""
        self.stop()
        self.start()

    def wipe(self) -> None:
        """Ends it and removes its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def get(self, path: str, timeout: float = 2.0) -> bytes | None:
        """What an HTTP server says with status 200; None when it does not."""
        try:
            with _direct.open(f"http://{self.address}{path}", timeout=timeout) as response:
                return bytes(response.read())
        except (OSError, urllib.error.URLError):
            return None

    def failed(self, why: str) -> ServerFailed:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        except OSError:
            lines = []
        return ServerFailed("\n".join([f"{self.name} {why}; the end of {self.log}:", *lines]))

    @property
    def _record(self) -> Path:
        return self.folder / "process.json"

    def _group(self) -> Group | None:
        return Group.read(self._record)

    def _known_ports(self) -> dict[str, int]:
        try:
            return {name: int(port) for name, port in json.loads((self.folder / "ports.json").read_text()).items()}
        except (OSError, ValueError):
            return {}

    def _launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, port in self.used_ports().items():
            if loopback.taken(port) and name in self.inner_ports:
                self.ports[name] = loopback.free_port()
            elif loopback.taken(port):
                raise ServerFailed(f"{self.name} can't listen on {loopback.HOST}:{port}: another process does already")
        launch = self.prepare()
        (self.folder / "ports.json").write_text(json.dumps(self.ports), encoding="utf-8")
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                launch.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=launch.env,
                cwd=launch.cwd or self.folder,
                user=launch.uid,
                group=launch.gid,
                extra_groups=None if launch.gid is None else [],
                start_new_session=True,
            )
        Group.of(self._child.pid).write(self._record)

    def _wait(self) -> None:
        until = time.monotonic() + self.start_timeout
        while not self.answers():
            if not self.running:
                raise self.failed("has ended while it was starting")
            if time.monotonic() >= until:
                self.kill()
                raise self.failed(f"did not answer within {self.start_timeout:.0f} s")
            time.sleep(0.1)
        pid = self.pid
        if pid is None:
            raise self.failed(f"has ended, and something else answers on {self.address}")
        Group.of(pid).write(self._record)  # with the processes that it has started itself

    def _ended(self, group: Group, timeout: float) -> bool:
        done = group.ended(timeout)
        if done and self._child is not None and self._child.pid == group.leader:
            self._child.wait()
        return done
