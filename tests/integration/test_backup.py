"""A backup is a data folder as it was at one moment, whatever works in it meanwhile, and nothing but a backup is restored."""

from __future__ import annotations

import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sqlite.backup import back_up, put_in_place
from shared.adapters.sqlite.restore import restore
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import SCHEMA_VERSION, Store, database, take_lock
from shared.cli.failures import ending_of
from shared.conservation import Account, account
from shared.demo.marker import is_marked, mark
from shared.errors import Misuse, NewsloomError, NotAvailable
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings

Dump = Callable[[Path], dict[str, list[Any]]]
Rows = Callable[[int], bytes]

SETTINGS = Settings(batch_size=20, alert_known_stories=0, alert_known_days=0, alert_horizon_days=1)


def ingest(data_dir: Path, archive: Path) -> None:
    with Session(data_dir, config=SETTINGS) as session:
        ingest_files(session, [str(archive)], "auto")


def ledger(data_dir: Path) -> Account:
    store = Store(database(data_dir), read_only=True)
    try:
        return account(snapshot(store))
    finally:
        store.close()


def newsloom(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
    environment |= {f"NEWSLOOM_{name.upper()}": value for name, value in settings.items()}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, newest_rows: Rows) -> list[Path]:
    """A hundred articles in two files."""
    folder = tmp_path_factory.mktemp("archives")
    rows = newest_rows(100).splitlines(keepends=True)
    for number, part in enumerate((rows[:50], rows[50:])):
        (folder / f"{number}.jsonl").write_bytes(b"".join(part) + b"{not json\n")
    return [folder / "0.jsonl", folder / "1.jsonl"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, archives: list[Path]) -> Path:
    """A data folder that the tests only read."""
    folder = tmp_path_factory.mktemp("filled")
    ingest(folder, archives[0])
    (folder / "feeds.opml").write_text("<opml/>")
    (folder / "gazetteer.yaml").write_text("[]\n")
    (folder / "outlets.tsv").write_text("domain\towner\nvalley.example\tValley\n")
    (folder / "alert-rules.toml").write_text("daily_budget = 10\n")
    return folder


@pytest.fixture
def made(filled: Path, tmp_path: Path) -> Path:
    back_up(filled, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


def test_a_restored_folder_says_the_same_and_goes_on_the_same(
    filled: Path, archives: list[Path], made: Path, tmp_path: Path, dump: Dump
) -> None:
    restored = tmp_path / "restored"
    found = restore(made, restored)
    assert found.holds
    assert found.entries == 51
    assert dump(restored) == dump(filled)
    assert {path.name for path in restored.iterdir()} >= {"newsloom.sqlite", "feeds.opml", "gazetteer.yaml"}
    assert not [path for path in restored.iterdir() if path.name.startswith(".")]
    for name in ("feeds.opml", "outlets.tsv", "alert-rules.toml"):
        assert (restored / name).read_text() == (filled / name).read_text()

    undisturbed = tmp_path / "undisturbed"
    for archive in archives:
        ingest(undisturbed, archive)
    ingest(restored, archives[0])  # known: nothing changes
    ingest(restored, archives[1])
    assert dump(restored) == dump(undisturbed)


def test_while_a_pipeline_works(archives: list[Path], tmp_path: Path, dump: Dump) -> None:
    """Each backup holds; of what it lacks, everything comes once more from the same files."""
    work, stop, made, errors = tmp_path / "work", threading.Event(), list[Path](), list[BaseException]()
    with Session(work, config=SETTINGS.model_copy(update={"batch_size": 1})) as session:

        def keep_backing_up() -> None:
            try:
                while not stop.is_set():
                    file = tmp_path / f"{len(made)}.tar"
                    back_up(work, file)
                    made.append(file)
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=keep_backing_up)
        thread.start()
        ingest_files(session, [str(archive) for archive in archives], "auto")
        stop.set()
        thread.join(60)
    assert not errors, errors
    assert len(made) >= 3
    entries = []
    for number, file in enumerate(made):
        folder = tmp_path / f"restored-{number}"
        found = restore(file, folder)
        assert found.holds, found.broken
        entries.append((found.entries, found.articles))
    assert entries == sorted(entries)
    half = next((number for number, (_, articles) in enumerate(entries) if 0 < articles < 90), None)
    assert half is not None, f"no backup was made in the middle: {entries}"
    for archive in archives:
        ingest(tmp_path / f"restored-{half}", archive)
    assert dump(tmp_path / f"restored-{half}") == dump(work)


