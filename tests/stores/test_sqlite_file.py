"""The file of the SQLite store: what is not ours, not new enough, not writable, not free, not big enough."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from innovationhub import Hub, Invalid, NotFound, Person, Unavailable
from innovationhub.builtin.sqlite import SqliteStore, open_sqlite
from innovationhub.builtin.sqlite_file import APPLICATION_ID, LAYOUT, parse_address
from innovationhub.domain.records import Key, Read, Record, key_of, record
from innovationhub.plugins import CORE_RECORDS
from innovationhub.protocols.store import Commit, StoreRequest
from tests.support import ONLY_BUILT_IN, TASTER, Clock, people, small_hub


def open_hub(file: Path | str, options: str = "") -> Hub:
    return Hub.open(f"sqlite:///{file}{options}", clock=Clock(), settings=ONLY_BUILT_IN)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///hub.db", "hub.db"),
        ("sqlite:////var/lib/hub.db", "/var/lib/hub.db"),
        ("sqlite:///a%20b.db", "a b.db"),
    ],
)
def test_an_address_is_relative_or_absolute(url: str, path: str) -> None:
    """Three slashes and a name are relative to the working directory, four are absolute."""
    assert parse_address(url).path == path


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:hub.db",
        "sqlite://host/hub.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///hub.db?mode=yes",
        "sqlite:///hub.db?timeout=soon",
        "sqlite:///hub.db?timeout=-1",
        "sqlite:///hub.db?what=ever",
        "mysql://x",
        "",
        "hub.db",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    """With the field's name, and what an address looks like."""
    with pytest.raises(Invalid) as invalid:
        Hub.open(url, settings=ONLY_BUILT_IN)
    assert invalid.value.field == "store"


def test_it_survives_closing_and_opening(tmp_path: Path) -> None:
    """What was booked is there when the file is opened again."""
    with small_hub(tmp_path / "hub.db") as hub:
        booked = hub.book(TASTER, *people(hub, "ada"))
    with open_hub(tmp_path / "hub.db") as hub:
        assert hub.booking(booked.id) == booked


def test_the_file_is_durable_by_its_own_settings(tmp_path: Path) -> None:
    """WAL, and synchronous FULL on every connection: what is acknowledged has been synced."""
    with small_hub(tmp_path / "hub.db"):
        pass
    with sqlite3.connect(tmp_path / "hub.db") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert plain.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    plain.close()
    connection = parse_address(f"sqlite:///{tmp_path / 'hub.db'}").connect()
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_columns_are_typed_and_can_be_joined_in_plain_sql(tmp_path: Path) -> None:
    """An analyst counts places by staff group with nothing but SQL."""
    with small_hub(tmp_path / "hub.db") as hub:
        hub.add_person(Person("ada", groups=("nursing",)))
        hub.book(TASTER, "ada")
    plain = sqlite3.connect(tmp_path / "hub.db")
    sql = """
        SELECT person.groups, date(session.starts), booking.status
        FROM booking JOIN person ON person.key = booking.person JOIN session ON session.id = booking.session_id
    """
    assert plain.execute(sql).fetchall() == [("nursing", "2026-12-01", "confirmed")]
    types = {row[1]: (row[2], row[3]) for row in plain.execute("PRAGMA table_info(booking)")}
    assert (types["sequence"], types["slot"], types["created_at"]) == (
        ("INTEGER", 1),
        ("INTEGER", 0),
        ("TEXT", 1),
    )
    plain.close()


