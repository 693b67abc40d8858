"""What the groups of a keeper's contract share: the plugin, hubs that it has filled, and questions asked of it."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NoReturn, TypeVar

import attrs
import pytest

from innovationhub.builtin.memory import MemoryStore
from innovationhub.domain.deciding import Draft
from innovationhub.domain.people import Person
from innovationhub.domain.records import Facts, Range, Read, Record, key_of
from innovationhub.hookspecs import hookimpl
from innovationhub.hub import Hub, Settings
from innovationhub.plugins import CORE_RECORDS, Registry, load
from innovationhub.protocols.channel import Channel, ChannelOpener, Message, Outcome, Sent
from innovationhub.protocols.keeper import Keeper, SupportsMessages, SupportsSections
from innovationhub.protocols.store import Commit
from innovationhub.testing.clock import FakeClock

__all__ = ["KeeperCase", "Somebody"]

T = TypeVar("T")

MOST = 10_000
"""Rows of one record class that are looked at."""


@attrs.frozen
class Somebody:
    """One of the people of whom something is to be held.

    `id` is their id at the hub, `key` what stands for them within it. `words` is a text for whatever they write: no
    other text has any of its words, so that it is found wherever it stays.
    """

    id: str
    name: str
    email: str
    words: str
    key: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """What must be found nowhere, in small letters, where nothing is to tell of them."""
        return (self.id.lower(), *self.name.lower().split(), self.email.lower(), *self.written)

    @property
    def written(self) -> tuple[str, ...]:
        """The words that only they write, in small letters."""
        return tuple(self.words.lower().split())


PEOPLE = (
    Somebody("esr:7700181", "Quillis Harrowgate7", "quillis@one.example", "zq7lorn Vx3keppel zq7marsh"),
    Somebody("esr:7700292", "Ottoline Brackwater8", "ottoline@two.example", "yk9tarn Wb5fossick yk9ghyll"),
    Somebody("esr:7700353", "Peregrin Stanewick9", "peregrin@three.example", ""),
)
"""Two of whom something is held, and one of whom nothing is."""


class _Letters:
    """A channel that keeps what it is handed."""

    def __init__(self) -> None:
        self.got: list[Message] = []

    @hookimpl
    def innovationhub_channels(self) -> Mapping[str, ChannelOpener]:
        return {"letters": self._opened}

    def _opened(self, address: str) -> Channel:
        return self

    def send(self, message: Message) -> Outcome:
        self.got.append(message)
        return Sent()

    def close(self) -> None:
        pass


class KeeperCase(abc.ABC):
    """Two methods to write, and a few words about what is kept; see `KeeperContract`."""

    texts: ClassVar[bool] = True
    """Whether it keeps what people write. False: `fill` has no use for `words`."""

    catalogue: ClassVar[str] = ""
    """A catalogue file with tables of the keeper's, in TOML; it is loaded before a hub is filled."""

    guards: ClassVar[tuple[type[Record], ...]] = ()
    """Record classes that have people's keys in them and tell nothing of them, such as guards of ranges."""

    @abc.abstractmethod
    def make_plugin(self) -> object:
        """A fresh plugin: an object or a module with the hooks `innovationhub_keepers` and `innovationhub_records`."""

    @abc.abstractmethod
    def fill(self, hub: Hub, one: Somebody, other: Somebody) -> None:
        """Have something held about each of these two, with what they wrote (`words`), by the plugin's own commands.

        Set timers, call for messages and let something happen that figures count, where the keeper has such. `hub` has
        the plugin and, with a channel, sends what is called for; `self.clock` is its clock.
        """

    @pytest.fixture(autouse=True)
    def _beginning(self, tmp_path: Path) -> Iterator[None]:
        self.clock = FakeClock()
        self.letters = _Letters()
        self.folder = tmp_path
        self._hubs: list[Hub] = []
        yield
        for hub in self._hubs:
            hub.close()

    def registry(self) -> Registry:
        """The plugins of a hub, this one fresh."""
        return load([self.make_plugin(), self.letters], discover=False)

    def keeper_of(self, hub: Hub) -> tuple[str, Keeper]:
        """The keeper and its name."""
        keepers = list(hub.registry.keepers.items())
        assert len(keepers) == 1, (
            f"the plugin is to declare one keeper; it has {[name for name, _ in keepers]}"
        )
        return keepers[0]

    def lacks(self, ability: str) -> NoReturn:
        """Skip, in the open, what a keeper cannot show that has not this ability."""
        pytest.skip(f"this keeper has not: {ability}")

    def opened(self, url: str = "memory:") -> Hub:
        """A hub with the plugin, and a channel where the keeper has messages."""
        registry = self.registry()
        sends = any(isinstance(each, SupportsMessages) for each in registry.keepers.values())
        settings = Settings(discover=False, channels=("letters:",) if sends else ())
        plugins = [self.make_plugin(), self.letters]
        hub = Hub.open(url, plugins=plugins, clock=self.clock, settings=settings)
        self._hubs.append(hub)
        return hub

    def filled(self, url: str = "memory:") -> tuple[Hub, Somebody, Somebody, Somebody]:
        """Such a hub with something held about two people, who are given with a third of whom nothing is held."""
        hub = self.opened(url)
        return (hub, *self.filling(hub))

    def filling(self, hub: Hub) -> tuple[Somebody, Somebody, Somebody]:
        """Add people, load the catalogue, have something held."""
        one, other, third = (self._added(hub, each) for each in PEOPLE)
        self.load(hub)
        self.fill(hub, one, other)
        return one, other, third

    def _added(self, hub: Hub, somebody: Somebody) -> Somebody:
        hub.add_person(Person(somebody.id, somebody.name, somebody.email))
        return attrs.evolve(somebody, key=hub.export_person(somebody.id).key)

    def load(self, hub: Hub) -> object:
        """Load the class's catalogue, and give what the hub reports."""
        _, keeper = self.keeper_of(hub)
        if not self.catalogue or not isinstance(keeper, SupportsSections):
            return None
        file = self.folder / "catalogue.toml"
        file.write_text(self.catalogue, encoding="utf-8")
        return hub.load_catalogue(file)

    def filled_store(self) -> tuple[MemoryStore, Somebody, Somebody]:
        """The memory store of a hub that was filled, without its hub: for whoever opens another on it."""
        registry = self.registry()
        store = MemoryStore((*CORE_RECORDS, *registry.records.values()))
        one, other, _ = self.filling(Hub(store, registry, self.clock))
        return store, one, other

    def ticked(self, hub: Hub) -> None:
        """Tick until nothing is left to do now."""
        for _ in range(20):
            report = hub.tick()
            assert report.troubles == ()
            if report.complete:
                return
        raise AssertionError(
            "twenty ticks at one instant, and there is more to do: something is never settled"
        )

    def held(self, hub: Hub, person: str) -> Mapping[str, Sequence[Facts]]:
        """What the keeper says is held of a key; nothing where it is empty."""
        _, keeper = self.keeper_of(hub)
        found = self.answer(hub, lambda draft: keeper.held(draft, person))
        return {what: list(rows) for what, rows in found.items() if list(rows)}

    def answer(self, hub: Hub, question: Callable[[Draft], T]) -> T:
        """What is answered on how things stand, as the hub asks it."""
        return hub._engine.consider(question)  # noqa: SLF001  # as the hub's own parts do

    def written(self, hub: Hub, row: Record) -> None:
        """Write a row past the hub."""
        key, store = key_of(row), hub._store  # noqa: SLF001  # what no caller can do
        there = store.read(Read((key,))).keys[key]
        store.commit(Commit({key: there.version if there else None}, (row,)))

    def rows_of(self, hub: Hub) -> dict[type[Record], list[Record]]:
        """Every row of the plugin's own records."""
        classes = list(hub.registry.records.values())
        ranges: tuple[Range[Record], ...] = tuple(Range(cls, "key", limit=MOST) for cls in classes)
        rows = hub.rows(Read(ranges=ranges))
        return {cls: rows.scan(each).records for cls, each in zip(classes, ranges, strict=True)}
