"""The calendar is of one moment: its window, its zone and its sets are of the programme as it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from innovationhub import Catalogue, Hub, HubSettings, Recurrence, Role, Series
from tests.support import Clock, people, session_type, small_hub


def test_the_first_calendar_after_a_load_is_in_the_zone_that_was_loaded(
    make_hub: Callable[..., Hub],
) -> None:
    """A date is its midnight there, and not where the hub was before."""
    hub = make_hub(types=[], series=[])
    assert hub.calendar(date(2026, 12, 1), date(2026, 12, 2)) == []
    midnight = Recurrence(datetime(2026, 12, 1), zone="Asia/Kolkata")
    hub.load_catalogue(
        Catalogue(
            HubSettings(timezone="Asia/Kolkata"), (session_type(),), (Series("taster", "taster", midnight),)
        )
    )
    assert [each.id for each in hub.calendar(date(2026, 12, 1), date(2026, 12, 2))] == [
        "taster@2026-12-01T00:00"
    ]


def test_a_set_that_another_process_has_put_on_is_shown_with_its_registrations(tmp_path: Path) -> None:
    """The seats of its dates are read with it, the first time too."""
    url, clock = tmp_path / "hub.db", Clock()
    with small_hub(url, clock=clock) as one, Hub.open(f"sqlite:///{url}", clock=clock) as other:
        circle = session_type("circle", access="register", roles=[Role(capacity=3)])
        weekly = Recurrence.weekly(datetime(2026, 12, 1, 14))
        one.load_catalogue(Catalogue(None, (circle,), (Series("circle", "circle", weekly),)))
        people(one, "ann")
        one.register("circle", "ann")
        (view,) = other.calendar(date(2027, 1, 12), date(2027, 1, 13), types=["circle"])
        assert view.places["attendee"].held == 1