def test_a_text_file_is_left_as_it_is(tmp_path: Path) -> None:
    """It is not a database: refused, and not a byte of it is changed."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear hub,\n" * 500)
    with pytest.raises(Invalid, match="not a hub's file"):
        open_hub(file)
    assert file.read_text() == "Dear hub,\n" * 500


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    """A SQLite file that somebody else made is refused, whatever is in it."""
    file = tmp_path / "theirs.db"
    with sqlite3.connect(file) as plain:
        plain.execute("CREATE TABLE booking (id TEXT)")
    plain.close()
    before = file.read_bytes()
    with pytest.raises(Invalid, match="not a hub's file"):
        open_hub(file)
    assert file.read_bytes() == before


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """By its layout, and by a column that this version does not know: better no hub than half a one."""
    for statement in (f"PRAGMA user_version = {LAYOUT + 1}", "ALTER TABLE booking ADD COLUMN mood TEXT"):
        file = tmp_path / f"{len(statement)}.db"
        with small_hub(file):
            pass
        with sqlite3.connect(file) as plain:
            plain.execute(statement)
        plain.close()
        with pytest.raises(Invalid, match="newer version"):
            open_hub(file)


@record("gadget", key=("id",))
@attrs.frozen
class OldGadget(Record):
    """A plugin's record as its first version had it."""

    id: str


@record("gadget", key=("id",), indexes={"by_room": ("room",)})
@attrs.frozen
class NewGadget(Record):
    """The same record a version later: more fields, with defaults, and an index."""

    id: str
    room: str = "the hub's"
    count: int = 1
    kept: bool = True
    note: str | None = None


def test_an_older_file_is_brought_up_to_date(tmp_path: Path) -> None:
    """Fields, an index and a record that came later are added, rows keep what they had, and it is done once."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store = open_sqlite(StoreRequest(url, (OldGadget,)))
    store.commit(Commit({key_of(OldGadget("lamp")): None}, (OldGadget("lamp"),)))
    store.close()
    for _ in range(2):
        store = open_sqlite(StoreRequest(url, (NewGadget, *CORE_RECORDS)))
        found = store.read(Read((Key(NewGadget, ("lamp",)),))).get(NewGadget, "lamp")
        assert found == NewGadget("lamp", "the hub's", 1, True, None)
        store.close()


def test_a_locked_file_is_waited_for_and_then_said_to_be_locked(tmp_path: Path) -> None:
    """In bounded time, with a sentence that says how long; what was asked is certainly not done."""
    with small_hub(tmp_path / "hub.db") as hub:
        people(hub, "ada")
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_hub(tmp_path / "hub.db", "?timeout=0.2") as hub:
        assert hub.session(TASTER).places["attendee"].left == 2  # a reader is not in a writer's way
        with pytest.raises(Unavailable, match=r"locked .* 0\.2 s") as unavailable:
            hub.book(TASTER, "ada", request_id="mine")
        assert (unavailable.value.request_id, unavailable.value.outcome_known) == ("mine", True)
        other.execute("ROLLBACK")
        assert hub.book(TASTER, "ada", request_id="mine").status == "confirmed"
    other.close()


def test_read_only_shows_and_does_not_book(tmp_path: Path) -> None:
    """With `mode=ro` the calendar is there, and a booking says that the file can only be read."""
    with small_hub(tmp_path / "hub.db") as hub:
        people(hub, "ada")
    with open_hub(tmp_path / "hub.db", "?mode=ro") as hub:
        assert hub.session(TASTER).places["attendee"].left == 2
        with pytest.raises(Unavailable, match="can only be read"):
            hub.book(TASTER, "ada")
    with pytest.raises(Unavailable):
        open_hub(tmp_path / "nothing.db", "?mode=ro")


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that another user of this machine can reach."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to other users
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_file_one_may_not_write_opens_to_read(shared_folder: Path) -> None:
    """Without being told: the file's own permissions decide."""
    with small_hub(shared_folder / "hub.db") as hub:
        people(hub, "ada")
        hub.book(TASTER, "ada")
    for file in shared_folder.iterdir():
        file.chmod(0o444)
    code = f"""
import sys
from innovationhub import Hub, Settings, Unavailable
with Hub.open("sqlite:///{shared_folder}/hub.db", settings=Settings(discover=False)) as hub:
    print(hub.session("{TASTER}").places["attendee"].held)
    try:
        hub.book("taster@2026-12-08T10:00", "ada")
    except Unavailable as error:
        print(error)
"""
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody").pw_uid
        done = run_as(nobody, code)
    else:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
        )
    assert done.stdout.splitlines()[:1] == ["1"], done.stderr
    assert "can only be read" in done.stdout


