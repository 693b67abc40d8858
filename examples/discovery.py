"""The last seat, wanted in Discovery and here at the same moment: one has it, the other waits, and both sides agree.

Run it: make demo-discovery

Discovery is the reference LMS of `innovationhub.testing`, in memory, as no Moodle or Totara can be had for a demo. The
hub is a real one on a fresh file, and the two clients are threads. Who is first may differ; what holds does not.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Barrier, Thread

from innovationhub import Catalogue, Hub, Person, Recurrence, Role, Series, SessionType, Settings, hookimpl
from innovationhub.domain.lms import LmsPerson
from innovationhub.protocols.lms import LmsOpener
from innovationhub.testing.lms import MemoryLms

SEATS = 3
SECONDS = 30


class Discovery:
    """A plugin that opens one LMS."""

    def __init__(self, lms: MemoryLms) -> None:
        self.lms = lms

    @hookimpl
    def innovationhub_lms(self) -> dict[str, LmsOpener]:
        return {"reference": lambda _: self.lms}


def main() -> None:
    """Fill a session but for one seat, let two people press "book" at once, and look at both sides."""
    names = {"100901": "Ada Obi", "100902": "Ben Cole", "100903": "Cy Dhar", "100904": "Dee Eze"}
    accounts = [LmsPerson(f"account-{number}", number, f"{number}@trust.example") for number in names]
    lms = MemoryLms(accounts)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(discover=False, lms="reference+memory:")
        with Hub.open(
            f"sqlite:///{Path(folder) / 'hub.db'}", plugins=[Discovery(lms)], settings=settings
        ) as hub:
            session = furnish(hub, names)
            hub.agree_with_lms()
            print(f"{SEATS} seats, all but one are taken: {held(hub, session)} held.")
            race(hub, lms, session)
            for _ in range(3):  # what moved while it was looked at is looked at again
                hub.agree_with_lms()
            show(hub, lms, session, names)


def furnish(hub: Hub, names: dict[str, str]) -> str:
    """A session a week from now in which two of the three seats are taken, one from each side."""
    starts = datetime.combine(hub.now().date() + timedelta(days=7), time(10))
    taster = SessionType("taster", "CQI Taster Session", roles=(Role(capacity=SEATS),))
    hub.load_catalogue(Catalogue(None, (taster,), (Series("taster", "taster", Recurrence.once(starts)),)))
    for number, name in names.items():
        hub.add_person(Person(f"esr:{number}", name, f"{number}@trust.example"))
    session = f"taster@{starts:%Y-%m-%dT%H:%M}"
    for number in list(names)[: SEATS - 1]:
        hub.book(session, f"esr:{number}")
    return session


def race(hub: Hub, lms: MemoryLms, session: str) -> None:
    """Cy books in Discovery and Dee books here, at the same moment."""
    gate = Barrier(2)

    def at_once(act: Callable[[], object]) -> None:
        gate.wait(SECONDS)
        act()

    def there() -> None:
        lms.book(f"{session}#attendee", "account-100903")
        hub.agree_with_lms()  # Discovery's booking reaches the hub as it would with the next tick

    def here() -> None:
        hub.book(session, "esr:100904")

    threads = [Thread(target=at_once, args=(act,)) for act in (there, here)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)


def held(hub: Hub, session: str) -> int:
    """How many have a place."""
    return hub.session(session).places["attendee"].held


def show(hub: Hub, lms: MemoryLms, session: str, names: dict[str, str]) -> None:
    """What both sides say now."""
    known = {f"esr:{number}": name for number, name in names.items()}
    print("Cy pressed book in Discovery while Dee pressed book here.")
    print(
        "The hub: ",
        ", ".join(f"{known[each.person_id]} {each.status}" for each in hub.roster(session)),
        end="",
    )
    print(
        "; waiting: " + (", ".join(known[each.person_id] for each in hub.waitlist(session)) or "nobody") + "."
    )
    there = lms.standing(f"{session}#attendee")
    shown = (
        f"{names[account.removeprefix('account-')]} {status}" for account, status in sorted(there.items())
    )
    print("Discovery:", ", ".join(shown) + ".")
    for finding in hub.lms_findings():
        print(f"For a person to look at: {finding.code} ({known.get(finding.about, finding.about)}).")
    over = hub.session(session).places["attendee"].over
    print(
        f"{held(hub, session)} of {SEATS} seats are held, {over} too many; audit: {hub.audit() or 'all is well'}."
    )


if __name__ == "__main__":
    main()