def test_another_process_writes_between_two_steps_and_the_copy_is_of_one_moment(filled: Path, tmp_path: Path) -> None:
    """The copy is not begun anew either: it would never end where somebody writes all the time."""
    work = tmp_path / "work"
    back_up(filled, tmp_path / "first.tar")
    restore(tmp_path / "first.tar", work)
    Store(database(work)).close()  # as a pipeline that starts does
    writer = sqlite3.connect(database(work), isolation_level=None)
    writer.execute("CREATE TABLE filler (raw BLOB)")
    writer.execute("INSERT INTO filler SELECT randomblob(20000000)")
    steps = list[int]()

    def told(done: int, all_: int) -> None:
        steps.append(done)
        writer.execute("DELETE FROM ledger WHERE entry_id = (SELECT min(entry_id) FROM ledger)")

    back_up(work, tmp_path / "second.tar", told=told)
    writer.close()
    assert len(steps) > 3
    assert steps == sorted(steps), "begun anew"
    restored = tmp_path / "restored"
    assert restore(tmp_path / "second.tar", restored).entries == 51
    assert ledger(work).entries < 51


def test_it_is_a_tar_that_anybody_can_read(made: Path) -> None:
    with tarfile.open(made) as archive:
        assert archive.getnames() == [
            "manifest.json",
            *("feeds.opml", "gazetteer.yaml", "outlets.tsv", "alert-rules.toml"),
            "newsloom.sqlite",
        ]
        stream = archive.extractfile("manifest.json")
        assert stream is not None
        manifest = json.load(stream)
    assert manifest["schema"] == SCHEMA_VERSION
    assert list(made.parent.iterdir()) == [made], "nothing is left beside it"


def test_the_demos_marker_comes_along(archives: list[Path], filled: Path, made: Path, tmp_path: Path) -> None:
    """Invented news must not become news by way of a backup, nor real ones invented."""
    demo = tmp_path / "demo"
    ingest(demo, archives[0])
    mark(demo)
    back_up(demo, tmp_path / "demo.tar")
    restore(tmp_path / "demo.tar", tmp_path / "restored")
    assert is_marked(tmp_path / "restored")
    restore(made, tmp_path / "restored", force=True)
    assert not is_marked(tmp_path / "restored")


