"""How two processes share the tests (`pytest -n 2`): one breaks servers, the other does everything else."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


class Sharing(LoadScopeScheduling):
    """What breaks servers goes to one process, one after the other, and begins first, as it takes longest; the rest goes file by file, so
    that the fixtures of a file are made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "chaos" if file.startswith("tests/chaos/") else file
