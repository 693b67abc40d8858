"""The contract of keepers, people: all that is held of somebody is shown and taken out, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from innovationhub.domain.records import Facts, Range, Read, Record
from innovationhub.hub import Hub
from innovationhub.plugins import CORE_RECORDS, RESERVED
from innovationhub.protocols.keeper import Keeper
from innovationhub.protocols.store import Store
from innovationhub.testing.contracts.keeper_base import MOST, KeeperCase, Somebody
from innovationhub.testing.faults import crash_points

__all__ = ["KeepingPeople"]

PLAIN = (str, int, float, bool, type(None))
NOBODY = "0" * 24
ERASING = "erase one of them"


class KeepingPeople(KeeperCase):
    """Held, shown, forgotten."""

    def test_it_is_a_keeper_under_its_own_name(self) -> None:
        """It has what the Protocol asks, and all that it writes in the journal begins with its name."""
        hub, one, _, _ = self.filled()
        name, keeper = self.keeper_of(hub)
        assert isinstance(keeper, Keeper)
        self.ticked(hub)
        hub.erase_person(one.id)
        others = {entry.kind for entry in hub.journal()} - {
            entry.kind for entry in hub.journal() if entry.kind.partition(".")[0] in {name, *RESERVED}
        }
        assert others == set(), f'these entries do not begin with "{name}."'

    def test_all_that_is_held_of_somebody_is_shown(self) -> None:
        """In plain values, with what they wrote, and every row that has their key."""
        hub, one, other, _ = self.filled()
        name, _ = self.keeper_of(hub)
        for somebody in (one, other):
            kept = hub.export_person(somebody.id).kept.get(name, {})
            assert kept, "nothing is held: fill must have something held about each of the two"
            values = [value for rows in kept.values() for facts in rows for value in facts.values()]
            assert [value for value in values if not isinstance(value, PLAIN)] == []
            if self.texts:
                told = " ".join(map(str, values)).lower()
                assert [word for word in somebody.written if word not in told] == []
            assert [row for row in self._about(hub, somebody) if not _is_told(row, somebody, values)] == []

    def _about(self, hub: Hub, somebody: Somebody) -> Iterable[Record]:
        """The rows with somebody's key in them, guards left aside."""
        for cls, rows in self.rows_of(hub).items():
            if cls not in self.guards:
                yield from (row for row in rows if somebody.key in _values(row))

    def test_nothing_of_anybody_else_is_shown(self) -> None:
        """Neither what another wrote nor who they are; and of whom nothing is held, nothing."""
        hub, one, other, third = self.filled()
        name, _ = self.keeper_of(hub)
        for somebody, another in ((one, other), (other, one)):
            told = str(hub.export_person(somebody.id).kept).lower()
            assert [mark for mark in (another.key, *another.marks) if mark in told] == []
        assert hub.export_person(third.id).kept.get(name, {}) == {}
        assert self.held(hub, third.key) == self.held(hub, NOBODY) == {}

    def test_the_journal_and_the_rows_name_nobody(self) -> None:
        """Opaque keys stand for people. Ids, names and addresses are the hub's to keep; the journal has no texts."""
        hub, one, other, _ = self.filled()
        self.ticked(hub)
        journal = str(list(hub.journal())).lower()
        rows = str(self.rows_of(hub)).lower()
        for somebody in (one, other):
            assert [mark for mark in somebody.marks if mark in journal] == []
            who = set(somebody.marks) - set(somebody.written)
            assert [mark for mark in who if mark in rows] == []

    def test_whoever_is_erased_is_forgotten(self) -> None:
        """Nothing is held of them any more, and audit finds nothing; what is held of the other is as it was."""
        hub, one, other, _ = self.filled()
        before = self.held(hub, other.key)
        assert hub.audit() == []
        hub.erase_person(one.id)
        assert self.held(hub, one.key) == {}
        assert self.held(hub, other.key) == before
        assert hub.audit() == []
        hub.erase_person(other.id)
        assert self.held(hub, other.key) == {}
        assert hub.audit() == []

    def test_nothing_that_they_wrote_stays_in_the_file(self) -> None:
        """Of a hub in SQLite: in no row, no free page, no index of words and no log, whatever the case of letters."""
        hub, one, other, _ = self.filled(f"sqlite:///{self.folder / 'hub.db'}")
        self.ticked(hub)
        if self.texts:
            assert self._in_files(one.written), "fill must have kept what they wrote, or say texts = False"
        hub.erase_person(one.id)
        assert self._in_files((*one.marks, *(word[:6] for word in one.written))) == []
        if self.texts:
            assert set(self._in_files(other.written)) == set(other.written)

    def _in_files(self, words: Iterable[str]) -> list[str]:
        """Which of these words are in the files of the hub."""
        files = [file.read_bytes().lower() for file in self.folder.glob("hub.db*")]
        return [word for word in words if any(word.encode() in file for file in files)]

    def test_forgetting_twice_is_as_good_as_once(self) -> None:
        """And of whom nothing is held, it does nothing: no row is written, and no entry."""
        hub, one, _, third = self.filled()
        _, keeper = self.keeper_of(hub)
        hub.erase_person(one.id)
        rows, journal = self.rows_of(hub), hub.journal()
        for key in (one.key, third.key, NOBODY):
            answer = hub.run(keeper.forget(key, "system:test"))
            assert not getattr(answer, "more", False)
        assert self.rows_of(hub) == rows
        assert list(hub.journal()) == list(journal)

    def test_an_erasure_that_is_interrupted_is_gone_on_with(self) -> None:
        """The process dies at each commit in turn, before it and after it: asked again, it ends as it would have."""
        ended: list[dict[str, int]] = []
        filled: list[_Filled] = []

        def made() -> Store:
            store, one, other = self.filled_store()
            hub = Hub(store, self.registry(), self.clock)
            filled.append(_Filled(one, other, self.held(hub, other.key)))
            return store

        def work(store: Store) -> None:
            hub = Hub(store, self.registry(), self.clock)
            hub.erase_person(filled[-1].one.id, request_id=ERASING)

        for dying, _ in crash_points(made, work):
            work(dying.store)
            hub, there = Hub(dying.store, self.registry(), self.clock), filled[-1]
            assert self.held(hub, there.one.key) == {}
            assert self.held(hub, there.other.key) == there.held
            assert self._left(hub, there.one) == []
            assert hub.audit() == []
            ended.append({cls.__schema__.name: len(rows) for cls, rows in self.rows_of(hub).items()})
        assert [each for each in ended if each != ended[-1]] == []

    def _left(self, hub: Hub, somebody: Somebody) -> list[Record]:
        """The rows of any record, the hub's own among them, in which something tells of them."""
        ranges: tuple[Range[Record], ...] = tuple(Range(cls, "key", limit=MOST) for cls in CORE_RECORDS)
        scanned = hub.rows(Read(ranges=ranges))
        rows = [row for each in ranges for row in scanned.scan(each).records]
        rows += [row for own in self.rows_of(hub).values() for row in own]
        return [row for row in rows if any(mark in str(_values(row)).lower() for mark in somebody.marks)]


@attrs.frozen
class _Filled:
    """Who is in a store, and what was held of the one who stays."""

    one: Somebody
    other: Somebody
    held: Mapping[str, Sequence[Facts]]


def _values(row: Record) -> list[object]:
    return [getattr(row, field.name) for field in row.__schema__.fields]


def _is_told(row: Record, somebody: Somebody, values: Sequence[object]) -> bool:
    """Whether something in an export names this row: what is in its key besides the person's own."""
    named = [value for value in row.__schema__.key_of(row) if value != somebody.key]
    return not named or any(value in values or str(value) in values for value in named)
