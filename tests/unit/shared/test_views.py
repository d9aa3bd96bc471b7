"""A view that is kept is the view that would be folded, or it is not used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared import judge as module
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store, database
from shared.adapters.sqlite.views import SqliteViews, drop_views
from shared.columns import Columns
from shared.contracts import Article
from shared.errors import NotAvailable
from shared.judge import Stateful
from shared.stage import Drop, Outcome, Record, StateLog

STAGE = "adding"
Build = Callable[..., Article]


class Seen(Record):
    pass


class Adding:
    """Says how many articles it has seen, and notes how many records it was given to fold."""

    name = STAGE
    record_type = Seen
    key = "first"

    def __init__(self) -> None:
        self.folded = 0
        self.view: list[int] = []

    def input_id(self, message: Article) -> str:
        return message.id

    def new_view(self, log: StateLog[Seen]) -> Adding:
        self.view = []
        return self

    def fold(self, record: Seen) -> None:
        self.folded += 1
        self.view.append(len(self.view))

    def decide(self, message: Article, view: Adding) -> Seen:
        return Seen(id=message.id, group=message.id, event_time=message.event_time)

    def render(self, message: Article, record: Seen, view: Adding) -> Sequence[Outcome]:
        return [Drop(f"after {len(self.view)}")]

    def view_key(self) -> str:
        return self.key

    def columns(self, view: Any) -> Columns:
        return {"seen": np.array(self.view, np.int64)}

    def view_of(self, columns: Columns, log: StateLog[Any]) -> Adding:
        self.view = columns["seen"].tolist()
        if any(number < 0 for number in self.view):
            raise LookupError("no such record")
        return self


@pytest.fixture(autouse=True)
def kept_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEP_EVERY", 4)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(database(tmp_path))) as opened:
        yield opened


def work(store: Store, make_article: Build, *numbers: int) -> Adding:
    """A process that starts, judges articles in batches of two, and ends."""
    stage, log = Adding(), SqliteStateLog(store, STAGE, Seen)
    judge = Stateful(stage, log, SqliteViews(store, STAGE, log))
    judge.restore()
    for place in range(0, len(numbers), 2):
        for number in numbers[place : place + 2]:
            judge(make_article(f"https://a.example/{number}"))
        with store.transaction():
            log.flush()
        log.discard()
        judge.committed()
    return stage


def test_only_what_came_after_it_is_folded(store: Store, make_article: Build) -> None:
    assert work(store, make_article, *range(10)).folded == 10
    again = work(store, make_article)
    assert (again.folded, again.view) == (2, list(range(10)))
    # It goes on being kept, counted from what is in it already.
    work(store, make_article, 10, 11)
    assert work(store, make_article).folded == 0


def test_no_file_is_made_for_a_few_records(store: Store, make_article: Build) -> None:
    work(store, make_article, 1, 2)
    assert not list(store.path.parent.glob("*.npz"))


def cut(file: Path, store: Store) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def flip(file: Path, store: Store) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 255
    file.write_bytes(content)


def other_shape(file: Path, store: Store) -> None:
    """One bit, and an array is shorter: what is left of it is not read, so nobody would look at its checksum."""
    content = file.read_bytes()
    assert content.count(b"'shape': (8,)") == 1
    file.write_bytes(content.replace(b"'shape': (8,)", b"'shape': (0,)"))


def other_number(file: Path, store: Store) -> None:
    store.connection.execute("UPDATE consumed SET next_offset = next_offset + 1 WHERE topic = '#view'")


def other_records(file: Path, store: Store) -> None:
    """As if the view were of records that are in no log."""
    stored = dict(np.load(file))
    np.savez(file, **{**stored, "seen": np.full(8, -1)})


@pytest.mark.parametrize("spoil", [cut, flip, other_shape, other_number, other_records, lambda file, _: file.unlink()])
def test_one_that_does_not_hold_is_not_used(
    spoil: Callable[[Path, Store], object], store: Store, make_article: Build
) -> None:
    work(store, make_article, *range(10))
    (file,) = store.path.parent.glob("*.npz")
    spoil(file, store)
    again = work(store, make_article)
    assert (again.folded, again.view) == (10, list(range(10)))


def test_other_code_or_settings_fold_anew(store: Store, make_article: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    work(store, make_article, *range(10))
    monkeypatch.setattr(Adding, "key", "second")
    assert work(store, make_article).folded == 10


def test_it_goes_with_a_record_that_is_changed(store: Store, make_article: Build) -> None:
    work(store, make_article, *range(10))
    before = store.connection.execute("SELECT body FROM state WHERE seq = 4").fetchone()
    store.connection.execute("UPDATE state SET body = ? WHERE seq = 5", before)
    assert work(store, make_article).folded == 10
    store.connection.execute("DELETE FROM state WHERE seq = 3")
    assert work(store, make_article).folded == 9, "whoever deletes it, knowing of views or not"


def test_of_what_is_forgotten_no_file_is_left(
    store: Store, make_article: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(store, make_article, *range(10))
    (file,) = store.path.parent.glob("*.npz")
    file.with_suffix(".part").write_bytes(b"half of one")
    kept = store.path.with_name("mine.npz")
    kept.touch()

    def immutable(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", immutable)
        with pytest.raises(NotAvailable, match=f"nothing is deleted, since .*{file.stem}"):
            drop_views(store)
    drop_views(store)
    assert [each.name for each in store.path.parent.glob("*.[np][pa][zr]*")] == [kept.name]


def test_a_disk_that_is_full_costs_only_time(
    store: Store, make_article: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shared.adapters.sqlite.views.np.savez", full)
    assert work(store, make_article, *range(10)).view == list(range(10))
    assert [each.suffix for each in store.path.parent.iterdir() if "npz" in each.name or "part" in each.name] == []
    assert work(store, make_article).folded == 10


@pytest.mark.parametrize("name", ["columns", "view_of"])
def test_memory_that_does_not_suffice_costs_only_time(
    store: Store, make_article: Build, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The arrays take as much memory again as the view."""

    def too_large(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Adding, name, too_large)
    assert work(store, make_article, *range(10)).view == list(range(10))
    again = work(store, make_article)
    assert (again.folded, again.view) == (10, list(range(10)))


