"""What happened is counted: by kind and type, once each, whoever hands it over how often."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import cast

import pytest

from innovationhub import Catalogue, Hub, Resize, Series, Unavailable
from innovationhub_opentelemetry import innovationhub_followers, observe
from on_opentelemetry.reading import Metrics
from tests.courier.post import ticked
from tests.support import TASTER, crowd, session_type, small_hub, weekly

TYPES = [session_type(), session_type("talk", 9)]
SERIES = [weekly(), weekly("tuesday-talk", "2026-12-01T14:00", kind="talk")]


def lively(hub: Hub) -> None:
    """Bookings, a queue, a cancellation and a promotion."""
    booked = [hub.book(TASTER, person) for person in crowd(hub, 4)]
    hub.cancel(booked[0].id)
    hub.book("tuesday-talk@2026-12-01T14:00", "p0")
    hub.apply(hub.plan(Resize(TASTER, "attendee", 3)))


def test_each_kind_is_counted_by_type(metrics: Metrics) -> None:
    """As many of each as the journal has; two series of one type are one."""
    with small_hub(types=TYPES, series=SERIES, plugins=[metrics]) as hub:
        observe(hub, meter_provider=metrics.provider)
        lively(hub)
        ticked(hub)
        kinds = Counter(entry.kind for entry in hub.journal())
        assert metrics.of("journal.entries") == sum(kinds.values()) > 15
        for kind, number in kinds.items():
            assert metrics.of("journal.entries", kind=kind) == number, kind
        taster = {"kind": "booking.confirmed", "session_type": "taster"}
        assert metrics.of("journal.entries", **taster) == 2
        assert metrics.of("journal.entries", kind="booking.promoted", session_type="taster") == 2
        assert metrics.of("journal.entries", kind="booking.confirmed", session_type="talk") == 1
        assert metrics.of("journal.entries", kind="roster.opened", session_type="talk") == 1
        assert metrics.of("journal.entries", session_type="tuesday-talk") is None


def test_a_series_that_is_new_has_its_type_too(metrics: Metrics) -> None:
    """The types are read again when an entry is of a series that is not known."""
    with small_hub(types=TYPES, series=SERIES[:1], plugins=[metrics]) as hub:
        observe(hub, meter_provider=metrics.provider)
        hub.book(TASTER, *crowd(hub, 1))
        ticked(hub)
        hub.load_catalogue(Catalogue(None, tuple(TYPES), tuple(SERIES)))
        hub.book("tuesday-talk@2026-12-01T14:00", "p0")
        ticked(hub)
        assert metrics.of("journal.entries", kind="booking.confirmed", session_type="talk") == 1


def test_without_observe_there_is_no_type(metrics: Metrics) -> None:
    """The journal does not say it, and the follower alone has no hub to ask."""
    with small_hub(types=TYPES, series=SERIES, plugins=[metrics]) as hub:
        lively(hub)
        ticked(hub)
        attributes = {name for each in metrics.collected()["journal.entries"] for name, _ in each}
        assert attributes == {"kind"}


def test_what_comes_again_is_not_counted_again(metrics: Metrics) -> None:
    """Each entry comes at least once; from several threads too."""
    with small_hub(types=TYPES, series=SERIES) as hub:
        lively(hub)
        entries = hub.journal()
    with ThreadPoolExecutor(4) as pool:
        for at in range(1, len(entries) + 1):
            pages = [entries[max(0, at - 3) : at]] * 4
            list(pool.map(metrics.follower.follow, pages))
    assert metrics.of("journal.entries") == len(entries)


def test_two_threads_that_tick_count_once(metrics: Metrics) -> None:
    """The second is handed the same entries while the first has not counted them yet."""
    with small_hub(types=TYPES, series=SERIES) as hub:
        lively(hub)
        entries = hub.journal()
        second = Thread(target=metrics.follower.follow, args=(entries,))

        class Slow:
            def series(self) -> list[Series]:
                if second.ident is None:
                    second.start()
                    second.join(0.2)  # it would be through by then, if nothing held it up
                return hub.series()

        metrics.follower.know(cast("Hub", Slow()))
        metrics.follower.follow(entries)
        second.join()
    assert metrics.of("journal.entries") == len(entries)


def test_where_types_cannot_be_read_nothing_is_counted(metrics: Metrics) -> None:
    """So that what is handed over again is counted then, and whole."""
    hub = small_hub()
    hub.book(TASTER, *crowd(hub, 1))
    entries = hub.journal()
    metrics.follower.know(hub)
    hub.close()
    with pytest.raises(Unavailable):
        metrics.follower.follow(entries)
    assert metrics.of("journal.entries") is None


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """The hub keeps how far it has come; what a process before has counted is not counted by the next."""
    first, second = Metrics(), Metrics()
    path = tmp_path / "hub.db"
    with small_hub(path, types=TYPES, series=SERIES, plugins=[first]) as hub:
        lively(hub)
        ticked(hub)
    with small_hub(path, types=TYPES, series=SERIES, plugins=[second]) as hub:
        hub.book("taster@2026-12-08T10:00", "p0")
        ticked(hub)
        total = len(hub.journal())
    counted = first.of("journal.entries"), second.of("journal.entries")
    assert None not in counted
    assert sum(each or 0 for each in counted) == total
    for each in (first, second):
        each.provider.shutdown()


def test_it_is_found_where_it_is_installed() -> None:
    """By its entry point, a counter of its own for each hub: positions are a hub's own."""
    one, two = innovationhub_followers(), innovationhub_followers()
    assert list(one) == ["opentelemetry"]
    assert one["opentelemetry"] is not two["opentelemetry"]
    with Hub.open("memory:") as hub:
        assert "opentelemetry" in hub.registry.followers
