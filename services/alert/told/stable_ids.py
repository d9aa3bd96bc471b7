"""UUIDs of our own for formats that ask for them: the same for the same thing, in every process and every replay."""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("6f0f3f5e-7c0d-5f1b-9d9e-2f4c6a1b8e37")
"""Must never change: every id that was ever published was made in it."""


def stable_uuid(*parts: str) -> str:
    """Parts are told apart: ("a", "bc") is not ("ab", "c")."""
    return str(uuid5(NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "replace").decode()))
