"""`Hub`: what a program imports. Every command goes through the engine; everything shown comes from `Showing`."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

import attrs

from innovationhub.domain.answers import Answer, Done, LoadReport
from innovationhub.domain.booking import PARKED, Booking, BookingStatus, Placed
from innovationhub.domain.catalogue import HubSettings, SessionType
from innovationhub.domain.deciding import Command
from innovationhub.domain.ids import LONGEST_TEXT, checked_id, checked_text
from innovationhub.domain.joining import AddPerson
from innovationhub.domain.journal import Entry
from innovationhub.domain.people import Person
from innovationhub.domain.register import CheckIn, CloseRegister
from innovationhub.domain.reserving import Book, Cancel
from innovationhub.domain.roster import TAKEN
from innovationhub.domain.schedule import Catalogue, Series
from innovationhub.domain.views import Explanation, SessionView, TickReport, Violation
from innovationhub.engine import Clock, Engine
from innovationhub.errors import Invalid, NotFound
from innovationhub.hub.auditing import audit
from innovationhub.hub.bookings import MOST_BOOKINGS, Bookings
from innovationhub.hub.catalogues import load_catalogue
from innovationhub.hub.explaining import explain
from innovationhub.hub.keeping import tick
from innovationhub.hub.people import People
from innovationhub.hub.showing import Showing
from innovationhub.plugins import CORE_RECORDS, Registry, load
from innovationhub.protocols.store import Store, StoreRequest

__all__ = ["Hub", "Settings"]

T = TypeVar("T")


@attrs.frozen
class Settings:
    """How a hub is opened. `discover`: whether to load the plugins that are installed on this machine."""

    discover: bool = True


def _system_clock() -> datetime:
    return datetime.now(UTC)


def _minted() -> str:
    """A new opaque id: the time, so that what is new lies together on disk, and 80 bits that nobody can guess."""
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(10).hex()}"


class Hub:
    """A trust's innovation hub on one store. Safe to use from several threads; several processes may share a store.

    Every command takes `request_id` (the same id gets the same answer, for ever, and acts once) and `actor` (who does
    it: a person's id, or any name, of which the journal keeps a pseudonym; the person concerned unless told). Commands
    commit before they return. They raise `Refused` when the rules say no, `NotFound` for what is not there, `Invalid`
    for what the caller got wrong, `PluginError` and `Unavailable`; then nothing was changed, but for `Unavailable`
    with `outcome_known` False.
    """

    def __init__(self, store: Store, registry: Registry, clock: Clock) -> None:
        self.registry = registry
        self._store = store
        self._engine = Engine(store, clock, registry.closures)
        self._engine.open()
        self._people = People(self._engine)
        self._bookings = Bookings(self._engine, self._people)
        self._showing = Showing(self._engine, self._people, self._bookings)

    @classmethod
    def open(
        cls,
        url: str = "memory:",
        *,
        plugins: Iterable[object] = (),
        clock: Clock | None = None,
        settings: Settings | None = None,
    ) -> Self:
        """Open the hub at a store's address: `sqlite:///hub.db`, `memory:`, or what a plugin declares.

        `plugins` are modules or objects with hooks, besides those installed; `clock` is any callable that gives an
        aware datetime. Raises `Invalid` naming `store` for an address or a file that cannot be a hub's, `PluginError`,
        and `Unavailable` when the store cannot be reached. A new store is made where there is none.
        """
        registry = load(plugins, discover=(settings or Settings()).discover)
        scheme = url.partition(":")[0] if isinstance(url, str) else ""
        opener = registry.stores.get(scheme)
        if opener is None:
            known = ", ".join(f"{name}:" for name in sorted(registry.stores))
            # the rest of an address may hold a password
            raise Invalid(
                "store",
                f"must be an address such as sqlite:///hub.db ({known} or a plugin's); got {scheme!r}",
                scheme,
            )
        store = opener(StoreRequest(url, (*CORE_RECORDS, *registry.records.values())))
        try:
            return cls(store, registry, clock or _system_clock)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the store. Using the hub afterwards raises `Unavailable`."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- the catalogue and the calendar -----------------------------------------------------------------

    def load_catalogue(
        self, source: str | Path | Catalogue, *, request_id: str | None = None, actor: str | None = None
    ) -> LoadReport:
        """Take over a catalogue: a file, a shipped one by its name (`hpft.toml`), or its values. Commits.

        What is new is added, what differs is changed, the same again changes nothing, and what a file does not mention
        stays. Sessions that people are booked on are left as they are and listed as `held_back`. Raises
        `InvalidCatalogue` with all the faults of a file.
        """
        who = self._people.actor(actor, "system:hub")
        return load_catalogue(
            self._engine, self._people, self.registry, source, request_id=request_id, actor=who
        )

    @property
    def settings(self) -> HubSettings:
        """The hub's name, time zone, closures and working hours, as they stand."""
        return self._engine.refresh().hub

    def session_types(self) -> list[SessionType]:
        """The hub's session types as they stand, in order of title."""
        programme = self._engine.refresh()
        return sorted(
            (programme.type(key) for key in programme.latest), key=lambda each: (each.title, each.key)
        )

    def series(self) -> list[Series]:
        """The hub's series, in order of key, with their facilitators' ids."""
        programme = self._engine.refresh()
        names = self._people.ids(key for series in programme.series.values() for key in series.facilitators)
        return [
            attrs.evolve(series, facilitators=tuple(names[key] for key in series.facilitators))
            for _, series in sorted(programme.series.items())
        ]

    def calendar(
        self,
        start: date | datetime,
        end: date | datetime,
        *,
        person: str | None = None,
        types: Collection[str] | None = None,
    ) -> list[SessionView]:
        """The sessions with `start <= starts < end`, in order of start: one query however many there are.

        Both are dates (local midnights, so the end date is out) or both aware datetimes, at most five years apart.
        `person` adds `.mine`, and the private sessions that they have a place in; `types` are keys of session types.
        Called-off sessions are shown; skipped dates are not. Raises `Invalid` naming `start` or `end`, `NotFound`.
        """
        return self._showing.calendar(start, end, person, types)

    def session(self, session_id: str) -> SessionView:
        """One session, private ones included. Raises `NotFound`."""
        return self._showing.session(session_id)

    # --- people -------------------------------------------------------------------------------------------

    def add_person(
        self, person: Person, *, request_id: str | None = None, actor: str | None = None
    ) -> Person:
        """Make somebody known to the hub under the caller's own id, or bring what it knows up to date. Commits."""
        if not isinstance(person, Person):
            raise Invalid("person", f"must be a Person; got {person!r}", person)
        key = secrets.token_hex(12)
        command = AddPerson(person=person, key=key, actor=self._people.actor(actor, "system:hub"))
        return self._run(command, lambda _: person, request_id, (repr(person),))

    def person(self, person_id: str) -> Person:
        """What the hub knows of a person. Raises `NotFound`."""
        return self._people.row(person_id).person()

    # --- bookings -----------------------------------------------------------------------------------------

    def book(
        self,
        session_id: str,
        person_id: str,
        *,
        role: str | None = None,
        note: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Ask for a place: `confirmed` where one is free and nobody comes first, else `waitlisted`. Commits.

        `role` None means the only role that requires no other. Raises `Refused` with all the reasons (`already-booked`,
        `not-open`, `closed`, `started`, `called-off`, `clash`, `full`, `queue-full`, `not-eligible`) and alternatives.
        """
        person = self._people.key(person_id)
        checked_text("note", note, longest=LONGEST_TEXT, empty=True)
        command = Book(
            session_id=_text("session_id", session_id),
            person=person,
            booking_id=_minted(),
            actor=self._people.actor(actor, person),
            role=_role(role),
            note=note,
            likely=self._likely(session_id),
        )
        return self._placed(command, request_id, (session_id, person, role, note), person_id)

    def cancel(
        self,
        booking_id: str,
        *,
        reason: str = "",
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Give up a place, or leave the queue. A seat that comes free goes to who is next, in the same commit.

        Raises `Refused` (`not-active`, `too-late-to-cancel`, `closed`, `called-off`). One who only waits can leave at
        any time.
        """
        checked_text("reason", reason, longest=LONGEST_TEXT, empty=True)
        checked_id("booking_id", booking_id)
        who = None if actor is None else self._people.actor(actor, "")
        command = Cancel(booking_id=booking_id, actor=who, reason=reason)
        return self._placed(command, request_id, (booking_id, reason))

    def check_in(
        self,
        session_id: str,
        person_id: str,
        role: str | None = None,
        *,
        request_id: str | None = None,
        actor: str | None = None,
    ) -> Booking:
        """Put somebody on the register: one who booked, or a walk-in for whom there is room. Commits.

        Until booking closes those who wait go before those who walk in; from then on it is first come, first served.
        Raises `Refused` (`full`, `clash`, `not-open`, `closed`, `called-off`). Once on the register, asking again
        changes nothing.
        """
        person = self._people.key(person_id)
        command = CheckIn(
            session_id=_text("session_id", session_id),
            person=person,
            booking_id=_minted(),
            actor=self._people.actor(actor, person),
            role=_role(role),
            likely=self._likely(session_id),
        )
        return self._placed(command, request_id, (session_id, person, role), person_id)

    def close_register(
        self, session_id: str, *, request_id: str | None = None, actor: str | None = None
    ) -> list[Booking]:
        """Close a session's register after its start, and return who was not there. Commits, in bounded steps.

        Whoever held a place and did not come is `absent`, whoever still waited `lapsed`. Raises `Refused` (`not-open`
        before the start, `called-off`). Closing it again changes nothing.
        """
        command = CloseRegister(
            session_id=_text("session_id", session_id), actor=self._people.actor(actor, "system:hub")
        )

        def absent(answer: Answer) -> list[Booking]:
            while isinstance(answer, Done) and answer.more:
                answer = self._engine.run(command, _same)
            return self._standing(session_id, None, (str(BookingStatus.ABSENT),))

        return self._run(command, absent, request_id, (session_id,))

    def booking(self, booking_id: str) -> Booking:
        """One booking. Raises `NotFound`."""
        return self._bookings.shown([self._bookings.row(checked_id("booking_id", booking_id))])[0]

    def notes(self, booking_id: str) -> Mapping[str, str]:
        """The free text about a booking: what was noted with it (`booked`), why it was cancelled (`cancelled`).

        Raises `NotFound`.
        """
        return self._bookings.notes(checked_id("booking_id", booking_id))

    def bookings_of(self, person_id: str, *, active: bool | None = None) -> list[Booking]:
        """A person's bookings in order of their sessions' start.

        `active` True leaves only those from which something may still come (requested, confirmed, offered,
        waitlisted), False only the others.
        """
        return self._bookings.of_person(self._people.key(person_id), active)

    def roster(self, session_id: str, role: str | None = None) -> list[Booking]:
        """Who has a place, or had one when the register was closed, in order of sequence. Raises `NotFound`."""
        return self._standing(session_id, role, tuple(sorted(str(status) for status in TAKEN)))

    def waitlist(self, session_id: str, role: str | None = None) -> list[Booking]:
        """Who waits, in order of sequence, those who were passed over included. Raises `NotFound`."""
        return self._standing(session_id, role, (str(BookingStatus.WAITLISTED), PARKED))

    def explain(self, booking_id: str) -> Explanation:
        """Where a booking stands: its place in the queue, why, what passed it over, what would help."""
        return explain(self._engine, self._bookings.row(checked_id("booking_id", booking_id)))

    # --- keeping house --------------------------------------------------------------------------------------

    def tick(self, *, limit: int = 100) -> TickReport:
        """Go on with what is owed: queues to look at, closed sessions to settle. `limit` rosters and sessions at most.

        Safe to run at any time, from several processes at once. Commits.
        """
        return tick(self._engine, limit)

    def audit(self) -> list[Violation]:
        """Check the invariants on the live data; empty when all is well. Reads everything, changes nothing."""
        return audit(self._engine)

    def journal(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """The journal's entries behind a position, in commit order, with opaque keys for people."""
        for name, value, low in (("after", after, 0), ("limit", limit, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value < 2**62:
                raise Invalid(name, f"must be {low} or more; got {value!r}", value)
        return self._store.tail(after, min(limit, MOST_BOOKINGS))

    def now(self) -> datetime:
        """The instant by the hub's clock, in UTC."""
        return self._engine.now()

    # --- within ---------------------------------------------------------------------------------------------

    def _run(
        self, command: Command, then: Callable[[Answer], T], request_id: str | None, asked: tuple[object, ...]
    ) -> T:
        if request_id is not None:
            checked_id("request_id", request_id)
        return self._engine.run(command, then, request_id=request_id, asked=asked)

    def _placed(
        self, command: Command, request_id: str | None, asked: tuple[object, ...], person_id: str = ""
    ) -> Booking:
        def shown(answer: Answer) -> Booking:
            return self._bookings.faces([cast("Placed", answer)])[0]

        try:
            return self._run(command, shown, request_id, asked)
        except NotFound as error:
            if error.kind != "person" or not person_id:
                raise
            # known to this process, gone from the hub: say so in the caller's own words
            self._people.forget(person_id)
            raise NotFound("person", person_id, "add them first: hub.add_person(Person(...))") from None

    def _likely(self, session_id: str) -> str:
        """The role that a session's type most likely means, so that its roster is read in the first trip."""
        programme = self._engine.programme
        series = programme.series.get(session_id.partition("@")[0])
        return programme.type(series.type).first_roles[0].key if series else "attendee"

    def _standing(self, session_id: str, role: str | None, standings: Collection[str]) -> list[Booking]:
        view = self.session(session_id)
        if role is not None and role not in view.places:
            raise NotFound("role", role, f"{view.title} has {', '.join(view.places)}")
        roles = view.places if role is None else (role,)
        return self._bookings.standing(session_id, roles, standings)


def _same(answer: Answer) -> Answer:
    return answer


def _text(field: str, value: str) -> str:
    if not isinstance(value, str):
        raise Invalid(field, f"must be text; got {value!r}", value)
    return value


def _role(value: str | None) -> str | None:
    return None if value is None else _text("role", value)
