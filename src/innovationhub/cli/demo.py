"""`demo`: a hub at work, step by step. All that it says is read back from the store."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import click
from rich.text import Text

from innovationhub import Access, Booking, Entry, Hub, Person, Refused, SessionView
from innovationhub.cli.acts import Acts
from innovationhub.cli.arguments import command
from innovationhub.cli.calendar import load_from
from innovationhub.cli.cast import people
from innovationhub.cli.desk import STORE_VARIABLE, Desk, program, zone_of
from innovationhub.cli.failing import refusal
from innovationhub.cli.grid import show_weeks
from innovationhub.cli.naming import name_of
from innovationhub.cli.output import Output
from innovationhub.cli.stage import LOOK, Stage, bookable, find_stage, first_role
from innovationhub.cli.telling import show_explanation, show_waitlist
from innovationhub.cli.weekend import Clock, before_a_weekend, put_on_visit
from innovationhub.cli.wording import HOW, count, day, places, span, status

__all__ = ["COMMANDS", "Demo"]

QUEUE = 5
"""How many queue."""

SHIPPED = "hpft.toml"


@attrs.define
class Told:
    """What the demo saw, for `--json`: every number and id as the store has it at the end."""

    store: str
    session: str
    booked: int
    waiting: int
    promoted: list[str]
    passed_over: list[str]
    refused: list[str]
    visit: str
    lapsed: list[str]
    apologised: list[str]
    planned: list[str]
    violations: int


@attrs.define
class Demo:
    """One run of the demo on one hub. `out` is quiet when the answer is to be JSON."""

    hub: Hub
    out: Output
    store: str
    clock: Clock
    steps: int = 0
    acts: Acts | None = None
    stage: Stage = attrs.field(init=False)
    queue: list[Booking] = attrs.field(factory=list)
    freed: list[Entry] = attrs.field(factory=list)
    refused: list[str] = attrs.field(factory=list)
    violations: int = 0

    def run(self, catalogue: str) -> Told:
        """All the steps, in order."""
        self.load(catalogue)
        self.calendar()
        for person in people():
            self.hub.add_person(person)
        self.weekend()
        self.fill()
        self.cancel()
        self.explain()
        self.refuse()
        if self.acts:
            self.acts.set(self.hub.session_types(), people()[::-1])
            self.acts.plan()
        self.audit()
        view = self.hub.session(self.stage.session.id)
        role = view.places[self.stage.role]
        return Told(
            self.store,
            view.id,
            role.held,
            role.waiting,
            self._subjects("booking.promoted"),
            self._subjects("booking.passed-over"),
            self.refused,
            self.acts.visit if self.acts else "",
            self.acts.lapsed if self.acts else [],
            self.acts.apologised if self.acts else [],
            self.acts.planned if self.acts else [],
            self.violations,
        )

    def heading(self, text: str) -> None:
        """The next step."""
        self.steps += 1
        self.out.print()
        self.out.say((f"{self.steps}  {text}", "bold blue"))

    def load(self, catalogue: str) -> None:
        """Take over the catalogue, and say how one comes to what is in it."""
        self.heading(f"The catalogue: {Path(catalogue).name}")
        report = load_from(self.hub, catalogue)
        types = self.hub.session_types()
        series = [name for name in report.added if name.startswith("series ")]
        self.out.say(f"Added {count(len(types), 'session type')} and {len(series)} series on the calendar.")
        for access in Access:
            titles = [each.title for each in types if each.access is access]
            if titles:
                self.out.say(f"{HOW[access].capitalize()}: ", ("; ".join(titles), "bold"), indent=2)

    def calendar(self) -> None:
        """Four weeks, and what is left of each session."""
        self.heading("Four weeks, and the places left")
        start = datetime.now(zone_of(self.hub)).date()
        show_weeks(self.out, self.hub.calendar(start, start + LOOK), start)

    def weekend(self) -> None:
        """A team that waits, and an offer that lapses over the last weekend; afterwards it is now.

        On a session of the demo's own, where there is an hour for it.
        """
        visit = put_on_visit(self.hub, datetime.now(UTC))
        if visit is not None:
            self.acts = Acts(self.hub, self.out, self.clock, self.heading, visit)
            self.acts.team(people()[::-1])
            self.acts.weekend()
        self.clock.catch_up()

    def fill(self) -> None:
        """Everybody asks for one session, until it is full and a queue has formed; the others go elsewhere."""
        everybody = people()
        types = {each.key: each for each in self.hub.session_types()}
        self.stage = find_stage(self.hub, types, self.hub.now())
        view, role = self.stage.session, self.stage.role
        self.heading(f"{len(everybody)} people, and one session that fills up")
        asked = (view.places[role].left or 0) + QUEUE
        for person in everybody[:asked]:
            self.hub.book(view.id, person.id, role=role)
        elsewhere = sum(self._elsewhere(person, at) for at, person in enumerate(everybody[asked:]))
        now = self.hub.session(view.id)
        self.out.say((view.title, "bold"), f", {span(view.starts, view.ends)}")
        self.out.verbatim(Text.assemble("  session ", (view.id, "cyan")))
        held, waiting = now.places[role].held, now.places[role].waiting
        self.out.say(f"{asked} asked for it: {held} have a place, {waiting} wait.")
        if elsewhere:
            self.out.say(f"The others took {count(elsewhere, 'place')} in other sessions.")
        self.queue = self.hub.waitlist(view.id, role)
        show_waitlist(self.out, self.hub, self.queue)
        self._take_rival()

    def _elsewhere(self, person: Person, at: int) -> int:
        """One of those left books something else of the next weeks, if the rules let them."""
        types = {each.key: each for each in self.hub.session_types()}
        now = self.hub.now()
        others = [
            view
            for view in self.hub.calendar(now, now + timedelta(weeks=4))
            if bookable(types[view.type])
            and view.type != self.stage.session.type
            and view != self.stage.rival
            and view.opens <= now < view.closes
        ]
        if not others:
            return 0
        view = others[at % len(others)]
        try:
            self.hub.book(view.id, person.id, role=first_role(types[view.type]).key)
        except Refused:
            return 0
        return 1

    def _take_rival(self) -> None:
        rival = self.stage.rival
        if rival is None or not self.queue:
            return
        head = self.queue[0]
        taken = self.hub.book(rival.id, head.person_id, role=self.stage.rival_role)
        who = name_of(self.hub, head.person_id)
        if self.stage.added:
            self.out.say(f"The team puts on one more {rival.title} at about that time.")
        self.out.say(
            f"{who}, first in the queue, books {'that' if self.stage.added else 'something else then'}: "
            f"{rival.title}, {span(rival.starts, rival.ends)}: {status(taken.status)}."
        )

    def cancel(self) -> None:
        """Somebody gives up their place; what follows from it is read from the journal."""
        self.heading("One gives up their place")
        last = self._last()
        leaver = self.hub.roster(self.stage.session.id, self.stage.role)[0]
        ended = self.hub.cancel(leaver.id, reason="Called away to a ward round.")
        self.out.say((name_of(self.hub, ended.person_id), "bold"), f": {status(ended.status)}. The journal:")
        self.freed = [each for each in self.hub.journal(last) if each.kind.startswith("booking.")]
        for entry in self.freed:
            who = name_of(self.hub, self.hub.booking(entry.subject).person_id)
            self.out.say(f"  {entry.position:>4}  {entry.kind:<21}", (who, "bold"))
        for id in self._subjects("booking.passed-over"):
            told = self.hub.explain(id)
            who = name_of(self.hub, self.hub.booking(id).person_id)
            self.out.say("Passed over: ", (who, "bold"), f". {told.passed[-1].sentence}")
        for id in self._subjects("booking.promoted"):
            booking = self.hub.booking(id)
            who = name_of(self.hub, booking.person_id)
            place = [each.id for each in self.queue].index(id) + 1
            why = "" if place == 1 else ", the first who could come"
            self.out.say("Promoted: ", (who, "bold"), f". Number {place} in the queue{why}.")

    def explain(self) -> None:
        """Where somebody who still waits stands: one who was passed over, if anybody was."""
        self.heading("Why somebody still waits")
        waiting = self.hub.waitlist(self.stage.session.id, self.stage.role)
        passed = self._subjects("booking.passed-over")
        chosen = next((each for each in waiting if each.id in passed), waiting[0])
        show_explanation(self.out, self.hub, self.hub.explain(chosen.id))

    def refuse(self) -> None:
        """A booking that the rules refuse, with all the reasons and what would do instead."""
        self.heading("A booking that is refused")
        who = self.hub.roster(self.stage.session.id, self.stage.role)[1].person_id
        wanted = self.stage.rival or self._too_early()
        if wanted is None:
            wanted = self.stage.session
        self.out.say(
            (name_of(self.hub, who), "bold"), f" asks for {wanted.title}, {span(wanted.starts, wanted.ends)}."
        )
        role = self.stage.rival_role or self.stage.role
        try:
            self.hub.book(wanted.id, who, role=role)
        except Refused as error:
            self.refused = list(error.codes)
            refusal(self.out, error)
        else:
            raise AssertionError(f"{wanted.id} was to be refused")

    def _too_early(self) -> SessionView | None:
        """A session that cannot be booked yet."""
        opens = self.hub.now() + (self.stage.session.starts - self.stage.session.opens) + timedelta(days=2)
        found = self.hub.calendar(opens, opens + timedelta(weeks=9), types=[self.stage.session.type])
        return found[0] if found else None

    def audit(self) -> None:
        """Check everything that must hold."""
        self.heading("The audit")
        found = self.hub.audit()
        self.violations = len(found)
        view = self.hub.session(self.stage.session.id)
        said = "nothing amiss" if not found else f"{count(len(found), 'violation')}: {found[0].sentence}"
        self.out.say(
            f"{count(self._last(), 'journal entry', 'journal entries')} checked against all records: {said}."
        )
        self.out.say(f"{view.title}: {places(view)}; {view.places[self.stage.role].held} held.")

    def show_next(self) -> None:
        """Commands to go on with, on this very store."""
        self.heading("Go on from here")
        waiting = self.hub.waitlist(self.stage.session.id, self.stage.role)
        visit = self.acts.visit if self.acts else self.stage.session.id
        commands = (
            ("calendar",),
            ("roster", visit),
            ("plan", "call-off", visit),
            ("waitlist", self.stage.session.id),
            ("explain", waiting[-1].id),
            ("cancel", waiting[-1].id),
            ("journal", "--after", str(self.freed[0].position - 1)),
            ("audit", "--json"),
        )
        self.out.verbatim(Text(f"  export {STORE_VARIABLE}='{self.store}'"))
        for words in commands:
            self.out.shell([program(), *words], indent=2)

    def _last(self) -> int:
        position = 0
        while found := self.hub.journal(position):
            position = found[-1].position
        return position

    def _subjects(self, kind: str) -> list[str]:
        return [entry.subject for entry in self.freed if entry.kind == kind]


@command("demo")
@click.option(
    "--catalogue", default=SHIPPED, metavar="FILE", help=f"Show this catalogue instead of {SHIPPED}."
)
def demo(desk: Desk, catalogue: str) -> None:
    """See a hub at work: fill a session, free a seat, ask why.

    On a new file in a temporary directory, or on --store, which must be new or empty.
    """
    settings = desk.rehearse(lambda hub: (load_from(hub, catalogue), hub.settings)[1])
    clock = Clock()
    clock.move(before_a_weekend(settings, clock()))
    if desk.chosen is None:
        directory = tempfile.mkdtemp(prefix="innovationhub-")
        desk.chosen = f"sqlite:///{Path(directory).as_posix()}/hub.db"
    with desk.hub(create=True, clock=clock) as hub:
        if hub.session_types() or hub.journal(limit=1):
            raise click.UsageError(
                f"The demo needs a new store, and there is a hub in {desk.chosen} already."
            )
        desk.out.quiet = desk.json
        play = Demo(hub, desk.out, desk.chosen, clock)
        desk.out.verbatim(Text.assemble(("The Innovation Hub", "bold"), f", in {desk.chosen}"))
        begins = hub.now().astimezone(ZoneInfo(settings.timezone))
        desk.out.say(f"The demo's clock starts on {day(begins)}, {begins:%H:%M}; it catches up with yours.")
        told = play.run(catalogue)
        play.show_next()
    desk.answered(told)


COMMANDS = (demo,)
