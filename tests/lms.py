"""A hub beside an LMS in memory, for tests: who has accounts there, and short ways to say things."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from innovationhub import Catalogue, Hub, HubSettings, Person, Settings, hookimpl
from innovationhub.domain.lms import LmsPerson, SignUpStatus
from innovationhub.domain.settings import Leads, LmsSettings
from innovationhub.protocols.lms import Lms, LmsOpener
from innovationhub.testing.lms import MemoryLms
from tests.support import TASTER, Clock, session_type, weekly

KEY = "taster@2026-12-01T10:00#attendee"


class With:
    """A plugin that opens one LMS, whatever the address."""

    def __init__(self, lms: Lms) -> None:
        self.lms = lms

    @hookimpl
    def innovationhub_lms(self) -> Mapping[str, LmsOpener]:
        return {"there": lambda _: self.lms}


def account(name: str) -> LmsPerson:
    """Somebody with an account there; in the hub they are `esr:<name>`."""
    return LmsPerson(f"account-{name}", name, f"{name}@nhs.example")


def there(*names: str, clock: Callable[[], Any] | None = None, **options: Any) -> MemoryLms:
    """An LMS in which these people have accounts."""
    return MemoryLms([account(each) for each in names], clock=clock or Clock(), **options)


def beside(
    lms: Lms,
    *names: str,
    leads: Leads = Leads.HUB,
    clock: Callable[[], Any] | None = None,
    url: str | Path = "memory:",
    capacity: int | None = 2,
    types: Iterable[Any] | None = None,
    series: Iterable[Any] | None = None,
    plugins: Iterable[object] = (),
) -> Hub:
    """A hub with a weekly taster beside that LMS; these people are known to it."""
    address = f"sqlite:///{url}" if isinstance(url, Path) else url
    hub = Hub.open(
        address,
        plugins=[With(lms), *plugins],
        clock=clock or Clock(),
        settings=Settings(discover=False, lms="there+memory:?token=s3cret"),
    )
    settings = HubSettings(lms=LmsSettings(leads=leads))
    hub.load_catalogue(
        Catalogue(settings, tuple(types or [session_type(capacity=capacity)]), tuple(series or [weekly()]))
    )
    for name in names:
        hub.add_person(Person(f"esr:{name}", name.title(), f"{name}@nhs.example"))
    return hub


def codes(hub: Hub) -> list[str]:
    """The codes of what a person must look at, in order of their names."""
    return sorted(each.code for each in hub.lms_findings())


def booked(lms: MemoryLms, key: str = KEY) -> list[str]:
    """Whose sign-up stands as booked there, by staff number."""
    return sorted(
        each.removeprefix("account-")
        for each, status in lms.standing(key).items()
        if status is SignUpStatus.BOOKED
    )


def seated(hub: Hub, session: str = TASTER) -> list[str]:
    """Who has a place here, by staff number."""
    return sorted(each.person_id.removeprefix("esr:") for each in hub.roster(session))


def at_once(work: Callable[[], object], gate: threading.Barrier, failed: list[BaseException]) -> None:
    """Do it when everybody is ready; what it raises is for the test to look at."""
    try:
        gate.wait(10)
        work()
    except BaseException as error:  # noqa: BLE001  # looked at by the test
        failed.append(error)
