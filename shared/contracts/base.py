"""What every message has in common: immutable, tolerant of unknown fields, times in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        # The year 1 east of Greenwich and the year 9999 west of it have no UTC time that Python can hold.
        raise ValueError("a time outside the years 1 to 9999 in UTC") from error


def rfc3339(value: datetime) -> str:
    """`2024-06-19T06:00:00Z`; fractions of a second only where there are some."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Utc = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware time, kept in UTC, which pydantic writes as RFC 3339 with `Z`."""


class Contract(BaseModel):
    """A message or a part of one.

    Unknown fields are ignored, not refused: a newer producer may run beside an older consumer during an upgrade. Bytes
    travel as base64.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")

    def to_bytes(self) -> bytes:
        """Compact UTF-8 JSON."""
        return self.__pydantic_serializer__.to_json(self)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Raises `pydantic.ValidationError` on anything that is not this contract."""
        return cls.model_validate_json(raw)
