"""How a story is told: a hub on a fresh file, a clock that the story moves, and words for what the hub answers."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs

from innovationhub import Booking, Hub, Person, Plan, Refused, SessionStatus, SessionView, Settings, hookimpl
from innovationhub.protocols.channel import Channel, ChannelOpener, Message, Never, Outcome, Sent

__all__ = ["BEGINS", "HERE", "Telling", "told_on"]

HERE = ZoneInfo("Europe/London")
BEGINS = datetime(2026, 11, 24, 9, 0, tzinfo=HERE)
"""When every story begins: a Tuesday."""

WIDTH = 78
MOST_TICKS = 50

NAMED = 3
"""People of one message who are named."""


@attrs.define
class Clock:
    """A clock that stands until the story moves it."""

    now: datetime = BEGINS

    def __call__(self) -> datetime:
        return self.now


@attrs.define
class Postbox:
    """A channel that keeps what it is handed, so that a story can show who is told what."""

    sent: list[Message] = attrs.field(factory=list)

    @hookimpl
    def innovationhub_channels(self) -> Mapping[str, ChannelOpener]:
        """`postbox:`."""
        return {"postbox": self._open}

    def _open(self, address: str) -> Channel:
        return self

    def send(self, message: Message) -> Outcome:
        """Keep it."""
        if not message.to.email:
            return Never("no e-mail address")
        self.sent.append(message)
        return Sent()

    def close(self) -> None:
        """Nothing is held open."""


def _local(when: datetime) -> str:
    return f"{when.astimezone(HERE):%a %d %b %Y, %H:%M}".replace(" 0", " ")


@attrs.define
class Telling:
    """One telling: `hub` does everything, `write` takes the lines; `kept` has what the tests look at afterwards."""

    hub: Hub
    clock: Clock
    post: Postbox
    write: Callable[[str], object] = print
    kept: dict[str, object] = attrs.field(factory=dict)
    """Ids and values by name, for the tests: `told.kept["queue"] = booking.id`."""
    plugins: tuple[object, ...] = ()
    """What the story's `hooks()` gave."""
    _shown: set[str] = attrs.field(factory=set)

    def say(self, *paragraph: str) -> None:
        """A paragraph of the story, in sentences."""
        self.write("")
        for line in textwrap.wrap(" ".join(paragraph), WIDTH):
            self.write(line)

    def line(self, text: str) -> None:
        """One line of what the hub says, set in."""
        for line in textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      "):
            self.write(line)

    def at(self, local: str) -> None:
        """Let it become that local time, such as "2026-12-01T10:00", and let the hub keep house."""
        when = datetime.fromisoformat(local).replace(tzinfo=HERE)
        assert when >= self.clock.now, "a story goes forward"
        self.clock.now = when
        self.write("")
        self.write(f"--- {_local(when)} ---")
        self.tick()

    def tick(self) -> None:
        """What `innovationhub run` does every minute: offers lapse, messages go out, what is due is done."""
        for _ in range(MOST_TICKS):
            if self.hub.tick().complete:
                return

    def people(self, *who: tuple[str, str], groups: Iterable[str] = ()) -> None:
        """Make people known by id and name; each has an address."""
        for id, name in who:
            address = f"{name.lower().replace(' ', '.')}@trust.example"
            self.hub.add_person(Person(id, name, address, groups=tuple(groups)))

    def name(self, person_id: str | None) -> str:
        """Somebody's name, as the hub knows it."""
        return self.hub.person(person_id).name if person_id else "nobody"

    def booking(self, booking: Booking) -> Booking:
        """Show how a booking stands, and give it back."""
        # of a party those who stand as it does: one may have left it
        who = " and ".join(
            self.name(each) for each, status in booking.people.items() if status is booking.status
        )
        session = self.hub.session(booking.session_id) if booking.session_id else None
        about = (
            f"{session.title}, {_local(session.starts)}" if session else f"every date of {booking.series_id}"
        )
        role = "" if booking.role == "attendee" else f" as {booking.role}"
        self.line(f"{who}: {booking.status}{role} ({about})")
        return booking

    def refused(self, act: Callable[[], object]) -> Refused:
        """Try what the rules do not allow, and show why, and what would help."""
        try:
            act()
        except Refused as refused:
            for reason in refused.reasons:
                self.line(f"Refused ({reason.code}): {reason.sentence}")
                for remedy in reason.remedies:
                    self.line(f"  What would help: {remedy}")
            for each in refused.alternatives:
                self.line(f"  Instead: {each.title}, {_local(each.starts)}")
            return refused
        raise AssertionError("the story says that this is refused")

    def calendar(
        self, start: str, end: str, *, types: Iterable[str] | None = None, person: str | None = None
    ) -> None:
        """Show the calendar from one local date to another (which is out), with what is left."""
        first, last = (datetime.fromisoformat(each).date() for each in (start, end))
        for view in self.hub.calendar(first, last, types=list(types) if types else None, person=person):
            self.line(self._session(view))

    def _session(self, view: SessionView) -> str:
        if view.status is SessionStatus.CALLED_OFF:
            return f"{_local(view.starts)}  {view.title}: called off"
        parts = [
            f"{role} {'any number' if places.left is None else f'{places.left} of {places.capacity} left'}"
            + (f", {places.waiting} waiting" if places.waiting else "")
            for role, places in view.places.items()
        ]
        return f"{_local(view.starts)}  {view.title} ({'; '.join(parts)})"

    def roster(self, session_id: str) -> None:
        """Show who is on a session's register, and what was noted about each."""
        for booking in self.hub.roster(session_id):
            people = ", ".join(f"{self.name(each)} ({status})" for each, status in booking.people.items())
            notes = "; ".join(self.hub.notes(booking.id).values())
            self.line(f"{booking.role}: {people}" + (f" - {notes}" if notes else ""))
        view = self.hub.session(session_id)
        if view.headcount:
            self.line(f"and {view.headcount} who gave no name")

    def queue(self, session_id: str, role: str = "attendee") -> None:
        """Show who waits, in order."""
        waiting = self.hub.waitlist(session_id, role)
        for place, booking in enumerate(waiting, 1):
            self.line(
                f"{place}. {' and '.join(self.name(each) for each in booking.people)} ({booking.status})"
            )
        if not waiting:
            self.line("Nobody waits.")

    def explain(self, booking_id: str) -> None:
        """Show why somebody waits, what passed them over, and what would help."""
        found = self.hub.explain(booking_id)
        self.line(f"{found.status}" + (f", number {found.place} in the queue" if found.place else ""))
        for each in found.passed:
            self.line(f"passed over on {_local(each.at)}: {each.sentence}")
        for reason in found.reasons:
            self.line(f"because: {reason.sentence}")
        for remedy in found.remedies:
            self.line(f"what would help: {remedy}")

    def plan(self, plan: Plan) -> Plan:
        """Show what a change would do, and give the plan back."""
        for effect in plan.effects:
            who = f" [{self.name(effect.person_id)}]" if effect.person_id else ""
            self.line(f"{effect.kind}: {effect.sentence}{who}")
        return plan

    def messages(self, about: str = "") -> list[Message]:
        """Show the messages that went out and were not shown before, and give them back.

        `about` leaves out those whose subject does not have these words: the hub of the brief has other affairs too.
        """
        self.tick()
        fresh = [each for each in self.post.sent if about in each.subject and each.key not in self._shown]
        self._shown |= {each.key for each in fresh}
        to: dict[str, list[str]] = {}
        for message in fresh:
            to.setdefault(message.subject, []).append(message.to.name or message.to.email)
        for subject, everybody in to.items():
            names = sorted(everybody)  # to several at once they go out in no order that means anything
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            self.line(f"to {', '.join(names[:NAMED])}{more}: {subject}")
        if not fresh:
            self.line("Nobody is written to.")
        return fresh

    def report(self, start: str, end: str, *tables: str, of: str = "") -> None:
        """Show some of the team's figures for the local dates from one to another (which is out).

        `of` leaves out the rows that are about something else, such as other titles than this.
        """
        first, last = (datetime.fromisoformat(each).date() for each in (start, end))
        figures = self.hub.figures(first, last)
        for key in tables:
            table = figures.table(key)
            self.line(f"{table.title}:")
            for row in (each for each in table.lines if of in str(each[0])):
                shown = zip(table.columns[1:], row[1:], strict=True)
                figures_of = (
                    f"{head.lower()} {'*' if cell is None else cell}" for head, cell in shown if cell != ""
                )
                self.line(f"  {row[0]}: {', '.join(figures_of)}")

    def audit(self) -> None:
        """Check what must always hold."""
        found = self.hub.audit()
        self.line("Audit: all is well." if not found else f"Audit: {found}")


@contextmanager
def told_on(
    folder: Path,
    *,
    write: Callable[[str], object] = print,
    plugins: Iterable[object] = (),
    catalogues: Iterable[str] = (),
    lms: str | None = None,
) -> Iterator[Telling]:
    """A hub of the brief on a fresh file in a folder, its facilitators known by name, as a story finds it."""
    clock, post = Clock(), Postbox()
    settings = Settings(discover=False, channels=("postbox:",), lms=lms)
    url = f"sqlite:///{folder / 'story.db'}"
    with Hub.open(url, plugins=[post, *plugins], clock=clock, settings=settings) as hub:
        for catalogue in ("hpft.toml", *catalogues):
            hub.load_catalogue(catalogue)
        told = Telling(hub, clock, post, write, plugins=tuple(plugins))
        told.people(
            ("esr:100200", "Fran Adeyemi"),
            ("esr:100201", "Gil Baptiste"),
            ("esr:100202", "Hana Cole"),
            ("esr:100203", "Idris Dale"),
            ("esr:100204", "Jo Evans"),
        )
        yield told