def run_as(user: int, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python as another user: in a fork, since that user may not be able to reach this interpreter's files."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        os.setuid(user)
        with os.fdopen(write_end, "w") as out:
            sys.stdout = out
            try:
                exec(code, {})  # noqa: S102  # our own code, in a child of its own
            except BaseException as error:  # noqa: BLE001  # whatever happens, the parent is told
                out.write(f"{type(error).__name__}: {error}")
            out.flush()
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as said:
        text = said.read()
    os.waitpid(child, 0)
    return subprocess.CompletedProcess([], 0, text, text)


class FullDisk(SqliteStore):
    """A store whose file may not grow: SQLite itself says that the disk is full."""

    full = False

    def before_commit(self, connection: sqlite3.Connection) -> None:
        pass

    def fill(self) -> None:
        with self._connection() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

    def make_room(self) -> None:
        with self._connection() as connection:
            connection.execute("PRAGMA max_page_count = 1073741823")


def test_a_full_disk_changes_nothing_and_says_so(tmp_path: Path) -> None:
    """The booking that no longer fits is not there, the store goes on, and with room it is made."""
    with small_hub(tmp_path / "hub.db") as hub:
        names = people(hub, *(f"p{number}" for number in range(50)))
    from innovationhub.plugins import load

    address = parse_address(f"sqlite:///{tmp_path / 'hub.db'}")
    store = FullDisk(address, CORE_RECORDS)
    store.fill()
    full = Hub(store, load(discover=False), Clock())
    booked = 0

    def book_until_it_fails() -> None:
        nonlocal booked
        for day in ("01", "08", "15", "22"):
            for name in names:
                full.book(f"taster@2026-12-{day}T10:00", name, request_id=f"{day}-{name}")
                booked += 1

    with pytest.raises(Unavailable, match="disk is full") as unavailable:
        book_until_it_fails()
    assert unavailable.value.outcome_known
    assert (
        sum(entry.kind in ("booking.confirmed", "booking.waitlisted") for entry in full.journal()) == booked
    )
    assert full.audit() == []
    store.make_room()
    request = unavailable.value.request_id
    assert request is not None
    day, _, name = request.partition("-")
    assert full.book(f"taster@2026-12-{day}T10:00", name, request_id=request).person_id == name
    assert full.audit() == []
    full.close()


def test_a_connection_does_not_cross_a_fork(tmp_path: Path) -> None:
    """A child of a process that has the hub open uses connections of its own."""
    with small_hub(tmp_path / "hub.db") as hub:
        ada, bob = people(hub, "ada", "bob")
        hub.book(TASTER, ada)
        child = os.fork()
        if child == 0:
            try:
                hub.book(TASTER, bob)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert [booking.person_id for booking in hub.roster(TASTER)] == [ada, bob]
        assert hub.audit() == []


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    """A file whose pages are torn is said to be damaged, and never shown as a bare error of the driver."""
    with small_hub(tmp_path / "hub.db") as hub:
        people(hub, *(f"p{number}" for number in range(50)))
    with sqlite3.connect(tmp_path / "hub.db") as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    data = bytearray((tmp_path / "hub.db").read_bytes())
    data[4096:] = b"\x5a" * (len(data) - 4096)
    (tmp_path / "hub.db").write_bytes(data)
    with pytest.raises((Unavailable, Invalid, NotFound)) as error, open_hub(tmp_path / "hub.db") as hub:
        hub.person("p1")
    assert "damaged" in str(error.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Opening `sqlite:///nowhere/hub.db` says that the folder does not exist, and makes nothing."""
    with pytest.raises(Invalid, match="folder that does not exist"):
        open_hub(tmp_path / "nowhere" / "hub.db")
    with pytest.raises(Unavailable, match="cannot be opened"):
        open_hub(tmp_path)
    assert list(tmp_path.iterdir()) == []
