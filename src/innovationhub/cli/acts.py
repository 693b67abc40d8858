"""Acts of the demo: a team waits, an offer lapses over a weekend, a set with an apology, a plan.

Each does something, and then reads from the store what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import attrs

from innovationhub import Access, Booking, Entry, Hub, Person, Refused, Resize, SessionType, SessionView
from innovationhub.cli.naming import name_of, names_in
from innovationhub.cli.output import Output
from innovationhub.cli.plans import show_plan
from innovationhub.cli.telling import show_waitlist
from innovationhub.cli.weekend import SEATS, Clock
from innovationhub.cli.wording import day, left, short_day, span, standing

__all__ = ["Acts"]

TEAM = 3
SINGLES = 2
CAST = SEATS + TEAM + SINGLES
JOIN = 2
"""How many register for a set."""

A_MINUTE = timedelta(minutes=1)


@attrs.define
class Acts:
    """The acts on one hub. `visit` is the session that offers its places; `heading` begins an act."""

    hub: Hub
    out: Output
    clock: Clock
    heading: Callable[[str], None]
    visit: str
    lapsed: list[str] = attrs.field(factory=list)
    apologised: list[str] = attrs.field(factory=list)
    planned: list[str] = attrs.field(factory=list)

    def team(self, cast: Sequence[Person]) -> None:
        """A session fills up, a team of three waits as one, and two others behind them."""
        hub, visit = self.hub, self.visit
        self.heading("A team of three waits together")
        ids = [person.id for person in cast[:CAST]]
        holders = [hub.book(visit, id) for id in ids[:SEATS]]
        lead, *others = ids[SEATS : SEATS + TEAM]
        hub.book(visit, lead, group=others)
        for id in ids[SEATS + TEAM :]:
            hub.book(visit, id)
        view = hub.session(visit)
        self.out.say((view.title, "bold"), f", {span(view.starts, view.ends)}: {self._left()}")
        show_waitlist(self.out, hub, hub.waitlist(visit))
        self._say_now("one place comes free. It is offered, and does not go by itself:")
        last = self._last()
        hub.cancel(holders[0].id)
        self._tell(last)

    def weekend(self) -> None:
        """The offer stands over the weekend, and lapses in working hours; the next accepts."""
        offered = self._offered()
        if offered is None or offered.offer_ends is None or offered.offer_ends >= datetime.now(UTC):
            return
        self.heading("The offer lapses over a weekend")
        ends, last = offered.offer_ends, self._last()
        noon = (self._now() + timedelta(days=1)).replace(hour=12, minute=0)
        for at, said in (
            (min(noon, ends - A_MINUTE), "the offer stands"),
            (ends + A_MINUTE, "its working hours are over"),
        ):
            self.clock.move(at)
            self.hub.tick()
            stands = self.hub.booking(offered.id)
            self._say_now(f"{said}. {name_of(self.hub, stands.person_id)}: {standing(stands)}.")
        self.lapsed = [each.subject for each in self.hub.journal(last) if each.kind == "booking.lapsed"]
        self._tell(last)
        following = self._offered()
        if following:
            taken = self.hub.accept(following.id)
            self.out.say((name_of(self.hub, taken.person_id), "bold"), f" accepts: {standing(taken)}.")

    def set(self, types: Sequence[SessionType], cast: Sequence[Person]) -> None:
        """Somebody registers for a set, and cannot come to the first date."""
        keys = {type_.key: type_ for type_ in types if type_.access is Access.REGISTER}
        now = self.hub.now()
        coming = self.hub.calendar(now, now + timedelta(weeks=12), types=list(keys))
        dates = [view for view in coming if view.starts > now and view.series_id == coming[0].series_id][:2]
        if len(dates) < len(("this", "next")):
            return
        first, following = dates
        joined = self._joined(first.series_id, keys[first.type].first_roles[0].key, cast)
        if not joined:
            return
        self.heading("A set of sessions, and an apology for one date")
        names = ", ".join(name_of(self.hub, each.person_id) for each in joined)
        self.out.say((names, "bold"), f" registered once, for every date of {first.title}.")
        who = joined[0].person_id
        away = self.hub.apologise(first.id, who, reason="On leave.")
        self.apologised = [away.id]
        self.out.say(
            (name_of(self.hub, who), "bold"), f" cannot come on {day(first.starts)}, and apologises."
        )
        for view in (first, following):
            self.out.say(f"{day(view.starts)}: {self._on(view)}", indent=2)
        self.out.say(f"The registration stands: {standing(self.hub.booking(joined[0].id))}.", indent=2)

    def plan(self) -> None:
        """More seats for the visit: what that would do is shown, then done."""
        self.heading("A plan, and its apply")
        role = self.hub.session(self.visit).places["attendee"]
        made = self.hub.plan(Resize(self.visit, "attendee", (role.capacity or 0) + TEAM))
        self.planned = [effect.kind for effect in made.effects]
        show_plan(self.out, made, names_in(self.hub, made))
        last = self._last()
        self.hub.apply(made)
        self.out.say("Applied. The journal:")
        self._tell(last)
        offered = self._offered()
        if offered:
            taken = self.hub.accept(offered.id)
            who = ", ".join(name_of(self.hub, id) for id in taken.people)
            self.out.say((who, "bold"), f" accepted: {standing(taken)}. Now: {self._left()}.")

    def _joined(self, series_id: str, role: str, cast: Sequence[Person]) -> list[Booking]:
        """The registrations of those who have time for every date."""
        joined: list[Booking] = []
        for person in cast:
            if len(joined) == JOIN:
                break
            try:
                joined.append(self.hub.register(series_id, person.id, role=role))
            except Refused:
                continue
        return joined

    def _on(self, view: SessionView) -> str:
        there = [name_of(self.hub, each.person_id) for each in self.hub.roster(view.id)]
        return ", ".join(there) or "nobody"

    def _tell(self, after: int) -> None:
        """What the journal says of bookings and seats since a position."""
        for entry in self.hub.journal(after):
            if entry.kind in SHOWN:
                self.out.say(f"  {entry.position:>4}  {entry.kind:<21}", (self._about(entry), "bold"))

    def _about(self, entry: Entry) -> str:
        if not entry.kind.startswith("booking."):
            return f"{entry.facts['was']} seats become {entry.facts['capacity']}"
        booking = self.hub.booking(entry.subject)
        others = len(booking.people) - 1
        who = name_of(self.hub, booking.person_id) + (f" and {others} more" if others else "")
        if entry.kind == "booking.offered" and booking.offer_ends:
            return f"{who}, until {short_day(booking.offer_ends)}, {booking.offer_ends:%H:%M}"
        if entry.kind == "booking.passed-over":
            return f"{who}: too few for them all"
        return who

    def _say_now(self, what: str) -> None:
        now = self._now()
        self.out.say((f"{day(now)}, {now:%H:%M}", "bold"), f": {what}")

    def _now(self) -> datetime:
        return self.hub.now().astimezone(self.hub.session(self.visit).starts.tzinfo)

    def _offered(self) -> Booking | None:
        return next((each for each in self.hub.roster(self.visit) if each.status == "offered"), None)

    def _left(self) -> str:
        return left(self.hub.session(self.visit).places["attendee"])

    def _last(self) -> int:
        position = 0
        while found := self.hub.journal(position):
            position = found[-1].position
        return position


SHOWN = frozenset(
    {
        *(
            "booking.accepted",
            "booking.cancelled",
            "booking.lapsed",
            "booking.offered",
            "booking.passed-over",
        ),
        *("booking.promoted", "roster.resized"),
    }
)
"""The entries that are told; what a session's own opening leaves is not."""
