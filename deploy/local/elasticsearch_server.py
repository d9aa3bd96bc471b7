"""Elasticsearch: one node, without security, as an ordinary user even when started by root."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from pwd import struct_passwd

import downloads
import loopback
import programs
import unprivileged
from server import Launch, Server


@dataclass
class Elasticsearch(Server):
    heap: str = "1g"
    settings: tuple[tuple[str, str], ...] = ()
    """More lines of elasticsearch.yml; they win over ours."""
    place: Path = field(init=False)
    """Where its data and logs are: the folder, or a stand-in where the folder is closed to the user that runs it."""
    _user: struct_passwd | None = field(init=False, repr=False)

    name = "elasticsearch"
    port_names = ("http", "transport")
    inner_ports = ("transport",)
    start_timeout = 180.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._user = unprivileged.ordinary_user()
        base = unprivileged.temporary()
        self.place = unprivileged.reachable(self.folder, self._user, name="elasticsearch", base=base)

    @classmethod
    def need(cls) -> None:
        programs.jdk()
        unprivileged.ordinary_user()
        downloads.elasticsearch_home()

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def answers(self) -> bool:
        """Every index can be searched and written to: its shards are open."""
        said = self.get("/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=5)
        return said is not None and not json.loads(said)["timed_out"]

    def prepare(self) -> Launch:
        if self.place != self.folder:
            unprivileged.own_folder(self.place.parent)
        elif self._user is not None:
            self.folder.chmod(0o711)
        home = downloads.elasticsearch_home()
        folders = {name: self.place / name for name in ("config", "data", "logs", "tmp", "snapshots")}
        shutil.rmtree(folders["config"], ignore_errors=True)
        self.place.mkdir(exist_ok=True)
        self.place.chmod(0o711)
        shutil.copytree(home / "config", folders["config"])
        for folder in folders.values():
            folder.mkdir(exist_ok=True)
        # The options name files relative to the distribution, which must stay as it was unpacked.
        options = folders["config"] / "jvm.options"
        options.write_text(
            re.sub(r"\b(?=logs/)", f"{self.place}/", options.read_text()).replace("=data", f"={self.place}/data")
        )
        lines = {
            "cluster.name": "newsloom-local",
            "node.name": "node-1",
            "path.data": str(folders["data"]),
            "path.logs": str(folders["logs"]),
            "path.repo": str(folders["snapshots"]),
            "network.host": loopback.HOST,
            "http.port": str(self.ports["http"]),
            "transport.port": str(self.ports["transport"]),
            "discovery.type": "single-node",
            "xpack.security.enabled": "false",
            # Else a disk that is 90 % full for other reasons makes every index read-only.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **dict(self.settings),
        }
        text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in lines.items())
        (folders["config"] / "elasticsearch.yml").write_text(text)
        for folder in folders.values():
            unprivileged.give(folder, self._user)
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.place),
            "ES_JAVA_HOME": str(programs.jdk()),
            "ES_PATH_CONF": str(folders["config"]),
            "ES_TMPDIR": str(folders["tmp"]),
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap}",
        }
        launch = Launch([str(home / "bin" / "elasticsearch")], env=env, cwd=self.place)
        if self._user is not None:
            launch.uid, launch.gid = self._user.pw_uid, self._user.pw_gid
        return launch

    def wipe(self) -> None:
        super().wipe()
        if self.place != self.folder:
            shutil.rmtree(self.place, ignore_errors=True)