def test_cut_off_before_the_database_is_another_one_invented_news_stay_marked(
    filled: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore(made, tmp_path / "demo")
    mark(tmp_path / "demo")

    def cut_off(unpacked: Path, target: Path) -> None:
        if target.name == database(filled).name:
            raise KeyboardInterrupt
        put_in_place(unpacked, target)

    monkeypatch.setattr("shared.adapters.sqlite.restore.put_in_place", cut_off)
    with pytest.raises(KeyboardInterrupt):
        restore(made, tmp_path / "demo", force=True)
    assert is_marked(tmp_path / "demo")


def test_force_leaves_the_folder_as_it_was_at_the_backup(
    archives: list[Path], made: Path, filled: Path, tmp_path: Path, dump: Dump
) -> None:
    other = tmp_path / "other"
    for archive in archives:
        ingest(other, archive)
    before = dump(other)
    with pytest.raises(Misuse, match="--force"):
        restore(made, other)
    assert dump(other) == before
    restore(made, other, force=True)
    assert dump(other) == dump(filled)


def made_before(made: Path, *, without: str) -> Path:
    """As a version made it that knew nothing of one of the lists."""

    def change(member: tarfile.TarInfo, raw: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if member.name == "manifest.json":
            about = json.loads(raw)
            del about["looked_for"], about["files"][without]
            return [(member, json.dumps(about).encode())]
        return [] if member.name == without else [(member, raw)]

    return changed(made, change)


def test_a_list_that_an_earlier_version_did_not_know_stays(made: Path, tmp_path: Path) -> None:
    earlier = made_before(made, without="alert-rules.toml")
    other = tmp_path / "other"
    other.mkdir()
    (other / "alert-rules.toml").write_text("daily_budget = 99\n")
    restore(earlier, other)
    assert (other / "alert-rules.toml").read_text() == "daily_budget = 99\n"
    (other / "gazetteer.yaml").write_text("mine")
    restore(made_before(made, without="gazetteer.yaml"), other, force=True)
    assert not (other / "gazetteer.yaml").exists(), "looked for by every version: it was not there"


def test_nothing_is_left_of_what_is_replaced(made: Path, tmp_path: Path) -> None:
    """A kept view has actors' names."""
    restore(made, tmp_path / "other")
    for name in ("newsloom.alert.npz", "newsloom.deduplicate.part"):
        (tmp_path / "other" / name).write_bytes(b"names")
    restore(made, tmp_path / "other", force=True)
    assert not list((tmp_path / "other").glob("newsloom.*.*"))


def test_a_damaged_database_is_replaced(made: Path, filled: Path, tmp_path: Path, dump: Dump) -> None:
    other = tmp_path / "other"
    other.mkdir()
    database(other).write_bytes(b"no database at all" * 1000)
    database(other).with_name("newsloom.sqlite-wal").write_bytes(b"nor a log")
    restore(made, other, force=True)
    assert dump(other) == dump(filled)


def test_the_list_of_feeds_alone_is_data(made: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "feeds.opml").write_text("mine")
    with pytest.raises(Misuse, match=r"feeds\.opml"):
        restore(made, tmp_path / "other")
    assert (tmp_path / "other" / "feeds.opml").read_text() == "mine"


def test_not_into_a_folder_where_a_pipeline_works(made: Path, tmp_path: Path) -> None:
    with take_lock(tmp_path / "busy"), pytest.raises(NotAvailable, match="another newsloom"):
        restore(made, tmp_path / "busy", force=True)


def test_a_file_that_is_there_is_not_overwritten(made: Path, filled: Path) -> None:
    before = made.read_bytes()
    with pytest.raises(Misuse, match="--force"):
        back_up(filled, made)
    assert made.read_bytes() == before
    back_up(filled, made, force=True)
    with pytest.raises(Misuse, match="there already"):
        back_up(filled, made.parent, force=True)
    with pytest.raises(Misuse, match="there already"):
        back_up(filled, Path("/dev/null"), force=True)


def test_no_backup_of_nothing_and_none_into_nowhere(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="no data yet"):
        back_up(tmp_path / "nothing", tmp_path / "backup.tar")
    with pytest.raises(NotAvailable, match="cannot be written"):
        back_up(filled, tmp_path / "no" / "folder" / "backup.tar")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_does_not_hold_is_told(filled: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    back_up(filled, tmp_path / "good.tar")
    restore(tmp_path / "good.tar", work)
    with sqlite3.connect(database(work)) as writer:
        writer.execute("DELETE FROM ledger WHERE ending = 'indexed'")
    with pytest.raises(NewsloomError, match="--no-check"):
        back_up(work, tmp_path / "bad.tar")
    assert not (tmp_path / "bad.tar").exists()
    back_up(work, tmp_path / "bad.tar", check=False)
    assert not restore(tmp_path / "bad.tar", tmp_path / "restored").holds


def test_a_damaged_database_is_not_backed_up(filled: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    back_up(filled, tmp_path / "good.tar")
    restore(tmp_path / "good.tar", work)
    raw = bytearray(database(work).read_bytes())
    raw[3 * 16384 : 8 * 16384] = os.urandom(5 * 16384)
    database(work).write_bytes(raw)
    with pytest.raises((NewsloomError, sqlite3.DatabaseError)) as caught:
        back_up(work, tmp_path / "bad.tar")
    ending = ending_of(caught.value)  # type: ignore[arg-type]
    assert ending is not None
    assert "damaged" in ending.line
    assert not (tmp_path / "bad.tar").exists()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.5, 0.97, 0.9999])
def test_a_file_that_was_cut_short(made: Path, tmp_path: Path, share: float) -> None:
    raw = made.read_bytes()
    end = raw.rstrip(b"\0")
    made.write_bytes(raw[: int(len(end) * share)])
    with pytest.raises(Misuse, match=r"damaged or cut short|no backup"):
        restore(made, tmp_path / "restored")
    assert not database(tmp_path / "restored").exists()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_one_byte_that_changed(made: Path, tmp_path: Path, share: float) -> None:
    raw = bytearray(made.read_bytes())
    raw[int(len(raw) * share)] ^= 1
    made.write_bytes(raw)
    with pytest.raises(Misuse, match="damaged"):
        restore(made, tmp_path / "restored")
    assert not database(tmp_path / "restored").exists()


def changed(made: Path, change: Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]) -> Path:
    """The backup with other members."""
    other = made.with_name("changed.tar")
    with tarfile.open(made) as old, tarfile.open(other, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            for info, raw in change(member, stream.read()):
                info.size = len(raw) if info.isreg() else 0
                new.addfile(info, io.BytesIO(raw))
    return other


@pytest.mark.parametrize(
    "name", ["../escaped", "/tmp/newsloom-escaped", "folder/feeds.opml", "other.txt", "newsloom.sqlite"]
)
def test_a_member_that_has_no_business_there(made: Path, tmp_path: Path, name: str) -> None:
    file = changed(
        made,
        lambda member, raw: [(member, raw), *([(tarfile.TarInfo(name), raw)] * (member.name == "newsloom.sqlite"))],
    )
    with pytest.raises(Misuse, match="is no backup of newsloom: it holds"):
        restore(file, tmp_path / "folder" / "restored")
    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "folder" / "escaped").exists()
    assert not Path("/tmp/newsloom-escaped").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_file(made: Path, tmp_path: Path, kind: bytes) -> None:
    def change(member: tarfile.TarInfo, raw: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if member.name == "feeds.opml":
            member.type, member.linkname = kind, "/etc/passwd"
        return [(member, raw)]

    with pytest.raises(Misuse, match="is no backup of newsloom"):
        restore(changed(made, change), tmp_path / "restored")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("schema", SCHEMA_VERSION + 1, f"data of version {SCHEMA_VERSION + 1}"),
        ("format", 99, "format 99"),
        ("files", {}, "is no backup"),
        ("files", {"../x": {"bytes": 1, "sha256": ""}}, "is no backup"),
        ("files", 7, "is no backup"),
    ],
)
def test_another_version(made: Path, tmp_path: Path, key: str, value: Any, said: str) -> None:
    def change(member: tarfile.TarInfo, raw: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if member.name == "manifest.json":
            raw = json.dumps(json.loads(raw) | {key: value}).encode()
        return [(member, raw)]

    with pytest.raises(Misuse, match=said):
        restore(changed(made, change), tmp_path / "restored")


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 10240, b"\x1f\x8b" * 600])
def test_what_is_no_tar(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Misuse, match=r"no backup|damaged"):
        restore(tmp_path / "file", tmp_path / "restored")
    with pytest.raises(Misuse, match="no such file"):
        restore(tmp_path / "nothing", tmp_path / "restored")