def test_a_disk_that_fails_costs_only_time(store: Store, make_article: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    work(store, make_article, 1, 2)

    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "open", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    assert work(store, make_article, *range(3, 9)).folded == 8


def test_half_a_record_is_in_no_view(store: Store, make_article: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that gave out while a record was folded may be there again when the message is tried once more."""
    stage, log = Adding(), SqliteStateLog(store, STAGE, Seen)
    judge = Stateful(stage, log, SqliteViews(store, STAGE, log))
    judge(make_article("https://a.example/1"))

    def half(record: Seen) -> None:
        stage.view.append(99)
        raise MemoryError

    monkeypatch.setattr(stage, "fold", half)
    with pytest.raises(MemoryError):
        judge(make_article("https://a.example/2"))
    judge.keep()
    assert not list(store.path.parent.glob("*.npz")), "there is no view to keep"
    assert len(log.pending()) == 1, "a dead letter leaves no record that would end the next start"
    monkeypatch.undo()
    judge(make_article("https://a.example/2"))
    assert stage.view == [0, 1]


def test_records_are_read_in_the_order_in_which_they_lie(store: Store, make_article: Build) -> None:
    """To sort them first, SQLite would put all the bodies into memory: gigabytes."""
    work(store, make_article, *range(4))
    asked: list[str] = []
    store.connection.set_trace_callback(asked.append)
    assert len(list(SqliteStateLog(store, STAGE, Seen).read(2))) == 2
    store.connection.set_trace_callback(None)
    plan = [row[3] for query in asked for row in store.connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert plan
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
