"""Which process is which: a pid alone says nothing, for the system gives it to another when its process has ended.

A server is a process group of its own. What is recorded of it are its members, each with the time it was started; as long
as one of them lives and is in the group, the group's number can't belong to anybody else, and only then it is signalled.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Start times count from the boot: those of an earlier one mean nothing."""


@dataclass(frozen=True)
class Process:
    pid: int
    started: int
    """Clock ticks since the boot."""


@dataclass(frozen=True)
class Group:
    """A process group that this project has started."""

    leader: int
    members: tuple[Process, ...]
    boot: str

    @classmethod
    def of(cls, leader: int) -> Group:
        """As it is now."""
        return cls(leader, tuple(_in_group(leader)), BOOT_ID.read_text().strip())

    def alive(self) -> tuple[Process, ...]:
        """The processes in the group, later ones too; empty when it has ended, whoever has its number now."""
        if self.boot != BOOT_ID.read_text().strip():
            return ()
        now = tuple(_in_group(self.leader))
        return now if set(now) & set(self.members) else ()

    def signal(self, number: int) -> bool:
        """False when there is nothing of ours to signal."""
        if not self.alive():
            return False
        try:
            os.killpg(self.leader, number)
        except ProcessLookupError:
            return False
        return True

    def ended(self, timeout: float) -> bool:
        """Waits for the last of them to end, `timeout` seconds at most."""
        until = time.monotonic() + timeout
        while self.alive():
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        return True

    def write(self, path: Path) -> None:
        said = {"leader": self.leader, "boot": self.boot, "members": [[m.pid, m.started] for m in self.members]}
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(said), encoding="utf-8")
        beside.rename(path)

    @classmethod
    def read(cls, path: Path) -> Group | None:
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            members = tuple(Process(int(pid), int(started)) for pid, started in said["members"])
            return cls(int(said["leader"]), members, str(said["boot"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _in_group(leader: int) -> list[Process]:
    """The processes of a group. One that its parent has not waited for counts as ended, unless threads of it live on: they hold
    its ports and files."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                said = Path("/proc", entry, "stat").read_bytes()
            except OSError:
                continue
            # The name, in brackets, may hold anything; what follows its last bracket are numbers (see proc(5)).
            state, _, group, *rest = said[said.rindex(b")") + 2 :].split()
            ended = state in (b"Z", b"X") and int(rest[14]) <= 1
            if int(group) == leader and not ended:
                found.append(Process(int(entry), int(rest[16])))
    return found