def test_the_commands(filled: Path, tmp_path: Path) -> None:
    file, restored = str(tmp_path / "backup.tar"), str(tmp_path / "restored")
    done = newsloom("backup", file, "--data-dir", str(filled))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "51 entries" in done.stdout
    again = newsloom("backup", file, "--data-dir", str(filled))
    assert (again.returncode, again.stdout, again.stderr.count("\n")) == (2, "", 1)
    done = newsloom("restore", file, "--data-dir", restored)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "51 entries" in done.stdout
    assert newsloom("ledger", "--data-dir", restored).returncode == 0


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_a_cluster_it_says_what_to_use_instead(command: str, tmp_path: Path) -> None:
    done = newsloom(command, str(tmp_path / "backup.tar"), runtime="kafka")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "Kafka" in done.stderr
    assert "docs/operations/backup.md" in done.stderr


def test_a_bar_on_a_terminal_only(filled: Path, tmp_path: Path) -> None:
    """On a terminal what is drawn is more than the one line on standard output."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from shared.cli import main; main()", "backup", str(tmp_path / "backup.tar")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "TERM": "xterm"}
    process = subprocess.Popen(
        [*command, "--data-dir", str(filled)], stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    )
    os.close(theirs)
    drawn = b""
    try:
        while chunk := os.read(ours, 4096):
            drawn += chunk
    except OSError:
        pass  # the other end was closed
    os.close(ours)
    assert process.wait(60) == 0
    assert b"copying" in drawn


def test_lists_that_it_does_not_have_are_named(made: Path, tmp_path: Path) -> None:
    """Those of another name in the folder, too."""
    folder = tmp_path / "folder"
    restore(made, folder)
    mine = {"alert_rules": tmp_path / "rules.toml", "gazetteer_file": folder / "mine.yaml"}
    mine["alert_rules"].write_text("daily_budget = 10\n")
    mine["gazetteer_file"].write_text("[]\n")
    named = {**mine, "outlets_file": folder / "outlets.tsv"}
    said = newsloom(
        "backup", str(tmp_path / "second.tar"), data_dir=str(folder), **{key: str(path) for key, path in named.items()}
    )
    assert [line for line in said.stdout.splitlines() if line.startswith("not in it")] == [
        f"not in it: {mine['gazetteer_file']}, which NEWSLOOM_GAZETTEER_FILE names",
        f"not in it: {mine['alert_rules']}, which NEWSLOOM_ALERT_RULES names",
    ]
