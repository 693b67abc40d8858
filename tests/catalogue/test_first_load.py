"""A new hub whose first catalogue cannot be taken over is an empty hub, as it was before: nothing is half done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import attrs
import pytest

from innovationhub import (
    Catalogue,
    Hub,
    HubError,
    HubSettings,
    Invalid,
    InvalidCatalogue,
    NotFound,
    PluginError,
    Unavailable,
    hookimpl,
)
from innovationhub.builtin.memory import MemoryStore
from innovationhub.plugins import CORE_RECORDS, load
from innovationhub.protocols.store import Commit
from tests.support import ONLY_BUILT_IN, TASTER, Clock, crowd, session_type, weekly

LED = attrs.evolve(weekly(), facilitators=("esr:1", "esr:2"))
GOOD = Catalogue(HubSettings("Ours"), (session_type(),), (LED,))
FILE = """
[[session_types]]
key = "taster"
title = "Taster"
minutes = 60

[[series]]
key = "taster"
type = "nothing"
starts = 2026-12-01T10:00:00
"""


class Failing:
    def closed(self, year: int) -> Mapping[date, str]:
        raise RuntimeError("out of paper")


class Plugin:
    @hookimpl
    def innovationhub_closures(self) -> Mapping[str, Failing]:
        return {"failing": Failing()}


WRONG: dict[str, tuple[object, type[HubError]]] = {
    "no such file": ("nowhere.toml", Invalid),
    "a file with faults": ("faults.toml", InvalidCatalogue),
    "a file that is no TOML": ("broken.toml", InvalidCatalogue),
    "a series of no type": (attrs.evolve(GOOD, session_types=()), Invalid),
    "closures that nothing declares": (attrs.evolve(GOOD, hub=HubSettings(closures=("moon",))), Invalid),
    "a series twice": (attrs.evolve(GOOD, series=(LED, LED)), Invalid),
}


def is_empty(hub: Hub) -> None:
    """A hub in which there is nothing at all, as a caller sees it and as it is kept."""
    assert (hub.session_types(), hub.series(), list(hub.journal())) == ([], [], [])
    assert hub.settings == HubSettings()
    assert hub.calendar(date(2026, 11, 1), date(2027, 2, 1)) == []
    for person in ("esr:1", "esr:2"):
        with pytest.raises(NotFound):
            hub.person(person)
    assert hub.tick().complete
    assert hub.audit() == []


def takes_it_over(hub: Hub) -> None:
    """The right catalogue, under the very request that failed."""
    report = hub.load_catalogue(GOOD, request_id="first")
    assert (report.added, report.changed) == (("session-type taster", "series taster"), ("hub",))
    assert hub.session(TASTER).facilitators == ("esr:1", "esr:2")
    assert hub.book(TASTER, *crowd(hub, 1)).status == "confirmed"
    assert hub.audit() == []


@pytest.mark.parametrize("url", ["memory:", "sqlite:///{}/hub.db"])
@pytest.mark.parametrize("what", WRONG)
def test_a_first_catalogue_with_a_fault(tmp_path: Path, url: str, what: str) -> None:
    """Nothing of it is there, no facilitator either, and the corrected one is taken over under the same request id."""
    (tmp_path / "faults.toml").write_text(FILE, encoding="utf-8")
    (tmp_path / "broken.toml").write_text("[[", encoding="utf-8")
    source, error = WRONG[what]
    given = tmp_path / source if isinstance(source, str) else source
    with Hub.open(url.format(tmp_path), clock=Clock(), settings=ONLY_BUILT_IN) as hub:
        with pytest.raises(error):
            hub.load_catalogue(given, request_id="first")  # type: ignore[arg-type]
        is_empty(hub)
        if url != "memory:":
            with Hub.open(url.format(tmp_path), clock=Clock(), settings=ONLY_BUILT_IN) as other:
                is_empty(other)
        takes_it_over(hub)


class Full(MemoryStore):
    """A store that takes nothing more, once it is told so."""

    full = False

    def commit(self, commit: Commit) -> int:
        if self.full:
            raise Unavailable("the disk is full")
        return super().commit(commit)


def test_a_store_that_cannot_take_the_first_catalogue() -> None:
    """All of it is one commit, so none of it is there; when there is room again the same request does it."""
    store = Full(CORE_RECORDS)
    hub = Hub(store, load(discover=False), Clock())
    store.full = True
    with pytest.raises(Unavailable) as unavailable:
        hub.load_catalogue(GOOD, request_id="first")
    assert unavailable.value.outcome_known
    store.full = False
    is_empty(hub)
    takes_it_over(hub)


def test_a_hub_that_cannot_be_begun_lets_go_of_its_store() -> None:
    """The hub's row cannot be written: the error is the store's, the store is closed, and nothing is left open."""
    opened: list[Full] = []

    class Stores:
        @hookimpl
        def innovationhub_stores(self) -> Mapping[str, Callable[..., Full]]:
            def open_full(request: object) -> Full:
                opened.append(Full(CORE_RECORDS))
                opened[-1].full = True
                return opened[-1]

            return {"full": open_full}

    with pytest.raises(Unavailable, match="the disk is full"):
        Hub.open("full:", plugins=[Stores()], clock=Clock(), settings=ONLY_BUILT_IN)
    with pytest.raises(Unavailable, match="closed"):
        opened[0].tail(0, 1)


def test_closures_that_fail_are_found_by_whoever_needs_them(tmp_path: Path) -> None:
    """Nobody is booked yet, so the first load needs no closed day; the load after it can drop the closures again."""
    settings = HubSettings(closures=("failing",))
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    with Hub.open(url, plugins=[Plugin()], clock=Clock(), settings=ONLY_BUILT_IN) as hub:
        hub.load_catalogue(attrs.evolve(GOOD, hub=settings))
        (ada,) = crowd(hub, 1)
        with pytest.raises(PluginError, match="out of paper"):
            hub.book(TASTER, ada)
        assert hub.bookings_of(ada) == []
        assert hub.load_catalogue(GOOD).changed == ("hub",)
        assert hub.book(TASTER, ada).status == "confirmed"
