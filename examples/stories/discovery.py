"""Booked in Discovery or here: the same seats, the same queue, and a word to a person where they do not agree."""

from __future__ import annotations

import attrs

from examples.stories.telling import Clock, Telling
from innovationhub import LmsAct, hookimpl
from innovationhub.domain.lms import LmsPerson
from innovationhub.protocols.lms import LmsOpener
from innovationhub.testing.lms import MemoryLms

TITLE = "Discovery: booked there or here, and both agree"
LMS = "reference+memory:"

SESSION = "cqi-taster@2026-12-01T10:00"
ROSTER = f"{SESSION}#attendee"


@attrs.frozen
class Reference:
    """The reference LMS in memory stands for Discovery, as no Moodle or Totara can be had for a story."""

    lms: MemoryLms
    clock: Clock

    @hookimpl
    def innovationhub_lms(self) -> dict[str, LmsOpener]:
        """`reference+memory:`."""
        return {"reference": lambda _: self.lms}


def hooks() -> tuple[object, ...]:
    """An LMS with three accounts, of which one is of somebody whom the hub does not know."""
    accounts = [
        LmsPerson(f"account-{number}", number, f"{number}@trust.example") for number in ("1", "2", "3", "9")
    ]
    clock = Clock()
    return (Reference(MemoryLms(accounts, clock=clock), clock),)


def tell(told: Telling) -> None:
    """From the catalogue in Discovery to attendance that both have."""
    hub = told.hub
    plugin = next(each for each in told.plugins if isinstance(each, Reference))
    lms = plugin.lms
    told.people(("esr:1", "Ada Obi"), ("esr:2", "Ben Ito"), ("esr:3", "Cat Dhar"))
    told.say("The hub shows its sessions in Discovery's catalogue, where people look for them.")
    done = _agree(told)
    told.line(f"published there: {sum(act.what == 'published' for act in done)}")
    told.say(
        "Ada books in Discovery. With the next pass she has the place here too; and Ben's, booked here, is there."
    )
    lms.book(ROSTER, "account-1")
    hub.book(SESSION, "esr:2")
    _agree(told)
    _both(told, lms)
    told.say("Cat cancels here what she booked there, and Discovery follows.")
    lms.book(ROSTER, "account-3")
    _agree(told)
    (cat,) = hub.bookings_of("esr:3", active=True)
    hub.cancel(cat.id, reason="On call")
    _agree(told)
    _both(told, lms)
    told.say(
        "Somebody signs up there whom the hub does not know. Nobody is dropped: it is for a person to see."
    )
    lms.book(ROSTER, "account-9")
    _agree(told)
    for finding in hub.lms_findings():
        told.line(f"to look at: {finding.code} ({finding.about})")

    told.at("2026-12-01T10:00")
    plugin.clock.now = told.clock.now
    told.say("The day. Ada comes, Ben does not. Discovery gets the attendance.")
    hub.check_in(SESSION, "esr:1")
    told.at("2026-12-01T11:00")
    plugin.clock.now = told.clock.now
    hub.close_register(SESSION)
    _agree(told)
    _both(told, lms)
    told.say("What the team sees of it:")
    told.report("2026-12-01", "2027-01-01", "attendance-by-type", "no-shows", of="CQI Taster")
    told.audit()
    told.kept |= {"there": lms.standing(ROSTER), "cat": cat.id}


def _agree(told: Telling) -> list[LmsAct]:
    acts: list[LmsAct] = []
    for _ in range(10):
        report = told.hub.agree_with_lms()
        acts += report.acts
        if report.complete and not report.acts:
            break
    return acts


def _both(told: Telling, lms: MemoryLms) -> None:
    for booking in told.hub.roster(SESSION):
        told.line(f"here:  {told.name(booking.person_id)} {booking.status}")
    for account, status in sorted(lms.standing(ROSTER).items()):
        told.line(f"there: {account} {status}")
