"""What a stage is: a pure function from a message (and a view of recorded verdicts) to outcomes. See DESIGN, laws 1, 4 and 5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from shared.columns import Columns
from shared.contracts.alert import Alert
from shared.contracts.base import Contract, Utc
from shared.contracts.document import ArticleDocument


class Record(Contract):
    """What a stateful stage keeps of one input: enough to give its verdict again, and to fold the state from."""

    id: str
    """The input's id: an id that has a record is never judged anew."""
    group: str
    """What several inputs are versions of, e.g. the article id; `StateLog.group` looks them up."""
    event_time: Utc


@dataclass(frozen=True, slots=True)
class Emit:
    """Send on, to the stage's output topic."""

    key: str
    message: Contract


@dataclass(frozen=True, slots=True)
class Put:
    """Keep in the index; for `index` only, where it also ends the entry. `overwrite` replaces an equal revision, never a newer one."""

    document: ArticleDocument | Alert
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Meant, counted, explained: nothing further happens to this entry. `same_as` is the article that it is already."""

    code: str
    detail: str = ""
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """To the dead letters at once: trying again would not help."""

    code: str
    detail: str = ""


Outcome = Emit | Put | Drop | Reject


class Unavailable(Exception):
    """Something outside is down. The message waits, with back-off, and is never dead-lettered."""


In = TypeVar("In", bound=Contract, contravariant=True)
Rec = TypeVar("Rec", bound=Record)
RecIn = TypeVar("RecIn", bound=Record, contravariant=True)
ViewT = TypeVar("ViewT")


class Stage(Protocol[In]):
    """A stage without memory."""

    name: str

    def decide(self, message: In) -> Sequence[Outcome]: ...


@runtime_checkable
class Closing(Protocol):
    """A stage, or what a stage was given, that holds something outside of this process's memory."""

    def close(self) -> None:
        """Lets go of it; it is taken anew if there is more work."""
        ...


class StateLog(Protocol[Rec]):
    """The records of one stage, for ever: a window bounds what a view holds in memory, not what was judged."""

    def get(self, id_: str) -> Rec | None: ...

    def group(self, group: str) -> Sequence[Rec]:
        """All the records of a group, oldest first."""
        ...

    def append(self, record: Rec) -> None: ...

    def read(self) -> Iterable[Rec]:
        """All records in the order in which they were written."""
        ...


class View(Protocol[RecIn]):
    """Counters and indexes in memory, folded from the records."""

    def fold(self, record: RecIn) -> None: ...


@runtime_checkable
class Storing(Protocol):
    """A stateful stage whose view can be stored, because to fold it takes minutes."""

    name: str

    def view_key(self) -> str:
        """Of all that the stored form depends on besides the records: code, settings."""
        ...

    def columns(self, view: Any) -> Columns: ...

    def view_of(self, columns: Columns, log: StateLog[Any]) -> Any:
        """The view that these columns were made of. Raises `LookupError` where `log` has not the records that it was folded from."""
        ...


class Views(Protocol):
    """Where the view of one stage is stored."""

    def newest(self, key: str) -> tuple[Columns, Iterable[Any]] | None:
        """As it was kept last, and the records that came after; None where none was kept under this key, or records were changed since."""
        ...

    def keep(self, key: str, columns: Columns) -> None:
        """Of all the records that are stored. Raises nothing where it cannot be kept."""
        ...


class StatefulStage(Protocol[In, Rec, ViewT]):
    """A stage whose verdict depends on earlier ones.

    `decide` looks only at the message and at earlier records, never at a clock, the batch or chance; `render` makes the outcomes
    from the message and the *stored* record, so that a replay gives what was given the first time. It sees the view for one reason: to
    leave out what a later record took the place of.
    """

    name: str
    record_type: type[Rec]

    def input_id(self, message: In) -> str: ...

    def new_view(self, log: StateLog[Rec]) -> ViewT: ...

    def decide(self, message: In, view: ViewT) -> Rec: ...

    def render(self, message: In, record: Rec, view: ViewT) -> Sequence[Outcome]: ...
