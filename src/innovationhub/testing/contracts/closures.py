"""`ClosuresContract`: what every calendar of closed days must be."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import ClassVar

import pytest

from innovationhub.domain.catalogue import SessionType
from innovationhub.domain.recurrence import Recurrence
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.domain.settings import HubSettings
from innovationhub.errors import NotFound
from innovationhub.hookspecs import hookimpl
from innovationhub.hub import Hub, Settings
from innovationhub.protocols.closures import Closures
from innovationhub.testing.clock import FakeClock
from innovationhub.testing.purity import worldly

__all__ = ["ClosuresContract"]

NAME = "closures-under-test"


class ClosuresContract(abc.ABC):
    """What every calendar of closed days must be. Subclass it, say how it is made, and run pytest.

        class TestAwayDays(ClosuresContract):
            def make_closures(self):
                return AwayDays()

    `years` are those that it must know; `unknown_years` those that it does not: for them it must raise, because an
    empty answer would say that the hub is open. Where `pure` is False it may ask files or a network.
    """

    years: ClassVar[range] = range(2024, 2031)
    unknown_years: ClassVar[tuple[int, ...]] = ()
    pure: ClassVar[bool] = True

    @abc.abstractmethod
    def make_closures(self) -> Closures:
        """A fresh calendar."""

    def test_it_is_closures(self) -> None:
        """It has the method of the Protocol."""
        assert isinstance(self.make_closures(), Closures)

    def test_every_closed_day_has_its_reason(self) -> None:
        """A mapping of dates of that year, each with a line that says why."""
        closures = self.make_closures()
        for year in self.years:
            days = closures.closed(year)
            assert isinstance(days, Mapping)
            for day, why in days.items():
                assert type(day) is date, f"{day!r} is no date"
                assert day.year == year, f"{day} was given for {year}"
                assert isinstance(why, str)
                assert why.strip()
                assert why.isprintable()

    def test_a_year_is_the_same_each_time(self) -> None:
        """Asked again, in another order, of a fresh one, and whatever was done with an answer before."""
        closures = self.make_closures()
        first = {year: dict(closures.closed(year)) for year in self.years}
        for year in self.years:
            days = closures.closed(year)
            with suppress(TypeError, AttributeError):  # one that cannot be changed is as good
                days.clear()  # type: ignore[attr-defined]
        again = {year: dict(closures.closed(year)) for year in reversed(self.years)}
        assert again == first == {year: dict(self.make_closures().closed(year)) for year in self.years}

    def test_it_is_pure(self) -> None:
        """No clock, no chance, no file and no network, once it is loaded."""
        if not self.pure:
            pytest.skip("pure = False: this calendar asks the world")
        closures = self.make_closures()
        assert worldly(lambda: [closures.closed(year) for year in self.years]) == []

    def test_years_it_does_not_know_are_not_said_to_be_open(self) -> None:
        """It raises: whatever needs that year is then refused, and nothing is committed."""
        if not self.unknown_years:
            pytest.skip("unknown_years = (): this calendar is said to know every year")
        for year in self.unknown_years:
            with pytest.raises(Exception):  # noqa: B017, PT011  # whatever it raises closes the year
                self.make_closures().closed(year)

    def test_years_far_away_are_no_trouble(self) -> None:
        """The first and the last year that a hub can ask about have an answer of the right kind, or raise."""
        for year in (1900, 2200):
            try:
                days = self.make_closures().closed(year)
            except Exception:  # noqa: BLE001  # fails closed
                days = {}
            assert all(type(day) is date and day.year == year for day in days)

    def test_a_hub_keeps_them(self) -> None:
        """Named in a hub's settings, a session of that day is left out, and the reason is said."""
        days = [day for year in self.years for day in self.make_closures().closed(year)]
        if not days:
            pytest.skip(f"no day from {self.years[0]} to {self.years[-1]} is closed")
        made = self.make_closures()

        class Plugin:
            @hookimpl
            def innovationhub_closures(self) -> dict[str, Closures]:
                return {NAME: made}

        with Hub.open(
            "memory:", plugins=[Plugin()], clock=FakeClock(), settings=Settings(discover=False)
        ) as hub:
            start = datetime(min(days).year, min(days).month, min(days).day, 10)
            series = Series("daily", "daily", Recurrence(start, rule="FREQ=DAILY"))
            kind = SessionType("daily", "Daily")
            hub.load_catalogue(Catalogue(HubSettings(closures=(NAME,)), (kind,), (series,)))
            for day in days[:20]:
                why = made.closed(day.year)[day]
                with pytest.raises(NotFound, match=why.split()[0].replace("(", ".").replace(")", ".")):
                    hub.session(f"daily@{day.isoformat()}T10:00")
            assert hub.audit() == []
